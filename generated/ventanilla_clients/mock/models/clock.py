from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class Clock(Model):
    """A world's clock.

    Attributes:
        now: Its time, in unix seconds.
        iso: The same to be read, in UTC.
        rate: Seconds of it in one of the wall's; 0 is frozen.
    """

    now: Decimal
    iso: str
    rate: Decimal

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Clock:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
