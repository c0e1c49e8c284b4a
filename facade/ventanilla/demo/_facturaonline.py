"""Tells the Factura Online story: stamp a payroll, see one employee fail, save the files, cancel, read the acuse."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ventanilla.demo._telling import Say, Story
from ventanilla.facturaonline import Deduction, NewEmployee, PayrollEntry, Perception

FAILS = "mock_error"  # the mock refuses to stamp an employee of this given name


def story(factura: Any, folder: Path, say: Say) -> Story:
    """Two employees stamped, one failing in a second run, files saved, one cancelled, acuse read."""
    group = yield factura.create_group("Quincenal")
    maria = yield factura.create_employee(_employee(group, 1, "María"))
    jose = yield factura.create_employee(_employee(group, 2, "José"))
    rudo = yield factura.create_employee(_employee(group, 3, FAILS))
    payroll = yield _issue(factura, group, [maria, jose])
    say("payroll of two", f"{len(payroll.stamped)} stamped, {len(payroll.failed)} failed, total {payroll.total} MXN")
    first = payroll.stamped[0]
    for kind, save in (("XML", factura.save_xml), ("PDF", factura.save_pdf)):
        path: Path = yield save(first.uid, folder)
        say(f"{kind} saved", f"{path.suffix[1:]}, starts with {path.read_bytes()[:5].decode()}")
    second = yield _issue(factura, group, [maria, rudo])
    say("second payroll", f"{len(second.stamped)} stamped, {len(second.failed)} failed")
    say("why it failed", second.failed[0].message)
    acuse = yield factura.cancel(first.uid, motivo="02")
    cancelled = yield factura.payroll_item(first.uid)
    say("cancelled, acuse", f"EstatusUUID {acuse.estatus}, the record is {cancelled.state}")


def _employee(group: str, number: int, name: str) -> NewEmployee:
    return NewEmployee(
        grupo=group,
        no_empleado=str(number),
        nombre=name,
        paterno="Guzmán",
        periodo="04",
        regimen="02",
        curp="XOJI740919HDFXXX04",
        rfc="XOJI740919U48",
        tipo_contrato="01",
        entidad_emite="DIF",
    )


def _issue(factura: Any, group: str, employees: list[str]) -> Any:
    salary = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))
    tax = Deduction(tipo="002", clave="002", descripcion="ISR", importe=Decimal("1984.37"))
    return factura.issue_payroll(
        grupo=group,
        fecha_pago=date(2026, 11, 15),
        inicial=date(2026, 11, 1),
        final=date(2026, 11, 15),
        descripcion="Quincena 21",
        concepto="Nómina quincenal",
        serie="NOM",
        entries=[PayrollEntry(employee=uid, days=15, perceptions=[salary], deductions=[tax]) for uid in employees],
    )
