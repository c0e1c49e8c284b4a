from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict, utc


@define(kw_only=True)
class Webhook(Model):
    """A webhook of Syncfy.

    Attributes:
        id_webhook: Its id.
        profile: Its version.
        url: Where its calls go.
        events: The events that it wants.
        id_user: The user whose events it wants; null for everybody's.
        is_disabled: 1 when too many calls have failed.
        delay: Seconds between an event and its call.
        ct_failed: How many calls have failed.
        dt_created: When it was made.
        dt_modified: When it was changed.
    """

    id_webhook: str
    profile: str
    url: str
    events: list[str]
    id_user: None | str
    is_disabled: int
    delay: int
    ct_failed: int
    dt_created: int
    dt_modified: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Webhook:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)

    @property
    def created_at(self) -> datetime | None:
        """`dt_created` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_created)

    @property
    def modified_at(self) -> datetime | None:
        """`dt_modified` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_modified)
