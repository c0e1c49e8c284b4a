"""The long campaign (scripts/campaign) finds nothing in the mock as it is; put a bug into the server, and it does."""

import asyncio
import sys
from collections import Counter
from urllib.parse import urlencode

import pytest
from attrs import evolve
from fuzz_control import ControlStage
from fuzz_providers import PAYMENT, FactiStage
from fuzz_sockets import Distant, Line, calls, receiver
from fuzz_stages import FORM, STEP, TOKEN
from fuzzing import STAGES, run, webhook_problems
from roughness import fill_journal
from served import served

from campaigning import __main__ as command
from campaigning.endings import how_it_ended
from campaigning.fuzz import Fuzzed, fuzz
from campaigning.rough import GROWTH_MB, KINDS, Memory, Treated, watched
from ventanilla.contract._campaign import Campaign
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.journal import KEPT_EXCHANGES
from ventanilla.mock.provider import Call, Handler, Reply
from ventanilla.mock.registry import every_provider
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request
from ventanilla.mock.world import World

SEED = 1
SERVE = """
import os, sys
from ventanilla.mock.core import Mock
from ventanilla.mock.server import serve

class Odd(Mock):
    kept = []

    def handle(self, request):
        {oddity}
        return super().handle(request)

serve(port=0, mock=Odd())
"""


def odd(oddity: str) -> list[str]:
    """Return the command of a mock that does something odd at each request."""
    return [sys.executable, "-c", SERVE.format(oddity=oddity)]


def campaign(base: str, name: str = "facti", operation: str = "authenticate") -> Campaign:
    """Test one operation of a mock that is served."""
    with Line(base) as line:
        stage = STAGES[name](lambda clock: Distant(line, clock, is_default=name == "mock"))
        return run(stage, seed=SEED, examples=2, sequences=2, operations=(operation,), phases=("coverage",))


def mocked(**handlers: Handler) -> Mock:
    """Return a mock some of whose handlers at Facti are others."""
    providers = [
        evolve(each, handlers={**each.handlers, **handlers}) if each.name == "facti" else each
        for each in every_provider()
    ]
    return Mock(providers=providers, token=TOKEN)


def fails(world: World, call: Call) -> Reply:
    raise KeyError("nothing of this kind")


@pytest.mark.parametrize(("name", "operation"), [("facti", "authenticate"), ("mock", "advance_clock")])
def test_nothing_is_found_over_a_socket(name: str, operation: str) -> None:
    with running(mock=mocked()) as base:
        found = campaign(base, name, operation)
    assert not found.failures, found.report
    assert not found.errors, found.report
    assert found.reached == {operation}
    assert found.cases["coverage"] > 10


def test_a_bug_in_the_server_is_found_with_its_seed_and_a_command_that_shows_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(mock=mocked(authenticate=fails)) as base:
        found = campaign(base)
    assert ("not_a_server_error", "POST /v1/user/authenticate") in found.failures
    assert found.server_errors > 0

    def instead(name: str, cases: int, seed: int) -> Fuzzed:
        return Fuzzed(name, cases, seed, [found], base=base)

    monkeypatch.setattr(command, "fuzz", instead)
    assert command.main(["--only", "facti", "--cases", "5", "--seed", str(SEED)]) == 1
    told = capsys.readouterr().out
    assert "FAILED" in told
    assert "curl http" in told
    assert "http://127.0.0.1:8765/_ns/fuzz/facti/v1/user/authenticate" in told
    assert f"ventanilla mock --token {TOKEN}" in told
    assert f"scripts/campaign --only facti --seed {SEED} --cases 5" in told


def test_a_server_that_ends_is_noticed() -> None:
    found = fuzz("facti", 1, SEED, odd("'/user/authenticate' in request.target and os._exit(3)"))
    problems = "\n".join(found.problems())
    assert "facti: the server ended by itself" in problems
    assert "facti: the server ended with 3" in problems


def test_too_few_cases_links_and_operations_are_noticed() -> None:
    few = Campaign("facti", SEED, frozenset({"a", "b"}), frozenset({"x", "y"}), reached={"a"}, followed={"x"})
    few.cases["coverage"] = 10_000
    assert [problem.partition(":")[2] for problem in Fuzzed("facti", 10_000, SEED, [few]).problems()] == [
        " 10000 cases and 1 of 2 links after 1 seeds; wanted are 10000 cases and 80% of the links",
        " only 1 of 2 operations ever succeeded",
    ]
    few.followed.add("y")
    few.reached.add("b")
    assert not list(Fuzzed("facti", 10_000, SEED, [few]).problems())
    few.cases["coverage"] = 9_999
    assert list(Fuzzed("facti", 10_000, SEED, [few]).problems())


def test_webhook_calls_that_come_over_the_socket_are_held_to_the_spec() -> None:
    with running(mock=mocked()) as base, Line(base) as line, receiver() as hook:
        stage = FactiStage(lambda clock: Distant(line, clock), hook.url)
        form = urlencode({**stage.credentials, **PAYMENT, "total_amount": "111.11"}).encode()
        assert stage.ask(Request("POST", "/facti/v1/payments/new_request", {"Content-Type": FORM}, form)).is_success
        stage.clock.advance(60)
        assert stage.get("/v1/payments/38").is_success
        (call,) = calls(hook)
    assert call.profile == "facti-ipn"
    assert webhook_problems(stage, call) == []
    assert webhook_problems(stage, evolve(call, body=call.body.replace(b"ipn_password", b"password")))


def test_a_stage_begins_anew_wherever_its_mock_is() -> None:
    with running(mock=mocked()) as base, Line(base) as line:
        stage = ControlStage(lambda clock: Distant(line, clock, is_default=True))
        stage.ask_for("PUT", "/namespaces/another")
        stage.ask_for("POST", "/snapshots", {"id": "another"})
        stage.clock.advance(STEP)
        assert float(stage.ask_for("GET", "/clock")["now"]) == pytest.approx(ManualClock().now() + STEP)
        assert [len(stage.ask_for("GET", path)) for path in ("/namespaces", "/snapshots")] == [2, 2]
        stage.begin()
        assert stage.ask_for("GET", "/clock")["now"] == ManualClock().now()
        assert [len(stage.ask_for("GET", path)) for path in ("/namespaces", "/snapshots")] == [1, 1]


def test_a_server_that_keeps_what_callers_send_is_called_leaking() -> None:
    with served(odd("self.kept.append(bytes(5_000))")) as mock:
        counts, memory = asyncio.run(watched(mock, 3.0, SEED))
    assert memory.growth > 2 * GROWTH_MB
    told = list(Treated(SEED, 3.0, counts, memory, 100).problems())
    assert told[0].startswith("rough: the server's memory has grown by ")
    assert told[-1] == f"again: scripts/campaign --only rough --seed {SEED} --seconds 3"


def test_a_server_whose_memory_goes_up_and_down_is_called_flat() -> None:
    flat = Memory(45.0, (50.0, 52.0, 55.0, 51.0, 56.0, 54.0), 90.0)
    assert flat.is_flat
    assert not list(Treated(SEED, 60, Counter(KINDS), flat, 100).problems())
    assert not evolve(flat, parts=(50.0, 52.0, 54.0, 56.0, 58.0, 60.0)).is_flat


def test_the_journal_is_full_before_memory_is_read() -> None:
    mock = Mock()
    with running(mock=mock) as base:
        asyncio.run(fill_journal(base))
    assert len(mock.world.journal) == KEPT_EXCHANGES


def test_a_server_that_says_something_on_stderr_is_noticed() -> None:
    with served(odd("print('an oddity', file=sys.stderr)")) as mock:
        (problem,) = how_it_ended(mock, "facti")
    assert problem.startswith("facti: the server ended with 0 and said:\nan oddity")


def test_a_server_that_does_not_answer_any_more_is_noticed() -> None:
    with served(odd("request = type(request)('GET', '/')")) as mock:
        assert how_it_ended(mock, "facti")[0] == "facti: afterwards 0 of 100 requests were answered"


def test_the_help_teaches_by_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        command.main(["--help"])
    assert "scripts/campaign --only rough --seconds 600" in capsys.readouterr().out
