from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class ScenarioChoice(Model):
    """A scenario for what comes next.

    Attributes:
        provider: Whose it is.
        name: Its name in the table.
        times: To how many things it happens; 1 if left out.
    """

    provider: str
    name: str
    times: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ScenarioChoice:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
