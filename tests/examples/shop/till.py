"""Knows the shop's orders, and asks Facti for their payment."""

import os

from shop.store import Store
from ventanilla import Facti
from ventanilla.errors import ServiceUnavailable, TransportError
from ventanilla.facti import parse_ipn, verify_ipn

SERIE = "SHOP"


class Till:
    """Asks once for each order, and believes that it is paid when Facti says so on being asked."""

    def __init__(self, store: Store, facti: Facti) -> None:
        self._store, self._facti = store, facti
        self._password = os.environ["SHOP_IPN_PASSWORD"]

    def place(self, amount: str, name: str, email: str) -> int:
        """Take an order, ask for its payment, and return its number."""
        order = self._store.run("INSERT INTO orders (amount) VALUES (?)", amount)
        try:
            asked = self._facti.request_payment(
                folio=order, serie=SERIE, total_amount=amount, to_client_name=name, to_email=email
            )
            payment = asked.request_id
        except (TransportError, ServiceUnavailable):
            # The answer is missing, not necessarily the request: asking again might charge twice.
            found = self._find(order)
            if found is None:
                raise
            payment = found
        # A customer can be faster than this line: what is paid stays paid.
        change = "UPDATE orders SET payment = ?, status = iif(status = 'new', 'asked', status) WHERE id = ?"
        self._store.run(change, payment, order)
        return order

    def hear(self, body: bytes, content_type: str) -> bool:
        """Take a payment notification; return whether it was Facti's."""
        notification = parse_ipn(body, content_type)
        if not verify_ipn(notification, self._password):
            return False
        # The password travels with every notification, so the payment is read before anything is believed.
        payment = self._facti.payment(notification.id)
        if payment.is_paid and payment.serie == SERIE:
            change = "UPDATE orders SET payment = ?, status = 'paid' WHERE id = ?"
            self._store.run(change, payment.id, int(payment.folio))
        return True

    def _find(self, order: int) -> int | None:
        found = (each.id for each in self._facti.payments() if (each.serie, each.folio) == (SERIE, str(order)))
        return next(found, None)
