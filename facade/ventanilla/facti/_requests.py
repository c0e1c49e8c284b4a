"""Knows payment requests: one invoice, or several in one, checked in full before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from attrs import evolve

from ventanilla._face import operation
from ventanilla._flow import Flow
from ventanilla._money import Amount, exact
from ventanilla._once import once, resume
from ventanilla._values import given, known
from ventanilla.errors import InvalidRequest
from ventanilla.facti._amounts import Rounding, pesos
from ventanilla.facti._asking import natural_key, task, warn_of_company
from ventanilla.facti._operations import FactiOperations, emails, issuer, rfc, way_ids
from ventanilla.facti._times import wire_day
from ventanilla.facti.values import Invoice, PaymentRequested
from ventanilla_clients._runtime import UNSET
from ventanilla_clients.facti import models


class Requests(FactiOperations):
    """Payment requests. Source: Facti API, 1. Solicitud de pagos a clientes."""

    @operation
    def request_payment(
        self,
        *,
        folio: int | str,
        total_amount: Amount,
        to_client_name: str,
        to_email: str | Sequence[str],
        serie: str | None = None,
        from_rfc: str | None = None,
        to_rfc: str | None = None,
        paid: bool = False,
        payment_date: date | None = None,
        limit_payment_date: date | None = None,
        send_email: bool = True,
        payment_ways: Sequence[int | str] = (),
        conceptos: Sequence[models.Concepto] = (),
        generate_invoice: bool = False,
        invoice_receiver: models.InvoiceReceiver | None = None,
        rounding: Rounding = "ceil",
        operation_id: str | None = None,
    ) -> Flow[PaymentRequested]:
        """Ask a customer for a payment. Each call makes another request and, by default, sends an e-mail.

        The intent is kept in the face's journal before anything is sent. If the answer gets lost the request is looked
        for, and is never sent again by itself.

        Args:
            folio: folio of the invoice. Facti does not make it unique.
            total_amount: pesos, as Decimal, int or decimal text; never a float.
            to_client_name: name of the company or person that shall pay.
            to_email: e-mail of the customer; several in a sequence or separated by `;`.
            serie: serie of the invoice.
            from_rfc: RFC that issues the invoice; else the face's.
            to_rfc: RFC of the customer.
            paid: keep it as already paid, for information only.
            payment_date: day of the payment, with `paid`; today where left out.
            limit_payment_date: last day to pay; a month from today where left out.
            send_email: send the customer the ways of payment at once.
            payment_ways: ids of the ways of payment to offer; all of the company's where left out.
            conceptos: what is being paid for.
            generate_invoice: make the invoice and attach it to the e-mail.
            invoice_receiver: fiscal data of the customer, for `generate_invoice`.
            rounding: what more than two decimals do: `ceil` goes up to the next cent, as Facti does; `refuse` raises.
            operation_id: your own id of this request, 1 to 128 printable ASCII characters. The same id asks once,
                however often it is called: once the request exists, it is returned as it was.

        Returns:
            The request with its id and one reference per way of payment.

        Raises:
            InvalidRequest: an argument breaks a documented rule; nothing was sent.
            AuthenticationFailed: the keys are wrong.
            Rejected: Facti refused the data; its message says why.
            OutcomeUnknown: the answer got lost, and the request was not seen within `Policy.settle` seconds: call
                `resume` with the operation id that the error carries, and do not ask again before.
            DuplicateDetected: the answer got lost, and several payments may be this one.
            IdempotencyConflict: the operation id, or an open operation for the same payment, has other content.
            JournalUnavailable: the intent could not be kept; nothing was sent.
            ServiceUnavailable, Rejected, ...: what there is before could not be read (`outcome` is `not_sent`); most
                often since `company_id` is not the account's.

        Source: Facti API, section 1.
        """
        body = _body(
            self,
            folio=_folio(folio),
            total=pesos(total_amount, "total_amount", rounding),
            to_client_name=to_client_name,
            to_email=to_email,
            from_rfc=from_rfc,
            to_rfc=to_rfc,
            paid=paid,
            payment_date=payment_date,
            limit_payment_date=limit_payment_date,
            send_email=send_email,
            payment_ways=payment_ways,
            conceptos=conceptos,
            generate_invoice=generate_invoice,
            invoice_receiver=invoice_receiver,
        )
        return _ask(self, evolve(body, serie=given(serie)), operation_id)

    @operation
    def request_grouped_payment(
        self,
        *,
        invoices: Sequence[Invoice],
        to_client_name: str,
        to_email: str | Sequence[str],
        total_amount: Amount | None = None,
        from_rfc: str | None = None,
        to_rfc: str | None = None,
        paid: bool = False,
        payment_date: date | None = None,
        limit_payment_date: date | None = None,
        send_email: bool = True,
        payment_ways: Sequence[int | str] = (),
        conceptos: Sequence[models.Concepto] = (),
        generate_invoice: bool = False,
        invoice_receiver: models.InvoiceReceiver | None = None,
        rounding: Rounding = "ceil",
        operation_id: str | None = None,
    ) -> Flow[PaymentRequested]:
        """Ask a customer for one payment of several invoices.

        Args:
            invoices: the invoices, each serie and folio once.
            to_client_name: name of the company or person that shall pay.
            to_email: e-mail of the customer; several in a sequence or separated by `;`.
            total_amount: pesos; only to check that the invoices add up to it, else their sum.
            from_rfc: as the other arguments, described in `request_payment`.
            to_rfc: RFC of the customer.
            paid: keep it as already paid, for information only.
            payment_date: day of the payment, with `paid`.
            limit_payment_date: last day to pay.
            send_email: send the customer the ways of payment at once.
            payment_ways: ids of the ways of payment to offer.
            conceptos: what is being paid for.
            generate_invoice: make the invoice and attach it to the e-mail.
            invoice_receiver: fiscal data of the customer, for `generate_invoice`.
            rounding: what more than two decimals do, of each invoice.
            operation_id: as in `request_payment`.

        Returns:
            The request with its id and one reference per way of payment.

        Raises:
            InvalidRequest: no invoice, one twice, or the sum is not the total; nothing was sent.
            Rejected: Facti refused the data. Other errors as in `request_payment`.

        Source: Facti API, section 1 (folios, series, total_amounts).
        """
        amounts = _amounts(invoices, total_amount, rounding)
        body = _body(
            self,
            folio=1,  # ignored, and to be sent so, where folios are given
            total=sum(amounts, Decimal(0)),
            to_client_name=to_client_name,
            to_email=to_email,
            from_rfc=from_rfc,
            to_rfc=to_rfc,
            paid=paid,
            payment_date=payment_date,
            limit_payment_date=limit_payment_date,
            send_email=send_email,
            payment_ways=payment_ways,
            conceptos=conceptos,
            generate_invoice=generate_invoice,
            invoice_receiver=invoice_receiver,
        )
        folios, series = [_folio(each.folio) for each in invoices], [each.serie for each in invoices]
        return _ask(self, evolve(body, folios=folios, series=series, total_amounts=amounts), operation_id)

    @operation
    def resume(self, operation_id: str, *, send_again: bool = False) -> Flow[PaymentRequested]:
        """Find out what came of a payment request: look for it first, always; never send it unless you say so.

        One that was prepared and never sent is closed, so that it can be asked for again.

        Args:
            operation_id: as given to `request_payment`, or as the error or `pending` says.
            send_again: send it once more if it is not found, because you know that it does not exist and will not.
                Of several that do so at once one sends, and all get what came of it.

        Returns:
            The request, which may have been found by a search (`was_found`).

        Raises:
            OutcomeUnknown: it is still not to be seen. Later it may be.
            InvalidRequest: there is no such operation, or it took no effect.
        """
        return resume(self.keeper, task(self), operation_id, send_again=send_again)


def _body(
    face: FactiOperations,
    *,
    folio: int | str,
    total: Decimal,
    to_client_name: str,
    to_email: str | Sequence[str],
    from_rfc: str | None,
    to_rfc: str | None,
    paid: bool,
    payment_date: date | None,
    limit_payment_date: date | None,
    send_email: bool,
    payment_ways: Sequence[int | str],
    conceptos: Sequence[models.Concepto],
    generate_invoice: bool,
    invoice_receiver: models.InvoiceReceiver | None,
) -> models.NewRequest:
    if not to_client_name.strip():
        raise InvalidRequest("to_client_name is empty", field="to_client_name")
    if payment_date is not None and not paid:
        raise InvalidRequest("payment_date is for requests that are already paid: pass paid=True", field="payment_date")
    return models.NewRequest(
        folio=folio,
        from_rfc=issuer(face, from_rfc),
        to_client_name=to_client_name,
        to_email=";".join(emails("to_email", to_email)),
        total_amount=total,
        to_rfc=UNSET if to_rfc is None else rfc("to_rfc", to_rfc),
        status=int(paid),
        payment_date=wire_day(payment_date, "payment_date"),
        limit_payment_date=wire_day(limit_payment_date, "limit_payment_date"),
        send_email_to_client=int(send_email),
        payment_ways_ids=way_ids(payment_ways),
        conceptos=given([_concepto(each) for each in conceptos] or None),
        generate_invoice=int(generate_invoice),
        invoice_receiver=given(invoice_receiver),
    )


def _folio(folio: object) -> int | str:
    if isinstance(folio, bool) or not isinstance(folio, int | str) or folio == "":
        raise InvalidRequest("folio must be an int or a text that is not empty", field="folio")
    return folio


def _concepto(each: models.Concepto) -> models.Concepto:
    total = known(each.total)
    return evolve(
        each,
        quantity=exact(each.quantity, "quantity"),
        pu=exact(each.pu, "pu"),
        total=UNSET if total is None else exact(total, "total"),
    )


def _amounts(invoices: Sequence[Invoice], total: Amount | None, rounding: Rounding) -> list[Decimal]:
    if not invoices:
        raise InvalidRequest("invoices is empty", field="invoices")
    (serie, folio), times = Counter((each.serie, str(each.folio)) for each in invoices).most_common(1)[0]
    if times > 1:
        raise InvalidRequest(f"invoice {serie}{folio} is in the group {times} times", field="invoices")
    amounts = [pesos(each.amount, "amount", rounding) for each in invoices]
    summed = sum(amounts, Decimal(0))
    if total is not None and pesos(total, "total_amount", rounding) != summed:
        raise InvalidRequest(f"the invoices add up to {summed}, which is not total_amount", field="total_amount")
    return amounts


def _ask(face: Requests, body: models.NewRequest, operation_id: str | None) -> Flow[PaymentRequested]:
    warn_of_company(face)
    return once(face.keeper, task(face), body, natural_key(face, body), operation_id)
