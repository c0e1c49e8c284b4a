"""Knows the sites that the mock can link: the provider's sandbox and the SAT, with their fields and their logins."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ventanilla._identifiers import rfc_is_well_formed
from ventanilla.mock._ours import ours
from ventanilla.mock.syncfy import _challenge
from ventanilla.mock.syncfy._challenge import Challenge
from ventanilla.mock.syncfy._envelope import Row

BANK = "56cf4f5b784806cf028b4568"
GOVERNMENT = "56cf4f5b784806cf028b4569"
ACME = "56cf4ff5784806152c8b4567"
SAT = "56cf4ff5784806152c8b4568"
ORGANIZATIONS = {ACME: ("Acme", BANK), SAT: ("SAT", GOVERNMENT)}
CREDENTIAL_SITE = "5b285177056f2911c13dbce1"
JOB_SITE = "5b285177056f2911c13dbce2"
TAXPAYERS = frozenset(
    {
        "ACM010101ABC",
        "CACX7605101P8",
        "MISC491214B86",
        "XAMA620210DQ5",
        "FUNK671228PH6",
        "EKU9003173C9",
        "JES900109Q90",
        "H&E951128469",
        "IXS7607092R5",
    }
)
WITHHOLDERS = frozenset({"IIA040805DZ4"})


@frozen
class Site:
    """One site. `content` names what a successful login brings; `rfcs` limits the logins of a SAT site."""

    id: str
    name: str
    content: str
    organization: str = ACME
    challenge: Challenge | None = None
    rfcs: frozenset[str] | None = None
    is_job: bool = False
    is_test: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        # There is one of each: a copy would be another site than the one that credentials are compared with.
        return site_of, (self.id,)

    @property
    def organization_type(self) -> str:
        """The kind of the site's organization."""
        return ORGANIZATIONS[self.organization][1]

    @property
    def is_tax(self) -> bool:
        """Say whether this is a site of the SAT: its logins have an RFC, and it may be pulled once a day."""
        return self.organization == SAT

    @property
    def username_field(self) -> str:
        """The name of the field that says who logs in."""
        return "rfc" if self.is_tax else "username"

    @property
    def ids(self) -> Row:
        """The three ids that rows of data repeat."""
        return {
            "id_site": self.id,
            "id_site_organization": self.organization,
            "id_site_organization_type": self.organization_type,
        }

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """Return the names of the required fields that `values` leaves out or empty."""
        return [name for name in (self.username_field, "password") if not values.get(name)]

    def admits(self, values: Mapping[str, Any]) -> bool:
        """Say whether the site accepts this login."""
        name, password = values[self.username_field], values["password"]
        if not self.is_tax:
            return bool(name == password == "test")
        known = rfc_is_well_formed(name) if self.rfcs is None else name in self.rfcs
        return bool(known and password == "test")  # noqa: S105 - the sandbox's own password

    def row(self) -> Row:
        """Return the site as the catalogue shows it."""
        form: Row = {"input": [self._input()]} if self.is_job else {"credentials": self._fields()}
        return {
            **self.ids,
            "id_site_type": JOB_SITE if self.is_job else CREDENTIAL_SITE,
            "is_business": 1,
            "is_personal": 1,
            "version": 4 if self.is_job else 1,
            "name": self.name,
            **form,
            "endpoint": "/v1/jobs" if self.is_job else "/v1/credentials",
        }

    def _fields(self) -> list[Row]:
        label = "RFC" if self.is_tax else "Username"
        return [
            _field(self.username_field, "text", label, username=True),
            _field("password", "password", "Password", username=False),
        ]

    def _input(self) -> Row:
        fields = [
            {"name": "rfc", "type": "text", "label": "RFC", "encrypt": False, "identifier": True},
            {"name": "password", "type": "password", "label": "CIEC", "encrypt": True, "identifier": False},
        ]
        return {
            "name": "ciec",
            "label": "CIEC",
            "fields": [{**field, "required": True, "validation": None} for field in fields],
        }


def _field(name: str, kind: str, label: str, *, username: bool) -> Row:
    return {
        "name": name,
        "type": kind,
        "label": label,
        "required": True,
        "username": username,
        "token": False,
        "validation": None,
    }


@ours(
    "The SAT's production sites let any well-formed RFC in with the password test.",
    on="create_credential create_credential_pull create_job create_job_pull",
)
def _sat(id_site: str, name: str, content: str, *, is_job: bool = False) -> Site:
    return Site(id_site, name, content, organization=SAT, is_job=is_job, is_test=False)


# providers.md 1.12, as the provider's Postman collection publishes them.
NORMAL = Site("56cf5728784806f72b8b4568", "Normal", "bank")
SANDBOX = (
    NORMAL,
    Site("56cf5728784806f72b8b4569", "Token", "bank", challenge=_challenge.TOKEN),
    Site("572ba390784806060f8b458b", "Captcha", "bank", challenge=_challenge.CAPTCHA),
    Site("573ce20978480645038b4589", "Multiple image", "bank", challenge=_challenge.PICTURE),
    Site("58e28bce056f2903900d4d61", "Multiple text", "bank", challenge=_challenge.TEXT),
    Site("5ae37e06056f290607126261", "Select input", "bank", challenge=_challenge.SELECT),
    Site("5d0bb316f9de2a0a8f71aaf1", "Code Response Simulator", "bank"),
    Site("5efe27e84cc5f861897a5431", "QR", "bank", challenge=_challenge.QR),
    Site("5f427f7810dff8730c50d1c1", "Confirm login", "bank", challenge=_challenge.CONFIRM),
    Site("5f427fae9c41a502e30ebe93", "Live transactions", "live"),
    Site("5f427fae9c41a502e30ebe94", "Disabled transactions", "disabled"),
    Site("58b884fc056f295aa1483a02", "With attachments", "attachments"),
    Site("61aec45361f37158fad6e44b", "Sample data", "sample"),
    Site("5da784f1f9de2a06483abec1", "SAT CIEC", "cfdi", organization=SAT, rfcs=TAXPAYERS),
    Site("5f2c2aacd74b837fc10602c1", "SAT Retenciones", "retenciones", organization=SAT, rfcs=WITHHOLDERS),
)
CIEC = _sat("56cf5728784806f72b8b456f", "SAT CIEC (producción)", "cfdi")
# No production id of this child is known; the provider's sandbox id stands for it, for any RFC.
WITHHOLDINGS = SANDBOX[-1]
YEARLY = _sat("59aefe28056f29793a58c091", "SAT Declaraciones anuales", "yearly")
MONTHLY = _sat("58543125784806c3298b4572", "SAT Declaraciones mensuales", "monthly")
CONSTANCIA = _sat("59aefe28056f29793a58c092", "SAT Constancia de Situación Fiscal", "constancia", is_job=True)
OPINION = _sat("5f6bbaa541273336c87d96c1", "SAT Opinión de Cumplimiento", "opinion", is_job=True)
ALL_IN_ONE = _sat("61c12b8cde3c034b3c8b25b1", "SAT All in One", "all", is_job=True)
SITES = {site.id: site for site in (*SANDBOX, CIEC, YEARLY, MONTHLY, CONSTANCIA, OPINION, ALL_IN_ONE)}


def site_of(id_site: str) -> Site:
    """Return the one site of an id. Raises KeyError when there is none."""
    return SITES[id_site]
