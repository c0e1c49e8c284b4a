from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.scenario_names import ScenarioNames


@define(kw_only=True)
class ChosenScenarios(Model):
    """What has been chosen.

    Attributes:
        chosen: The names that wait for something to happen to, by provider, the oldest first.
    """

    chosen: ScenarioNames

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ChosenScenarios:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
