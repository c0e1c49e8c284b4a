from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Group(Model):
    """A group of employees.

    Attributes:
        uid: Uid of the group.
        nombre: Name of the group.
        status: Whether the group is active, 1 or 0.
    """

    uid: str
    nombre: str | Unset = UNSET
    status: int | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Group:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
