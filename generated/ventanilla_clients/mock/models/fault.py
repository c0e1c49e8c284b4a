from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.effect import Effect


@define(kw_only=True)
class Fault(Model):
    """A fault that stands, and what it has met.

    Attributes:
        id: Its id.
        effect: What a fault does.
        matched: How much it was meant for.
        struck: How much of that it was let loose on.
        missed: How much of that it could do nothing about: no JSON, or no such place.
        provider: Whose answers it strikes; all if left out.
        operation: The operationId whose answers it strikes; all if left out.
        profile: Whose webhook calls it strikes; all if left out.
        event: The event whose webhook calls it strikes; all if left out.
        nth: It strikes only the nth that matches.
        probability: With which probability it strikes.
        times: It strikes at most so often.
        ttl: Seconds for which it stands.
        until: The end of its ttl, in unix seconds.
        when: Before or after what was asked is done.
    """

    id: str
    effect: Effect
    matched: int
    struck: int
    missed: int
    provider: str | Unset = UNSET
    operation: str | Unset = UNSET
    profile: str | Unset = UNSET
    event: str | Unset = UNSET
    nth: int | Unset = UNSET
    probability: Decimal | Unset = UNSET
    times: int | Unset = UNSET
    ttl: Decimal | Unset = UNSET
    until: Decimal | Unset = UNSET
    when: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Fault:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
