from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.lifecycles_change import LifecyclesChange


@define(kw_only=True)
class SettingsChange(Model):
    """What changes; what is left out stays.

    Attributes:
        pace: Seconds of the world's clock that one step of a process takes, up to a day.
        rate_limits: Whether callers are refused who ask more often than the provider documents; off by default.
        retries: Seconds of the world's clock from each attempt of a webhook call that fails to the next one; none at all
            is one
            try. Also for calls that wait already.
        lifecycles: How the processes of some providers get on from now on.
    """

    pace: Decimal | Unset = UNSET
    rate_limits: bool | Unset = UNSET
    retries: list[Decimal] | Unset = UNSET
    lifecycles: LifecyclesChange | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> SettingsChange:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
