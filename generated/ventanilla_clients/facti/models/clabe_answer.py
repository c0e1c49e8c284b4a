from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.clabe import Clabe


@define(kw_only=True)
class ClabeAnswer(Model):
    """The CLABE accounts of a customer.

    Attributes:
        result: 1 for success.
        msg: Empty.
        accounts: One for each STP way of payment.
        errors: What went wrong while the accounts were made; the shape is never shown.
        request_id: Id of the request.
    """

    result: int
    msg: str
    accounts: list[Clabe]
    errors: list[Any]
    request_id: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ClabeAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
