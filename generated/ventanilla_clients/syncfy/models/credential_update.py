from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.credential_update_credentials import CredentialUpdateCredentials


@define(kw_only=True)
class CredentialUpdate(Model):
    """New values, or nothing to use the stored ones.

    Attributes:
        id_site: str | Unset
        credentials: A value for each of the site's fields, by the field's name.
    """

    id_site: str | Unset = UNSET
    credentials: CredentialUpdateCredentials | Unset = field(repr=False, default=UNSET)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> CredentialUpdate:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
