from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class ClockStart(Model):
    """How the clock of a world that begins anew is set; it may show an earlier time than before.

    Attributes:
        at: Unix seconds, from 2000-01-01 to 2100-01-01.
        rate: Seconds of the world's clock in one of the wall's; 0 is frozen.
    """

    at: Decimal | Unset = UNSET
    rate: Decimal | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ClockStart:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
