"""Knows payments after their request: searching all of them, reading one, marking it paid, deleting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import evolve

from ventanilla._about import has_written, is_about
from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, Page, call
from ventanilla._lost import look_once, refusal_in, seen
from ventanilla._paging import may_end, rows
from ventanilla._values import given, known, number
from ventanilla.errors import (
    AlreadyPaid,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    UnexpectedAnswer,
    VentanillaError,
)
from ventanilla.facti._auth import PROVIDER
from ventanilla.facti._operations import FactiOperations, company, payment_number
from ventanilla.facti._times import wire_moment
from ventanilla.facti.values import Payment
from ventanilla_clients._runtime import Client
from ventanilla_clients.facti import api, models

T = TypeVar("T")
LIMIT = 200


class Payments(FactiOperations):
    """Payments of a company. Source: Facti API, sections 3 and 5 to 7."""

    @listing
    def payments(
        self,
        *,
        paid: bool | None = None,
        since_id: int | None = None,
        max_id: int | None = None,
        from_payment_date: datetime | None = None,
        to_payment_date: datetime | None = None,
        page_size: int = LIMIT,
        prefetch: bool = False,
    ) -> Listing[Payment]:
        """Iterate over the company's payments, beyond the 200 that one search gives.

        It goes on by id, so payments that are requested meanwhile neither hide nor repeat others.

        Args:
            paid: True for paid ones only, False for pending ones only, None for both.
            since_id: least id, itself included.
            max_id: greatest id, itself included.
            from_payment_date: paid at this moment or later. Without zone it is taken as written, in the time of
                Mexico City (assumed: the document names no zone); an aware one is converted to it.
            to_payment_date: paid at this moment or earlier; likewise.
            page_size: payments for each request, 2 to 200 (two show in which order they come).
            prefetch: search for the next payments while these are used.

        Raises:
            ConfigurationError: the face has no `company_id`.
            InvalidRequest: an argument breaks a documented rule; nothing was sent.
            UnexpectedAnswer: payments came in no order of id, so that some could be missed.

        Source: Facti API, section 3.
        """
        if not 2 <= page_size <= LIMIT:
            raise InvalidRequest(f"page_size must be 2 to {LIMIT}, not {page_size}", field="page_size")
        search = models.PaymentSearch(
            company_id=company(self),
            since_id=given(since_id),
            max_id=given(max_id),
            status=given(None if paid is None else int(paid)),
            from_payment_date=wire_moment(from_payment_date, "from_payment_date"),
            to_payment_date=wire_moment(to_payment_date, "to_payment_date"),
            limit=page_size,
        )
        return walk(self.raw, search, page_size, Payment.found, prefetch)

    @operation
    def payment(self, payment_id: int | str) -> Flow[Payment]:
        """Read one payment.

        Args:
            payment_id: its id, that is the `request_id` of its request.

        Raises:
            NotFound: there is no such payment (recognised by the words of Facti's message, which may vary).

        Source: Facti API, section 6.
        """
        number = payment_number(payment_id)
        answer = yield from call(api.payments.get_payment.sync_detailed, number, client=self.raw)
        is_about(number, answer.details.id, "payment", PROVIDER, "get_payment")
        return Payment.detailed(answer.details)

    @operation
    def mark_paid(self, payment_id: int | str) -> Flow[Payment]:
        """Mark a pending payment as paid by hand. There is no way back, and Facti sends its notification (IPN).

        If the answer gets lost the payment is read, and marked once more only if it is not paid.

        Args:
            payment_id: its id, that is the `request_id` of its request.

        Returns:
            The payment, now paid.

        Raises:
            NotFound: there is no such payment.
            Rejected: Facti refused.
            OutcomeUnknown: two answers got lost, and the payment is not paid so far: read it before trying again.

        Source: Facti API, section 7.
        """
        number = payment_number(payment_id)

        def paid() -> Flow[Payment | None]:
            found = yield from Payments.payment.flow(self, number)
            return found if found.is_paid else None

        try:
            return (yield from _mark(self, number))
        except (OutcomeUnknown, ProviderError) as lost:
            if (refusal := refusal_in(lost)) is not None:
                return (yield from look_once(refusal, paid))
            if not isinstance(lost, OutcomeUnknown):
                raise
            try:
                now = yield from Payments.payment.flow(self, number)
            except VentanillaError:
                raise lost from lost.__cause__
            if now.is_paid:
                return now
            if now.status != "0":  # no documented state: it may be paid
                raise lost from lost.__cause__
            # One way only, so that once more does no harm; but a payment that is paid would be notified twice.
            return (yield from _mark_again(self, number, paid))

    @operation
    def delete(self, payment_id: int | str) -> Flow[Payment]:
        """Delete a payment request that has not been paid. It is read first, and left alone if it is paid.

        Args:
            payment_id: its id, that is the `request_id` of its request.

        Returns:
            The payment as it was.

        Raises:
            AlreadyPaid: it has been paid; also if that happened after it was read.
            NotFound: there is no such payment.
            Rejected: Facti refused for another reason.
            UnexpectedAnswer: its status is neither 0 nor 1, so it may have been paid; nothing was sent.
            OutcomeUnknown: the answer got lost, and the payment is still there.

        Source: Facti API, section 5.
        """
        body = models.PaymentDeletion(company_id=company(self), id=int(payment_number(payment_id)))
        before = yield from Payments.payment.flow(self, payment_id)
        if before.is_paid:
            raise _already_paid(body.id)
        if before.status != "0":
            raise _unknown_status(body.id, before.status)

        def gone() -> Flow[Payment | None]:
            try:
                yield from Payments.payment.flow(self, payment_id)
            except NotFound as missing:
                return before if missing.outcome == "refused" else None  # a gateway's 404 proves nothing
            return None

        try:
            return (yield from seen(_delete(self, body), gone, self.policy))
        except Rejected as refusal:
            if (yield from _is_paid(self, body.id)):
                raise _already_paid(body.id) from refusal
            raise


def _mark(face: Payments, number: str) -> Flow[Payment]:
    body = models.PaymentUpdate(payed="1")
    answer = yield from call(api.payments.mark_payment_paid.sync_detailed, number, client=face.raw, body=body)
    marked = Payment.detailed(answer.details)
    has_written(number, marked.id, "payment", PROVIDER, "mark_payment_paid")
    if not marked.is_paid:  # another word is no certainty: it is read again
        said = (
            f"the answer does not say that payment {number} is paid",
            f"la respuesta no da por pagado el pago {number}",
        )
        raise OutcomeUnknown(said, provider=PROVIDER, operation="mark_payment_paid")
    return marked


def _mark_again(face: Payments, number: str, paid: Callable[[], Flow[Payment | None]]) -> Flow[Payment]:
    try:
        return (yield from seen(_mark(face, number), paid, face.policy))
    except Rejected as refusal:
        # The first marking may have arrived meanwhile, and then the second one is refused.
        try:
            found = yield from paid()
        except VentanillaError:
            said = (
                f"payment {number} was marked, marked again and refused, and cannot be read",
                f"el pago {number} se marcó, se volvió a marcar, se rechazó, y no se puede consultar",
            )
            raise OutcomeUnknown(said, provider=PROVIDER, operation="mark_payment_paid") from refusal
        if found is None:
            raise
        return found


def _delete(face: Payments, body: models.PaymentDeletion) -> Flow[Payment]:
    answer = yield from call(api.payments.delete_payment.sync_detailed, client=face.raw, body=body)
    has_written(body.id, answer.payment_details.id, "payment", PROVIDER, "delete_payment")
    return Payment.detailed(answer.payment_details)


def _already_paid(payment_id: int) -> AlreadyPaid:
    said = f"payment {payment_id} has been paid", f"el pago {payment_id} ya está pagado"
    return AlreadyPaid(said, provider=PROVIDER, operation="delete_payment")


def _unknown_status(payment_id: int, status: str) -> UnexpectedAnswer:
    said = (
        f"the status of payment {payment_id} is neither 0 nor 1 ({len(status)} characters), so it may have been paid: "
        "nothing was deleted",
        f"el estado del pago {payment_id} no es 0 ni 1 ({len(status)} caracteres), así que puede estar pagado: no se "
        "borró nada",
    )
    problem = UnexpectedAnswer(said, provider=PROVIDER, operation="get_payment")
    problem.outcome = "not_sent"  # the deletion
    return problem


def _is_paid(face: Payments, payment_id: int) -> Flow[bool]:
    try:
        return (yield from Payments.payment.flow(face, payment_id)).is_paid
    except VentanillaError:
        return False  # the refusal is what the caller must see


def walk(
    client: Client, search: models.PaymentSearch, size: int, of: Callable[[models.Payment], T], prefetch: bool = False
) -> Listing[T]:
    """Hand out what a search finds, beyond the payments of one page, each made into a value by `of`.

    Returns:
        How many rows could not be read, or have no id.
    """
    odd, is_first = 0, True
    while True:
        answer = yield from call(api.payments.search_payments.sync_detailed, client=client, body=search)
        found: list[models.Payment | None] = rows(answer, "payments")
        ids = [each for row in found if row is not None and (each := number(row.id)) is not None]
        odd += len(found) - len(ids)
        if not is_first and not all(_is_within(each, search) for each in ids):
            raise _out_of_order()
        if found:
            yield Page([of(row) for row in found if row is not None], ahead=prefetch)
        following = None if may_end(len(found), size) else _after(search, ids)
        if following is None and len(found) >= size:
            raise _out_of_order()
        if following is None:
            return odd
        search, is_first = following, False


def _is_within(id: int, search: models.PaymentSearch) -> bool:
    least, greatest = known(search.since_id), known(search.max_id)
    return (least is None or id >= least) and (greatest is None or id <= greatest)


def _after(search: models.PaymentSearch, ids: Sequence[int]) -> models.PaymentSearch | None:
    """Return the search for what follows a page; both limits include their id. None where the page has no order.

    The document does not say in which order a page comes (its sample ascends): both orders are followed.
    """
    if ids and list(ids) == sorted(ids):
        return evolve(search, since_id=ids[-1] + 1)
    if ids and list(ids) == sorted(ids, reverse=True):
        return evolve(search, max_id=ids[-1] - 1)
    return None


def _out_of_order() -> UnexpectedAnswer:
    return UnexpectedAnswer(
        (
            "a page of payments does not follow the one before it by id, so some could be missed",
            "una página de pagos no sigue por id a la anterior, y podrían faltar algunos",
        ),
        provider=PROVIDER,
        operation="search_payments",
        hint=(
            "Narrow the search with since_id and max_id until it gives less than a page",
            "Acotar la búsqueda con since_id y max_id hasta que dé menos de una página",
        ),
    )
