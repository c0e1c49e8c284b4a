from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_webhook_events_item import (
    NewWebhookEventsItem,
)
from ..models.new_webhook_profile import NewWebhookProfile


@define(kw_only=True)
class NewWebhook(Model):
    """A webhook of Syncfy's version 3.

    Attributes:
        url: Where its calls go: an http or https address.
        profile: Version 1 is registered at POST /syncfy/v1/webhooks.
        events: Which events it wants; all if left out.
        id_user: The user whose events it wants; everybody's if left out.
    """

    url: str
    profile: NewWebhookProfile
    events: list[NewWebhookEventsItem] | Unset = UNSET
    id_user: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewWebhook:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
