"""Knows Facti's writes: asking for a payment, marking it paid, deleting it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from proving.stage import Stage
from proving.write import Given, Write, nothing, raw
from ventanilla.facti import Invoice
from ventanilla_clients.facti import models


def request(face: Any, given: Given) -> Any:
    """Ask for the payment that every suite asks for."""
    return face.request_payment(
        folio=3, total_amount=Decimal("55.20"), to_client_name="Santo", to_email="santo@example.mx", **given
    )


def grouped(face: Any, given: Given) -> Any:
    """Ask for one payment of two invoices."""
    invoices = [Invoice(folio=7, amount=Decimal("10.10")), Invoice(folio=8, amount=Decimal("20.20"))]
    return face.request_grouped_payment(invoices=invoices, to_client_name="Santo", to_email="santo@example.mx", **given)


_NEW_REQUEST = models.NewRequest(
    folio=3,
    from_rfc="EKU9003173C9",
    to_client_name="Santo",
    to_email="santo@example.mx",
    total_amount=Decimal("55.20"),
)


def _payment(stage: Stage, face: Any) -> Given:
    return {"payment": request(face, {}).request_id}


def writes() -> list[Write]:
    """Return them all."""

    def made(
        operation: str, name: str, do: Callable[[Any, Given], Any], arrange: Callable[[Stage, Any], Given]
    ) -> Write:
        return Write("facti", operation, name, do, arrange)

    create, mark, delete = (raw("facti", name) for name in ("create_request", "mark_payment_paid", "delete_payment"))
    paid = models.PaymentUpdate(payed="1")
    return [
        made("create_request", "request_payment", request, nothing),
        made("create_request", "request_grouped_payment", grouped, nothing),
        made("create_request", "raw", lambda f, g: create(f, None, body=_NEW_REQUEST), nothing),
        made("mark_payment_paid", "mark_paid", lambda f, g: f.mark_paid(g["payment"]), _payment),
        made("mark_payment_paid", "raw", lambda f, g: mark(f, None, str(g["payment"]), body=paid), _payment),
        made("delete_payment", "delete", lambda f, g: f.delete(g["payment"]), _payment),
        made(
            "delete_payment",
            "raw",
            lambda f, g: delete(f, None, body=models.PaymentDeletion(company_id=5, id=g["payment"])),
            _payment,
        ),
    ]
