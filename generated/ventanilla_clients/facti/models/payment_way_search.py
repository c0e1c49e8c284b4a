from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class PaymentWaySearch(Model):
    """Whose ways of payment to list.

    Attributes:
        client_id: Client id.
        api_key: API key.
        rfc: RFC of the company.
    """

    client_id: str | Unset = field(repr=False, default=UNSET)
    api_key: str | Unset = field(repr=False, default=UNSET)
    rfc: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentWaySearch:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
