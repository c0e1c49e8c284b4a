from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.event_header import EventHeader
from ..models.event_payload import EventPayload


@define(kw_only=True)
class EventV3(Model):
    """EventV3

    Attributes:
        header: EventHeader
        payload: EventPayload
    """

    header: EventHeader
    payload: EventPayload

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventV3:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
