from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class NewUser(Model):
    """NewUser

    Attributes:
        name: A human's or a company's name.
        id_external: The id that your system gives to the user.
    """

    name: str
    id_external: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewUser:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
