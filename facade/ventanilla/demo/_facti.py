"""Tells the Facti story: ask for a payment, mark it paid, hear of it, and see that it cannot be deleted."""

from decimal import Decimal
from typing import Any

from ventanilla.demo._receiver import Receiver
from ventanilla.demo._telling import Say, Story, Until
from ventanilla.errors import VentanillaError
from ventanilla.facti import parse_ipn


def story(facti: Any, hook: Receiver, say: Say) -> Story:
    """Request, mark paid, receive the IPN, fail to delete."""
    request = yield facti.request_payment(
        folio=3, total_amount=Decimal("55.20"), to_client_name="El Santo", to_email="santo@example.mx"
    )
    ways = ", ".join(reference.payment_way_alias for reference in request.references)
    say("request", f"payment {request.request_id} of {request.total_amount} MXN, payable by {ways}")
    yield facti.mark_paid(request.request_id)
    yield Until(lambda: bool(hook.bodies), "the payment notification")
    kind, body = hook.bodies[0]
    notification = parse_ipn(body, kind)
    say("notification received", f"payment {notification.id} of {notification.amount_received} MXN")
    details = yield facti.payment(request.request_id)
    say("details", "paid" if details.is_paid else "pending")
    try:
        yield facti.delete(request.request_id)
    except VentanillaError as refusal:
        say("delete", f"refused: {refusal.message}")
    else:
        raise AssertionError("a paid request was deleted")
