from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class Clabe(Model):
    """An account that belongs to one company and one customer.

    Attributes:
        payment_way_id: Id of the way of payment.
        payment_way_alias: The company's name for it.
        stp_cuenta_clabe: CLABE of 18 digits.
    """

    payment_way_id: int | str
    payment_way_alias: str
    stp_cuenta_clabe: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Clabe:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
