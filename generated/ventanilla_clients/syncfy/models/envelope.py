from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class Envelope(Model):
    """What surrounds every JSON answer.

    Attributes:
        rid: Id of the request.
        code: The HTTP status.
        errors: Null in every answer that was ever printed.
        status: Whether it was done; false may come with HTTP 200.
        message: None | str
    """

    rid: str
    code: int
    errors: Any
    status: bool
    message: None | str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Envelope:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
