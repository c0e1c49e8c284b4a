"""Knows the requests that the servers get; where Prism gets them too, it is the same ones but for the mount."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from bench_mock.load import Plan, Sent

SYNCFY, FACTI = "/syncfy/v1", "/facti/v1"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# The credentials that the mock accepts by default.
KEY = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a"}
ACCOUNT = {"client_id": "d09168b32f80ai8ba24c416916y304n8", "api_key": "26b413ah0ba67543c7642069a91h743t"}
PLUGIN = {
    "F-PLUGIN": "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed",
    "F-Api-Key": "mock-api-key",
    "F-Secret-Key": "mock-secret-key",
}
EMPLOYEES = "/facturaonline/api/payroll/employee/list"
COMPANY = 5
USER = {"name": "Rey Misterio", "id_external": "MIST030794"}
PAYMENT = {
    "folio": 3,
    "from_rfc": "EKU9003173C9",
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
    "total_amount": "55.20",
}
SUCCESS, PAID_FOR = '"status":true', '"result":1'
PAGE, LISTED = 50, 100


def new_user(mount: str = SYNCFY) -> Sent:
    """Return the request that makes a user."""
    return Sent("POST", f"{mount}/users", {**KEY, **JSON}, json.dumps(USER, separators=(",", ":")))


def users(mount: str = SYNCFY) -> Plan:
    """Make users, again and again."""
    return Plan(requests=[new_user(mount)], expected=SUCCESS)


def users_in_passing() -> Plan:
    """Make a user and delete it."""
    undo = Sent("DELETE", f"{SYNCFY}/users/{{id}}", KEY)
    return Plan(requests=[new_user()], expected=SUCCESS, undo=undo, made='"response":{"id_user":"(%x+)"')


def users_by_id(ids: Iterable[str]) -> Plan:
    """Look up one user after the other."""
    return Plan(requests=[Sent("GET", f"{SYNCFY}/users?id_user={id}", KEY) for id in ids], expected=SUCCESS)


def page_of_users() -> Plan:
    """List the first users."""
    return Plan(requests=[Sent("GET", f"{SYNCFY}/users?limit={PAGE}", KEY)], expected=SUCCESS)


def transactions(token: Mapping[str, str], mount: str = SYNCFY) -> Plan:
    """List a hundred transactions of a user whose `token` is a header."""
    return Plan(requests=[Sent("GET", f"{mount}/transactions?limit={LISTED}", token)], expected=SUCCESS, count=1_000)


def payments() -> Plan:
    """Ask for payments, again and again."""
    return Plan(requests=[_facti("/payments/new_request", PAYMENT)], expected=PAID_FOR)


def payments_in_passing() -> Plan:
    """Ask for a payment and delete it."""
    # The id comes last, so that urlencode leaves its braces alone.
    undo = _facti("/payments/delete", {"company_id": COMPANY})
    undo = Sent(undo.method, undo.path, undo.headers, f"{undo.body}&id={{id}}")
    return Plan(requests=payments().requests, expected=PAID_FOR, undo=undo, made='"request_id":(%d+)')


def payments_by_id(ids: Iterable[int]) -> Plan:
    """Look up one payment after the other."""
    query = urlencode(ACCOUNT)
    return Plan(requests=[Sent("GET", f"{FACTI}/payments/{id}?{query}") for id in ids], expected=PAID_FOR)


def page_of_payments() -> Plan:
    """Search for the first payments of the company."""
    return Plan(
        requests=[_facti("/payments/company_payments", {"company_id": COMPANY, "limit": PAGE})], expected=PAID_FOR
    )


def one_of_each() -> tuple[Sent, ...]:
    """Return one request to each provider."""
    return new_user(), _facti("/payments/new_request", PAYMENT), Sent("GET", EMPLOYEES, PLUGIN)


def mixture(token: Mapping[str, str], id_user: str) -> Plan:
    """Do what test suites do: make and delete, read, list, search, and now and then something that is refused."""
    user = [new_user(), Sent("GET", f"{SYNCFY}/users?id_user={id_user}", KEY)]
    refused = [Sent("POST", f"{SYNCFY}/users", {**KEY, **JSON}, '{"name":3}'), Sent("GET", f"{SYNCFY}/nothing", KEY)]
    lists = [*transactions(token).requests, *page_of_users().requests, *page_of_payments().requests]
    return Plan(
        requests=[*user, *refused, *user, *lists, *user, *payments_by_id([5022]).requests],
        expected="",
        refused=500,
        undo=users_in_passing().undo,
        made=users_in_passing().made,
    )


def _facti(path: str, fields: Mapping[str, object]) -> Sent:
    return Sent("POST", FACTI + path, FORM, urlencode({**ACCOUNT, **fields}))
