from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class CredentialField(Model):
    """A field that a site of credentials asks for.

    Attributes:
        name: Key in the credentials of POST /credentials.
        type: str
        label: str
        required: bool
        username: Whether the credential's masked username shows this field.
        token: bool | None
        validation: None | str
    """

    name: str
    type: str
    label: str
    required: bool
    username: bool
    token: bool | None
    validation: None | str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> CredentialField:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
