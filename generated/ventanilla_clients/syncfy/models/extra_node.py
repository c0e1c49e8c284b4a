from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.extra_node_a import ExtraNodeA


@define(kw_only=True)
class ExtraNode(Model):
    """An XML element; names of elements and attributes in upper case.

    Attributes:
        n: Name.
        a: Attributes.
        c: Children.
    """

    n: str
    a: ExtraNodeA | Unset = UNSET
    c: list[ExtraNode] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ExtraNode:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
