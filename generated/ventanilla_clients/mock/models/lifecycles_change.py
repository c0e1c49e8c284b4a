from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.lifecycle_change import LifecycleChange


@define(kw_only=True)
class LifecyclesChange(Model):
    """How the processes of some providers get on from now on.

    Attributes:
        syncfy: timed: a step takes the pace. immediate: no time at all. polls: a step happens each time that somebody
            has asked
            `polls` times. event: a step happens when POST /processes/{provider}/{id}/step says so.
        facti: timed: a step takes the pace. immediate: no time at all. polls: a step happens each time that somebody
            has asked
            `polls` times. event: a step happens when POST /processes/{provider}/{id}/step says so.
        facturaonline: timed: a step takes the pace. immediate: no time at all. polls: a step happens each time that somebody
            has asked
            `polls` times. event: a step happens when POST /processes/{provider}/{id}/step says so.
    """

    syncfy: LifecycleChange | Unset = UNSET
    facti: LifecycleChange | Unset = UNSET
    facturaonline: LifecycleChange | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> LifecyclesChange:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
