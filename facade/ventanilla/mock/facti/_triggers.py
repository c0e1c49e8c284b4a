"""Knows how a payment notification of Facti is caused: a request is made, and paid or marked as paid."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from ventanilla.mock.facti import ipn
from ventanilla.mock.facti.access import API_KEY, CLIENT_ID
from ventanilla.mock.facti.amounts import FACTI, SCENARIOS
from ventanilla.mock.facti.state import DEFAULT_COMPANY, Account, Company
from ventanilla.mock.triggers import Caller, Made, Options, Told, Trigger
from ventanilla.mock.world import World

_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
_AMOUNT = "55.20"


def _pay(caller: Caller, options: Options) -> Made:
    company, payment_id = _whose(caller.world, options)
    if "url" in options:
        password = str(options.get("password", company.ipn_password))
        ipn.configure(caller.world, {"company_id": company.id, "url": options["url"], "password": password})
    amount = str(options.get("amount", _AMOUNT))
    if payment_id is None:
        payment_id = _requested(caller, company, amount)
        if _pays_by_itself(amount):
            return {"company_id": company.id, "payment_id": payment_id}
    _post(caller, f"/payments/{payment_id}", {"payed": "1"})
    return {"company_id": company.id, "payment_id": payment_id}


def _whose(world: World, options: Options) -> tuple[Company, int | None]:
    """Return the company that is paid, and the payment if it is there already."""
    account = world.state(Account)
    if "payment_id" in options:
        payment = account.payments.get(_number(options, "payment_id"))
        if payment is None:
            raise ValueError(f"payment_id: there is no payment {options['payment_id']}")
        return payment.company, payment.id
    company = account.companies.get(_number(options, "company_id") if "company_id" in options else DEFAULT_COMPANY)
    if company is None:
        raise ValueError(f"company_id: must be one of {', '.join(map(str, account.companies))}")
    return company, None


def _number(options: Options, name: str) -> int:
    try:
        return int(options[name])
    except (TypeError, ValueError):
        raise ValueError(f"{name}: must be a whole number") from None


def _requested(caller: Caller, company: Company, amount: str) -> int:
    fields = {
        "folio": "3",
        "from_rfc": company.rfc,
        "to_client_name": "El Santo",
        "to_email": "santo@example.mx",
        "total_amount": amount,
    }
    return int(_post(caller, "/payments/new_request", fields)["request_id"])


def _pays_by_itself(amount: str) -> bool:
    try:
        customer = SCENARIOS.get(Decimal(amount))
    except InvalidOperation:
        return False
    return customer is not None and customer.pays_with is not None


def _post(caller: Caller, path: str, fields: Mapping[str, str]) -> dict[str, Any]:
    form = urlencode({"client_id": CLIENT_ID, "api_key": API_KEY, **fields})
    answer = caller.send("POST", f"/facti/v1{path}", _FORM, form.encode())
    body: Any = answer.json() if answer.body.startswith(b"{") else {}
    if answer.status != 200 or body.get("result") != 1:
        raise ValueError(f"POST {path} of Facti was answered {answer.status}: {body.get('msg', 'no JSON')}")
    return dict(body)


def _told(world: World, made: Made) -> list[Told]:
    url = world.state(Account).companies[made["company_id"]].ipn_url
    return [] if url is None else [Told(ipn.PROFILE, ipn.EVENT, url)]


TRIGGERS = (
    Trigger(
        provider=FACTI,
        profile=ipn.PROFILE,
        event=ipn.EVENT,
        does="asks a customer for a payment and marks it as paid, or lets the customer pay; the company is notified",
        options={
            "url": "send the company's notifications to this http or https address from now on",
            "password": "the password whose MD5 they carry; with url",
            "company_id": f"the company; {DEFAULT_COMPANY} if left out",
            "payment_id": "mark this payment as paid in place of making a request",
            "amount": f"how many pesos are asked for; {_AMOUNT} if left out; with the amount of a scenario, such as "
            "333.33, the customer pays as that says",
        },
        cause=_pay,
        told=_told,
    ),
)
