from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.payroll import Payroll


@define(kw_only=True)
class PayrollListAnswer(Model):
    """All payrolls.

    Attributes:
        status: Says success.
        data: The batches, the newest first.
    """

    status: str
    data: list[Payroll]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PayrollListAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
