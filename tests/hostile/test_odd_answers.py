"""Any one-place change of any answer gives a value or a VentanillaError, and no answer about another object passes."""

import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from attrs import evolve
from driving import KEYS, USER, Drive, Fast, arguments
from oddities import Case, cases, outcome, run
from standing import Answer, Standing, example

from ventanilla import Facti, Syncfy, drift, errors
from ventanilla.errors import VentanillaError
from ventanilla.facti.values import Payment
from ventanilla.syncfy.values import JobState
from ventanilla_clients import _drift
from ventanilla_clients._runtime import utc
from ventanilla_clients.facti import models as facti
from ventanilla_clients.syncfy import models as syncfy

SEED = 20261126
SAMPLE = 250
PROVIDERS = ("syncfy", "facti", "facturaonline")
OTHER = "ffffffffffffffffffffffff"


@pytest.fixture(autouse=True)
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    drift.set_strict(False)
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())
    monkeypatch.setattr(_drift, "_reported", set[tuple[str, ...]]())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_other_exception_leaves_a_call(provider: str, tmp_path: Path) -> None:
    found = cases(provider, tmp_path)
    dice = random.Random(SEED)
    for number, case in enumerate(dice.sample(found, SAMPLE)):
        error = outcome(case, asynchronous=number % 5 == 0)
        assert error is None or isinstance(error, VentanillaError), (str(case), repr(error))


def test_control_code_that_trusts_an_answer_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trusting(wire: str) -> tuple[str, ...]:
        return tuple(wire.split(";"))

    monkeypatch.setattr("ventanilla.facti.values.addresses", trusting)
    payments = Drive("facti", "payments", arguments("facti", "payments", tmp_path))
    case = Case(payments, "search_payments", ("payments", 0, "to_email"), "null")
    assert "AttributeError in tests.hostile" in str(outcome(case, asynchronous=False))


def short(each: object) -> str:
    """Return how a parameter is called in the name of a test."""
    return str(each)[:24]


def bent(provider: str, operation: str, place: tuple[Any, ...], value: Any) -> Standing:
    """Return a provider that answers one operation otherwise."""

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        if answer.operation != operation:
            return answer
        body = msgspec.json.decode(answer.body)
        inner = body
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] = value
        return evolve(answer, body=msgspec.json.encode(body))

    return Standing(provider, bend)


READS = [
    ("facti", "payment", "get_payment", ("details", "id"), 8),
    ("facti", "confirm", "get_payment", ("details", "id"), 8),
    ("facturaonline", "payroll", "get_payroll", ("data", "uid"), "other"),
    ("facturaonline", "payroll_item", "get_payroll_item", ("data", "uid"), "other"),
    ("facturaonline", "employee", "get_employee", ("data", "uid"), "other"),
    ("facturaonline", "group", "get_group", ("data", "uid"), "other"),
    ("syncfy", "credential", "get_credential", ("response", 0, "id_credential"), OTHER),
]
WRITES = [
    ("facti", "mark_paid", "mark_payment_paid", ("details", "id"), 8),
    ("facti", "mark_paid", "mark_payment_paid", ("details", "id"), None),
    ("facti", "mark_paid", "mark_payment_paid", ("details", "status"), 0),
    ("facti", "delete", "delete_payment", ("payment_details", "id"), 8),
    ("syncfy", "update_user", "update_user", ("response", "id_user"), OTHER),
    ("syncfy", "create_user", "create_user", ("response", "id_user"), None),
    ("syncfy", "create_webhook", "create_webhook", ("response", "id_webhook"), None),
    ("syncfy", "synchronize", "sync_credential", ("response", "id_credential"), OTHER),
    ("syncfy", "create_credential", "create_credential", ("response", "id_job"), None),
    ("syncfy", "create_job", "create_job", ("response", "id_job"), 7),
    ("syncfy", "delete_credential", "delete_credential", ("response",), False),
    ("syncfy", "close_session", "delete_session", ("response",), False),
    ("syncfy", "answer_challenge", "answer_twofa", ("response",), False),
    ("facturaonline", "create_employee", "create_employee", ("data", "uid"), None),
    ("facturaonline", "create_group", "create_group", ("uid",), ""),
]


@pytest.mark.parametrize(("provider", "name", "asked", "place", "value"), READS, ids=short)
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_read_of_another_object_is_an_error(
    provider: str, name: str, asked: str, place: tuple[Any, ...], value: Any, asynchronous: bool, tmp_path: Path
) -> None:
    drive = Drive(provider, name, arguments(provider, name, tmp_path))
    with pytest.raises(errors.UnexpectedAnswer, match="not about"):
        run([drive], bent(provider, asked, place, value), asynchronous=asynchronous)


@pytest.mark.parametrize(("provider", "name", "asked", "place", "value"), WRITES, ids=short)
def test_a_write_that_is_not_confirmed_is_unknown(
    provider: str, name: str, asked: str, place: tuple[Any, ...], value: Any, tmp_path: Path
) -> None:
    given = arguments(provider, name, tmp_path) | ({"name": "otro"} if name == "update_user" else {})
    drive = Drive(provider, name, given)
    with pytest.raises(errors.OutcomeUnknown):
        run([drive], bent(provider, asked, place, value), asynchronous=False)


def test_an_id_in_another_spelling_is_the_same(tmp_path: Path) -> None:
    drive = Drive("facti", "payment", {"payment_id": "5022"})
    assert run([drive], bent("facti", "get_payment", ("details", "id"), "5022"), asynchronous=False)[0].id == 5022
    upper = Drive("facturaonline", "payroll", {"uid": "6206f3702bcdd"})
    standing = bent("facturaonline", "get_payroll", ("data", "uid"), "6206F3702BCDD")
    assert run([upper], standing, asynchronous=False)[0].uid == "6206F3702BCDD"


STATES: list[Any] = [None, "2", 2, True, "pagado", "", [], {"1": 1}, "10", "01", 1.5]


@pytest.mark.parametrize("status", STATES, ids=str)
def test_an_undocumented_state_is_not_paid(status: Any) -> None:
    details = facti.PaymentDetails(**{**example("facti", "get_payment")["details"], "status": status})
    payment = Payment.detailed(details)
    assert not payment.is_paid
    assert payment.explain("es")

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        body = msgspec.json.encode({"result": 1, "msg": "", "details": details})
        return evolve(answer, body=body if answer.operation == "get_payment" else b"")

    standing = Standing("facti", bend)
    with pytest.raises(errors.OutcomeUnknown):  # it is not marked again: nobody knows that it is unpaid
        run([Drive("facti", "mark_paid", {"payment_id": 5022})], standing, asynchronous=False)
    assert standing.asked.count("mark_payment_paid") == 1


@pytest.mark.parametrize("code", [None, "done", True, [], {}, 7.5, 250, 299, "207"], ids=str)
def test_an_unknown_code_is_no_success(code: Any) -> None:
    found = JobState.of("j", [syncfy.JobStatus(code=100), syncfy.JobStatus(code=code)])
    assert found.explain()
    standing = bent("syncfy", "list_job_statuses", ("response", 2, "code"), code)
    with pytest.raises((errors.JobFailed, errors.WaitTimeout)):
        run(
            [Drive("syncfy", "follow_job", {"user": USER, "id_job": OTHER, "timeout": 5.0})],
            standing,
            asynchronous=False,
        )


@pytest.mark.parametrize("word", ["cancelación en proceso", "no timbrada", None, 7])
def test_a_wait_names_the_word_it_does_not_know(word: Any) -> None:
    place = ("data", "registros", 1, "status_timbre")
    answer = example("facturaonline", "get_payroll")["data"]["registros"][1]
    assert answer["uuid"]
    standing = bent("facturaonline", "get_payroll", place, word)
    drive = Drive("facturaonline", "wait_payroll", {"uid": "6206f3702bcdd", "timeout": 5.0})
    with pytest.raises(errors.WaitTimeout, match=repr(str(word or ""))):
        run([drive], standing, asynchronous=False)


def test_a_record_that_cannot_be_read_is_not_settled() -> None:
    standing = bent("facturaonline", "get_payroll", ("data", "registros", 0), None)
    payroll = run([Drive("facturaonline", "payroll", {"uid": "6206f3702bcdd"})], standing, asynchronous=False)[0]
    assert [record.is_settled for record in payroll.records] == [False, True]
    assert payroll.queued[0].uid == ""


@pytest.mark.parametrize("seconds", [None, True, "x", 10**20, -(10**20), 1614319200000, 1.5, [], float("nan")], ids=str)
def test_a_time_beyond_the_calendar_is_none(seconds: object) -> None:
    assert utc(seconds) is None


def test_a_time_before_1970_is_a_time() -> None:
    assert str(utc(-5)) == "1969-12-31 23:59:55+00:00"


def deciding() -> Iterator[tuple[str, dict[str, Any], str, tuple[Any, ...], Any, str]]:
    """Yield reads that decide a write: the operation, its arguments, the list, its change, and what is not sent."""
    hook = {"url": "https://example.mx/h"}
    user = {"name": "n", "id_external": "new"}
    shapes: list[Any] = [None, "none", {}, {"users": []}, 7, [None]]
    for value in shapes:
        yield "create_user", user, "list_users", ("response",), value, "create_user"
        yield "register_webhook", hook, "list_webhooks", ("response",), value, "create_webhook"
        yield "create_webhook", hook, "list_webhooks", ("response",), value, "create_webhook"
    for name in ("id_external", "id_user"):
        yield "create_user", user, "list_users", ("response", 0, name), {"a": 1}, "create_user"
    yield "register_webhook", hook, "list_webhooks", ("response", 0, "url"), None, "create_webhook"
    yield "register_webhook", hook, "list_webhooks", ("response", 0, "id_webhook"), None, "create_webhook"


DECIDING = [*deciding()]


@pytest.mark.parametrize(("name", "given", "listed", "place", "value", "unsent"), DECIDING, ids=short)
def test_a_list_that_decides_a_write_is_read_strictly(
    name: str, given: dict[str, Any], listed: str, place: tuple[Any, ...], value: Any, unsent: str
) -> None:
    standing = bent("syncfy", listed, place, value)
    with pytest.raises(errors.UnexpectedAnswer):
        run([Drive("syncfy", name, given)], standing, asynchronous=False)
    assert unsent not in standing.asked


@pytest.mark.parametrize(
    ("name", "argument", "listed"),
    [
        ("delete_user", {"user": USER}, "list_users"),
        ("delete_credential", {"user": USER, "id_credential": OTHER}, "list_credentials"),
        ("delete_webhook", {"webhook": OTHER}, "list_webhooks"),
    ],
)
@pytest.mark.parametrize("value", [None, {}, "none", [None]], ids=str)
def test_a_list_that_is_missing_is_not_gone(name: str, argument: dict[str, Any], listed: str, value: Any) -> None:
    def bend(answer: Answer, request: httpx.Request) -> Answer:
        if answer.operation == name:
            return evolve(answer, status=503, body=b"", headers={})
        body = b'{"rid":"r","code":200,"errors":null,"status":true,"message":null,"response":%s}' % (
            httpx.Response(200, json=value).content
        )
        return evolve(answer, body=body) if answer.operation == listed else answer

    with pytest.raises(errors.OutcomeUnknown):
        run([Drive("syncfy", name, argument)], Standing("syncfy", bend), asynchronous=False)


def test_drift_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    row = example("syncfy", "list_users")["response"][0]
    answer = {**example("syncfy", "list_users"), "response": [row, None, {**row, "id_user": OTHER}]}
    face = Syncfy(
        **KEYS["syncfy"],
        base_url="http://127.0.0.1/v1",
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)),
    )
    with face, caplog.at_level(logging.WARNING, "ventanilla.drift"):
        assert [[user.id_user for user in face.users()] for _ in range(2)] == [[row["id_user"], OTHER]] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "UserListAnswer at $.response[]: expected User, got null"
    ]


def test_payments_of_numbered_keys_are_read() -> None:
    rows = example("facti", "search_payments")["payments"]
    answer = {"result": 1, "msg": "", "payments": {"3": rows[1], "1": rows[0], "2": None}}
    options: dict[str, Any] = {**KEYS["facti"], "base_url": "http://127.0.0.1", "journal": None}
    with Facti(**options, transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer))) as face:
        assert [payment.id for payment in face.payments()] == [rows[0]["id"], rows[1]["id"]]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("value", [None, {}, "x", {"items": []}], ids=str)
def test_no_list_is_taken_for_an_empty_one(provider: str, value: Any, tmp_path: Path) -> None:
    listings = {
        "syncfy": {"users": "list_users", "all_credentials": "list_all_credentials", "webhooks": "list_webhooks"},
        "facti": {"payments": "search_payments", "backfill": "search_payments", "payment_ways": "list_payment_ways"},
        "facturaonline": {"payrolls": "list_payrolls", "employees": "list_employees", "series": "list_series"},
    }[provider]
    field = {"syncfy": "response", "facturaonline": "data"}
    for name, asked in listings.items():
        place = field.get(provider) or ("payment_ways" if name == "payment_ways" else "payments")
        standing = bent(provider, asked, (place,), value)
        with pytest.raises(errors.UnexpectedAnswer):
            run([Drive(provider, name, arguments(provider, name, tmp_path))], standing, asynchronous=False)
