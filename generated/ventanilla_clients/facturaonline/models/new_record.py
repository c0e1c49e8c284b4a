from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_deduction import NewDeduction
from ..models.new_other_payment import NewOtherPayment
from ..models.new_perception import NewPerception
from ..models.record_employee import RecordEmployee


@define(kw_only=True)
class NewRecord(Model):
    """What one employee is paid.

    Attributes:
        data: The employee of a record.
        percepciones: Earnings.
        deducciones: Deductions.
        otrospagos: Payments that are no earnings, such as the subsidy for employment.
    """

    data: RecordEmployee
    percepciones: list[NewPerception]
    deducciones: list[NewDeduction] | Unset = UNSET
    otrospagos: list[NewOtherPayment] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewRecord:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
