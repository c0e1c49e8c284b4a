"""Knows what can be done with one employee's record: read, cancel, send and download it."""

from ventanilla.mock._ours import ours
from ventanilla.mock.facturaonline import documents, wire
from ventanilla.mock.facturaonline.access import refused
from ventanilla.mock.facturaonline.account import Account
from ventanilla.mock.facturaonline.scenarios import FACTURAONLINE
from ventanilla.mock.facturaonline.state import CANCELLED, STAMPED, Payroll, Record, local
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.world import World

SUBSTITUTION = "01"
# The recorded traffic spells it so, quotes and missing hyphen included.
XML = 'application/xml; charset="utf8"'
PDF = "application/x-download"


def get_payroll_item(world: World, call: Call) -> Reply:
    """Show one record."""
    payroll, record = _found(world, call)
    world.polled(FACTURAONLINE, payroll.uid)
    return Reply({"status": "success", "data": wire.item(payroll, record)})


@ours("Reasons 02, 03 and 04 cancel at once; 01 never works, as third parties found out.")
def cancel_payroll_item(world: World, call: Call) -> Reply:
    """Cancel the CFDI of one employee; reason 01 never works, as third parties found out."""
    _, record = _found(world, call)
    if record.status == CANCELLED:
        raise refused(call, "La nómina ya se encuentra cancelada")
    if record.status != STAMPED:
        raise refused(call, "La nómina no se encuentra timbrada")
    if call.body["motivo"] == SUBSTITUTION:
        if not call.body.get("folioSustituto"):
            raise refused(call, "El motivo 01 requiere el folio del CFDI que sustituye al cancelado")
        # A payroll cannot name the CFDI that it replaces, so no substitute has what the SAT wants.
        raise refused(call, "El CFDI que está enviando como sustituto no contiene relaciones")
    moment = local(world.now)
    record.status = CANCELLED
    record.creada = str(moment.replace(microsecond=0))
    record.acuse_fecha = f"{moment:%Y-%m-%dT%H:%M:%S.%f}{world.random.randrange(10)}"
    # The uid in this answer is the employee's: so in the documents' samples.
    message = "Nomina de empleado cancelada satisfactoriamente"
    return Reply({"response": "success", "uid": record.employee_uid, "message": message})


@ours("Nothing is sent; the address in the answer is invented.")
def email_payroll_item(world: World, call: Call) -> Reply:
    """Send the CFDI of one employee; nothing leaves the mock."""
    _, record = _stamped(world, call)
    employee = world.state(Account).employees[record.employee_uid]
    address = f"empleado-{employee.uid}@example.mx"
    message = f"Hemos enviado tu Nomina con exito al e-mail: {address}"
    return Reply({"response": "success", "uid": record.employee_uid, "message": message})


@ours("The PDF is one plain page that says that it is no valid document.")
def get_payroll_item_pdf(world: World, call: Call) -> Reply:
    """Download the printed form of a CFDI."""
    payroll, record = _stamped(world, call)
    account = world.state(Account)
    content = documents.pdf(account.issuer, payroll, record, account.employees[record.employee_uid])
    name = f"{record.serie.name}-{record.folio}.pdf"
    return Reply.file(content, PDF, (("Content-Disposition", f'attachment; filename="{name}"'),))


@ours("The seals are words and the certificates zeros; the rest fits the SAT's schemas.")
def get_payroll_item_xml(world: World, call: Call) -> Reply:
    """Download a CFDI."""
    payroll, record = _stamped(world, call)
    account = world.state(Account)
    employee = account.employees[record.employee_uid]
    return Reply.file(documents.cfdi(account.issuer, payroll, record, employee), XML)


@ours("The receipt always says 201, received; its signature is words.")
def get_payroll_item_acuse(world: World, call: Call) -> Reply:
    """Download the receipt of a cancellation."""
    _, record = _found(world, call)
    if record.status != CANCELLED:
        raise refused(call, "La nómina no se encuentra cancelada, por lo que no tiene acuse")
    rfc = world.state(Account).issuer.rfc
    return Reply.file(documents.acuse(rfc_emisor=rfc, uuid=record.uuid, fecha=record.acuse_fecha), XML)


def _found(world: World, call: Call) -> tuple[Payroll, Record]:
    found = world.state(Account).find(call.path["uid"])
    if found is None:
        raise refused(call, "La nómina no existe")
    return found


def _stamped(world: World, call: Call) -> tuple[Payroll, Record]:
    """Find a record that has a CFDI; one cancelled since still does."""
    payroll, record = _found(world, call)
    if not record.was_stamped:
        raise refused(call, "La nómina no se encuentra timbrada")
    return payroll, record
