from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class AccountSite(Model):
    """The account's site, in brief.

    Attributes:
        id_site: str
        name: str
        avatar: None | str
        cover: None | str
        small_cover: None | str
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        organization: str | Unset
        time_zone: None | str | Unset
    """

    id_site: str
    name: str
    avatar: None | str
    cover: None | str
    small_cover: None | str
    id_site_organization: str | Unset = UNSET
    id_site_organization_type: str | Unset = UNSET
    organization: str | Unset = UNSET
    time_zone: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> AccountSite:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
