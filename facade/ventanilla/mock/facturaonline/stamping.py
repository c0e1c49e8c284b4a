"""Knows how queued records become CFDIs, one after the other, and what the SAT would not stamp."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from ventanilla._identifiers import curp_is_well_formed, rfc_is_well_formed
from ventanilla.mock._ours import ours
from ventanilla.mock.facturaonline import codes
from ventanilla.mock.facturaonline.account import Account
from ventanilla.mock.facturaonline.documents import printable
from ventanilla.mock.facturaonline.scenarios import FACTURAONLINE, played
from ventanilla.mock.facturaonline.state import (
    FAILED,
    STAMPED,
    Deduction,
    Employee,
    OtherPayment,
    Payroll,
    Perception,
    Record,
    local,
)
from ventanilla.mock.world import World

# Steps of the world's pace: the first record is done after two, the last one of any batch after eight.
FIRST, SPREAD = 2, 6


@ours(
    "Records are stamped in their order, all within eight steps (less than two seconds unless told otherwise).",
    on="create_payroll",
)
def queue(world: World, account: Account, payroll: Payroll) -> None:
    """Have every record of a payroll stamped in turn; at the usual pace all are done in less than two seconds."""
    between = min(1.0, SPREAD / len(payroll.registros))
    for place, record in enumerate(payroll.registros):
        employee = account.employees[record.employee_uid]
        scenario = played(world, employee.text("nombre"))
        extra = 0 if scenario is None else scenario.steps
        if extra is not None:
            error = None if scenario is None else scenario.error
            action = partial(_stamp, world, account, payroll, record, employee, error)
            if extra:
                # A step of its own: also where polls count, it comes later than the others.
                action = partial(_step, world, payroll, action, extra)
            _step(world, payroll, action, FIRST + between * place)


def _step(world: World, payroll: Payroll, action: Callable[[], None], steps: float) -> None:
    world.step(FACTURAONLINE, payroll.uid, action, steps=steps)


def _stamp(
    world: World, account: Account, payroll: Payroll, record: Record, employee: Employee, error: str | None
) -> None:
    moment = local(world.now)
    record.creada = str(moment.replace(microsecond=0))
    record.mensaje = error or next(_refusals(payroll, record, employee), None)
    if record.mensaje is not None:
        record.status = FAILED
        return
    record.status = STAMPED
    record.uuid = world.uuid()
    record.folio = account.next_folio(record.serie.name)
    record.timbrada = moment
    account.records[record.uuid] = (payroll, record)


Check = Callable[[Payroll, Record, Employee], bool]
# Each row is what has to hold and what is said when it does not. The rules are the SAT's (its schemas of CFDI 4.0 and
# nomina12, its payroll guide); how the service words them is not known.
_RULES: tuple[tuple[Check, str], ...] = (
    (lambda p, r, e: p.version_cfdi == "4.0", "La versión 3.3 del CFDI ya no se puede timbrar."),
    (lambda p, r, e: not e.borrado, "El empleado ya no existe."),
    (lambda p, r, e: _rfc_of_sat(e.text("rfc")), "El RFC del empleado no es válido."),
    (lambda p, r, e: curp_is_well_formed(e.text("curp")), "La CURP del empleado no es válida."),
    (lambda p, r, e: bool(printable(e.full_name, 254)), "El nombre del empleado no es válido."),
    (lambda p, r, e: e.text("regimen") in codes.REGIMES, "TipoRegimen no existe en el catálogo c_TipoRegimen."),
    (lambda p, r, e: e.text("tipo_contrato") in codes.CONTRACTS, "TipoContrato no existe en c_TipoContrato."),
    (lambda p, r, e: e.text("periodo") in codes.PERIODS, "PeriodicidadPago no existe en c_PeriodicidadPago."),
    (lambda p, r, e: e.text("entidad_emite") in codes.catalogues()["estados"], "ClaveEntFed no existe en c_Estado."),
    (lambda p, r, e: _begins_in_time(p, e), "FechaInicioRelLaboral es posterior al periodo o no es una fecha."),
    (lambda p, r, e: bool(r.percepciones or r.otrospagos), "La nómina no tiene percepciones ni otros pagos."),
    (lambda p, r, e: r.total >= 0, "Las deducciones son mayores que las percepciones y los otros pagos."),
)


@ours(
    "What the SAT's schemas refuse ends as error; the texts are the mock's.",
    on="create_payroll get_payroll get_payroll_item",
)
def _refusals(payroll: Payroll, record: Record, employee: Employee) -> Iterator[str]:
    """Yield everything for which the SAT would refuse a record."""
    yield from (text for holds, text in _RULES if not holds(payroll, record, employee))
    lines: list[Perception | Deduction | OtherPayment] = [*record.percepciones, *record.deducciones, *record.otrospagos]
    for item in lines:
        if len(printable(item.clave, 15)) < 3 or "|" in item.clave:
            yield f"La clave {item.clave!r} debe tener de 3 a 15 caracteres, sin barras."
        if not printable(item.descripcion, 100) or "|" in item.descripcion:
            yield f"La descripción de la clave {item.clave} está vacía o tiene barras."
    yield from (text for item in record.percepciones for text in _of_perception(item))
    yield from (text for item in record.deducciones for text in _of_deduction(item))
    yield from (text for item in record.otrospagos for text in _of_other(item))


def _of_perception(item: Perception) -> Iterator[str]:
    if item.tipo not in codes.PERCEPTIONS:
        yield f"TipoPercepcion {item.tipo} no existe en el catálogo c_TipoPercepcion."
    if item.importe <= 0:
        yield f"La percepción {item.clave} debe tener un importe mayor que cero."
    overtime = (item.extra_tipo, item.extra_dias, item.extra_horas)
    if item.tipo == "019" and not (overtime[0] in codes.OVERTIME and all(map(_counts, overtime[1:]))):
        yield f"La percepción {item.clave} (horas extra) necesita extra_tipo, extra_dias y extra_horas."


def _of_deduction(item: Deduction) -> Iterator[str]:
    if item.tipo not in codes.DEDUCTIONS:
        yield f"TipoDeduccion {item.tipo} no existe en el catálogo c_TipoDeduccion."
    if item.importe <= 0:
        yield f"NOM96 - La deducción {item.clave} debe tener un importe mayor que cero."
    if item.tipo == "006" and item.incapacidad is None:
        yield f"La deducción {item.clave} (incapacidad) necesita el nodo Incapacidad."
    if item.incapacidad and (item.incapacidad.tipo not in codes.DISABILITIES or item.incapacidad.dias < 1):
        yield f"La incapacidad de la deducción {item.clave} necesita días y un tipo de c_TipoIncapacidad."


def _of_other(item: OtherPayment) -> Iterator[str]:
    if item.tipo not in codes.OTHER_PAYMENTS:
        yield f"TipoOtroPago {item.tipo} no existe en el catálogo c_TipoOtroPago."


def _rfc_of_sat(rfc: str) -> bool:
    return rfc_is_well_formed(rfc) and rfc[-1] in "0123456789A"


def _begins_in_time(payroll: Payroll, employee: Employee) -> bool:
    started = employee.text("inicio")
    try:
        return not started or datetime.fromisoformat(started) <= datetime.fromisoformat(payroll.termina)
    except ValueError:
        return False


def _counts(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdecimal() and 0 < int(text) < 10_000
