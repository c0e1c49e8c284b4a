from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.employee import Employee


@define(kw_only=True)
class EmployeeAnswer(Model):
    """One employee.

    Attributes:
        status: Says success.
        data: An employee. Third parties read uid and rfc; the other names are those of the creation.
    """

    status: str
    data: Employee

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EmployeeAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
