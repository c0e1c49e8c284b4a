from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.headers import Headers


@define(kw_only=True)
class ExchangeRequest(Model):
    """What was asked.

    Attributes:
        method: The HTTP method.
        path: The path, with namespace and query.
        headers: Headers by name.
        body: The body, up to 64 KiB.
        encoding: How the body is written here.
        size: How many bytes it had; null for more than the mock takes.
    """

    method: str
    path: str
    headers: Headers
    body: str
    encoding: str
    size: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ExchangeRequest:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
