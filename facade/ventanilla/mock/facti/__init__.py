"""Knows Facti as a whole: payment requests, their search and state, CLABEs and notifications, behind one provider."""

from ventanilla.mock._spec import Spec, load
from ventanilla.mock.facti import payments, requests
from ventanilla.mock.facti.access import authenticate, refuse
from ventanilla.mock.provider import Handler, Provider

HANDLERS: dict[str, Handler] = {
    "create_request": requests.create_request,
    "get_client_clabes": payments.get_client_clabes,
    "search_payments": payments.search_payments,
    "delete_payment": payments.delete_payment,
    "get_payment": payments.get_payment,
    "mark_payment_paid": payments.mark_payment_paid,
    "list_payment_ways": payments.list_payment_ways,
    "authenticate": payments.authenticated,
}


def provider(spec: Spec | None = None) -> Provider:
    """Return Facti for the mock, with the installed spec unless another is given."""
    return Provider(
        name="facti",
        spec=spec or load("facti"),
        authenticate=authenticate,
        refuse=refuse,
        handlers=HANDLERS,
    )
