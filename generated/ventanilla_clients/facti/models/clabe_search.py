from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class ClabeSearch(Model):
    """Whose CLABE accounts to get.

    Attributes:
        client_id: Client id.
        api_key: API key.
        company_id: Id of the company.
        to_email: E-mail of the customer.
        payment_ways_id: Ids of the STP ways of payment to use; all of the company's where left out.
    """

    client_id: str | Unset = field(repr=False, default=UNSET)
    api_key: str | Unset = field(repr=False, default=UNSET)
    company_id: int
    to_email: str
    payment_ways_id: list[int | str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ClabeSearch:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
