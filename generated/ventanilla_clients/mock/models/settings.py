from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.lifecycles import Lifecycles


@define(kw_only=True)
class Settings(Model):
    """How things take their course in a world.

    Attributes:
        seed: What its ids and data come from.
        pace: Seconds that one step of a process takes.
        rate_limits: Whether callers are refused who ask too often.
        retries: Seconds from each attempt of a webhook call that fails to the next one.
        lifecycles: How the processes of each provider get on.
    """

    seed: int
    pace: Decimal
    rate_limits: bool
    retries: list[Decimal]
    lifecycles: Lifecycles

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Settings:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
