from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_effect import NewEffect
from ..models.new_fault_profile import NewFaultProfile
from ..models.new_fault_when import NewFaultWhen


@define(kw_only=True)
class NewFault(Model):
    """What goes wrong, for whom, and how often.

    Attributes:
        effect: What happens; which fields belong to which kind stands at POST /faults.
        id: Its id; f1, f2 and so on if left out.
        provider: Whose answers it strikes; all if left out.
        operation: The operationId whose answers it strikes; all if left out.
        profile: Whose webhook calls it strikes; all if left out.
        event: The event whose webhook calls it strikes; all if left out.
        nth: Strike only the nth that matches, counted from 1.
        probability: Strike with this probability.
        times: Strike at most so often.
        ttl: Seconds of the world's clock for which it stands.
        when: Whether it strikes in the place of what was asked or once that is done.
    """

    effect: NewEffect
    id: str | Unset = UNSET
    provider: str | Unset = UNSET
    operation: str | Unset = UNSET
    profile: NewFaultProfile | Unset = UNSET
    event: str | Unset = UNSET
    nth: int | Unset = UNSET
    probability: Decimal | Unset = UNSET
    times: int | Unset = UNSET
    ttl: Decimal | Unset = UNSET
    when: NewFaultWhen | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewFault:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
