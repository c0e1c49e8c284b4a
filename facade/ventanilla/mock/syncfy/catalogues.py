"""Knows the operations on catalogues."""

from collections.abc import Callable, Iterable

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Handler, Reply
from ventanilla.mock.syncfy import _catalogue
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._lists import listed, matching
from ventanilla.mock.world import World

_BY_ORGANIZATION = ("id_site_organization", "id_site_organization_type", "id_country")


@ours(
    "The list holds what the official samples print, not all that the service has.",
    on="list_account_types list_attachment_types list_countries list_currencies list_site_organization_types",
)
def _plain(rows: Iterable[Row]) -> Handler:
    def handler(world: World, call: Call) -> Reply:
        return listed(world, rows, call.query)

    return handler


def list_site_organizations(world: World, call: Call) -> Reply:
    """GET /catalogues/site_organizations: those that the mock has sites of."""
    rows: Iterable[Row] = _catalogue.SITE_ORGANIZATIONS
    if "id_site" in call.query:
        owners = {site.organization for site in _catalogue.sites() if site.id == call.query["id_site"]}
        rows = [row for row in rows if row["id_site_organization"] in owners]
    return listed(world, matching(rows, call.query, _BY_ORGANIZATION), call.query)


@ours("The sites are the sandbox's and the SAT's; the service has hundreds.")
def list_sites(world: World, call: Call) -> Reply:
    """GET /catalogues/sites: what can be linked, with the fields that each site asks for."""
    rows = [site.row() for site in _catalogue.sites(call.query.get("is_test"))]
    equal = ("id_site", "id_site_organization", "id_site_organization_type", "is_business", "is_personal")
    return listed(world, matching(rows, call.query, equal), call.query)


@ours("`type` is taken and ignored: what it means is not documented.")
def list_organization_sites(world: World, call: Call) -> Reply:
    """GET /catalogues/organizations/sites: the sites, grouped by organization.

    What `type` means is not documented; it is taken and ignored.
    """
    wanted = [site for site in _catalogue.sites() if call.query.get("id_site", site.id) == site.id]
    rows = matching(_catalogue.organization_sites(wanted), call.query, _BY_ORGANIZATION)
    return listed(world, rows, call.query)


list_account_types: Callable[[World, Call], Reply] = _plain(_catalogue.ACCOUNT_TYPES)
list_attachment_types = _plain(_catalogue.ATTACHMENT_TYPES)
list_countries = _plain(_catalogue.COUNTRIES)
list_currencies = _plain(_catalogue.CURRENCIES)
list_site_organization_types = _plain(_catalogue.ORGANIZATION_TYPES)
list_document_types = _plain(_catalogue.DOCUMENT_TYPES)
list_document_status = _plain(_catalogue.DOCUMENT_STATUS)
