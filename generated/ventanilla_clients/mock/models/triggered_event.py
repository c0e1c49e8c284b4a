from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.event_made import EventMade
from ..models.event_receiver import EventReceiver


@define(kw_only=True)
class TriggeredEvent(Model):
    """What was set going.

    Attributes:
        event: Its name.
        profile: The version that names it so.
        made: The ids of what was made on the way.
        told: Who will be told.
    """

    event: str
    profile: str
    made: EventMade
    told: list[EventReceiver]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> TriggeredEvent:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
