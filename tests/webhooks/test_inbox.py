"""An inbox keeps what it is given, knows what comes again, and lets one worker at a time have an event."""

import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from inspect import signature
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve
from bodies import batch, entry, flat, own_id, payment
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.errors import InboxUnavailable
from ventanilla.webhooks import Cursor, Event, Inbox, MemoryInbox, SqliteInbox, Stored, parse
from ventanilla.webhooks.inbox import State, repeated

HOURS = 3600.0


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["sqlite", "memory"])
def inbox(request: pytest.FixtureRequest, time: Time, tmp_path: Path) -> Iterator[SqliteInbox]:
    with MemoryInbox(clock=time) if request.param == "memory" else SqliteInbox(tmp_path / "inbox", clock=time) as made:
        yield made


def event(body: bytes) -> Event:
    (found,) = parse(body)
    return found


def arrive(inbox: SqliteInbox, body: bytes) -> str:
    (kept,) = inbox.put([event(body)])
    return kept.arrival


def leased(inbox: SqliteInbox, seconds: float = 60) -> Stored:
    found = inbox.lease(seconds)
    assert found is not None
    return found


def state(inbox: SqliteInbox) -> list[tuple[State, int]]:
    return [(each.state, each.seen) for each in reversed(inbox.list())]


V3, V1, IPN = batch(entry("a")), flat(), payment()


@pytest.mark.parametrize("body", [V3, V1, IPN])
def test_an_event_comes_back_as_it_was_put(inbox: SqliteInbox, body: bytes) -> None:
    inbox.put([event(body)])
    (stored,) = inbox.list()
    assert stored.event == event(body)
    assert stored.event.raw == event(body).raw
    assert (stored.state, stored.seen, stored.attempts, stored.reason) == ("pending", 1, 0, None)
    assert stored.received_at == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize("body", [V3, V1, IPN])
def test_a_repeat_of_what_is_pending_is_one_event(inbox: SqliteInbox, time: Time, body: bytes) -> None:
    assert [arrive(inbox, body) for _ in range(3)] == ["new", "again", "again"]
    time.now += 100 * HOURS
    assert arrive(inbox, body) == "again"
    assert state(inbox) == [("pending", 4)]


def test_whoever_puts_an_event_is_told_under_which_number_it_is_kept(inbox: SqliteInbox, time: Time) -> None:
    def number(body: bytes) -> int:
        (kept,) = inbox.put([event(body)])
        return kept.id

    first, other = number(V1), number(IPN)
    assert number(V1) == first  # while it is pending
    (dead, done) = (leased(inbox), leased(inbox))
    assert (done.id, dead.id) == (other, first)
    assert inbox.done(dead)
    assert inbox.done(done)
    assert number(IPN) == other
    time.now += 24 * HOURS
    later = number(V1)
    assert [(each.id, each.event) for each in inbox.list()] == [
        (later, event(V1)),
        (other, event(IPN)),
        (first, event(V1)),
    ]


@pytest.mark.parametrize(("body", "after"), [(V3, "repeat"), (IPN, "repeat"), (V1, "new")])
def test_a_repeat_of_what_is_done_is_none_unless_it_may_be_another_day_s(
    inbox: SqliteInbox, time: Time, body: bytes, after: str
) -> None:
    arrive(inbox, body)
    assert inbox.done(leased(inbox))
    time.now += 12 * HOURS - 1
    assert arrive(inbox, body) == "repeat"
    assert inbox.lease(60) is None
    time.now += 1
    assert arrive(inbox, body) == after
    assert (inbox.lease(60) is not None) == (after == "new")


def test_equal_bodies_of_version_1_on_three_days_are_three_events(inbox: SqliteInbox, time: Time) -> None:
    for _ in range(3):
        assert [arrive(inbox, V1) for _ in range(2)] == ["new", "again"]
        assert inbox.done(leased(inbox))
        time.now += 24 * HOURS
    assert state(inbox) == [("done", 2)] * 3


def test_a_dead_letter_that_comes_again_gets_another_chance(inbox: SqliteInbox) -> None:
    arrive(inbox, IPN)
    assert inbox.failed(leased(inbox), "NotConfirmed", None)
    assert state(inbox) == [("dead", 1)]
    assert inbox.lease(60) is None
    assert arrive(inbox, IPN) == "again"
    assert leased(inbox).attempts == 1


def test_what_is_given_back_without_a_pause_is_due_at_once(inbox: SqliteInbox) -> None:
    arrive(inbox, IPN)
    assert inbox.failed(leased(inbox), "x", 0)
    assert leased(inbox).attempts == 2


@pytest.mark.parametrize("retry_in", [None, 100.0])
def test_what_comes_again_while_it_is_handled_is_handled_again_when_that_fails(
    inbox: SqliteInbox, retry_in: float | None
) -> None:
    # A forged notification is being looked into when the true one comes.
    arrive(inbox, IPN)
    stored = leased(inbox)
    assert arrive(inbox, IPN) == "again"
    assert inbox.lease(60) is None
    assert inbox.failed(stored, "NotConfirmed", retry_in)
    assert leased(inbox).attempts == 1


def test_what_fails_waits_and_what_comes_again_meanwhile_waits_no_longer(inbox: SqliteInbox, time: Time) -> None:
    arrive(inbox, IPN)
    assert inbox.failed(leased(inbox), "x", 100)
    assert inbox.lease(60) is None
    time.now += 100
    assert inbox.failed(leased(inbox), "x", 100)
    arrive(inbox, IPN)
    assert leased(inbox).attempts == 1


@given(st.sampled_from(["pending", "done", "dead"]), st.booleans(), st.floats(0, 1e6), st.floats(1, 1e6))
def test_nothing_is_taken_for_a_repeat_that_is_not_done(state: State, recurs: bool, age: float, after: float) -> None:
    arrival = repeated(state, recurs=recurs, age=age, recurs_after=after)
    assert (arrival == "again") == (state != "done")
    assert (arrival == "new") == (state == "done" and recurs and age >= after)


def test_a_leased_event_is_kept_from_others_until_the_lease_is_over(inbox: SqliteInbox, time: Time) -> None:
    arrive(inbox, V1)
    first = leased(inbox, 60)
    assert inbox.lease(60) is None
    time.now += 60
    second = leased(inbox)
    assert (second.id, second.attempts) == (first.id, 2)
    # Whoever has lost the lease changes nothing any more.
    effects: list[Any] = []
    assert not inbox.done(first, effects.append)
    assert not inbox.failed(first, "x", None)
    assert inbox.done(second)
    assert not inbox.done(second)
    assert effects == []


def test_a_lease_is_its_worker_s_secret_and_without_it_an_event_is_nobody_s(inbox: SqliteInbox) -> None:
    arrive(inbox, V1)
    taken = leased(inbox)
    assert taken.lease
    assert taken.lease not in repr(taken)
    # As the tests of a handler make one.
    made = Stored(
        id=taken.id,
        event=taken.event,
        state="pending",
        received_at=taken.received_at,
        seen=1,
        attempts=1,
        due_at=taken.due_at,
    )
    assert not inbox.done(made)
    assert not inbox.failed(made, "x", None)
    assert inbox.done(taken)
    with pytest.raises(TypeError):
        Stored(1, taken.event, "pending", taken.received_at, 1, 1, taken.due_at)  # type: ignore[call-arg]  # by names alone


def test_two_events_of_one_subject_are_never_leased_together(inbox: SqliteInbox, time: Time) -> None:
    inbox.put([*parse(batch(entry("a"), entry("b"), entry("c", user="f" * 24)))])
    inbox.put([*parse(payment(38)), *parse(payment(39)), *parse(b'{"event": "x"}'), *parse(b'{"event": "y"}')])
    keys = [own_id(leased(inbox).event) for _ in range(6)]
    assert keys[:4] == ["eid:a", "eid:c", "ipn:1:38", "ipn:1:39"]
    assert inbox.lease(60) is None
    time.now += 60
    assert own_id(leased(inbox).event) == "eid:a"


def test_a_worker_may_take_one_provider_s_events_alone(inbox: SqliteInbox) -> None:
    inbox.put([*parse(V3), *parse(IPN)])
    found = inbox.lease(60, provider="facti")
    assert found is not None
    assert found.event.provider == "facti"
    assert inbox.lease(60, provider="facti") is None


def test_the_effect_and_the_claim_are_one(inbox: SqliteInbox) -> None:
    arrive(inbox, V1)
    stored = leased(inbox)

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE effects (n INTEGER)")
        connection.execute("INSERT INTO effects VALUES (1)")

    def fail(connection: sqlite3.Connection) -> None:
        write(connection)
        raise LookupError("not today")

    with pytest.raises(LookupError):
        inbox.done(stored, fail)
    assert state(inbox) == [("pending", 1)]
    assert inbox.done(stored, write)
    assert state(inbox) == [("done", 1)]


def with_block(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("CREATE TABLE effects (n INTEGER)")


def script(connection: sqlite3.Connection) -> None:
    connection.executescript("CREATE TABLE effects (n INTEGER); INSERT INTO effects VALUES (1)")


def commit(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE effects (n INTEGER)")
    connection.commit()


@pytest.mark.parametrize("effect", [with_block, script, commit])
def test_an_effect_cannot_end_the_transaction(inbox: SqliteInbox, effect: Callable[[sqlite3.Connection], None]) -> None:
    arrive(inbox, V1)
    stored = leased(inbox)
    with pytest.raises(sqlite3.DatabaseError) as refused:
        inbox.done(stored, effect)
    assert not isinstance(refused.value, InboxUnavailable)
    assert state(inbox) == [("pending", 1)]
    with vars(inbox)["_database"].reading() as connection:
        assert connection.execute("SELECT * FROM sqlite_master WHERE name = 'effects'").fetchall() == []
    assert inbox.done(stored)


def test_an_effect_may_use_savepoints(inbox: SqliteInbox) -> None:
    def effect(connection: sqlite3.Connection) -> None:
        connection.execute("SAVEPOINT one")
        connection.execute("CREATE TABLE effects (n INTEGER)")
        connection.execute("RELEASE one")

    arrive(inbox, V1)
    assert inbox.done(leased(inbox), effect)


def test_a_hundred_events_are_listed_unless_more_are_wanted(inbox: SqliteInbox) -> None:
    inbox.put([*parse(batch(*(entry(str(number)) for number in range(101))))])
    assert [len(inbox.list()), len(inbox.list(limit=1000))] == [100, 101]


@pytest.mark.parametrize("name", ["put", "lease", "done", "failed", "cursor", "list", "replay", "forget", "close"])
def test_an_inbox_of_your_own_is_asked_as_ours_is(name: str) -> None:
    promised, kept = (signature(getattr(kind, name)) for kind in (Inbox, SqliteInbox))
    assert [(each.name, each.kind, each.default) for each in promised.parameters.values()] == [
        (each.name, each.kind, each.default) for each in kept.parameters.values()
    ]


def test_letters_are_listed_replayed_and_forgotten(inbox: SqliteInbox, time: Time) -> None:
    inbox.put([*parse(batch(*(entry(each, user=f"{n:024x}") for n, each in enumerate("abc"))))])
    assert inbox.done(leased(inbox))
    assert inbox.failed(leased(inbox), "NotConfirmed: it is not paid" + "x" * 1000, None)
    (dead,) = inbox.list("dead")
    assert (own_id(dead.event), dead.reason) == ("eid:b", ("NotConfirmed: it is not paid" + "x" * 1000)[:500])
    assert [each.state for each in inbox.list()] == ["pending", "dead", "done"]
    assert len(inbox.list(limit=1)) == 1
    assert inbox.replay([dead.id, 99]) == 1
    assert inbox.list("dead") == []
    stored = leased(inbox)
    assert inbox.replay([stored.id]) == 0  # it is in good hands
    time.now += 10
    assert inbox.forget(datetime.fromtimestamp(time.now, UTC)) == 1
    assert [each.state for each in inbox.list()] == ["pending", "pending"]
    assert arrive(inbox, batch(entry("a"))) == "new"


def test_what_is_pending_or_dead_or_was_done_since_is_not_forgotten(inbox: SqliteInbox, time: Time) -> None:
    inbox.put([*parse(batch(*(entry(each, user=f"{n:024x}") for n, each in enumerate("abcd"))))])
    assert inbox.done(leased(inbox))
    assert inbox.failed(leased(inbox), "NotConfirmed", None)
    time.now += 10
    moment = datetime.fromtimestamp(time.now, UTC)
    assert inbox.done(leased(inbox))
    time.now += 10
    assert inbox.forget(moment) == 1
    assert [(own_id(each.event), each.state) for each in inbox.list()] == [
        ("eid:d", "pending"),
        ("eid:c", "done"),
        ("eid:b", "dead"),
    ]


def test_a_cursor_moves_on_with_the_events_and_never_back(inbox: SqliteInbox) -> None:
    assert inbox.cursor("facti:5") is None
    inbox.put([event(V1)], cursor=Cursor("facti:5", "2026-01-02 00:00:00"))
    inbox.put([], cursor=Cursor("facti:5", "2026-01-01 00:00:00"))
    inbox.put([], cursor=Cursor("facti:6", "2027"))
    assert inbox.cursor("facti:5") == "2026-01-02 00:00:00"

    unkeepable = evolve(event(V3), key="eid:b", raw=cast(Any, object()))
    with pytest.raises(InboxUnavailable):
        inbox.put([event(V3), unkeepable], cursor=Cursor("facti:5", "2028"))
    assert inbox.cursor("facti:5") == "2026-01-02 00:00:00"
    assert len(inbox.list()) == 1


def test_the_files_are_their_owner_s_alone_and_durable(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:
        inbox.put([event(V1)])
        assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
        assert {each.name for each in tmp_path.iterdir()} == {"inbox", "inbox-wal", "inbox-shm"}
        with vars(inbox)["_database"].reading() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    # What is left of it is one file, which may be copied.
    assert {each.name for each in tmp_path.iterdir()} == {"inbox"}


@pytest.mark.parametrize("make", [MemoryInbox, lambda: SqliteInbox("inbox")], ids=["memory", "sqlite"])
def test_it_waits_five_seconds_for_others_unless_told_otherwise(
    make: Callable[[], SqliteInbox], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with make() as inbox, vars(inbox)["_database"].reading() as connection:
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (5000,)


def test_an_inbox_names_its_file(inbox: SqliteInbox, tmp_path: Path) -> None:
    shown = {f"SqliteInbox({str(tmp_path / 'inbox')!r})", "MemoryInbox(':memory:')"}
    assert repr(inbox) in shown


def test_it_lives_in_a_file_of_your_own_beside_your_tables(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    own = sqlite3.connect(path)
    own.execute("CREATE TABLE orders (n INTEGER)")
    own.execute("PRAGMA user_version = 7")
    own.close()
    with SqliteInbox(path) as inbox:
        arrive(inbox, V1)
        assert inbox.done(leased(inbox), lambda connection: connection.execute("INSERT INTO orders VALUES (1)"))
    own = sqlite3.connect(path)
    assert own.execute("SELECT n FROM orders").fetchall() == [(1,)]
    assert own.execute("PRAGMA user_version").fetchone() == (7,)
    own.close()


def test_a_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox, vars(inbox)["_database"].transaction() as connection:
        connection.execute("UPDATE ventanilla_inbox SET version = 99")
    with pytest.raises(InboxUnavailable) as refused:
        SqliteInbox(tmp_path / "inbox")
    assert "99" in str(refused.value)


def test_threads_share_an_inbox(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:

        def put(start: int) -> None:
            for number in range(20):
                inbox.put([event(batch(entry(f"{start + number}", user=f"{start + number:024x}")))])

        threads = [threading.Thread(target=put, args=(10 * each,)) for each in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(inbox.list(limit=1000)) == 90
        assert sum(each.seen for each in inbox.list(limit=1000)) == 160


def test_processes_wait_for_each_other(tmp_path: Path) -> None:
    def put(start: int) -> list[str]:
        with SqliteInbox(tmp_path / "inbox", patience=30) as own:  # as a process has it
            return [arrive(own, batch(entry(f"{start}-{number}"))) for number in range(25)]

    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(put, range(4))] == [["new"] * 25] * 4


def test_a_forked_process_opens_the_file_anew(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:
        arrive(inbox, V1)
        child = os.fork()
        if child == 0:
            parents = [*vars(inbox)["_database"]._idle]
            with vars(inbox)["_database"].reading() as connection:
                is_own = connection not in parents
            os._exit(0 if is_own and arrive(inbox, V3) == "new" else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert len(inbox.list()) == 2


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_an_inbox_that_nobody_has_any_more_leaves_nothing_open(tmp_path: Path, kind: str) -> None:
    inbox = MemoryInbox() if kind == "memory" else SqliteInbox(tmp_path / "inbox")
    arrive(inbox, V1)
    with vars(inbox)["_database"].reading() as connection:
        pass
    del inbox
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
