"""Knows Factura Online's writes: payrolls, their records, employees and groups."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from proving.stage import Stage
from proving.write import Given, Write, nothing, raw
from ventanilla.facturaonline import NewEmployee, PayrollEntry, Perception
from ventanilla_clients.facturaonline import models

GROUP, EMPLOYEE = "619ead8d6427a", "61c4b569c0baf"


def payroll(descripcion: str = "Quincena 21") -> dict[str, Any]:
    """Return the arguments of the payroll that every suite creates."""
    salary = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))
    return {
        "grupo": GROUP,
        "fecha_pago": date(2026, 11, 15),
        "inicial": date(2026, 11, 1),
        "final": date(2026, 11, 15),
        "descripcion": descripcion,
        "concepto": "Nómina quincenal",
        "serie": 17321,
        "entries": [PayrollEntry(employee=EMPLOYEE, days=15, perceptions=[salary])],
    }


_NEW_PAYROLL = models.NewPayroll(
    grupo=GROUP,
    fecha_pago="2026-11-15",
    num_dias="15",
    inicial="2026-11-01",
    final="2026-11-15",
    tipo_nomina="O",
    descripcion="Quincena 21",
    serie=17321,
    concepto="Nómina quincenal",
    version_cfdi="4.0",
    registros=[payroll()["entries"][0].to_wire()],
)


def employee(group: str) -> NewEmployee:
    """Return an employee of a group."""
    return NewEmployee(
        grupo=group,
        no_empleado="9",
        nombre="María",
        paterno="Guzmán",
        periodo="04",
        regimen="02",
        curp="XOJI740919HDFXXX04",
        rfc="XOJI740919U48",
        tipo_contrato="01",
        entidad_emite="DIF",
    )


def _record(stage: Stage, face: Any) -> Given:
    issued = face.issue_payroll(**payroll())
    return {"uid": issued.stamped[0].uid}


def _employee(stage: Stage, face: Any) -> Given:
    return {"uid": face.create_employee(employee(GROUP))}


def _group(stage: Stage, face: Any) -> Given:
    return {"uid": face.create_group("Nuevo")}


def _factura(
    operation: str,
    arrange: Callable[[Stage, Any], Given],
    body: Any = None,
    **faces: Callable[[Any, Given], Any],
) -> list[Write]:
    call = raw("facturaonline", operation)

    def by_raw(face: Any, given: Given) -> Any:
        arguments = [given["uid"]] if "uid" in given else []
        return call(face, None, *arguments, **({} if body is None else {"body": body}))

    found = [Write("facturaonline", operation, name, do, arrange) for name, do in faces.items()]
    return [*found, Write("facturaonline", operation, "raw", by_raw, arrange)]


def _by_uid(name: str) -> Callable[[Any, Given], Any]:
    return lambda face, given: getattr(face, name)(given["uid"])


def writes() -> list[Write]:
    """Return them all."""
    simple = ("activate_employee", "deactivate_employee", "delete_employee")
    grouped = ("activate_group", "deactivate_group", "delete_group")
    return [
        *_factura(
            "create_payroll",
            nothing,
            _NEW_PAYROLL,
            create_payroll=lambda f, g: f.create_payroll(**payroll(), **g),
            issue_payroll=lambda f, g: f.issue_payroll(**payroll(), **g),
        ),
        *_factura(
            "cancel_payroll_item",
            _record,
            models.Cancellation(motivo="02"),
            cancel_item=_by_uid("cancel_item"),
            cancel=_by_uid("cancel"),
        ),
        *_factura("email_payroll_item", _record, email=_by_uid("email")),
        *_factura(
            "create_employee",
            nothing,
            employee(GROUP),
            create_employee=lambda f, g: f.create_employee(employee(GROUP)),
        ),
        *(write for name in simple for write in _factura(name, _employee, **{name: _by_uid(name)})),
        *_factura(
            "create_group",
            nothing,
            models.NewGroup(grupo="Nuevo"),
            create_group=lambda f, g: f.create_group("Nuevo"),
        ),
        *(write for name in grouped for write in _factura(name, _group, **{name: _by_uid(name)})),
    ]
