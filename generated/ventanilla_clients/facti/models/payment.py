from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Payment(Model):
    """A payment as the search shows it.

    Attributes:
        id: Id of the payment.
        company_id: Id of the company that asked for it.
        request_datetime: When it was asked for, as 2019-05-10 15:06:05.
        serie: Serie of the invoice.
        folio: Folio of the invoice.
        to_rfc: RFC of the customer.
        to_email: E-mail of the customer.
        total_amount: Pesos asked for.
        amount_received: Pesos received; more than asked for where the company allows it.
        limit_payment_date: When it expires.
        status: State of the payment.
        confirmed_from: Kind of payment that paid it.
        confirmed_date: When it was paid, as 2019-05-10 16:55:51.
        no_cliente: Number of the customer.
        no_factura: Number of the invoice.
    """

    id: int
    company_id: int
    request_datetime: str
    serie: str
    folio: int | str
    to_rfc: str
    to_email: str
    total_amount: Decimal
    amount_received: Decimal | None
    limit_payment_date: str
    status: int | str
    confirmed_from: None | str
    confirmed_date: None | str
    no_cliente: int | None | str | Unset = UNSET
    no_factura: int | None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Payment:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
