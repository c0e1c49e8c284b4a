from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class JobPull(Model):
    """A job. Unlike CredentialPull it names no credential.

    Attributes:
        id_job_uuid: str
        id_job: str
        ws: WebSocket that pushes the status codes.
        status: Address of the status codes.
        twofa: Address that takes the second factor.
    """

    id_job_uuid: str
    id_job: str
    ws: str
    status: str
    twofa: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> JobPull:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
