from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.event_options import EventOptions


@define(kw_only=True)
class Event(Model):
    """An event that can be caused.

    Attributes:
        provider: Whose it is.
        profile: The version that names it so.
        event: Its name.
        does: What is done to cause it.
        options: What an event takes, and what each of it means.
    """

    provider: str
    profile: str
    event: str
    does: str
    options: EventOptions

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Event:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
