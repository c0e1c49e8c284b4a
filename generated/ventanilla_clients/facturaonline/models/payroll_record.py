from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.record_other_payment import RecordOtherPayment
from ..models.record_perception import RecordPerception


@define(kw_only=True)
class PayrollRecord(Model):
    """The payroll of one employee, as its batch shows it.

    Attributes:
        uid: Uid of the record, used to cancel, send and download it.
        uuid: UUID of the CFDI in lower case; empty until it is stamped.
        dias_trabajados: Days paid.
        total_percepciones: Pesos earned.
        total_deducciones: Pesos deducted.
        total: Earnings and other payments less deductions.
        status_timbre: State of the stamping.
        employee_uid: Uid of the employee.
        creada: When it was created or last changed.
        folio: Folio; null until it is stamped.
        serie: Name of the series.
        percepciones: Earnings.
        deducciones: Deductions; empty in every sample, so the shape is unknown.
        otrospagos: Other payments.
        mensaje: Why stamping failed.
        status_message: Why stamping failed.
    """

    uid: str
    uuid: str
    dias_trabajados: Decimal | int
    total_percepciones: Decimal
    total_deducciones: Decimal
    total: Decimal
    status_timbre: str
    employee_uid: str
    creada: str
    folio: int | None
    serie: str
    percepciones: list[RecordPerception]
    deducciones: list[Any]
    otrospagos: list[RecordOtherPayment] | Unset = UNSET
    mensaje: Any | Unset = UNSET
    status_message: Any | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PayrollRecord:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
