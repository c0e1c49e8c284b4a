from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.lifecycle_change_mode import (
    LifecycleChangeMode,
)


@define(kw_only=True)
class LifecycleChange(Model):
    """timed: a step takes the pace. immediate: no time at all. polls: a step happens each time that somebody has asked
    `polls` times. event: a step happens when POST /processes/{provider}/{id}/step says so.

    Attributes:
        mode: LifecycleChangeMode
        polls: In polls: how often somebody has to ask; 1 if left out.
    """

    mode: LifecycleChangeMode
    polls: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> LifecycleChange:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
