"""Knows how payrolls, employees and groups look in answers; the same field has another name from call to call."""

from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.facturaonline.state import STAMPED, Deduction, Employee, Group, Payroll, Record, money


@ours(
    "A record that waits is `en fila`, as the provider's panel says; status is the percentage that is through.",
    on="list_payrolls get_payroll get_payroll_item",
)
def payroll(found: Payroll, *, listed: bool = False) -> dict[str, Any]:
    """Show a payroll with its records; the list leaves their other payments out."""
    return {
        "uid": found.uid,
        "grupo": found.grupo,
        "inicia": found.inicia,
        "termina": found.termina,
        "descripcion": found.descripcion,
        "concepto": found.concepto,
        "status": found.status,
        "total": money(found.total),
        "creada": found.creada,
        "errores": found.errores,
        "timbradas": found.timbradas,
        "registros": [_record(record, listed=listed) for record in found.registros],
        "version_cfdi": found.version_cfdi,
    }


def item(found: Payroll, record: Record) -> dict[str, Any]:
    """Show a record by itself: its perceptions have names without the suffix that they carry in the payroll."""
    shown = {**_head(record), "version_cfdi": found.version_cfdi, **_lines(record, suffix="")}
    return {**shown, "otrospagos": _other_payments(record), **_reason(record)}


def employee(found: Employee) -> dict[str, Any]:
    """Show an employee: what was given at the creation, and whether they are active."""
    return {"uid": found.uid, **found.datos, "status": int(found.activo)}


def group(found: Group) -> dict[str, Any]:
    """Show a group, whose name is `grupo` at the creation and `nombre` from then on."""
    return {"uid": found.uid, "nombre": found.grupo, "status": int(found.activo)}


def _record(record: Record, *, listed: bool) -> dict[str, Any]:
    shown = {**_head(record), **_lines(record, suffix="_per")}
    if not listed:
        shown["otrospagos"] = _other_payments(record)
    return {**shown, **_reason(record)}


def _head(record: Record) -> dict[str, Any]:
    return {
        "uid": record.uid,
        "uuid": record.uuid,
        "dias_trabajados": int(record.dias) if record.dias % 1 == 0 else format(record.dias, "f"),
        "total_percepciones": money(record.total_percepciones),
        "total_deducciones": money(record.total_deducciones),
        "total": money(record.total),
        "status_timbre": record.status,
        "employee_uid": record.employee_uid,
        "creada": record.creada,
        "folio": record.folio,
        # The id as text while there is no folio, the name afterwards: so in the samples.
        "serie": record.serie.name if record.was_stamped else str(record.serie.id),
    }


def _lines(record: Record, *, suffix: str) -> dict[str, Any]:
    perceptions = [
        {
            "tipo": line.tipo,
            "clave": line.clave,
            f"descripcion{suffix}": line.descripcion,
            f"gravado{suffix}": money(line.gravado),
            f"exento{suffix}": money(line.exento),
            "extra_tipo": line.extra_tipo,
            "extra_dias": line.extra_dias,
            "extra_horas": line.extra_horas,
        }
        for line in record.percepciones
    ]
    return {"percepciones": perceptions, "deducciones": [_deduction(line) for line in record.deducciones]}


@ours(
    "A deduction looks as in the request: every sample's list is empty.",
    on="list_payrolls get_payroll get_payroll_item",
)
def _deduction(line: Deduction) -> dict[str, Any]:
    return {"tipo": line.tipo, "clave": line.clave, "descripcion": line.descripcion, "importe": money(line.importe)}


def _other_payments(record: Record) -> list[dict[str, Any]]:
    return [
        {
            "tipo": line.tipo,
            "clave": line.clave,
            "descripcion_otros": line.descripcion,
            "importe": money(line.importe),
        }
        for line in record.otrospagos
    ]


@ours(
    "The reason of a failure is in `mensaje`, where third parties read it.",
    on="list_payrolls get_payroll get_payroll_item",
)
def _reason(record: Record) -> dict[str, Any]:
    return {} if record.mensaje is None or record.status == STAMPED else {"mensaje": record.mensaje}
