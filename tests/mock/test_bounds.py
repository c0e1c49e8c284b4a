"""The mock keeps within its bounds and to this machine as it comes, with nothing set smaller for a test."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

import httpx
import pytest
from control_caller import START

from ventanilla.mock import Mock, core, journal, outbox, snapshots
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request

# More than is kept of anything.
MANY = 10_050
HOOK = "http://127.0.0.1:9/hook"
AWAY = "http://example.mx/hook"


def ask(mock: Mock, target: str) -> int:
    return mock.handle(Request("GET", target, {"host": "localhost"})).status


def exchanges() -> int:
    """Ask a provider again and again; return how many exchanges are remembered."""
    mock = Mock(clock=ManualClock(START))
    for _ in range(MANY):
        ask(mock, "/syncfy/v1/users")
    return len(mock.world.journal)


def calls(*, made: bool) -> int:
    """Have webhook calls made, or nobody to make them; return how many are remembered, or wait."""
    mock = Mock(clock=ManualClock(START), providers=[])
    for _ in range(MANY):
        mock.world.send("sync-v1", "refresh", HOOK, b"{}", ())
        if made:
            for delivery in mock.outgoing(mock.world):
                mock.delivered(delivery, 200)
    return len(mock.world.outbox) if made else len(mock.world.outbox.waiting)


def calls_made() -> int:
    return calls(made=True)


def calls_waiting() -> int:
    return calls(made=False)


def namespaces(method: str) -> int:
    mock = Mock(clock=ManualClock(START), providers=[])
    for number in range(4200):
        mock.handle(Request(method, f"/_ns/n{number}/nothing"))
    return len(mock.worlds) - 1


def namespaces_read() -> int:
    return namespaces("GET")


def namespaces_written() -> int:
    return namespaces("POST")


def moments() -> int:
    """Keep a world again and again; return how many snapshots there are."""
    mock = Mock(clock=ManualClock(START), providers=[])
    for _ in range(120):
        mock.handle(Request("POST", "/_mock/snapshots", {"host": "localhost"}))
    return len(mock.world.snapshots)


BOUNDS: list[tuple[Callable[[], int], int, object, str]] = [
    (exchanges, 10_000, journal.Journal.__init__, "__defaults__"),
    (calls_made, 10_000, outbox, "MOST_KEPT"),
    (calls_waiting, 5000, outbox, "MOST_WAITING MOST_KEPT"),
    (namespaces_read, 256, core, "MOST_IDLE"),
    (namespaces_written, 4096, core, "MOST_WORLDS"),
    (moments, 100, snapshots, "MOST_SNAPSHOTS"),
]


@pytest.mark.parametrize(("fill", "most", "where", "name"), BOUNDS, ids=[fill.__name__ for fill, *_ in BOUNDS])
def test_nothing_grows_for_ever(
    fill: Callable[[], int], most: int, where: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fill() == most
    # The negative control: nothing but the bound had kept it there.
    for bound in name.split():
        monkeypatch.setattr(where, bound, (1_000_000, 1_000_000_000) if bound == "__defaults__" else 1_000_000)
    assert fill() > most


@pytest.mark.parametrize("allow_remote", [False, True])
def test_a_server_calls_no_other_machine_unless_it_may(allow_remote: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[httpx.URL] = []

    async def note(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        called.append(request.url)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    mock = Mock(clock=ManualClock(START))
    with (
        running(mock=mock, allow_remote=allow_remote) as base,
        httpx.Client(base_url=f"{base}/_mock", trust_env=False) as client,
    ):
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", note)
        client.post("/events", json={"event": "credential_create", "url": AWAY}).raise_for_status()
        client.post("/clock/advance", json={"seconds": 0}).raise_for_status()
        (delivery,) = client.get("/deliveries").json()
    refused = "refused: example.mx is not this machine; allow_remote permits it"
    assert (delivery["status"], delivery["error"]) == ((200, None) if allow_remote else (None, refused))
    assert called == ([httpx.URL(AWAY)] if allow_remote else [])


@contextmanager
def command(*options: str, **environment: str) -> Generator[str]:
    """Run `ventanilla mock` with some options, and yield where it is."""
    line = [sys.executable, "-m", "ventanilla.cli", "mock", "--port", "0", *options]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_command_without_admin_has_nothing_to_control() -> None:
    with command("--no-admin") as base:
        assert httpx.get(f"{base}/_mock/health").status_code == 200
        assert httpx.get(f"{base}/_mock/clock").status_code == 404
        assert httpx.post(f"{base}/_mock/reset").status_code == 404
        assert httpx.get(f"{base}/_ns/a/_mock/clock").status_code == 404


@pytest.mark.parametrize(
    ("options", "environment"), [(("--token", "mine"), {}), ((), {"VENTANILLA_MOCK_TOKEN": "mine"})]
)
def test_the_command_with_a_token_asks_for_it(options: tuple[str, ...], environment: dict[str, str]) -> None:
    with command(*options, **environment) as base:
        for given, status in (
            ({}, 401),
            ({"Authorization": "Bearer other"}, 401),
            ({"Authorization": "Bearer mine"}, 200),
        ):
            assert httpx.get(f"{base}/_mock/clock", headers=given).status_code == status
            assert httpx.get(f"{base}/_ns/a/_mock/clock", headers=given).status_code == status
