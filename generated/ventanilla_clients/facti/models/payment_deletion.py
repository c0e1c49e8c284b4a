from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class PaymentDeletion(Model):
    """Which payment to delete.

    Attributes:
        client_id: Client id.
        api_key: API key.
        company_id: Id of the company.
        id: Id of the payment.
    """

    client_id: str | Unset = field(repr=False, default=UNSET)
    api_key: str | Unset = field(repr=False, default=UNSET)
    company_id: int
    id: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentDeletion:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
