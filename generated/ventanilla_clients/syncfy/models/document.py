from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Document(Model):
    """A SAT document with its content.

    Attributes:
        id_document: str
        id_document_status: str
        id_document_type: str
        id_site: str
        id_external: None | str | Unset
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        file: None | str | Unset
        identifiers: Any | Unset
        keywords: Any | Unset
        content: Base64, an object or null.
        dt_refreshed: ISO 8601.
        dt_created: ISO 8601.
    """

    id_document: str
    id_document_status: str
    id_document_type: str
    id_site: str
    id_external: None | str | Unset = UNSET
    id_site_organization: str | Unset = UNSET
    id_site_organization_type: str | Unset = UNSET
    file: None | str | Unset = UNSET
    identifiers: Any | Unset = UNSET
    keywords: Any | Unset = UNSET
    content: Any | Unset = UNSET
    dt_refreshed: None | str | Unset = UNSET
    dt_created: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Document:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
