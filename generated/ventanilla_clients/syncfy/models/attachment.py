from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict, utc


@define(kw_only=True)
class Attachment(Model):
    """Attachment

    Attributes:
        id_attachment: str
        id_account: str
        id_user: str
        id_external: None | str
        id_attachment_type: str
        id_transaction: None | str
        is_valid: int
        file: str
        mime: None | str
        url: Relative to the base address, /v1 included.
        keywords: Any
        dt_refresh: int
    """

    id_attachment: str
    id_account: str
    id_user: str
    id_external: None | str
    id_attachment_type: str
    id_transaction: None | str
    is_valid: int
    file: str
    mime: None | str
    url: str
    keywords: Any
    dt_refresh: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Attachment:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)

    @property
    def refresh_at(self) -> datetime | None:
        """`dt_refresh` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_refresh)
