from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class IpnData(Model):
    """The payment that the notification is about.

    Attributes:
        id: Id of the payment.
        company_id: Id of the company that was paid.
        company_razon_social: Razón social of the company that was paid.
        company_alias: The company's own name for itself.
        request_datetime: When the payment was asked for.
        to_email: E-mail of the customer who paid.
        total_amount: Pesos asked for.
        amount_received: Pesos received.
        limit_payment_date: When the request would have expired.
        confirmed_from: Kind of payment that paid it.
        confirmed_date: When the customer paid.
        payment_way_id: Id of the way of payment.
        payment_way_alias: The company's name for the way of payment.
        serie: Serie of the invoice; does not apply to prepayments.
        folio: Folio of the invoice; does not apply to prepayments.
    """

    id: int
    company_id: int
    company_razon_social: str
    company_alias: str
    request_datetime: str
    to_email: str
    total_amount: Decimal
    amount_received: Decimal
    limit_payment_date: str
    confirmed_from: str
    confirmed_date: str
    payment_way_id: int | str
    payment_way_alias: str
    serie: None | str | Unset = UNSET
    folio: int | None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> IpnData:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
