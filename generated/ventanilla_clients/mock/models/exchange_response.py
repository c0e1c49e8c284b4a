from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.headers import Headers


@define(kw_only=True)
class ExchangeResponse(Model):
    """What was answered.

    Attributes:
        status: The HTTP status.
        headers: Headers by name.
        body: The body, up to 64 KiB.
        encoding: How the body is written here.
        size: How many bytes it had.
        delay: Seconds of the wall that a fault let it wait.
        ending: How it ended on the wire.
        drip: Bytes a second, where a fault slowed it down.
    """

    status: int
    headers: Headers
    body: str
    encoding: str
    size: int
    delay: Decimal
    ending: str
    drip: Decimal | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ExchangeResponse:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
