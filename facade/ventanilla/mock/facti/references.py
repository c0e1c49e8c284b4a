"""Knows how a customer is told to pay: references at a bank, CLABEs at STP."""

from collections.abc import Iterable
from typing import Any

from ventanilla._identifiers import clabe_of
from ventanilla.mock._ours import ours
from ventanilla.mock.facti.state import Company, Payment, PaymentWay

STP_BANK, STP_PLACE = "646", "180"
CUSTOMERS_PER_NUMBER = 100_000


def chosen(company: Company, ids: Iterable[int | str] | None) -> tuple[tuple[PaymentWay, ...], list[int]]:
    """Return the ways of payment that a request asks for, and the ids that the company does not have."""
    if ids is None:
        return tuple(way for way in company.ways if way.usual), []
    wanted = list(dict.fromkeys(int(id) for id in ids))
    known = {way.id: way for way in company.ways}
    return tuple(known[id] for id in wanted if id in known), [id for id in wanted if id not in known]


def reference(payment: Payment, way: PaymentWay) -> dict[str, Any]:
    """Say how to pay one payment in one way."""
    shown = {"payment_way_id": str(way.id), "payment_way_alias": way.alias, "payment_type": way.type}
    if way.type == "bank":
        extra = {"bank_name": way.bank_name, "bank_agreement_number": way.agreement}
        return {**shown, "reference": _capture_line(payment.id), **extra}
    if way.type == "stp":
        shown["stp_cuenta_clabe"] = clabe(payment.company, payment.to_email, way)
    return {**shown, "reference": str(payment.id)}


@ours(
    "A CLABE holds the company's digits, the way of payment and the number of the customer's first address.",
    on="create_request get_client_clabes",
)
def clabe(company: Company, emails: str, way: PaymentWay) -> str:
    """Return the one CLABE of a company, a customer (the first of their addresses) and a way of payment.

    The first customer of company 5 gets the CLABEs that the document prints.
    """
    customer = emails.split(";")[0].strip().lower()
    number = company.customers.setdefault(customer, len(company.customers) + 1)
    block, place = divmod(number, CUSTOMERS_PER_NUMBER)
    account = f"{company.stp_number + 10 * block}{way.id:02d}{place:05d}"
    return clabe_of(STP_BANK, STP_PLACE, int(account))


@ours("The bank's reference is made up: how a bank makes it is its own affair.", on="create_request")
def _capture_line(id: int) -> str:
    # Request 38 gets the line of the document's sample; how a bank makes the tail is its own affair.
    return f"{id}0010000000{(96306229 + 7919 * (id - 38)) % 10**9:09d}"
