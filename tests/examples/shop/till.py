"""Knows the shop's orders, and asks Facti for their payment."""

import os

from shop.store import Store
from ventanilla import Facti
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
        # The order's number is the id of the operation: whoever asks again after a crash does not charge twice.
        asked = self._facti.request_payment(
            folio=order,
            serie=SERIE,
            total_amount=amount,
            to_client_name=name,
            to_email=email,
            operation_id=f"{SERIE}-{order}",
        )
        # A customer can be faster than this line: what is paid stays paid.
        change = "UPDATE orders SET payment = ?, status = iif(status = 'new', 'asked', status) WHERE id = ?"
        self._store.run(change, asked.request_id, order)
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
