"""The gates that are no figures: worlds that never meet, the same bytes every time, two days in no time."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import gate_ways as ways
import httpx
import pytest
from gate_story import CHOICES, START, Part, Told, brief, pick, rich
from gate_ways import WAYS, Played, Receiver, Send, Way, by_hand, by_httpx, play_all, receiving

from ventanilla.mock import Mock, MockTransport, deliveries
from ventanilla.mock._masks import HIDDEN
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock as Core
from ventanilla.mock.server import running
from ventanilla.mock.world import World

HERE = Path(__file__).parent
WORLDS, THREADS = 64, 16
KINDS = {"state", "clock", "fault", "scenario", "snapshot", "delivery", "journal"}
# Opens what a thread sends its requests by.
Opened = Callable[[], AbstractContextManager[Send]]


@pytest.fixture(scope="module")
def receiver() -> Generator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a call that is late on a busy machine be late, and not another story."""
    monkeypatch.setattr(deliveries, "TIMEOUT", ways.PATIENCE)


@pytest.fixture(autouse=True)
def fresh(receiver: Receiver) -> None:
    """Let receivers know nothing of other tests."""
    receiver.forget()


def parts(receiver: Receiver, count: int) -> list[Part]:
    return [Part(number, receiver.url, f"ns-{number}") for number in range(count)]


def hammered(parts: Sequence[Part], opened: Opened) -> dict[str, Played]:
    """Play all parts at the same time: several in each of several threads, by turns."""
    begin = threading.Barrier(min(THREADS, len(parts)))

    def some(number: int) -> list[Played]:
        mine = parts[number :: begin.parties]
        begin.wait()
        with opened() as send:
            return play_all([brief(part) for part in mine], send)

    with ThreadPoolExecutor(begin.parties) as threads:
        played = list(threads.map(some, range(begin.parties)))
    return {part.mark: played[number % begin.parties].pop(0) for number, part in enumerate(parts)}


def crossed(part: Part, played: Played, received: Mapping[str, Sequence[bytes]]) -> set[str]:
    """Say what of others has got into a part's world, or of its own has not."""
    views = played.views
    made = [each for each in views["deliveries"] if each["attempts"]]
    # What a world has done before it was put back it does again, byte by byte: here they are the same calls.
    arrived = {(part.hooks + path, masked(body)) for path, bodies in received.items() for body in bodies}
    journal = [(row["request"]["path"], row["request"]["headers"]["user-agent"]) for row in views["requests"]]
    is_own = {
        "state": [user["name"] for user in views["users"]] == [part.mark],
        "clock": views["clock"]["now"] == part.start + views["passed"],
        "fault": [fault["id"] for fault in views["faults"]] == [part.mark],
        "scenario": views["scenarios"]["chosen"] == {"syncfy": [CHOICES[part.number % len(CHOICES)]]},
        "snapshot": [snapshot["id"] for snapshot in views["snapshots"]] == [part.mark],
        "delivery": {(each["url"], each["body"]) for each in made} == arrived,
        "journal": all(path.startswith(f"{part.prefix}/") and mark == part.mark for path, mark in journal)
        and [row["id"] for row in views["requests"]] == list(range(1, len(journal) + 1)),
    }
    return {kind for kind, holds in is_own.items() if not holds}


def masked(body: bytes) -> str:
    """Return a webhook call's body as the mock shows it."""
    return re.sub("(?<=ipn_password=)[^&]*", HIDDEN, body.decode())


def alone(part: Part) -> tuple[Played, Mapping[str, Sequence[bytes]]]:
    """Play a part where nobody else is."""
    own = Receiver()
    with in_process(Mock(clock=ManualClock()), own)() as send:
        played = ways.play(brief(part), send)
    return played, own.of(part.mark)


def in_process(mock: Mock, receiver: Receiver) -> Opened:
    @contextmanager
    def opened() -> Generator[Send]:
        with httpx.Client(transport=MockTransport(mock, sink=receiver.sink)) as client:
            yield ways.sender(client)

    return opened


def over_socket(base: str) -> Opened:
    @contextmanager
    def opened() -> Generator[Send]:
        with httpx.Client(trust_env=False, timeout=ways.PATIENCE) as client:
            yield ways.sender(client, base)

    return opened


@pytest.fixture
def eager() -> Generator[None]:
    """Have threads take turns a thousand times as often as they would."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 1000)
    yield
    sys.setswitchinterval(before)


def assert_apart(parts: Sequence[Part], played: Mapping[str, Played], receiver: Receiver) -> None:
    for part in parts:
        one, received = played[part.mark], receiver.of(part.mark)
        assert crossed(part, one, received) == set(), part
        assert (one, received) == alone(part), part


def test_64_worlds_asked_in_parallel_over_a_socket_are_as_if_each_were_alone(receiver: Receiver) -> None:
    everybody = parts(receiver, WORLDS)
    mock = Mock(clock=ManualClock())
    with running(mock=mock) as base:
        played = hammered(everybody, over_socket(base))
    assert_apart(everybody, played, receiver)
    assert list(mock.worlds) == ["", *(name for name in mock.worlds if name)]
    assert len(mock.worlds) == WORLDS + 1
    assert len(mock.world.journal) == 0


@pytest.mark.usefixtures("eager")
def test_64_worlds_asked_in_parallel_by_threads_are_as_if_each_were_alone(receiver: Receiver) -> None:
    everybody = parts(receiver, WORLDS)
    mock = Mock(clock=ManualClock())
    played = hammered(everybody, in_process(mock, receiver))
    assert_apart(everybody, played, receiver)
    assert len(mock.world.journal) == 0


class Confused(Core):
    """A mock in which two names lead to one world."""

    def _found(self, name: str, *, stays: bool) -> World:
        return super()._found("ns-0" if name == "ns-1" else name, stays=stays)


def test_two_names_of_one_world_are_noticed(receiver: Receiver) -> None:
    """The negative control of what says above that nothing crosses: it finds everything that does."""
    everybody = parts(receiver, 3)
    # By turns in one thread, so that one's end does not come before the other's beginning.
    with in_process(Confused(clock=ManualClock()), receiver)() as send:
        played = play_all([brief(part) for part in everybody], send)
    found = [crossed(part, one, receiver.of(part.mark)) for part, one in zip(everybody, played, strict=True)]
    assert found[0] | found[1] == KINDS
    assert [(one, receiver.of(part.mark)) == alone(part) for part, one in zip(everybody, played, strict=True)] == [
        False,
        False,
        True,
    ]


def told(way: Way, receiver: Receiver, name: str = "", number: int = 5) -> Played:
    """Have the long story played from the beginning, by one way."""
    receiver.forget()
    part = Part(number, receiver.url, name)
    played = way(Mock(clock=ManualClock(START)), rich(part))
    return Played(played.told, played.views, receiver.of(part.mark))


@pytest.fixture(scope="module")
def once(receiver: Receiver) -> dict[str, Played]:
    """The long story as it goes without any adapter, in the default world and in one with a name."""
    return {name: told(by_hand, receiver, name) for name in ("", "one")}


def test_the_long_story_is_worth_telling(once: dict[str, Played]) -> None:
    """What is compared below has everything in it: all providers, refusals, failures, faults, retries, replays."""
    views = once[""].views
    causes = {attempt["cause"] for each in views["deliveries"] for attempt in each["attempts"]}
    assert causes == {"event", "retry", "duplicate", "replay"}
    assert {each["state"] for each in views["deliveries"]} == {"delivered", "failed", "lost"}
    assert {each["profile"] for each in views["deliveries"]} == {"sync-v1", "sync-v3", "facti-ipn"}
    assert {row["provider"] for row in views["requests"]} == {"syncfy", "facti", "facturaonline"}
    assert {row["response"]["status"] for row in views["requests"]} >= {200, 401, 404, 405, 500, 503}
    assert {row["response"]["ending"] for row in views["requests"]} == {"whole", "reset", "truncated", "broken-chunk"}
    assert sum(fault["struck"] > 0 for fault in views["faults"]) >= 14
    assert {"answer_twofa", "get_payroll_item_acuse", "mark_payment_paid"} <= {
        row["operation"] for row in views["requests"]
    }
    assert min(pick(views, "coverage", number, "called") != {} for number in range(3))
    assert sum(map(len, once[""].received.values())) > 50


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["", "one"])
def test_one_story_is_the_same_bytes_every_time_and_through_every_adapter(
    way: Way, name: str, receiver: Receiver, once: dict[str, Played]
) -> None:
    again = told(way, receiver, name)
    differing = [
        number for number, pair in enumerate(zip(again.told, once[name].told, strict=True)) if len({*pair}) > 1
    ]
    assert differing == []
    assert again == once[name]


def test_a_name_changes_nothing_but_the_addresses(once: dict[str, Played]) -> None:
    # How a world is made anew, which is another operation where it has a name, and what it weighs in a snapshot.
    default, named = ([plain(told) for told in once[name].told] for name in ("", "one"))
    assert [pair for pair in zip(default[1:], named[1:], strict=True) if len({*pair}) > 1] == []
    assert once[""].received == once["one"].received


def plain(told: Told) -> tuple[int, bytes]:
    """Return an answer without the name of its world, and without the lengths that have it in them."""
    lengths = rb'"(size|bodySize|[Cc]ontent-[Ll]ength)":"?\d+"?|"value":"\d+"|Content-Length: \d+'
    return told.status, re.sub(lengths, b"", told.body.replace(b"/_ns/one", b""))


# Plays the long story in a process of its own, and prints a digest of all that it met.
ELSEWHERE = """
import sys
from gate_story import Part, rich
from gate_ways import by_socket
from ventanilla.mock import ManualClock, Mock
part = Part(5, sys.argv[1])
print(by_socket(Mock(clock=ManualClock()), rich(part)).digest)
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_that_hashes_otherwise_gives_the_same_bytes(
    hash_seed: str, receiver: Receiver, once: dict[str, Played]
) -> None:
    path = os.pathsep.join([str(HERE), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", ELSEWHERE, receiver.url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == Played(once[""].told, {}).digest, done.stderr
    assert receiver.of("part-5") == once[""].received


def test_dice_without_a_seed_are_noticed(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the same bytes: answers, journal and webhook calls each give other dice away."""

    def unseeded(seed: object = None) -> Random:
        return Random()

    monkeypatch.setattr("ventanilla.mock.world.Random", unseeded)
    first, second = (told(by_httpx, receiver) for _ in range(2))
    assert first.told != second.told
    for view in ("users", "deliveries", "requests"):
        assert first.views[view] != second.views[view]
    assert first.received != second.received


def test_another_seed_gives_other_bytes(receiver: Receiver, once: dict[str, Played]) -> None:
    other = told(by_hand, receiver, number=6)
    assert other.told[5:] != once[""].told[5:]
    assert other.views["deliveries"] != once[""].views["deliveries"]


ROUNDS = 5
EVENT = "credential_create"
SCHEDULE = [0, 5, 305, 2105, 9305, 27_305, 63_305, 99_305]


def the_whole_schedule(client: httpx.Client, url: str) -> tuple[float, bytes]:
    """Let 28 hours pass over a receiver that is never there; return the real seconds that took, and what came of it."""
    client.post("/reset", json={"seed": 7, "clock": {"at": START, "rate": 0}}).raise_for_status()
    begun = time.perf_counter()
    client.post("/events", json={"event": EVENT, "url": url}).raise_for_status()
    client.post("/clock/advance", json={"seconds": 28 * 3600}).raise_for_status()
    took = time.perf_counter() - begun
    return took, client.get("/deliveries").raise_for_status().content


def assert_whole(records: set[bytes]) -> None:
    (record,) = records
    (delivery,) = json.loads(record)
    assert [attempt["at"] - START for attempt in delivery["attempts"]] == SCHEDULE
    assert (delivery["state"], delivery["due"]) == ("failed", None)


def test_a_frozen_clock_runs_27_hours_of_retries_in_less_than_100_ms_and_every_time_the_same(
    receiver: Receiver, record_property: Callable[[str, Any], None]
) -> None:
    with httpx.Client(
        transport=MockTransport(Mock(), sink=receiver.sink), base_url="http://mock.test/_mock"
    ) as in_process:
        rounds = [the_whole_schedule(in_process, f"{receiver.url}/part/dead") for _ in range(ROUNDS)]
    with running() as base, httpx.Client(base_url=f"{base}/_mock", trust_env=False) as over_http:
        # To a receiver that is a server of its own: the calls really go out.
        over = [the_whole_schedule(over_http, f"{receiver.url}/part/dead") for _ in range(ROUNDS)]
    assert_whole({record for _, record in rounds + over})
    assert len(receiver.received["/part/dead"]) == 2 * ROUNDS * len(SCHEDULE)
    for name, timed in (("in process", rounds), ("over HTTP", over)):
        # The shortest: others may want the processor too, and the clock on the wall does not stop for them.
        shortest = min(took for took, _ in timed)
        record_property(f"27 hours of retries {name}, seconds", shortest)
        print(f"27 hours of retries {name}: {1000 * shortest:.1f} ms")
        assert shortest < 0.1, name
