from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class Scenario(Model):
    """One row of the table.

    Attributes:
        provider: Whose it is.
        name: What it is chosen by.
        where: Where the value is put.
        value: The value.
        does: What then happens.
        origin: Whether the provider has it too or only the mock.
        source: Who describes what it brings about.
        example: A request with the value in its place.
        by_name: Whether it can also be chosen by name.
    """

    provider: str
    name: str
    where: str
    value: str
    does: str
    origin: str
    source: str
    example: str
    by_name: bool

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Scenario:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
