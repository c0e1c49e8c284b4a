"""A worker handles each event until it is done or given up, applies an effect with its claim, and waits in between."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bodies import batch, entry, flat, own_id, payment
from hypothesis import given
from hypothesis import strategies as st

from ventanilla import _flow
from ventanilla.errors import NotConfirmed, RateLimited
from ventanilla.webhooks import Event, MemoryInbox, PaymentNotified, Processed, Retries, SqliteInbox, Worker, parse
from ventanilla.webhooks.worker import Handler


class Time(_flow.Waiting):
    """A clock for an inbox and its workers, which moves on as they wait."""

    def __init__(self) -> None:
        self.at, self.waits = 1_700_000_000.0, list[float]()

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(_flow, "waiting", made)
    return made


@pytest.fixture(params=["sqlite", "memory"])
def inbox(request: pytest.FixtureRequest, time: Time, tmp_path: Path) -> Iterator[SqliteInbox]:
    with MemoryInbox(clock=time) if request.param == "memory" else SqliteInbox(tmp_path / "inbox", clock=time) as made:
        yield made


def fill(inbox: SqliteInbox, *keys: str) -> None:
    inbox.put([*parse(batch(*(entry(key, user=f"{place:024x}") for place, key in enumerate(keys))))])


def drained(worker: Worker, way: str) -> Processed:
    return worker.drain() if way == "sync" else asyncio.run(worker.adrain())


def handling(handle: Callable[[Event], Any], way: str) -> Handler:
    """Return a handler as it is, or as a coroutine function."""

    async def ahandle(event: Event) -> Any:
        await asyncio.sleep(0)
        return handle(event)

    return handle if way == "sync" else ahandle


WAYS = pytest.mark.parametrize("way", ["sync", "async"])


@WAYS
def test_each_event_is_handled_once_in_the_order_of_arrival(inbox: SqliteInbox, way: str) -> None:
    fill(inbox, "a", "b", "c")
    handled: list[str] = []
    worker = Worker(inbox, handling(lambda event: handled.append(own_id(event)), way))
    assert drained(worker, way) == Processed(done=3)
    assert drained(worker, way) == Processed()
    assert handled == ["eid:a", "eid:b", "eid:c"]


@WAYS
def test_what_fails_is_tried_again_later_and_does_not_keep_others_waiting(
    inbox: SqliteInbox, time: Time, way: str
) -> None:
    fill(inbox, "a", "b")
    tries: list[str] = []

    def handle(event: Event) -> None:
        tries.append(own_id(event))
        if own_id(event) == "eid:a" and tries.count("eid:a") < 3:
            raise LookupError("not yet")

    worker = Worker(inbox, handling(handle, way), retries=Retries(first=10))
    assert drained(worker, way) == Processed(done=1, failed=1)
    assert inbox.list("pending")[0].reason == "LookupError"
    assert drained(worker, way) == Processed()
    time.at += 10
    assert drained(worker, way) == Processed(failed=1)
    time.at += 9
    assert drained(worker, way) == Processed()
    time.at += 11
    assert drained(worker, way) == Processed(done=1)
    assert tries == ["eid:a", "eid:b", "eid:a", "eid:a"]


@WAYS
def test_what_fails_too_often_is_a_dead_letter_until_it_is_replayed(inbox: SqliteInbox, time: Time, way: str) -> None:
    fill(inbox, "a")
    is_broken = True

    def handle(event: Event) -> None:
        if is_broken:
            raise NotConfirmed("payment 38 is not paid")

    worker = Worker(inbox, handling(handle, way), retries=Retries(attempts=3, first=1))
    for expected in (Processed(failed=1), Processed(failed=1), Processed(dead=1), Processed()):
        assert drained(worker, way) == expected
        time.at += 10
    (dead,) = inbox.list("dead")
    assert (dead.attempts, (dead.reason or "")[:36]) == (3, "NotConfirmed: payment 38 is not paid")
    is_broken = False
    inbox.replay([dead.id])
    assert drained(worker, way) == Processed(done=1)


def test_what_a_stranger_raises_is_not_written_down(inbox: SqliteInbox) -> None:
    fill(inbox, "a")

    def handle(event: Event) -> None:
        raise ValueError("canary-password")

    Worker(inbox, handle).drain()
    assert inbox.list()[0].reason == "ValueError"


@WAYS
def test_what_was_read_is_applied_in_the_transaction_that_claims_the_event(inbox: SqliteInbox, way: str) -> None:
    with vars(inbox)["_database"].transaction() as connection:
        connection.execute("CREATE TABLE paid (id INTEGER, amount TEXT)")
    inbox.put([*parse(payment(38)), *parse(payment(39))])

    def read(event: Event) -> str:
        assert isinstance(event, PaymentNotified)
        return f"{event.payment_id}.20"

    def book(connection: sqlite3.Connection, event: Event, amount: str) -> None:
        connection.execute("INSERT INTO paid VALUES (?, ?)", (event.ids["id"], amount))
        if event.ids["id"] == "39":
            raise LookupError("no such order")

    worker = Worker(inbox, handling(read, way), apply=book)
    assert drained(worker, way) == Processed(done=1, failed=1)
    with vars(inbox)["_database"].reading() as connection:
        assert connection.execute("SELECT * FROM paid").fetchall() == [(38, "38.20")]
    assert {own_id(each.event): each.state for each in inbox.list()} == {"ipn:1:38": "done", "ipn:1:39": "pending"}


def test_a_worker_that_was_too_slow_applies_nothing(inbox: SqliteInbox, time: Time) -> None:
    fill(inbox, "a")
    applied: list[str] = []

    def apply(connection: sqlite3.Connection, event: Event, found: str) -> None:
        applied.append(found)

    fast = Worker(inbox, lambda event: "fast", apply=apply, lease=60)

    def slowly(event: Event) -> str:
        time.at += 61
        assert fast.drain() == Processed(done=1)
        return "slow"

    assert Worker(inbox, slowly, apply=apply, lease=60).drain() == Processed(lost=1)
    assert applied == ["fast"]


def test_a_worker_that_was_too_slow_gives_nothing_back_either(inbox: SqliteInbox, time: Time) -> None:
    fill(inbox, "a")
    prompt = Worker(inbox, lambda event: None)

    def slowly(event: Event) -> None:
        time.at += 60
        assert prompt.drain() == Processed(done=1)
        raise LookupError("too late")

    assert Worker(inbox, slowly).drain() == Processed(lost=1)
    (stored,) = inbox.list()
    assert (stored.state, stored.reason) == ("done", None)


def test_an_event_stays_with_its_worker_for_a_minute(inbox: SqliteInbox, time: Time) -> None:
    fill(inbox, "a")

    def slowly(event: Event) -> None:
        time.at += 59.5
        assert inbox.lease(1) is None
        time.at += 0.5
        assert inbox.lease(1) is not None

    assert Worker(inbox, slowly).drain() == Processed(lost=1)


def test_failures_are_logged_and_the_last_one_as_a_warning(
    inbox: SqliteInbox, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "ventanilla.webhooks")
    fill(inbox, "a")

    def handle(event: Event) -> None:
        raise LookupError("not yet")

    worker = Worker(inbox, handle, retries=Retries(attempts=3, first=1))
    for _ in range(3):
        worker.drain()
        time.at += 10
    said = [(each.name, each.levelname) for each in caplog.records]
    assert said == [("ventanilla.webhooks", level) for level in ("INFO", "INFO", "WARNING")]


def test_what_was_read_before_another_event_of_the_user_was_applied_is_not_applied(
    inbox: SqliteInbox, time: Time
) -> None:
    inbox.put([*parse(batch(entry("a"), entry("b")))])
    at_provider, applied = ["old"], list[tuple[str, str]]()

    def apply(connection: sqlite3.Connection, event: Event, found: str) -> None:
        applied.append((own_id(event), found))

    prompt = Worker(inbox, lambda event: at_provider[-1], apply=apply, lease=60)

    def slowly(event: Event) -> str:
        read = at_provider[-1]
        time.at += 61  # the lease is over, and so is the one user's turn
        with vars(inbox)["_database"].transaction() as connection:
            # Nobody takes this event up again; another one of the same user is handled.
            connection.execute("UPDATE ventanilla_events SET due_at = due_at + 1000 WHERE key = ?", (event.key,))
        at_provider.append("new")
        assert prompt.drain() == Processed(done=1)
        return read

    worker = Worker(inbox, slowly, apply=apply, lease=60)
    assert worker.drain() == Processed(lost=1)
    assert applied == [("eid:b", "new")]
    time.at += 1000
    assert prompt.drain() == Processed(done=1)
    assert applied == [("eid:b", "new"), ("eid:a", "new")]


def test_an_event_whose_attempts_all_end_with_the_process_is_given_up(inbox: SqliteInbox, time: Time) -> None:
    fill(inbox, "a")
    for _ in range(3):
        assert inbox.lease(60) is not None
        time.at += 60
    never: list[Event] = []
    assert Worker(inbox, never.append, retries=Retries(attempts=3)).drain() == Processed(dead=1)
    assert never == []


@WAYS
def test_a_worker_that_runs_waits_for_what_comes(inbox: SqliteInbox, time: Time, way: str) -> None:
    handled: list[str] = []
    worker = Worker(inbox, handling(lambda event: handled.append(own_id(event)), way))

    def until() -> bool:
        if len(time.waits) == 2 and not inbox.list():
            fill(inbox, "a", "b")
        return len(time.waits) == 4

    total = worker.run(until, idle=7) if way == "sync" else asyncio.run(worker.arun(until, idle=7))
    assert total == Processed(done=2)
    assert time.waits == [7, 7, 7, 7]
    assert handled == ["eid:a", "eid:b"]


@WAYS
def test_a_worker_runs_until_it_is_stopped_and_looks_twice_a_second(inbox: SqliteInbox, time: Time, way: str) -> None:
    class Stopped(Exception):
        pass

    def handle(event: Event) -> None:
        handled.append(own_id(event))

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            raise Stopped

    handled, looks = list[str](), list[float]()
    time.sleep = sleep  # type: ignore[method-assign]  # a program that is told to end while it waits
    fill(inbox, "a")
    worker = Worker(inbox, handling(handle, way))
    with pytest.raises(Stopped):
        _ = worker.run() if way == "sync" else asyncio.run(worker.arun())
    assert (handled, looks) == (["eid:a"], [0.5, 0.5, 0.5])


def test_a_worker_that_runs_outlives_an_inbox_that_is_out_of_reach(time: Time, tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox", clock=time, patience=0) as inbox:
        fill(inbox, "a")
        other = sqlite3.connect(tmp_path / "inbox", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        def until() -> bool:
            if len(time.waits) == 2 and other.in_transaction:
                other.execute("ROLLBACK")
            return len(time.waits) == 3

        assert Worker(inbox, lambda event: None).run(until) == Processed(done=1)
        other.close()


def test_of_two_events_of_one_user_the_second_is_read_after_the_first_is_applied(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:
        inbox.put([*parse(batch(entry("a"), entry("b")))])
        steps: list[str] = []
        first_reads, both_looked = threading.Event(), threading.Event()

        def read(event: Event) -> None:
            steps.append(f"read {own_id(event)}")
            first_reads.set()
            both_looked.wait(5)

        def apply(connection: sqlite3.Connection, event: Event, found: None) -> None:
            steps.append(f"apply {own_id(event)}")

        thread = threading.Thread(target=Worker(inbox, read, apply=apply).drain)
        thread.start()
        first_reads.wait(5)
        assert Worker(inbox, read, apply=apply).drain() == Processed()
        both_looked.set()
        thread.join()
        assert steps == ["read eid:a", "apply eid:a", "read eid:b", "apply eid:b"]


def test_an_asynchronous_handler_needs_the_asynchronous_way(inbox: SqliteInbox) -> None:
    async def handle(event: Event) -> None:
        raise AssertionError("it must not run")

    fill(inbox, "a")
    for run in (Worker(inbox, handle).drain, Worker(inbox, handle).run):
        with pytest.raises(TypeError, match="arun"):
            run()
    assert inbox.list()[0].attempts == 0
    with pytest.raises(ValueError, match="handler"):
        Worker(inbox)


def test_a_provider_that_asks_for_time_gets_it() -> None:
    limited = RateLimited("too many requests")
    limited.retry_after = 500.0
    assert Retries(first=1).wait(1, limited, 0) == 500
    assert Retries(first=1000).wait(1, limited, 0.5) == 750
    limited.retry_after = None
    assert Retries(first=0.5).wait(1, limited, 1) == 0.5


@given(st.integers(1, 200), st.floats(0, 1))
def test_waits_grow_up_to_the_longest_and_end(attempts: int, luck: float) -> None:
    retries = Retries(attempts=100, first=2, longest=60)
    wait = retries.wait(attempts, LookupError(), luck)
    if attempts >= 100:
        assert wait is None
    else:
        assert wait is not None
        assert min(60, 2.0**attempts) / 2 <= wait <= min(60, 2.0**attempts)


def test_retries_by_default_last_for_half_a_day() -> None:
    waits = [Retries().wait(each, LookupError(), 0.5) or 0 for each in range(1, 16)]
    assert 10 * 3600 < sum(waits) < 16 * 3600
    # Fifteen waits, from five seconds on, each twice as long as the one before, and none longer than four hours.
    longest = [Retries().wait(each, LookupError(), 1) for each in (1, 2, 3, 12, 13, 15, 16)]
    assert longest == [5, 10, 20, 5 * 2**11, 4 * 3600, 4 * 3600, None]
    assert Retries().wait(1, LookupError(), 0) == 2.5
    with pytest.raises(TypeError):
        Retries(3, 60)  # type: ignore[call-arg]  # three attempts, or three seconds? It has to be said


def test_however_many_attempts_there_are_the_wait_is_a_number() -> None:
    assert Retries(attempts=100_000).wait(99_999, LookupError(), 1) == 4 * 3600


def test_equal_bodies_of_one_day_are_handled_once(inbox: SqliteInbox) -> None:
    handled: list[Event] = []
    for _ in range(3):
        inbox.put(parse(flat()))
        Worker(inbox, handled.append).drain()
    assert len(handled) == 1
