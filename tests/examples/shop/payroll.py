"""Knows what the shop pays its people, and has each payroll stamped once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shop.store import Store
from ventanilla import FacturaOnline
from ventanilla.facturaonline import PayrollEntry, Perception


class Payroll:
    """Issues the payroll of a fortnight, and keeps the UUID of each payslip or why there is none."""

    def __init__(self, store: Store, factura: FacturaOnline) -> None:
        self._store, self._factura = store, factura

    def issue(self, paid_on: date, group: str, serie: int, salaries: Mapping[str, str]) -> list[dict[str, Any]]:
        """Have a payroll stamped, or go on waiting for the one of that day; return its payslips."""
        period = paid_on.isoformat()
        uid = self._store.value("SELECT uid FROM payrolls WHERE period = ?", period)
        if uid is None:
            uid = self._factura.create_payroll(
                grupo=group,
                fecha_pago=paid_on,
                inicial=paid_on.replace(day=1 if paid_on.day <= 15 else 16),
                final=paid_on,
                descripcion=f"Quincena al {period}",
                concepto="Nómina quincenal",
                serie=serie,
                entries=[_entry(employee, salary) for employee, salary in salaries.items()],
            )
            # Before the waiting, which may be cut short: a payroll that is created twice is stamped twice.
            self._store.run("INSERT INTO payrolls VALUES (?, ?)", period, uid)
        records = self._factura.wait_payroll(uid).records
        self._store.run_many(
            "INSERT OR REPLACE INTO payslips VALUES (?, ?, ?, ?)",
            [(period, each.employee_uid, each.uuid, each.message) for each in records],
        )
        return self._store.rows("SELECT employee, uuid, problem FROM payslips WHERE period = ?", period)


def _entry(employee: str, salary: str) -> PayrollEntry:
    return PayrollEntry(
        employee=employee,
        days=15,
        perceptions=[Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=salary)],
    )
