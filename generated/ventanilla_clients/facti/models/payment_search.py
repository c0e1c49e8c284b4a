from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class PaymentSearch(Model):
    """Which payments to find.

    Attributes:
        client_id: Client id.
        api_key: API key.
        company_id: Id of the company.
        since_id: Least id, itself included.
        limit: How many at most.
        max_id: Greatest id, itself included.
        status: 0 not paid; 1 paid.
        from_payment_date: Paid at this moment or later, as 2019-05-10 16:55:51.
        to_payment_date: Paid at this moment or earlier, as 2019-05-10 16:55:51.
    """

    client_id: str | Unset = field(repr=False, default=UNSET)
    api_key: str | Unset = field(repr=False, default=UNSET)
    company_id: int
    since_id: int | Unset = UNSET
    limit: int | Unset = UNSET
    max_id: int | Unset = UNSET
    status: int | Unset = UNSET
    from_payment_date: str | Unset = UNSET
    to_payment_date: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentSearch:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
