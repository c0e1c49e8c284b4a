"""Contract tests send nothing that they may not, nowhere but to the server, and show no secret."""

import json
import logging
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from served import COMMAND, served
from tampering import body, with_answers, with_provider

from ventanilla import _flow, _limiter
from ventanilla.contract import PHASES, Account, Bounds, Report, check
from ventanilla.contract._opening import opened
from ventanilla.contract._wire import Unsent
from ventanilla.errors import ConfigurationError
from ventanilla.mock import MockTransport
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request, encode
from ventanilla.mock.world import World
from ventanilla.testing import without_waiting

SEED = 1
HOST = "api.example.mx"
FAST = Bounds(rate=1e6)
ACCOUNTS = {
    "syncfy": Account(api_key="7767a4a04f990e9231bafc949e8ca08a"),
    "facti": Account(
        client_id="d09168b32f80ai8ba24c416916y304n8",
        api_key="26b413ah0ba67543c7642069a91h743t",
        company_id=5,
        from_rfc="EKU9003173C9",
    ),
    "facturaonline": Account(api_key="mock-api-key", secret_key="mock-secret-key"),
}
PATHS = {"syncfy": "/syncfy/v1", "facti": "/facti", "facturaonline": "/facturaonline/api"}
# By POST, too, and yet they only read.
READING = {
    "/syncfy/v1/sessions",
    "/facti/v1/payments/company_payments",
    "/facti/v1/payments/company_payment_ways",
    "/facti/v1/user/authenticate",
}


class Heard(httpx.BaseTransport):
    """Passes everything on to a mock, and remembers it."""

    def __init__(self, mock: Mock | None = None) -> None:
        self.mock = mock or Mock()
        self._inner = MockTransport(self.mock, sink=lambda delivery: 200)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._inner.handle_request(request)

    @property
    def writes(self) -> set[str]:
        """What was sent that may change something."""
        return {
            f"{request.method} {request.url.path}"
            for request in self.requests
            if request.method != "GET"
            and (request.method, request.url.path) not in {("POST", each) for each in READING}
        }


def peopled() -> Mock:
    """Return a mock with something in it to read."""
    mock = Mock()
    key = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a", "Content-Type": "application/json"}
    for name in ("Rey Misterio", "Blue Demon"):
        assert mock.handle(Request("POST", "/syncfy/v1/users", key, encode({"name": name}))).status == 200
    return mock


def far(provider: str, heard: Heard, **options: Any) -> Report:
    """Test a mock as if it were far away."""
    base = f"https://{HOST}{PATHS[provider]}"
    options = {"seed": SEED, "examples": 1, "bounds": FAST, "account": ACCOUNTS[provider], **options}
    return check(base, transport=heard, **options)


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


def test_no_more_is_sent_than_is_allowed() -> None:
    heard = Heard(peopled())
    report = far("syncfy", heard, bounds=Bounds(rate=1e6, most_requests=20))
    assert len(heard.requests) == report.requests == 20
    assert report.stopped == "after 20 requests, as many as it may be"
    assert report.findings == ()


CANARIES = ("7767a4a04f990e9231bafc949e8ca08a", "26b413ah0ba67543c7642069a91h743t", "d09168b32f80ai8ba24c416916y304n8")


def telling(provider: str, path: str, secret: str) -> Callable[[Clock], Mock]:
    """Return a mock that repeats a secret where nobody has asked for it, and fails to keep the spec on the way."""
    tell = body(lambda value: {"message": f"key {secret} is right", "token": secret})
    return with_answers(provider, path, tell)


@pytest.mark.parametrize(
    ("provider", "path", "operation"),
    [("syncfy", "/webhooks", "list_webhooks"), ("facti", "/company_payment_ways", "list_payment_ways")],
)
def test_no_secret_is_shown_by_what_is_reported(
    provider: str, path: str, operation: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    account = ACCOUNTS[provider]
    with running(mock=telling(provider, path, account.api_key or "")(Clock())) as base:
        options: Mapping[str, Any] = {"seed": SEED, "examples": 1, "phases": ["examples", "coverage"]}
        report = check(base + PATHS[provider], account=account, operations=[operation], **options)
    rules = {finding.rule for finding in report.findings}
    assert {"response_schema_conformance", "secrets_do_not_come_back"} <= rules
    shown = "\n".join((str(report), repr(report), repr(account), json.dumps(report.as_dict()), report.as_junit()))
    printed = capfd.readouterr()
    for place in (shown, printed.out, printed.err, *(record.getMessage() for record in caplog.records)):
        for canary in (*CANARIES, *tokens_in(place)):
            assert canary not in place
    assert "***" in shown
    # The control: what is hidden was there.
    assert f"${provider.upper()}_API_KEY" in shown


def tokens_in(text: str) -> list[str]:
    """Return what follows the word token where a session is used."""
    return [word for word in text.split("token=")[1:] if word[:1].isalnum()]


def test_a_command_line_asks_the_same_again_with_the_secret_from_its_variable() -> None:
    with running(mock=telling("facti", "/company_payment_ways", "x")(Clock())) as base:
        report = check(
            base + PATHS["facti"],
            account=ACCOUNTS["facti"],
            seed=SEED,
            examples=1,
            operations=["list_payment_ways"],
            phases=["examples"],
        )
    (line,) = {finding.curl for finding in report.findings}
    # What a shell makes of it.
    variables = {"FACTI_API_KEY": "the-key", "FACTI_CLIENT_ID": "the-client", "PATH": "/usr/bin:/bin"}
    printed = line.replace("curl ", "printf '%s\\n' ", 1)
    words = subprocess.run(["/bin/sh", "-c", printed], env=variables, capture_output=True, text=True, check=True).stdout
    assert "api_key=the-key" in words
    assert "client_id=the-client" in words
    assert f"{base}/facti/v1/payments/company_payment_ways" in words.splitlines()
    assert shlex.split(line)[0] == "curl"


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


def test_wrong_keys_are_said_without_them() -> None:
    with pytest.raises(ConfigurationError, match="the tests cannot log in") as raised:
        far("facti", Heard(), account=Account(client_id="a" * 32, api_key="wrong-but-mine-alone"))
    assert "wrong-but-mine-alone" not in str(raised.value)


def test_what_the_tests_begin_with_is_removed_in_the_end() -> None:
    heard = Heard()
    key = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a"}
    options: Any = {"account": ACCOUNTS["syncfy"], "operations": ["list_users"], "phases": ["coverage"], "seed": SEED}
    assert check("http://127.0.0.1/syncfy/v1", transport=heard, **options).passed
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


def fails(world: World, call: Call) -> Reply:
    raise KeyError("nothing of this kind")


def test_the_report_is_readable_for_build_servers() -> None:
    with running(mock=with_provider("facti", handlers={"get_payment": fails})(Clock())) as base:
        report = check(
            base + PATHS["facti"],
            account=ACCOUNTS["facti"],
            seed=SEED,
            examples=1,
            operations=["list_payment_ways", "get_payment"],
            phases=["coverage"],
        )
    suite = ElementTree.fromstring(report.as_junit())
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    broken = {case.get("name"): [failure.get("type") for failure in case.iter("failure")] for case in suite}
    assert broken == {
        "POST /v1/payments/company_payment_ways": [],
        "GET /v1/payments/{id}": ["not_a_server_error", "status_code_conformance"],
    }
    assert "curl " in "".join(suite.itertext())
    assert json.loads(json.dumps(report.as_dict()))["findings"][0]["operation"] == "get_payment"


def test_nothing_of_schemathesis_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, ventanilla, ventanilla.cli, ventanilla.cli.contract, ventanilla.contract\n"
        "print([name for name in ('schemathesis', 'hypothesis', 'requests', 'jsonschema_rs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rules_are_gone_when_the_run_is_over() -> None:
    # Whoever tests something else with schemathesis in the same process gets neither our rules nor our forms.
    checks: Any = import_module("schemathesis.checks")
    transport: Any = import_module("schemathesis.transport.requests").REQUESTS_TRANSPORT
    before = [dict(transport._serializers), checks.CHECKS.get_all_names()]
    far("facti", Heard(), operations=["authenticate"], phases=["examples"])
    assert [dict(transport._serializers), checks.CHECKS.get_all_names()] == before
    assert "AcceptsValidData" not in before[1]
