from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class ClockAdvance(Model):
    """How far the clock is set forward, either by seconds or until a moment.

    Attributes:
        seconds: So many seconds, up to ten years.
        until: Unix seconds, from 2000-01-01 to 2100-01-01.
    """

    seconds: Decimal | Unset = UNSET
    until: Decimal | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ClockAdvance:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
