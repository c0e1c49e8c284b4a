from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Failure(Model):
    """A refusal, most often inside HTTP 200.

    Attributes:
        message: What went wrong. Text, but objects and lists have been seen.
        status: Says error, on reads and on every failed authentication.
        response: Says error, on writes.
        Data: Hash of the API key that was sent.
        Secret: Hash of the secret key that was sent.
    """

    message: Any
    status: str | Unset = UNSET
    response: str | Unset = UNSET
    Data: str | Unset = field(repr=False, default=UNSET)
    Secret: str | Unset = field(repr=False, default=UNSET)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Failure:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
