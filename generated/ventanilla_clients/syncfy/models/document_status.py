from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class DocumentStatus(Model):
    """DocumentStatus

    Attributes:
        id_document_status: str
        name: str
        dt_created: ISO 8601.
        dt_modified: ISO 8601.
    """

    id_document_status: str
    name: str
    dt_created: None | str | Unset = UNSET
    dt_modified: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> DocumentStatus:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
