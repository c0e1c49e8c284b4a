from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_webhook_events_item import (
    NewWebhookEventsItem,
)
from ..models.new_webhook_headers import NewWebhookHeaders


@define(kw_only=True)
class NewWebhook(Model):
    """NewWebhook

    Attributes:
        url: str
        events: list[NewWebhookEventsItem]
        id_user: Send this user's events only.
        delay: Seconds before an event is sent.
        headers: Headers to send along with each event.
        id_environment: str | Unset
    """

    url: str = field(repr=False)
    events: list[NewWebhookEventsItem]
    id_user: str | Unset = UNSET
    delay: int | Unset = UNSET
    headers: NewWebhookHeaders | Unset = field(repr=False, default=UNSET)
    id_environment: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewWebhook:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
