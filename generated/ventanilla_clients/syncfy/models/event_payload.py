from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.event_endpoints import EventEndpoints


@define(kw_only=True)
class EventPayload(Model):
    """EventPayload

    Attributes:
        id_job: str
        id_job_uuid: str
        id_site: str
        id_site_organization: str
        id_site_organization_type: str
        endpoints: Links to what is new. They start with /v1.
        event: The event's name in version 1.
        id_job_type: str | Unset
        id_job_uuid_type: str | Unset
        id_credential: str | Unset
        id_user: str | Unset
        id_external: None | str | Unset
        is_executing: int | Unset
    """

    id_job: str
    id_job_uuid: str
    id_site: str
    id_site_organization: str
    id_site_organization_type: str
    endpoints: EventEndpoints | list[str]
    event: str | Unset = UNSET
    id_job_type: str | Unset = UNSET
    id_job_uuid_type: str | Unset = UNSET
    id_credential: str | Unset = UNSET
    id_user: str | Unset = UNSET
    id_external: None | str | Unset = UNSET
    is_executing: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventPayload:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
