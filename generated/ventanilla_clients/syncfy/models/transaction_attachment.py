from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class TransactionAttachment(Model):
    """An attachment inside its transaction.

    Attributes:
        id_attachment: str
        id_attachment_type: str | Unset
        is_valid: int | Unset
        file: None | str | Unset
        mime: None | str | Unset
        url: Relative to the base address, /v1 included.
        content: In base64; comes with attachment_content 1.
        parse_content: The content parsed; comes with attachment_content_parse 1.
    """

    id_attachment: str
    id_attachment_type: str | Unset = UNSET
    is_valid: int | Unset = UNSET
    file: None | str | Unset = UNSET
    mime: None | str | Unset = UNSET
    url: None | str | Unset = UNSET
    content: None | str | Unset = UNSET
    parse_content: Any | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> TransactionAttachment:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
