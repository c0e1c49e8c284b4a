from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class EventMade(Model):
    """The ids of what was made on the way.

    Attributes:
        id_user: The user.
        id_credential: The credential.
        id_job: The job.
        company_id: The company.
        payment_id: The payment.
    """

    id_user: str | Unset = UNSET
    id_credential: str | Unset = UNSET
    id_job: str | Unset = UNSET
    company_id: int | Unset = UNSET
    payment_id: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventMade:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
