from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class AttachmentJson(Model):
    """An attachment's XML as JSON.

    Attributes:
        id_attachment: str
        json: The XML as an object.
        id_user: str | Unset
        id_external: None | str | Unset
        is_valid: int | Unset
        file: None | str | Unset
        mime: None | str | Unset
    """

    id_attachment: str
    json: Any
    id_user: str | Unset = UNSET
    id_external: None | str | Unset = UNSET
    is_valid: int | Unset = UNSET
    file: None | str | Unset = UNSET
    mime: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> AttachmentJson:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
