from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.group import Group


@define(kw_only=True)
class GroupListAnswer(Model):
    """All groups.

    Attributes:
        status: Says success.
        data: The groups.
    """

    status: str
    data: list[Group]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> GroupListAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
