"""Webhook calls are made at their moments, whatever else is under way: over a socket as in one process, every time."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import anyio
import httpx
import pytest
from attrs import define
from gate_story import START
from gate_ways import Receiver, receiving

from ventanilla.mock import AsyncMockTransport, Mock, MockTransport
from ventanilla.mock._agenda import Agenda
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.deliveries import AsyncCourier
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.server import running
from ventanilla.mock.world import World

HOOK = "http://127.0.0.1:9/hook"
ROUNDS = 50
SECONDS = 5.0
Opened = Callable[[Mock, Receiver], Any]


@contextmanager
def in_process(mock: Mock, receiver: Receiver) -> Generator[httpx.Client]:
    transport = MockTransport(mock, sink=receiver.sink)
    with httpx.Client(transport=transport, base_url="http://mock.test/_mock") as client:
        yield client


@contextmanager
def over_socket(mock: Mock, receiver: Receiver) -> Generator[httpx.Client]:
    with running(mock=mock) as base, httpx.Client(base_url=f"{base}/_mock", trust_env=False) as client:
        yield client


def begin(client: httpx.Client, receiver: Receiver) -> None:
    receiver.forget()
    client.post("/reset", json={"seed": 3, "clock": {"at": START, "rate": 0}}).raise_for_status()


def happen(client: httpx.Client, url: str) -> None:
    client.post("/events", json={"event": "credential_create", "url": url}).raise_for_status()


def advance(client: httpx.Client, seconds: float) -> None:
    client.post("/clock/advance", json={"seconds": seconds}).raise_for_status()


def moments(delivery: dict[str, Any]) -> list[float]:
    return [attempt["at"] - START for attempt in delivery["attempts"]]


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens by itself."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.005)


def test_a_call_that_fails_and_time_right_behind_it() -> None:
    """Whether the call was made yet when the clock is told to move makes no difference, over and over."""
    with receiving() as receiver:
        records: set[bytes] = set()
        for opened in (in_process, over_socket):
            with opened(Mock(), receiver) as client:
                for _ in range(ROUNDS):
                    begin(client, receiver)
                    happen(client, f"{receiver.url}/part/dead")
                    advance(client, 400)
                    records.add(client.get("/deliveries").content)
    (record,) = records
    (delivery,) = json.loads(record)
    assert (moments(delivery), delivery["due"] - START) == ([0, 5, 305], 2105)


@define
class Curious(Receiver):
    """Asks the mock for another event while it takes a call for the second time, and takes its time for that event."""

    client: httpx.Client | None = None

    def take(self, path: str, body: bytes) -> int:
        status = super().take(path, body)
        if path.endswith("/flaky") and len(self.received[path]) == 2 and self.client is not None:
            happen(self.client, f"{self.url}/part/dead")
            # Time enough for the mock to begin with the call by itself, were that its way.
            time.sleep(0.01)
        elif path.endswith("/dead"):
            time.sleep(0.03)
        return status


def told_of_another(opened: Opened, rounds: int) -> set[bytes]:
    """Have a receiver bring something about while a clock is moved, and return what becomes of all calls."""
    records: set[bytes] = set()
    with (
        receiving(receiver := Curious()),
        opened(Mock(), receiver) as client,
        httpx.Client(base_url=client.base_url, trust_env=False) as own,
    ):
        receiver.client = client if opened is in_process else own
        for _ in range(rounds):
            begin(client, receiver)
            happen(client, f"{receiver.url}/part/flaky")
            advance(client, 400)
            records.add(client.get("/deliveries").content.replace(receiver.url.encode(), b""))
    return records


@pytest.mark.parametrize(("opened", "rounds"), [(in_process, 2), (over_socket, 10)])
def test_what_a_receiver_brings_about_while_time_passes_happens_at_its_moment(opened: Opened, rounds: int) -> None:
    (record,) = told_of_another(opened, rounds)
    assert [(each["url"], moments(each)) for each in json.loads(record)] == [
        ("/part/flaky", [0, 5]),
        ("/part/flaky", [5, 10]),
        ("/part/dead", [5, 10, 310]),
    ]


def test_a_mock_that_goes_on_by_itself_meanwhile_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: were its calls not left to whoever moves the clock, they would be late."""

    def nobody_minds(agenda: Agenda, world: World) -> Any:
        return nullcontext()

    monkeypatch.setattr(Agenda, "led", nobody_minds)
    (expected,) = told_of_another(in_process, 1)
    assert told_of_another(over_socket, 3) != {expected}


def put(world: World, path: str = "") -> None:
    world.send("sync-v1", "refresh", HOOK + path, b"{}", ())


async def slow(delivery: Delivery) -> int:
    await asyncio.sleep(SECONDS)
    return 200


def three_due(mock: Mock) -> None:
    """Have three calls be due at one moment, 5 seconds from now."""
    for number in range(3):
        mock.world.schedule(5, partial(put, mock.world, f"/{number}"))
    mock.run_due(mock.world)


def assert_left(mock: Mock) -> None:
    """The first of three calls was broken off, and is made again; the others are made as if nothing had been."""
    first, second, third = mock.world.outbox.deliveries()
    assert [attempt.error for attempt in first.attempts] == ["CancelledError"]
    assert mock.world.now == START + 5
    for delivery in mock.travel(mock.world, START + 60):
        mock.delivered(delivery, 200)
    assert [moment.at - START for each in (first, second, third) for moment in each.attempts] == [5, 10, 5, 5]
    assert {each.state for each in (first, second, third)} == {"delivered"}


def test_a_caller_who_goes_away_while_time_passes_takes_no_call_along() -> None:
    mock = Mock(clock=ManualClock(START))
    three_due(mock)
    first, second, third = "/0", "/1", "/2"
    taken: list[str] = []

    async def sink(delivery: Delivery) -> int:
        taken.append(delivery.url.removeprefix(HOOK))
        return await slow(delivery) if taken == [first] else 200

    with running(mock=mock, courier=AsyncCourier(mock, sink=sink)) as base:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{base}/_mock/clock/advance", json={"seconds": 60}, timeout=0.2)
        # The server makes them by itself: it has been left where they were due.
        until(lambda: taken == [first, second, third])
    assert_left(mock)


def test_a_task_that_is_cancelled_while_time_passes_takes_no_call_along() -> None:
    mock = Mock(clock=ManualClock(START))
    three_due(mock)

    async def story() -> None:
        transport = AsyncMockTransport(mock, sink=slow)
        with anyio.move_on_after(0.05):
            await transport.advance(60)

    asyncio.run(story())
    assert_left(mock)


def test_whoever_stops_on_the_way_leaves_the_rest_waiting() -> None:
    mock = Mock(clock=ManualClock(START))
    three_due(mock)
    journey = mock.travel(mock.world, START + 60)
    mock.delivered(next(journey), None, "CancelledError")
    assert (mock.is_busy, mock.outgoing()) == (False, [])
    journey.close()
    assert mock.is_busy
    assert_left(mock)


def test_a_server_that_is_stopped_leaves_to_the_next_one_what_it_had_not_made() -> None:
    mock = Mock(clock=ManualClock(START))
    for path in ("/one", "/one", "/one", "/other"):
        put(mock.world, path)
    mock.run_due(mock.world)
    with running(mock=mock, courier=AsyncCourier(mock, sink=slow)):
        until(lambda: mock.world.outbox.is_under_way)
    first, second, third, other = mock.world.outbox.deliveries()
    assert [each.attempts == [] for each in (first, second, third, other)] == [False, True, True, False]
    taken: list[Delivery] = []
    with running(mock=mock, courier=AsyncCourier(mock, sink=taken.append)):
        until(lambda: len(taken) == 2)
    assert taken == [second, third]


BEGINNINGS = [
    ("POST", "/_ns/a/_mock/reset"),
    ("PUT", "/_mock/namespaces/a"),
    ("DELETE", "/_mock/namespaces/a"),
    ("POST", "/_ns/a/_mock/snapshots/before/restore"),
]


@pytest.mark.parametrize(("method", "path"), BEGINNINGS)
def test_a_world_that_begins_anew_makes_no_calls_of_the_one_before(method: str, path: str) -> None:
    """The next test must not receive what the one before brought about, however long its receiver takes."""
    mock = Mock(clock=ManualClock(START))
    received: list[str] = []
    gate = threading.Event()

    async def sink(delivery: Delivery) -> int:
        received.append(delivery.url)
        while not gate.is_set():
            await asyncio.sleep(0.005)
        return 200

    with running(mock=mock, courier=AsyncCourier(mock, sink=sink)) as base, httpx.Client(base_url=base) as client:
        client.post("/_ns/a/_mock/snapshots", json={"id": "before"}).raise_for_status()
        world = mock.world_of("a")
        with world.lock:
            for _ in range(3):
                put(world)
        client.get("/_ns/a/_mock/clock").raise_for_status()
        until(lambda: len(received) == 1)
        client.request(method, path).raise_for_status()
        with mock.world.lock:
            put(mock.world, "/last")
        client.get("/_mock/clock").raise_for_status()
        gate.set()
        until(lambda: received[-1] == f"{HOOK}/last" and not mock.world.outbox.is_under_way)
        # Whatever was still to come to the same receiver would come before this.
        with mock.world.lock:
            put(mock.world)
        client.get("/_mock/clock").raise_for_status()
        until(lambda: len(received) >= 3 and not mock.world.outbox.is_under_way)
    assert received == [HOOK, f"{HOOK}/last", HOOK]


def test_a_clock_that_was_moved_and_runs_goes_on_to_the_next_moment_by_itself() -> None:
    """A server looks anew how long it has to wait once a clock has been moved, also when that took its time."""
    mock = Mock(clock=Clock())
    mock.world.outbox.retries = (100, 100)
    tries: list[float] = []

    async def sink(delivery: Delivery) -> int:
        tries.append(time.monotonic())
        await asyncio.sleep(0.02)
        return 500

    with running(mock=mock, courier=AsyncCourier(mock, sink=sink)) as base:
        with mock.world.lock:
            put(mock.world)
        with httpx.Client(base_url=f"{base}/_mock") as client:
            client.get("/clock").raise_for_status()
            until(lambda: len(tries) == 1)
            advance(client, 199.9)
        assert len(tries) == 2
        until(lambda: len(tries) == 3)


def test_the_default_world_is_not_forgotten() -> None:
    mock = Mock(clock=ManualClock())
    mock.world.schedule(5, partial(put, mock.world))
    mock.run_due(mock.world)
    assert mock.is_busy
    assert not mock.forget("")
    assert mock.is_busy
