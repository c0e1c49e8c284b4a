from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Effect(Model):
    """What a fault does.

    Attributes:
        kind: str
        seconds: How late.
        status: The HTTP status.
        retry_after: What goes out as Retry-After.
        message: What the provider says.
        value: Any JSON, or the content type, or the header's value.
        name: The header's name.
        bytes_per_second: How slowly.
        pointer: The place in the JSON.
        copies: How many more.
    """

    kind: str
    seconds: Decimal | Unset = UNSET
    status: int | Unset = UNSET
    retry_after: int | str | Unset = UNSET
    message: str | Unset = UNSET
    value: Any | Unset = UNSET
    name: str | Unset = UNSET
    bytes_per_second: Decimal | Unset = UNSET
    pointer: str | Unset = UNSET
    copies: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Effect:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
