"""`ventanilla mock trigger, replay, clock, reset, journal, scenarios, deviations` against a running mock."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from ventanilla.cli import app
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request

KEY = "7767a4a04f990e9231bafc949e8ca08a"
USERS = "syncfy/v1/users"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A mock whose clock stands still, where the commands look for it."""
    with running(mock=Mock(clock=ManualClock())) as base:
        monkeypatch.setenv("VENTANILLA_MOCK_URL", base)
        yield base


def ventanilla(line: str) -> Result:
    """Run one command line; what it prints is no terminal's."""
    return CliRunner().invoke(app, ["mock", *shlex.split(line)], env={"COLUMNS": "100"})


def said(line: str) -> str:
    """Return what a command prints that goes well."""
    result = ventanilla(line)
    assert result.exit_code == 0, result.output
    return result.stdout


def refusal(line: str) -> str:
    """Return the one sentence of a command that goes wrong."""
    result = ventanilla(line)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    return f"{result.exception} {result.stderr}"


def create_user(base: str, **changes: str) -> httpx.Response:
    headers = {"Authorization": f"api_key api_key={changes.pop('key', KEY)}"}
    return httpx.post(f"{base}/{USERS}", json={"name": "n", **changes}, headers=headers)


def test_the_clock_is_shown_frozen_run_and_advanced(url: str) -> None:
    assert said("clock") == "2023-11-14T22:13:20Z  frozen\n"
    assert said("clock advance 90") == "2023-11-14T22:14:50Z  frozen\n"
    assert said("clock advance 27h") == "2023-11-16T01:14:50Z  frozen\n"
    assert "runs at 60 seconds a second" in said("clock run --rate 60")
    assert said("clock freeze").endswith("  frozen\n")
    assert json.loads(said("clock --json"))["rate"] == 0


@pytest.mark.parametrize("line", ["clock advance", "clock advance soon", "clock advance -- -5", "clock backwards"])
def test_an_impossible_time_is_refused(url: str, line: str) -> None:
    assert ventanilla(line).exit_code == 2
    assert said("clock") == "2023-11-14T22:13:20Z  frozen\n"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("1767268800", "2026-01-01T12:00:00Z"),
        ("1767268800.5", "2026-01-01T12:00:00.500000Z"),
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z"),
        ("2026-01-01T12:00Z", "2026-01-01T12:00:00Z"),
        ("2026-01-01 06:00-06:00", "2026-01-01T12:00:00Z"),
    ],
)
def test_a_mock_begins_at_the_moment_that_is_written(written: str, iso: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = list[Mock]()

    async def end_at_once(listener: Any) -> None:
        async with listener.house() as lobby:
            begun.append(lobby.host)

    monkeypatch.setattr("ventanilla.mock._listener.Listener.work", end_at_once)
    said(f"--port 0 --at '{written}' --rate 0")
    for world in ("", "/_ns/another"):
        shown = begun[0].handle(Request("GET", f"{world}/_mock/clock")).json()
        assert (shown["iso"], shown["rate"]) == (iso, 0)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--at tomorrow", 2, "'tomorrow' is no moment; write 2026-01-01T12:00:00Z, with its zone, or unix seconds"),
        ("--at 12", 2, "'12' is no moment"),
        ("--at 2026-02-30T12:00Z", 2, "'2026-02-30T12:00Z' is no moment"),
        ("--at 2026-01-01T12:00", 2, "with its zone"),
        ("--at 1999-12-31T00:00Z", 1, "a clock begins between 946684800 (the year 2000) and 4102444800 (2100)"),
        ("--at 2100-01-02T00:00Z", 1, "a clock begins between"),
        ("--rate -1", 1, "a clock runs at 0 (frozen) to 1,000,000 times the wall's speed, not at -1.0"),
        ("--rate nan", 1, "not at nan"),
        ("--rate fast", 2, "fast"),
    ],
)
def test_a_time_that_no_clock_shows_is_refused_before_anything_is_served(line: str, code: int, words: str) -> None:
    result = ventanilla(f"--port 0 {line}")
    assert result.exit_code == code
    told = " ".join(re.sub("[│╭╮╰╯─]", " ", f"{result.exception} {result.output}").split())
    assert words in told
    assert "Traceback" not in told


def test_an_event_is_triggered_delivered_and_replayed(url: str) -> None:
    assert "payment_notification" in said("trigger")
    made = said("trigger refresh --to http://127.0.0.1:9/hook")
    assert "refresh (sync-v1) is under way: " in made
    assert "it will be told to http://127.0.0.1:9/hook" in made
    said("clock advance 28h")
    heading, row = said("replay").splitlines()
    assert heading.split() == ["ID", "AT", "PROFILE", "EVENT", "STATE", "ATTEMPTS", "TO"]
    id, _, _, profile, event, state, attempts, to = row.split()
    assert (profile, event, state, attempts, to) == ("sync-v1", "refresh", "failed", "8", "http://127.0.0.1:9/hook")
    assert said(f"replay {id} --times 2") == f"{id} leaves again, 2 times\n"


def test_nobody_is_told_without_a_webhook(url: str) -> None:
    assert "nobody will be told" in said("trigger payment_notification --set amount=111.11")


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("trigger nonsense", 1, "nonsense"),
        ("trigger refresh --set username", 2, "NAME=VALUE"),
        ("trigger payment_notification --set amount=much", 2, "number"),
        ("trigger refresh --set colour=red", 2, "colour"),
        ("trigger refresh --set amount=5", 1, "amount"),
        ("replay 545b7133-9cb5-460b-9139-93e9e9a62602", 1, "545b7133"),
        ("replay abc", 1, "id must match"),
        ("scenarios syncfy/nope", 1, "error_401"),
        ("journal --curl 7", 1, "7"),
    ],
)
def test_what_does_not_exist_is_refused_in_a_sentence(url: str, line: str, code: int, words: str) -> None:
    result = ventanilla(line)
    assert result.exit_code == code
    assert words in f"{result.exception} {result.output}"
    assert "Traceback" not in result.output


def test_the_journal_shows_what_was_asked_and_what_it_broke(url: str) -> None:
    create_user(url)
    create_user(url, colour="red", key="canary-0123456789abcdef")
    httpx.get(f"{url}/{USERS}?limit=x", headers={"Authorization": f"api_key api_key={KEY}"})
    lines = said("journal").splitlines()
    assert [line.split()[3:6] for line in lines[1:]] == [
        ["POST", f"/{USERS}", "200"],
        ["POST", f"/{USERS}", "401"],
        ["GET", f"/{USERS}?limit=x", "400"],
    ]
    [broken] = said("journal --broken").splitlines()[1:]
    assert "limit" in broken
    assert len(json.loads(said("journal --json --status 401"))) == 1
    assert len(json.loads(said("journal --har"))["log"]["entries"]) == 3
    assert "canary" not in said("journal --json") + said("journal --har") + said("journal --curl 2")


def test_a_request_can_be_repeated_with_curl(url: str) -> None:
    create_user(url, name="Rey Misterio")
    command = said("journal --curl 1")
    answer = subprocess.run(["bash", "-c", f"{command.strip()} -s"], capture_output=True, check=True, text=True)
    assert json.loads(answer.stdout)["response"]["name"] == "Rey Misterio"


def test_a_world_begins_anew_and_others_stay(url: str) -> None:
    for namespace in ("", "/_ns/one", "/_ns/two"):
        create_user(url + namespace)
    assert said("reset -n one --seed 7") == "the world one begins anew with seed 7\n"
    counts = [len(said(f"journal {where}").splitlines()) - 1 for where in ("", "-n one", "-n two")]
    assert counts == [1, 0, 1]


def test_a_scenario_is_chosen_by_name(url: str) -> None:
    assert said("scenarios syncfy/error_401 --times 2") == "syncfy: error_401, error_401\n"
    rows = said("scenarios").splitlines()
    assert any(row.startswith("facti ") and row.endswith("ours") for row in rows)
    assert any(re.match(r"syncfy +error_401 +error_401 ", row) for row in rows)


def test_every_operation_says_how_sure_it_is(url: str) -> None:
    rows = [row.split()[:2] for row in said("deviations").splitlines()[1:]]
    assert len(rows) == 43 + 8 + 23
    assert ["syncfy.list_users", "documented"] in rows
    assert said("deviations --markdown").startswith("#")


def test_where_no_mock_is_the_command_says_how_to_start_one() -> None:
    assert "start one with `ventanilla mock`" in refusal("clock --url http://127.0.0.1:1")
    assert "port" in refusal("clock --url http://127.0.0.1:x")


def test_a_mock_with_a_token_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(mock=Mock(token="open-sesame")) as base:
        monkeypatch.setenv("VENTANILLA_MOCK_URL", base)
        assert "the mock says" in refusal("clock")
        assert said("clock --token open-sesame")
        monkeypatch.setenv("VENTANILLA_MOCK_TOKEN", "open-sesame")
        assert said("clock")
