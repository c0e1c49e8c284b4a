"""Knows what a notification is worth: nothing, until the payment has been read. Finds those that never came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from ventanilla._face import operation
from ventanilla._flow import Do, Flow
from ventanilla._values import number
from ventanilla.errors import InvalidRequest, NotConfirmed, NotFound, Words
from ventanilla.facti._auth import PROVIDER
from ventanilla.facti._operations import FactiOperations, company
from ventanilla.facti._payments import Payments
from ventanilla.facti.ipn import PaymentNotification
from ventanilla.facti.values import Payment

if TYPE_CHECKING:
    from ventanilla.webhooks.events import Event
    from ventanilla.webhooks.inbox import Inbox

OVERLAP = timedelta(days=7)
_TIME = "%Y-%m-%d %H:%M:%S"


class Events(FactiOperations):
    """Notifications of a company. Source: Facti API, section 4; they are not signed, and nobody says if they recur."""

    @operation
    def confirm(self, event: Event | PaymentNotification) -> Flow[Payment]:
        """Read the payment that a notification is about, and return it if it is paid; believe nothing else.

        A forged notification with the right password changes nothing: what it says of amounts and customers is not
        looked at, and the payment that is returned is Facti's.

        Args:
            event: a `PaymentNotified` of an inbox, or what `parse_ipn` returns.

        Raises:
            NotConfirmed: the payment is not paid, is another company's, or does not exist.
            InvalidRequest: the event is about something else.
        """
        number, notified = _about(event)
        try:
            payment = yield from Payments.payment.flow(self, number)
        except NotFound as missing:
            if missing.outcome != "refused":
                raise  # a gateway's 404: the event may be true
            raise _unconfirmed((f"there is no payment {number}", f"no hay un pago {number}")) from missing
        if not payment.is_paid:
            raise _unconfirmed((f"payment {number} is not paid", f"el pago {number} no está pagado"))
        if notified is not None and notified != payment.company_id:
            raise _unconfirmed((f"payment {number} is another company's", f"el pago {number} es de otra empresa"))
        return payment

    @operation
    def backfill(
        self, inbox: Inbox, *, since: datetime | None = None, overlap: timedelta = OVERLAP, cursor: str | None = None
    ) -> Flow[int]:
        """Put a notification of every paid payment into an inbox, those it knows excepted: of some none has come.

        It reads from where the last one ended (`from_payment_date`), less the overlap, so it may run as often as you
        like. The day of payment, not the id, says where to go on: payments are paid in any order, and a bank deposit
        may be reconciled days after it was made, which is what the overlap is for.

        Args:
            inbox: the receiver's; a Worker then handles what is new there like any other notification.
            since: where to begin when there is no cursor, in the time of Mexico City; None is the very first payment.
            overlap: how far to go back behind the cursor.
            cursor: its name in the inbox; None names it after the company.

        Returns:
            How many notifications the inbox did not know.

        Raises:
            ConfigurationError: the face has no `company_id`.
            InboxUnavailable: the inbox cannot be written; what was put into it stays, and the cursor where it was.
        """
        from ventanilla.webhooks._backfill import fill

        name = cursor or f"facti:{company(self)}"
        reached: str | None = yield Do(inbox.cursor, (name,))
        begin = since if reached is None else datetime.strptime(reached, _TIME) - overlap
        paid = Payments.payments.flow(self, paid=True, from_payment_date=begin)
        return (yield from fill(inbox, name, paid, _told))


def _about(event: Event | PaymentNotification) -> tuple[int, int | None]:
    """Return the payment and the company that an event names."""
    if isinstance(event, PaymentNotification):
        return event.id, event.company_id
    from ventanilla.webhooks.events import PaymentNotified

    if not isinstance(event, PaymentNotified):
        raise InvalidRequest(f"{event.name or 'the event'} is not about a payment", field="event", provider=PROVIDER)
    return event.payment_id, event.company_id


def _told(payment: Payment) -> tuple[Event, str] | None:
    from ventanilla.webhooks._reading import event_of

    at = "" if payment.confirmed_at is None else f"{payment.confirmed_at:{_TIME}}"
    if number(payment.id) is None:
        return None  # nothing can be told of it; the drift has been reported
    data = {"id": payment.id, "company_id": number(payment.company_id), "confirmed_date": at}
    # The key of any notification of the payment, whatever it says: one that has come is enough.
    return event_of("facti-ipn", msgspec.json.encode({"ipn_type": 1, "data": data}), f"ipn:1:{payment.id}"), at


def _unconfirmed(why: Words) -> NotConfirmed:
    return NotConfirmed(why, provider=PROVIDER, operation="get_payment")
