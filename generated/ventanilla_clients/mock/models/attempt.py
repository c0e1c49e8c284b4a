from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class Attempt(Model):
    """One time that a call was made.

    Attributes:
        number: Counts from 1.
        at: When it was over, in unix seconds of the world's clock.
        cause: Why it was made.
        status: The receiver's status; null when it did not answer.
        error: Why there is no status.
    """

    number: int
    at: Decimal
    cause: str
    status: int | None
    error: None | str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Attempt:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
