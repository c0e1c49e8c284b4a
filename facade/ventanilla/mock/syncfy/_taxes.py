"""Knows what the SAT has about a taxpayer: invoices, withholdings, tax returns, and documents."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from ventanilla._identifiers import rfc_is_well_formed
from ventanilla.mock._ours import ours
from ventanilla.mock._pdf import page_of
from ventanilla.mock.syncfy import _movements
from ventanilla.mock.syncfy._cfdi import MEXICO, Invoice, Node, Party, withholding
from ventanilla.mock.syncfy._credential import Credential
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._files import CFDI_XML, TAX_RETURN, WITHHOLDING_XML, add_document, attach
from ventanilla.mock.syncfy._job import Job
from ventanilla.mock.syncfy._sites import CONSTANCIA
from ventanilla.mock.syncfy._state import Document
from ventanilla.mock.world import World

FIRST, LATER, RETURNS = 12, 2, 3
CONSTANCIA_PDF, CONSTANCIA_JSON = "5b2321ef056f29059a367e43", "5f71fef9ba18355eeb4d6d81"
# No id of the opinion's documents is published: these two are the mock's own.
OPINION_PDF, OPINION_JSON = "5f6bbaa541273336c87d96d1", "5f6bbaa541273336c87d96d2"
SOMEBODY = "CACX7605101P8"
_PARTNERS = (
    Party("EKU9003173C9", "ESCUELA KEMPER URGATE"),
    Party("IXS7607092R5", "INTERNACIONAL XIMBO Y SABORES"),
    Party("JES900109Q90", "JIMENEZ ESTRADA SALAS"),
    Party("XOJI740919U48", "INGRID XODAR JIMENEZ"),
)
_PRODUCTS = ("Servicios de consultoría", "Renta de oficina", "Papelería", "Mantenimiento de equipo", "Publicidad")


@ours(
    "Invoices, withholdings and tax returns are made up from the seed: twelve at first, two with each later pull.",
    on="accounts transactions list_credential_transactions attachments",
)
def pull(world: World, credential: Credential, active: int | None) -> None:
    """Bring what a site of the SAT has; `active` 0 leaves the account without transactions."""
    known = [row for row in credential.user.accounts.values() if row["id_credential"] == credential.id]
    _movements.refreshed(world, known)
    account = known[0] if known else _movements.open_account(world, credential, _movements.IRS, credential.username)
    if credential.site.content in ("yearly", "monthly"):
        if not known:
            _returns(world, credential, account)
    elif active != 0:
        make = _invoice if credential.site.content == "cfdi" else _withheld
        count, days = (LATER, 1) if known else (FIRST, _movements.HISTORY_DAYS)
        for age in _movements.spread(world.random, count, days):
            make(world, credential, account, _movements.days_ago(world, age) + 10 * 3_600)


@ours("The documents' content is invented: a one-page PDF and a small object.", on="list_documents")
def documents(world: World, job: Job, rfc: str) -> list[Document]:
    """Bring the documents of a job: each as PDF and as JSON."""
    if job.site is CONSTANCIA:
        kinds, title = (CONSTANCIA_PDF, CONSTANCIA_JSON), "Constancia de Situación Fiscal"
    else:
        kinds, title = (OPINION_PDF, OPINION_JSON), "Opinión del Cumplimiento de Obligaciones Fiscales"
    day = f"{datetime.fromtimestamp(world.now, MEXICO):%Y-%m-%d}"
    facts: Row = {"rfc": rfc, "documento": title, "fecha": day, "estatus": "ACTIVO"}
    if job.site is not CONSTANCIA:
        facts["estatus"] = "POSITIVO"
    pdf = page_of([title, *(f"{name}: {value}" for name, value in facts.items()), "Documento de prueba"])
    stem = f"{rfc}_{day}"
    return [
        add_document(world, job, kinds[0], f"{stem}.pdf", pdf, [rfc]),
        add_document(world, job, kinds[1], f"{stem}.json", facts, [rfc]),
    ]


def _invoice(world: World, credential: Credential, account: Row, moment: int) -> None:
    issued = world.random.random() < 0.5
    partner, product = _partner(world, credential), world.random.choice(_PRODUCTS)
    own = _own(credential)
    total = _movements.cents(world.random, 10_000, 5_000_000)
    uuid = world.uuid().upper()
    issuer, receiver = (own, partner) if issued else (partner, own)
    invoice = Invoice(uuid, issuer, receiver, world.random.randint(1, 99_999), product, total, moment)
    keywords = ["4.0", "emitidas" if issued else "recibidas", "i", "timbrefiscaldigital", "vigente"]
    row = _movement(world, credential, account, partner, total if issued else -total, moment, product, keywords)
    attach(world, credential, account, row, CFDI_XML, f"{uuid}.xml", keywords, node=invoice.node(world.random))


def _withheld(world: World, credential: Credential, account: Row, moment: int) -> None:
    partner = _partner(world, credential)
    total = _movements.cents(world.random, 10_000, 5_000_000)
    uuid = world.uuid().upper()
    folio = world.random.randint(1, 99_999)
    node: Node = withholding(world.random, uuid, partner, _own(credential), folio, total, moment)
    keywords = ["2.0", "recibidas", "retenciones", "timbrefiscaldigital", "vigente"]
    row = _movement(world, credential, account, partner, total, moment, "Retención", keywords)
    attach(world, credential, account, row, WITHHOLDING_XML, f"{uuid}.xml", keywords, node=node)


def _returns(world: World, credential: Credential, account: Row) -> None:
    is_yearly = credential.site.content == "yearly"
    today = datetime.fromtimestamp(world.now, MEXICO)
    step: Callable[[int], str] = _year(today) if is_yearly else _month(today)
    for age in range(1, RETURNS + 1):
        period = step(age)
        title = f"Declaración {'anual' if is_yearly else 'mensual'} {period}"
        pdf = page_of([title, f"RFC: {credential.username}", "Documento de prueba"])
        name = f"{credential.username}_{period}.pdf"
        attach(world, credential, account, None, TAX_RETURN, name, ["declaracion", period], pdf=pdf)


def _year(today: datetime) -> Callable[[int], str]:
    return lambda age: str(today.year - age)


def _month(today: datetime) -> Callable[[int], str]:
    months = today.year * 12 + today.month - 1
    return lambda age: f"{(months - age) // 12}-{(months - age) % 12 + 1:02}"


def _movement(
    world: World,
    credential: Credential,
    account: Row,
    partner: Party,
    amount: Decimal,
    moment: int,
    product: str,
    keywords: list[str],
) -> Row:
    description = f"{partner.name} {product}"
    extra = {"tax_id": partner.rfc}
    row = _movements.movement(world, account, description, amount, moment, extra=extra, keywords=sorted(keywords))
    credential.user.transactions[row["id_transaction"]] = row
    return row


def _own(credential: Credential) -> Party:
    name = "ACME CORP" if credential.username == "ACM010101ABC" else "CONTRIBUYENTE DE PRUEBA"
    # A scenario's name stands where the RFC would; the XML needs one that the SAT's schemas take.
    return Party(credential.username if rfc_is_well_formed(credential.username) else SOMEBODY, name)


def _partner(world: World, credential: Credential) -> Party:
    return world.random.choice([party for party in _PARTNERS if party.rfc != credential.username])
