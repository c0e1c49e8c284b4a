"""Contract tests send nothing that they may not, and nowhere but to the server."""

from typing import Any

import httpx
import pytest
from hearing import ACCOUNTS, FAST, HOST, PATHS, SEED, Heard, far, peopled
from served import COMMAND, served

from ventanilla import _flow, _limiter
from ventanilla.contract import PHASES, Account, Bounds, check
from ventanilla.contract._opening import opened
from ventanilla.contract._sites import ALL_IN_ONE, SANDBOX, chosen
from ventanilla.contract._wire import Unsent
from ventanilla.errors import ConfigurationError
from ventanilla.mock import MockTransport
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Request
from ventanilla.testing import without_waiting


@pytest.mark.parametrize("provider", PATHS)
def test_beyond_this_machine_nothing_is_sent_but_what_reads(provider: str) -> None:
    heard = Heard(peopled())
    # Syncfy's coverage takes long, and is the same in this.
    phases = ("examples", "fuzzing", "stateful") if provider == "syncfy" else PHASES
    report = far(provider, heard, phases=phases, bounds=Bounds(rate=1e6, most_requests=10_000))
    assert report.read_only
    assert report.passed, report
    assert heard.writes == set()
    assert {request.url.host for request in heard.requests} == {HOST}
    assert {request.method for request in heard.requests} <= {"GET", "POST"}
    assert len(heard.requests) == report.requests > sum(row.cases for row in report.rows)
    assert all(row.cases for row in report.rows)
    assert sum(row.succeeded for row in report.rows) > len(report.rows) / 2


def test_beyond_this_machine_writing_is_allowed_by_the_name_of_the_host_alone() -> None:
    for wrong in (True, "example.mx", ""):
        with pytest.raises(ConfigurationError, match=f"--write {HOST}"):
            far("facti", Heard(), write=wrong)
    heard = Heard()
    report = far("facti", heard, write=HOST, operations=["create_request"], phases=["examples"])
    assert not report.read_only
    assert "POST /facti/v1/payments/new_request" in heard.writes


def test_on_this_machine_reading_alone_can_be_asked_for() -> None:
    heard = Heard(peopled())
    report = check(
        "http://127.0.0.1/syncfy/v1",
        account=ACCOUNTS["syncfy"],
        write=False,
        seed=SEED,
        examples=1,
        phases=["examples"],
        transport=heard,
    )
    assert report.read_only
    assert heard.writes == set()


@pytest.mark.parametrize("refused", ["create_user", "get_users"])
def test_operations_that_may_not_be_sent_are_refused_before_anything_is(refused: str) -> None:
    heard = Heard()
    with pytest.raises(ConfigurationError, match=refused):
        far("syncfy", heard, operations=["list_users", refused])
    assert heard.requests == []


WITHHELD = {
    "a write": Request("POST", "/syncfy/v1/users", {}, b'{"name": "a"}'),
    "a method that no operation has": Request("PATCH", "/syncfy/v1/users"),
    "a method in disguise": Request("GET", "/syncfy/v1/users", {"X-Http-Method-Override": "DELETE"}),
    "a path above": Request("GET", "/syncfy/v1/../../facti/v1/payments/1"),
    "another path": Request("GET", "/_mock/journal"),
}


@pytest.mark.parametrize("request_", WITHHELD.values(), ids=WITHHELD)
def test_the_wire_itself_sends_nothing_that_may_write_or_leads_elsewhere(request_: Request) -> None:
    heard = Heard()
    _, wire = opened(f"https://{HOST}/syncfy/v1", "syncfy", ACCOUNTS["syncfy"], FAST, writes=False, transport=heard)
    with pytest.raises(Unsent, match="not sent"):
        wire.answer(request_)
    assert heard.requests == []


def test_the_wire_sends_the_same_where_it_may() -> None:
    heard = Heard()
    _, wire = opened(f"https://{HOST}/syncfy/v1", "syncfy", ACCOUNTS["syncfy"], FAST, writes=True, transport=heard)
    assert wire.answer(WITHHELD["a write"]).status == 401
    assert len(heard.requests) == 1


def test_a_redirect_is_a_broken_rule_and_not_followed() -> None:
    asked = set[tuple[str, str]]()

    def redirecting(request: httpx.Request) -> httpx.Response:
        asked.add((request.url.host, request.url.path))
        if request.method == "GET":
            return httpx.Response(302, headers={"Location": "https://elsewhere.example.mx/facti/v1/moved"})
        return MockTransport(Mock()).handle_request(request)

    transport = httpx.MockTransport(redirecting)
    report = check(
        f"https://{HOST}/facti",
        account=ACCOUNTS["facti"],
        seed=SEED,
        examples=1,
        operations=["get_payment"],
        phases=["examples", "coverage"],
        bounds=FAST,
        transport=transport,
    )
    assert {host for host, _ in asked} == {HOST}
    assert "/facti/v1/moved" not in {path for _, path in asked}
    assert {finding.rule for finding in report.findings} >= {"status_code_conformance"}, report


def test_the_documented_rate_is_kept_beyond_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_limiter, "DOCUMENTED", {"Syncfy": 5.0})
    for provider in ("syncfy", "facti"):
        heard = Heard(peopled())
        with without_waiting():
            began = _flow.waiting.now()
            report = far(provider, heard, phases=["examples"], bounds=Bounds())
            seconds = _flow.waiting.now() - began
        assert report.passed, report
        assert seconds >= (report.requests - 6) / 5.0


def test_nothing_is_sent_when_the_time_is_over() -> None:
    heard = Heard()
    with without_waiting():
        _, wire = opened(
            f"https://{HOST}/syncfy/v1",
            "syncfy",
            ACCOUNTS["syncfy"],
            Bounds(rate=1e6, seconds=60),
            writes=True,
            transport=heard,
        )
        wire.answer(WITHHELD["a write"])
        wire.wait(61)
        with pytest.raises(Unsent, match="after 60 seconds"):
            wire.answer(WITHHELD["a write"])
    assert len(heard.requests) == 1


def test_no_more_is_sent_than_is_allowed() -> None:
    heard = Heard(peopled())
    report = far("syncfy", heard, bounds=Bounds(rate=1e6, most_requests=20))
    assert len(heard.requests) == report.requests == 20
    assert report.stopped == "after 20 requests, as many as it may be"
    assert report.findings == ()


def test_a_server_that_goes_away_is_a_broken_rule_and_ends_the_run() -> None:
    with served(COMMAND) as mock:

        def end(campaign: object, phase: str) -> None:
            mock.end()

        report = check(
            mock.base + PATHS["facti"], account=ACCOUNTS["facti"], seed=SEED, examples=1, say=end, phases=["coverage"]
        )
    assert not report.passed
    assert {finding.rule for finding in report.findings} == {"answers"}
    assert report.stopped.startswith("the server did not answer")
    assert report.requests < 100


@pytest.mark.parametrize(
    ("base_url", "problem"),
    [
        ("http://api.example.mx/facti", "plain http would show the keys"),
        ("http://127.0.0.1@api.example.mx/facti", "without a user"),
        ("http://127.0.0.1:1/facti", "cannot begin at http://127.0.0.1:1: the connection failed"),
        ("http://api.sandbox.facti.mx", "FACTI_CLIENT_ID is production's"),
        ("http://127.0.0.1:1/api", "does not say which API"),
    ],
)
def test_what_cannot_be_tested_is_said_in_a_sentence(
    base_url: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = ACCOUNTS["facti"]
    if "sandbox" in base_url:
        monkeypatch.setenv("FACTI_CLIENT_ID", account.client_id or "")
        account = Account(api_key=account.api_key)
    with pytest.raises(ConfigurationError, match=problem):
        check(base_url, account=account)


class Odd(Heard):
    """Hangs up on one request, and answers everything with something else than was asked for."""

    def __init__(self, answer: httpx.Response, hangs_up_at: int) -> None:
        super().__init__()
        self._answer, self._hangs_up_at = answer, hangs_up_at

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if len(self.requests) == self._hangs_up_at:
            raise httpx.ReadError("reset", request=request)
        return self._answer


@pytest.mark.parametrize(
    "odd", [httpx.Response(200, json={"x": 1}), httpx.Response(200, html="<html>"), httpx.Response(204)]
)
@pytest.mark.parametrize("provider", ["facti", "facturaonline"])
def test_odd_answers_are_broken_rules_and_no_reason_to_break_off(provider: str, odd: httpx.Response) -> None:
    base = f"http://127.0.0.1{PATHS[provider]}"
    operations = {"facti": ["create_request", "get_payment"], "facturaonline": ["create_group", "get_group"]}[provider]
    options: Any = {"account": ACCOUNTS[provider], "operations": operations, "seed": SEED, "examples": 1}
    report = check(base, transport=Odd(odd, 0), phases=["fuzzing", "stateful"], **options)
    rules = {finding.rule for finding in report.findings}
    assert rules & {"response_schema_conformance", "status_code_conformance", "content_type_conformance"}, report
    assert "answers" not in rules, report
    assert not report.stopped


def test_one_request_without_an_answer_is_a_broken_rule_beside_others() -> None:
    odd = Odd(httpx.Response(200, json={"x": 1}), hangs_up_at=12)
    options: Any = {"account": ACCOUNTS["facti"], "operations": ["list_payment_ways"], "phases": ["coverage"]}
    report = check("http://127.0.0.1/facti", transport=odd, seed=SEED, **options)
    told = {finding.rule: finding for finding in report.findings}
    assert {"answers", "response_schema_conformance"} <= told.keys(), report
    assert told["answers"].operation == "list_payment_ways"
    assert told["answers"].sentence == "the connection failed (ReadError)"


def test_an_answer_that_breaks_readers_is_not_read() -> None:
    deep = httpx.Response(200, content=b'{"result":' * 5000, headers={"Content-Type": "application/json"})
    with pytest.raises(ConfigurationError, match="nested more than 100 times"):
        check("http://127.0.0.1/facti", transport=Odd(deep, 0), account=ACCOUNTS["facti"])


@pytest.mark.parametrize("most", [None, 40])
def test_what_the_tests_begin_with_is_removed_in_the_end(most: int | None) -> None:
    heard = Heard()
    key = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a"}
    options: Any = {"account": ACCOUNTS["syncfy"], "operations": ["list_users"], "phases": ["coverage"], "seed": SEED}
    report = check("http://127.0.0.1/syncfy/v1", transport=heard, bounds=Bounds(most_requests=most), **options)
    assert report.passed, report
    assert bool(report.stopped) == (most is not None)
    assert "POST /syncfy/v1/users" in heard.writes
    assert heard.mock.handle(Request("GET", "/syncfy/v1/users", key)).json()["response"] == []


@pytest.mark.parametrize("how", ["after a minute", "at once when something is refused"])
def test_sessions_that_have_ended_are_opened_again(how: str) -> None:
    clock = ManualClock()
    service, wire = opened(
        "http://127.0.0.1/syncfy/v1",
        "syncfy",
        ACCOUNTS["syncfy"],
        FAST,
        writes=True,
        transport=Heard(Mock(clock=clock)),
    )
    with without_waiting():
        service.prepare()
        first = service.keys(frozenset({"TokenAuth"}))
        clock.advance(6 * 60)
        # Nobody asks before every request.
        assert service.keys(frozenset({"TokenAuth"})) == first
        if how == "after a minute":
            wire.wait(61)
        else:
            service.note(401, b"")
        second = service.keys(frozenset({"TokenAuth"}))
    assert second != first
    assert service.get("/credentials").is_success
    assert {keys.headers["Authorization"].partition("=")[2] for keys in (first, second)} <= service.unspoken()


def test_the_address_says_which_spec_is_meant() -> None:
    heard = Heard(peopled())
    for base, account in (
        ("https://opendata-api.syncfy.com/v1", ACCOUNTS["syncfy"]),
        ("http://127.0.0.1:8765/_ns/test/syncfy/v1", ACCOUNTS["syncfy"]),
    ):
        with pytest.raises(ConfigurationError, match="there is no operation nothing; there are answer_twofa, "):
            check(base, account=account, operations=["nothing"], transport=heard)
    assert heard.requests == []


def test_only_sites_of_the_sandbox_are_logged_in_at_beyond_this_machine() -> None:
    fields = [{"name": "rfc"}, {"name": "clave"}]
    own: dict[str, Any] = {"a1": {"credentials": fields}, "b2": {"input": [{"fields": fields}]}}
    assert chosen(own, any_site=False)[:2] == ([], "")
    sites, job, login = chosen(own, any_site=True)
    assert (sites, job) == (["a1"], "b2")
    assert login["clave"] == "test"
    both: dict[str, Any] = {**own, **{id: {"credentials": []} for id in (*SANDBOX, ALL_IN_ONE)}}
    assert chosen(both, any_site=True)[:2] == chosen(both, any_site=False)[:2] == ([*SANDBOX], ALL_IN_ONE)


@pytest.mark.parametrize("provider", PATHS)
def test_without_keys_those_that_are_published_are_tried_on_this_machine_alone(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in ("CLIENT_ID", "API_KEY", "SECRET_KEY"):
        monkeypatch.delenv(f"{provider.upper()}_{account}", raising=False)
    reading = {"syncfy": "list_users", "facti": "authenticate", "facturaonline": "list_series"}[provider]
    report = check(
        f"http://127.0.0.1{PATHS[provider]}", seed=SEED, operations=[reading], phases=["fuzzing"], transport=Heard()
    )
    assert report.passed, report
    assert report.rows[0].succeeded
    with pytest.raises(ConfigurationError, match=f"set {provider.upper()}_"):
        check(f"https://{HOST}{PATHS[provider]}", operations=[reading], transport=Heard())
    monkeypatch.setenv(f"{provider.upper()}_API_KEY", "aaaabbbbccccddddeeeeffff00001111")
    with pytest.raises(ConfigurationError, match="the tests cannot"):
        check(f"http://127.0.0.1{PATHS[provider]}", operations=[reading], transport=Heard())
