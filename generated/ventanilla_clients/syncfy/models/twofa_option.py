from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class TwofaOption(Model):
    """One of the choices of a second factor.

    Attributes:
        value: Any | Unset
        label: None | str | Unset
        imgBase64File: Image in base64.
        imgURL: The image's address.
    """

    value: Any | Unset = UNSET
    label: None | str | Unset = UNSET
    imgBase64File: None | str | Unset = UNSET
    imgURL: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> TwofaOption:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
