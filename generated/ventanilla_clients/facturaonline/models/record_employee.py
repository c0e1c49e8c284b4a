from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class RecordEmployee(Model):
    """The employee of a record.

    Attributes:
        id: Uid of the employee, who belongs to the payroll's group.
        dias: Days paid.
        nombre: Name of the employee.
        puesto: Position of the employee.
        salario: Salary; null in the example.
    """

    id: str
    dias: int | str
    nombre: str | Unset = UNSET
    puesto: str | Unset = UNSET
    salario: None | Decimal | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> RecordEmployee:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
