from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.event_v3 import EventV3


@define(kw_only=True)
class EventBatchV3(Model):
    """What a webhook of version 3 receives.

    Attributes:
        rid: str
        events: list[EventV3]
    """

    rid: str
    events: list[EventV3]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventBatchV3:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
