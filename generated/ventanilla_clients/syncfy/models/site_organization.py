from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class SiteOrganization(Model):
    """An institution.

    Attributes:
        id_site_organization: str
        id_site_organization_type: str
        id_country: str
        name: str
        avatar: None | str | Unset
        small_cover: None | str | Unset
        cover: None | str | Unset
    """

    id_site_organization: str
    id_site_organization_type: str
    id_country: str
    name: str
    avatar: None | str | Unset = UNSET
    small_cover: None | str | Unset = UNSET
    cover: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> SiteOrganization:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
