from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict, utc


@define(kw_only=True)
class User(Model):
    """User

    Attributes:
        id_user: str
        id_external: The id that your system gave to the user.
        name: str
        dt_create: int
        dt_modify: int | None
    """

    id_user: str
    id_external: None | str
    name: str
    dt_create: int
    dt_modify: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> User:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)

    @property
    def create_at(self) -> datetime | None:
        """`dt_create` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_create)

    @property
    def modify_at(self) -> datetime | None:
        """`dt_modify` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_modify)
