from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.credential_field import CredentialField
from ..models.job_input import JobInput


@define(kw_only=True)
class Site(Model):
    """A way into an institution. It lists the fields that it asks for in `credentials` or in `input`.

    Attributes:
        id_site: str
        name: str
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        id_site_type: str | Unset
        is_business: int | Unset
        is_personal: int | Unset
        version: int | Unset
        credentials: list[CredentialField] | Unset
        input: list[JobInput] | Unset
        endpoint: str | Unset
    """

    id_site: str
    name: str
    id_site_organization: str | Unset = UNSET
    id_site_organization_type: str | Unset = UNSET
    id_site_type: str | Unset = UNSET
    is_business: int | Unset = UNSET
    is_personal: int | Unset = UNSET
    version: int | Unset = UNSET
    credentials: list[CredentialField] | Unset = UNSET
    input: list[JobInput] | Unset = UNSET
    endpoint: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Site:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
