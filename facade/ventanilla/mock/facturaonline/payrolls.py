"""Knows how payrolls are created and read."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.facturaonline import stamping, wire
from ventanilla.mock.facturaonline.access import refused
from ventanilla.mock.facturaonline.account import Account
from ventanilla.mock.facturaonline.scenarios import FACTURAONLINE
from ventanilla.mock.facturaonline.state import (
    Deduction,
    Disability,
    Group,
    OtherPayment,
    Payroll,
    Perception,
    Record,
    Series,
    local,
)
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.world import World

QUEUED = "Nómina agregada a la fila de timbrado."
# NumDiasPagados in nomina12.
MOST_DAYS = 36160


def list_payrolls(world: World, call: Call) -> Reply:
    """List every payroll, the newest first."""
    payrolls = list(reversed(world.state(Account).payrolls.values()))
    for payroll in payrolls:
        world.polled(FACTURAONLINE, payroll.uid)
    return Reply({"status": "success", "data": [wire.payroll(payroll, listed=True) for payroll in payrolls]})


def get_payroll(world: World, call: Call) -> Reply:
    """Show one payroll."""
    payroll = world.state(Account).payrolls.get(call.path["uid"])
    if payroll is None:
        raise refused(call, "El grupo de nómina no existe")
    world.polled(FACTURAONLINE, payroll.uid)
    return Reply({"status": "success", "data": wire.payroll(payroll)})


def create_payroll(world: World, call: Call) -> Reply:
    """Check a payroll and put it in the queue; nothing is stamped before this has answered."""
    account = world.state(Account)
    body = call.body
    group = _group(account, call)
    series = _series(account, call)
    _check_dates(call)
    created = local(world.now).replace(microsecond=0)
    payroll = Payroll(
        uid=account.new_uid(world),
        grupo=group.uid,
        fecha_pago=body["fecha_pago"],
        inicia=body["inicial"],
        termina=body["final"],
        tipo_nomina=body["tipo_nomina"],
        descripcion=body["descripcion"],
        concepto=body["concepto"],
        version_cfdi=body["version_cfdi"],
        creada=str(created),
        fecha_cfdi=datetime.fromisoformat(body["FechaFromAPI"]) if "FechaFromAPI" in body else None,
    )
    for given in body["registros"]:
        _check_employee(account, call, group, given["data"]["id"])
        payroll.registros.append(_record(call, given, account.new_uid(world), series, str(created)))
    account.add(payroll)
    stamping.queue(world, account, payroll)
    return Reply({"response": "success", "message": QUEUED, "uid": payroll.uid})


def _group(account: Account, call: Call) -> Group:
    group = account.groups.get(call.body["grupo"])
    if group is None:
        raise refused(call, "El grupo de empleados no existe")
    if not group.activo:
        raise refused(call, "El grupo de empleados no está activo")
    return group


@ours("A series is found by its id, or by its name as the document's example sends it.", on="create_payroll")
def _series(account: Account, call: Call) -> Series:
    """Find the series by its id, or by its name as the document's example sends it."""
    wanted = str(call.body["serie"])
    by_id = [series for series in account.series if str(series.id) == wanted]
    by_name = [series for series in account.series if series.name == wanted]
    found = next(iter(by_id or by_name), None)
    if found is None:
        raise refused(call, f"La serie {wanted} no existe")
    if found.type != "nomina":
        raise refused(call, f"La serie {wanted} no es de nómina")
    return found


def _check_dates(call: Call) -> None:
    """Refuse days that are not in the calendar, or outside the two centuries that the SAT's schemas admit."""
    days: dict[str, date] = {}
    for name in ("fecha_pago", "inicial", "final"):
        try:
            days[name] = date.fromisoformat(call.body[name])
        except ValueError:
            raise refused(call, f"{name} no es una fecha válida") from None
        if not 1900 <= days[name].year < 2100:
            raise refused(call, f"{name} no es una fecha válida")
    if days["inicial"] > days["final"]:
        raise refused(call, "La fecha inicial es posterior a la fecha final")
    _check_moment(call)
    _days(call, "num_dias", call.body["num_dias"])


def _check_moment(call: Call) -> None:
    text = call.body.get("FechaFromAPI")
    try:
        valid = text is None or 2010 <= datetime.fromisoformat(text).year < 2100
    except ValueError:
        valid = False
    if not valid:
        raise refused(call, "FechaFromAPI no es una fecha válida")


def _check_employee(account: Account, call: Call, group: Group, uid: str) -> None:
    employee = account.employee(uid)
    if employee is None or employee.grupo != group.uid:
        raise refused(call, f"El empleado {uid} no existe en el grupo de empleados")
    if not employee.activo:
        raise refused(call, f"El empleado {uid} no está activo")


def _days(call: Call, name: str, given: int | str) -> Decimal:
    days = Decimal(given)
    if not 0 < days <= MOST_DAYS:
        raise refused(call, f"{name} debe estar entre 1 y {MOST_DAYS}")
    return days


def _record(call: Call, given: dict[str, Any], uid: str, series: Series, created: str) -> Record:
    try:
        return Record(
            uid=uid,
            employee_uid=given["data"]["id"],
            serie=series,
            dias=_days(call, "dias", given["data"]["dias"]),
            creada=created,
            percepciones=tuple(map(_perception, given["percepciones"])),
            deducciones=tuple(map(_deduction, given.get("deducciones", ()))),
            otrospagos=tuple(map(_other_payment, given.get("otrospagos", ()))),
        )
    except InvalidOperation:
        raise refused(call, "Un importe no es un número") from None


def _perception(given: dict[str, Any]) -> Perception:
    return Perception(
        tipo=given["tipo"],
        clave=given["clave"],
        descripcion=given["descripcion"],
        gravado=_amount(given["gravado"]),
        exento=_amount(given["exento"]),
        extra_tipo=_text(given.get("extra_tipo")),
        extra_dias=_text(given.get("extra_dias")),
        extra_horas=_text(given.get("extra_horas")),
    )


def _deduction(given: dict[str, Any]) -> Deduction:
    return Deduction(
        tipo=given["tipo"],
        clave=given["clave"],
        descripcion=given["descripcion"],
        importe=_amount(given["importe"]),
        incapacidad=_disability(given.get("Incapacidad", {})),
    )


def _disability(given: dict[str, str]) -> Disability | None:
    # The document's example sends the object with every field empty; its table writes the type with a space before.
    texts = [given.get(name, "").strip() for name in ("DiasIncapacidad", "TipoIncapacidad", "ImporteMonetario")]
    if not any(texts):
        return None
    return Disability(dias=int(texts[0] or 0), tipo=texts[1], importe=_amount(texts[2] or "0"))


def _other_payment(given: dict[str, Any]) -> OtherPayment:
    subsidy = given.get("SubsidioAlEmpleo")
    return OtherPayment(
        tipo=given["tipo"],
        clave=given["clave"],
        descripcion=given["descripcion"],
        importe=_amount(given["importe"]),
        subsidio_causado=None if subsidy is None else _amount(subsidy["SubsidioCausado"]),
    )


def _amount(text: str) -> Decimal:
    return Decimal(text) + Decimal("0.00")


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()
