from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.payment import Payment


@define(kw_only=True)
class PaymentListAnswer(Model):
    """The payments found.

    Attributes:
        result: 1 for success.
        msg: Empty.
        payments: At most 200.
    """

    result: int
    msg: str
    payments: list[Payment]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentListAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
