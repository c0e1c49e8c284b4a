from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_effect_kind import NewEffectKind


@define(kw_only=True)
class NewEffect(Model):
    """What happens; which fields belong to which kind stands at POST /faults.

    Attributes:
        kind: NewEffectKind
        seconds: latency: up to 3600 seconds of the wall; webhook-late: seconds of the world's clock.
        status: status: the HTTP status.
        retry_after: status: what goes out as Retry-After.
        message: status: in the place of the usual phrase.
        value: change: any JSON; content-type: the content type; header: its value.
        name: header: its name; not one that says how a message is framed.
        bytes_per_second: drip: how slowly.
        pointer: change, remove: a JSON pointer (RFC 6901).
        copies: webhook-duplicate: how many more; 1 if left out.
    """

    kind: NewEffectKind
    seconds: Decimal | Unset = UNSET
    status: int | Unset = UNSET
    retry_after: int | str | Unset = UNSET
    message: str | Unset = UNSET
    value: Any | Unset = UNSET
    name: str | Unset = UNSET
    bytes_per_second: Decimal | Unset = UNSET
    pointer: str | Unset = UNSET
    copies: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewEffect:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
