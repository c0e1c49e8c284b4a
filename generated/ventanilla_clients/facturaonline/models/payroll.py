from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.payroll_record import PayrollRecord


@define(kw_only=True)
class Payroll(Model):
    """A payroll batch.

    Attributes:
        uid: Uid of the batch.
        grupo: Uid of the group of employees.
        inicia: First day of the period.
        termina: Last day of the period.
        descripcion: Description.
        concepto: Concept.
        status: Perhaps the percentage processed.
        total: Pesos of all records together.
        creada: When it was created, as 2022-04-12 10:20:40.
        errores: How many records failed.
        timbradas: How many records have been stamped.
        registros: One for each employee.
        version_cfdi: Version of the CFDI, 3.3 or 4.0.
    """

    uid: str
    grupo: str
    inicia: str
    termina: str
    descripcion: str
    concepto: str
    status: int
    total: Decimal
    creada: str
    errores: int
    timbradas: int
    registros: list[PayrollRecord]
    version_cfdi: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Payroll:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
