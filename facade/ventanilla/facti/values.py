"""Holds the values of Facti: one payment for its two wire forms, and a request with its references."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from attrs import frozen

from ventanilla._money import Amount
from ventanilla._values import known, number, rows_in, text
from ventanilla.codes import PAYMENT_STATUS, PAYMENT_TYPE
from ventanilla.facti._times import day, moment
from ventanilla_clients._runtime import Unset
from ventanilla_clients.facti import models as wire


@frozen(kw_only=True)
class Invoice:
    """One of the invoices of a grouped request.

    Attributes:
        folio: folio of the invoice.
        amount: its pesos, as Decimal, int or decimal text.
        serie: serie of the invoice; empty where it has none.
    """

    folio: int | str
    amount: Amount
    serie: str = ""


@frozen(kw_only=True)
class Reference:
    """How the customer can pay in one way.

    Attributes:
        payment_way_id: id of the way of payment, as text (the wire has text here, numbers elsewhere).
        payment_way_alias: the company's name for it.
        payment_type: `bank`, `stp` or `paypal`.
        reference: capture line of the bank, or numeric reference of STP.
        clabe: CLABE to transfer to; STP only.
        bank_name: name of the bank; bank only.
        bank_agreement_number: agreement number for the deposit slip; bank only.
    """

    payment_way_id: str
    payment_way_alias: str
    payment_type: str
    reference: str
    clabe: str | None = None
    bank_name: str | None = None
    bank_agreement_number: str | None = None


@frozen(kw_only=True)
class ReferenceFailure:
    """Why there is no reference for a way of payment.

    Attributes:
        payment_type: `bank`, `stp` or `paypal`.
        message: what went wrong, in the provider's words.
    """

    payment_type: str
    message: str


@frozen(kw_only=True)
class PaymentRequested:
    """A payment request that Facti accepted.

    Attributes:
        request_id: id of the request and, as section 6 implies, of the payment.
        total_amount: pesos asked for; NaN where nothing but the id could be read.
        limit_date: last day to pay; None where the answer does not say.
        send_to: address at facti.mx for the stamped invoice's XML and PDF.
        references: how to pay, one for each way of payment.
        reference_errors: the ways of payment for which no reference could be made.
        was_found: whether Facti's answer got lost and the request was found by a search, which says no references
            and no `send_to`; `clabes` has those of STP, and the customer has all of them by e-mail.
    """

    request_id: int
    total_amount: Decimal
    limit_date: date | None
    send_to: str
    references: tuple[Reference, ...] = ()
    reference_errors: tuple[ReferenceFailure, ...] = ()
    was_found: bool = False

    @classmethod
    def known_by(cls, request_id: int) -> Self:
        """Return the value of a request of which nothing but the id can be read."""
        return cls(request_id=request_id, total_amount=Decimal("NaN"), limit_date=None, send_to="", was_found=True)

    @classmethod
    def found(cls, row: wire.Payment) -> Self:
        """Return the value of a request that a search has found again."""
        limit = day(row.limit_payment_date)
        return cls(
            request_id=number(row.id) or 0, total_amount=row.total_amount, limit_date=limit, send_to="", was_found=True
        )

    @classmethod
    def of(cls, answer: wire.RequestAnswer) -> Self:
        """Return the value of an answer."""
        return cls(
            request_id=number(answer.request_id) or 0,
            total_amount=answer.total_amount,
            limit_date=day(known(answer.limit_payment_date) or known(answer.limit_payment)),
            send_to=text(answer.send_to),
            references=tuple(_reference(each) for each in rows_in(answer.references)),
            reference_errors=tuple(
                ReferenceFailure(payment_type=text(each.type), message=text(each.error))
                for each in rows_in(answer.References_errors) or rows_in(answer.references_errors)
            ),
        )


@frozen(kw_only=True)
class Payment:
    """A payment, as the search, the details, the change to paid and the deletion show it.

    Moments have no zone; the document names none, and the time of Mexico City is assumed. A moment is None where
    Facti writes none.

    Attributes:
        id: id of the payment.
        company_id: company that asked for it (`empresas_id` in the details).
        organization_id: its organisation; details only.
        requested_at: when it was asked for.
        serie: serie of the invoice; may be empty.
        folio: folio of the invoice, as text (the wire has numbers and text).
        to_rfc: RFC of the customer.
        to_email: e-mail addresses of the customer.
        total_amount: pesos asked for.
        status: the wire's state as text: `0` not paid, `1` paid.
        amount_received: pesos received, which may be more than asked for; search only.
        limit_date: last day to pay; search only.
        confirmed_from: `bank`, `stp` or `paypal`; search only.
        confirmed_at: when it was paid; search only.
        no_cliente: number of the customer; search only, undocumented.
        no_factura: number of the invoice; search only, undocumented.
        is_group: whether it groups several invoices; None where the search found it, which does not say.
        in_group: whether another payment groups it; None likewise.
        children: the invoices that it groups, as they come: their shape is not documented.
    """

    id: int
    company_id: int
    organization_id: int | None = None
    requested_at: datetime | None
    serie: str
    folio: str
    to_rfc: str
    to_email: tuple[str, ...]
    total_amount: Decimal
    status: str
    amount_received: Decimal | None = None
    limit_date: date | None = None
    confirmed_from: str | None = None
    confirmed_at: datetime | None = None
    no_cliente: str | None = None
    no_factura: str | None = None
    is_group: bool | None = None
    in_group: bool | None = None
    children: tuple[Any, ...] = ()

    @property
    def is_paid(self) -> bool:
        """Whether it has been paid: an undocumented state is not taken for it."""
        return self.status == "1"

    def explain(self, language: str = "en") -> str:
        """Return whether it has been paid, and how, in `en` or `es`."""
        said = PAYMENT_STATUS.explain(self.status, language)
        if self.confirmed_from is None:
            return said
        return f"{said.removesuffix('.')}, {PAYMENT_TYPE.meaning(self.confirmed_from, language)}."

    @classmethod
    def found(cls, row: wire.Payment) -> Self:
        """Return the value of a row of the search."""
        return cls(
            id=_id(row.id),
            company_id=_id(row.company_id),
            requested_at=moment(row.request_datetime),
            serie=text(row.serie),
            folio=text(row.folio),
            to_rfc=text(row.to_rfc),
            to_email=addresses(row.to_email),
            total_amount=row.total_amount,
            status=text(row.status),
            amount_received=row.amount_received,
            limit_date=day(row.limit_payment_date),
            confirmed_from=text(row.confirmed_from) or None,
            confirmed_at=moment(row.confirmed_date),
            no_cliente=_text(row.no_cliente),
            no_factura=_text(row.no_factura),
        )

    @classmethod
    def detailed(cls, details: wire.PaymentDetails) -> Self:
        """Return the value of a payment's details."""
        return cls(
            id=_id(details.id),
            company_id=_id(details.empresas_id),
            organization_id=number(details.organizaciones_id),
            requested_at=moment(details.request_datetime),
            serie=text(details.serie),
            folio=text(details.folio),
            to_rfc=text(details.to_rfc),
            to_email=addresses(details.to_email),
            total_amount=details.total_amount,
            status=text(details.status),
            is_group=text(details.group_parent) == "1",
            in_group=text(details.group_child) == "1",
            children=rows_in(details.childs),
        )


def addresses(wire: object) -> tuple[str, ...]:
    """Return the e-mail addresses that the wire separates by `;`."""
    return tuple(part.strip() for part in text(wire).split(";") if part.strip())


def _id(value: int) -> int:
    # What is no number stays as it came: no other value says more.
    found = number(value)
    return value if found is None else found


def _reference(each: wire.Reference) -> Reference:
    return Reference(
        payment_way_id=text(each.payment_way_id),
        payment_way_alias=text(each.payment_way_alias),
        payment_type=text(each.payment_type),
        reference=text(each.reference),
        clabe=known(each.stp_cuenta_clabe),
        bank_name=known(each.bank_name),
        bank_agreement_number=known(each.bank_agreement_number),
    )


def _text(value: int | str | Unset | None) -> str | None:
    return None if value is None or isinstance(value, Unset) else str(value)
