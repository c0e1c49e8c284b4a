from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.twofa_option import TwofaOption


@define(kw_only=True)
class TwofaField(Model):
    """A field of the second factor.

    Attributes:
        name: Key in the twofa of POST /jobs/{id_job}/twofa.
        type: str
        label: None | str
        options: list[TwofaOption] | Unset
        imgBase64File: The captcha's image in base64.
        imgURL: The image's address.
    """

    name: str
    type: str
    label: None | str
    options: list[TwofaOption] | Unset = UNSET
    imgBase64File: None | str | Unset = UNSET
    imgURL: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> TwofaField:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
