from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Concepto(Model):
    """A line of the invoice.

    Attributes:
        quantity: How many.
        unit: Unit, such as PIEZA.
        description: What it is.
        pu: Price of one unit.
        total: Price of the line.
        details: More about it.
    """

    quantity: Decimal
    unit: str
    description: str
    pu: Decimal
    total: Decimal | Unset = UNSET
    details: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Concepto:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
