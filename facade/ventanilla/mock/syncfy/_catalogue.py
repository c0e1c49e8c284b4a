"""Knows the catalogues: kinds of accounts, files and documents, countries, currencies, organizations."""

from ventanilla.mock._ours import ours
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._sites import ORGANIZATIONS, SITES, Site
from ventanilla.mock.syncfy._taxes import CONSTANCIA_JSON, CONSTANCIA_PDF, OPINION_JSON, OPINION_PDF

MEXICO = "51ad44b83b8e7763120003c4"
# When the document catalogues say that they were made; the service's own dates are not published.
BIRTHDAY = "2018-06-15T00:00:00+00:00"


def _named(key: str, names: dict[str, str]) -> tuple[Row, ...]:
    return tuple({key: identifier, "name": name} for identifier, name in names.items())


# providers.md 1.9
ACCOUNT_TYPES = _named(
    "id_account_type",
    {
        "520d3aa93b8e778e0d000000": "Checking",
        "520d3aa93b8e778e0d000001": "Savings",
        "520d3aa93b8e778e0d000002": "Credit Card",
        "520d3aa93b8e778e0d000003": "Line of Credit",
        "520d3aa93b8e778e0d000004": "Investment",
        "520d3aa93b8e778e0d000005": "Mortgage",
        "520d3aa93b8e778e0d000006": "Loan",
        "546d4904df527d1844a2e18d": "IRS",
        "546d4904df527d1844a2e18e": "Utility",
        "589e638e056f290ac1280941": "Rewards",
        "5286609bc6901663398b4567": "Digital Wallet",
        "5286609bc6901663398b4568": "Other",
        "5b21a816056f291e260c0730": "Blockchain",
    },
)
ATTACHMENT_TYPES = _named(
    "id_attachment_type",
    {
        "56bcdfca784806d1378b4566": "Sample XML",
        "56bcdfca784806d1378b4567": "CFDI (XML)",
        "56bcdfca784806d1378b4568": "CFDI (PDF)",
        "56ec7e82784806e00b8b4569": "Cancellation Ack",
        "5887c839056f29058d17d201": "Tax return (PDF)",
        "5f2956741ae9967c4d3dccd1": "Retenciones",
    },
)
COUNTRIES = ({"id_country": MEXICO, "name": "Mexico", "code": "MX"},)
CURRENCIES = (
    {"id_currency": "523a25953b8e77910e8b456c", "name": "Mexican Peso", "code": "MXN"},
    {"id_currency": "523a25953b8e77910e8b4567", "name": "US Dollar", "code": "USD"},
)
ORGANIZATION_TYPES = tuple(
    {**row, "label": row["name"]}
    for row in _named(
        "id_site_organization_type",
        {
            "56cf4f5b784806cf028b4568": "Bank",
            "56cf4f5b784806cf028b4569": "Government",
            "57fed63a78480609038b4567": "Utility",
            "57fed63a78480609038b4568": "Digital Wallet",
            "5b22dcac056f2905f94cdfe1": "Blockchain",
        },
    )
)


@ours(
    "The dates are invented, and so are the ids of the opinión de cumplimiento.",
    on="list_document_types list_document_status",
)
def _dated(key: str, names: dict[str, str]) -> tuple[Row, ...]:
    return tuple({**row, "dt_created": BIRTHDAY, "dt_modified": BIRTHDAY} for row in _named(key, names))


DOCUMENT_TYPES = _dated(
    "id_document_type",
    {
        CONSTANCIA_PDF: "Constancia de Situación Fiscal (PDF)",
        CONSTANCIA_JSON: "Constancia de Situación Fiscal (JSON)",
        "5d5586fef9de2a0c684e4e01": "CURP",
        "5d5586fef9de2a0c684e4e02": "INE",
        OPINION_PDF: "Opinión de Cumplimiento (PDF)",
        OPINION_JSON: "Opinión de Cumplimiento (JSON)",
    },
)
DOCUMENT_STATUS = _dated(
    "id_document_status",
    {
        "5b23219d056f2905985444c1": "Processing",
        "5b23219d056f2905985444c2": "Downloaded",
        "5b23219d056f2905985444c3": "Failed",
        "5b23219d056f2905985444c4": "Not found",
        "5b23219d056f2905985444c5": "Retrying",
    },
)


def _organization(identifier: str, name: str, kind: str) -> Row:
    images = f"/images/{identifier}"
    return {
        "id_site_organization": identifier,
        "id_site_organization_type": kind,
        "id_country": MEXICO,
        "name": name,
        "avatar": f"{images}/avatar",
        "small_cover": f"{images}/small_cover",
        "cover": f"{images}/cover",
    }


SITE_ORGANIZATIONS = tuple(_organization(key, name, kind) for key, (name, kind) in ORGANIZATIONS.items())


def organization_sites(sites: list[Site]) -> list[Row]:
    """Group sites by organization; inside it they come without the organization's ids."""
    return [
        {**organization, "sites": [_inner(site) for site in sites if site.organization == key]}
        for organization in SITE_ORGANIZATIONS
        if any(site.organization == (key := organization["id_site_organization"]) for site in sites)
    ]


def _inner(site: Site) -> Row:
    dropped = ("id_site_organization", "id_site_organization_type")
    return {name: value for name, value in site.row().items() if name not in dropped}


def sites(is_test: int | None = None) -> list[Site]:
    """Return the sites, all or those that are, or are not, for tests."""
    return [site for site in SITES.values() if is_test is None or site.is_test == bool(is_test)]
