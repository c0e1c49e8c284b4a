from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import Model, from_dict, to_dict
from ..models.new_credential_credentials import NewCredentialCredentials


@define(kw_only=True)
class NewCredential(Model):
    """NewCredential

    Attributes:
        id_site: str
        credentials: A value for each of the site's fields, by the field's name.
    """

    id_site: str
    credentials: NewCredentialCredentials = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewCredential:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
