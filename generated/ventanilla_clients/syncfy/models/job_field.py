from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class JobField(Model):
    """A field that a site of jobs asks for.

    Attributes:
        name: Key in the input of POST /jobs.
        type: str
        label: None | str | Unset
        required: bool | Unset
        encrypt: bool | None | Unset
        identifier: bool | None | Unset
        validation: None | str | Unset
    """

    name: str
    type: str
    label: None | str | Unset = UNSET
    required: bool | Unset = UNSET
    encrypt: bool | None | Unset = UNSET
    identifier: bool | None | Unset = UNSET
    validation: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> JobField:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
