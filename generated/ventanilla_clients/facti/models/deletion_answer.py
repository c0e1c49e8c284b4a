from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.payment_details import PaymentDetails


@define(kw_only=True)
class DeletionAnswer(Model):
    """The payment that was deleted.

    Attributes:
        result: 1 for success.
        msg: Empty.
        payment_details: A payment as the details show it.
    """

    result: int
    msg: str
    payment_details: PaymentDetails

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> DeletionAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
