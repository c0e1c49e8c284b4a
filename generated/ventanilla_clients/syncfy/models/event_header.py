from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.event_info import EventInfo
from ..models.event_user import EventUser


@define(kw_only=True)
class EventHeader(Model):
    """EventHeader

    Attributes:
        event: EventInfo
        user: EventUser
    """

    event: EventInfo
    user: EventUser

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventHeader:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
