from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.created_employee import CreatedEmployee


@define(kw_only=True)
class EmployeeCreated(Model):
    """The employee is registered.

    Attributes:
        response: Says success.
        data: What is told about a new employee.
    """

    response: str
    data: CreatedEmployee

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EmployeeCreated:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
