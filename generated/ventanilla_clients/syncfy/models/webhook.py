from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Webhook(Model):
    """Webhook

    Attributes:
        id_webhook: str
        id_user: The only user whose events are sent, or null for all.
        events: list[str]
        url: str
        delay: Seconds before an event is sent.
        dt_created: int | str
        dt_modified: int | None | str
        is_disabled: int | Unset
        ct_failed: Failed deliveries.
    """

    id_webhook: str
    id_user: None | str
    events: list[str]
    url: str = field(repr=False)
    delay: int
    dt_created: int | str
    dt_modified: int | None | str
    is_disabled: int | Unset = UNSET
    ct_failed: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Webhook:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
