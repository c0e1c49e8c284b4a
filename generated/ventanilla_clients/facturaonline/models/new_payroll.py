from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_payroll_tipo_nomina import (
    NewPayrollTipoNomina,
)
from ..models.new_payroll_version_cfdi import (
    NewPayrollVersionCfdi,
)
from ..models.new_record import NewRecord


@define(kw_only=True)
class NewPayroll(Model):
    """A payroll to stamp.

    Attributes:
        grupo: Uid of the group of employees; only its members can be paid.
        fecha_pago: Day of the payment.
        num_dias: Days that the payroll covers.
        inicial: First day of the period.
        final: Last day of the period.
        tipo_nomina: O ordinary; E extraordinary, for which PeriodicidadPago becomes 99.
        descripcion: Description of the payroll.
        serie: Id of the series (SerieID) to stamp in, of the kind for payrolls.
        concepto: Concept shown on each employee's payroll.
        version_cfdi: Version of the CFDI; 4.0, since SAT takes 3.3 no longer.
        registros: One for each employee.
        identificador: The caller's own identifier.
        FechaFromAPI: Moment of the CFDI, in the time of Mexico City.
    """

    grupo: str
    fecha_pago: str
    num_dias: int | str
    inicial: str
    final: str
    tipo_nomina: NewPayrollTipoNomina
    descripcion: str
    serie: int | str
    concepto: str
    version_cfdi: NewPayrollVersionCfdi
    registros: list[NewRecord]
    identificador: str | Unset = UNSET
    FechaFromAPI: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewPayroll:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
