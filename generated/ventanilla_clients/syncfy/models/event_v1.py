from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.event_v1_endpoints import EventV1Endpoints


@define(kw_only=True)
class EventV1(Model):
    """A webhook event of version 1.

    Attributes:
        event: str
        id_credential: None | str | Unset
        id_external: None | str | Unset
        id_job: None | str | Unset
        id_job_uuid: None | str | Unset
        id_site: None | str | Unset
        id_site_organization: None | str | Unset
        id_site_organization_type: None | str | Unset
        id_user: None | str | Unset
        is_executing: int | Unset
        uuid: With documents_completed.
        endpoints: Links to what is new, by kind.
    """

    event: str
    id_credential: None | str | Unset = UNSET
    id_external: None | str | Unset = UNSET
    id_job: None | str | Unset = UNSET
    id_job_uuid: None | str | Unset = UNSET
    id_site: None | str | Unset = UNSET
    id_site_organization: None | str | Unset = UNSET
    id_site_organization_type: None | str | Unset = UNSET
    id_user: None | str | Unset = UNSET
    is_executing: int | Unset = UNSET
    uuid: str | Unset = UNSET
    endpoints: EventV1Endpoints | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventV1:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
