from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.payment_way import PaymentWay


@define(kw_only=True)
class PaymentWaysAnswer(Model):
    """The ways of payment of a company.

    Attributes:
        result: 1 for success.
        msg: Empty.
        payment_ways: The ways of payment.
    """

    result: int
    msg: str
    payment_ways: list[PaymentWay]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentWaysAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
