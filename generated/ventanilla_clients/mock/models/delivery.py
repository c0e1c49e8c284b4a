from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.attempt import Attempt
from ..models.header import Header


@define(kw_only=True)
class Delivery(Model):
    """A webhook call, made until it is taken or nobody tries again; secrets are masked.

    Attributes:
        id: Its id.
        profile: Whose it is.
        event: The event's name.
        url: Where it goes.
        at: When it was put in the outbox, in unix seconds of the world's clock.
        state: What it has come to.
        reason: Why it failed, was lost or is disabled.
        due: When it is tried again, in unix seconds.
        status: The receiver's last status; null when it has not answered.
        error: Why there is no status.
        headers: Its headers.
        body: What is sent.
        attempts: Every time that it was made.
    """

    id: str
    profile: str
    event: str
    url: str
    at: Decimal
    state: str
    reason: None | str
    due: Decimal | None
    status: int | None
    error: None | str
    headers: list[Header]
    body: str
    attempts: list[Attempt]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Delivery:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
