from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.concepto import Concepto
from ..models.invoice_receiver import InvoiceReceiver


@define(kw_only=True)
class NewRequest(Model):
    """A payment request; parameters beyond these are accepted.

    Attributes:
        client_id: Client id.
        api_key: API key.
        folio: Folio of the invoice. Ignored, and to be sent as 1, where `folios` is given.
        from_rfc: RFC that issues the invoice.
        to_client_name: Name of the company or person that shall pay.
        to_email: E-mail of the customer; several are separated by `;`.
        total_amount: Total in pesos. More than two decimals are rounded up.
        serie: Serie of the invoice.
        to_rfc: RFC of the receiver.
        status: 0 pending; 1 already paid, kept for information only.
        payment_date: Day of the payment, where `status` is 1; the day of the request where left out.
        limit_payment_date: Last day to pay; a month from today where left out.
        send_email_to_client: 1 sends the customer the ways of payment at once.
        payment_ways_ids: Ids of the ways of payment to offer; all of the company's where left out.
        folios: Folios of the invoices to group. As many as `series` and `total_amounts`.
        series: Series of `folios`, in their order; "" for an invoice that has none.
        total_amounts: Amounts of `folios`, in their order; they add up to `total_amount`.
        conceptos: What is being paid for.
        generate_invoice: 1 makes the invoice and attaches it to the e-mail.
        invoice_receiver: Fiscal data of the customer.
    """

    client_id: str | Unset = field(repr=False, default=UNSET)
    api_key: str | Unset = field(repr=False, default=UNSET)
    folio: int | str
    from_rfc: str
    to_client_name: str
    to_email: str
    total_amount: Decimal
    serie: str | Unset = UNSET
    to_rfc: str | Unset = UNSET
    status: int | Unset = UNSET
    payment_date: str | Unset = UNSET
    limit_payment_date: str | Unset = UNSET
    send_email_to_client: int | Unset = UNSET
    payment_ways_ids: list[int | str] | Unset = UNSET
    folios: list[int | str] | Unset = UNSET
    series: list[str] | Unset = UNSET
    total_amounts: list[Decimal] | Unset = UNSET
    conceptos: list[Concepto] | Unset = UNSET
    generate_invoice: int | Unset = UNSET
    invoice_receiver: InvoiceReceiver | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewRequest:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
