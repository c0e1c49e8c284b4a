"""An inbox and its workers lose nothing and apply nothing twice in programs that fork, stop, race, or lose files."""

import asyncio
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bodies import JSON_HEADERS, TOKEN, batch, entry, flat, own_id, payment

from ventanilla.errors import InboxUnavailable, RateLimited
from ventanilla.webhooks import Event, MemoryInbox, Processed, Receiver, Retries, SqliteInbox, Worker, parse
from ventanilla.webhooks import _schema as schema


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with SqliteInbox(tmp_path / "inbox", patience=0.5) as made:
        yield made


def fill(inbox: SqliteInbox, *keys: str) -> None:
    inbox.put([*parse(batch(*(entry(key, user=f"{place:024x}") for place, key in enumerate(keys))))])


def post(inbox: SqliteInbox, body: bytes = flat()) -> int:
    return Receiver(inbox, tokens=[TOKEN]).handle("POST", f"/{TOKEN}", JSON_HEADERS, body).status


def in_child(work: Callable[[], bool]) -> bool:
    """Do something in a forked process, and return whether it returned True."""
    child = os.fork()
    if child == 0:
        code = 2
        try:
            code = 0 if work() else 1
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


# Forks


def test_a_child_forked_while_a_thread_writes_has_locks_and_connections_of_its_own(inbox: SqliteInbox) -> None:
    writing, forked = threading.Event(), threading.Event()

    def effect(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE effects (n INTEGER)")
        writing.set()
        forked.wait(10)

    fill(inbox, "a")
    stored = inbox.lease(60)
    assert stored is not None
    thread = threading.Thread(target=inbox.done, args=(stored, effect))
    thread.start()
    writing.wait(10)
    child = os.fork()
    if child == 0:
        # The parent has the file: the child is told so, and does not wait for a lock that nobody will release.
        os._exit({200: 0, 503: 3}.get(post(inbox), 1))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    forked.set()
    thread.join()
    assert in_child(lambda: post(inbox) == 200)
    assert [each.state for each in reversed(inbox.list())] == ["done", "pending"]


def test_a_child_that_goes_on_with_its_parent_s_transaction_changes_nothing(inbox: SqliteInbox) -> None:
    def effect(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE effects (n INTEGER)")
        children.append(os.fork())

    children: list[int] = []
    fill(inbox, "a")
    stored = inbox.lease(60)
    assert stored is not None
    code = 1
    try:
        code = 4 if inbox.done(stored, effect) else 5
    except InboxUnavailable as refused:
        code = 3 if "forked" in str(refused) else 6
    finally:
        if children == [0]:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 3
    assert code == 4
    assert inbox.list()[0].state == "done"


def test_an_inbox_in_memory_is_not_two_after_a_fork() -> None:
    inbox = MemoryInbox()
    assert post(inbox) == 200

    def is_refused() -> bool:
        with pytest.raises(InboxUnavailable, match="another process"):
            inbox.list()
        return post(inbox) == 503

    assert in_child(is_refused)
    assert post(inbox) == 200


# Handlers and effects


class Odd(Exception):
    """An exception that cannot be shown, and asks for a pause that is none."""

    retry_after: Any = "soon"

    def __str__(self) -> str:
        raise RuntimeError


def endless(event: object = None) -> Any:
    return endless(event)


FAILURES = [StopIteration(), StopAsyncIteration(), AssertionError(), MemoryError(), Odd(), sqlite3.OperationalError()]
ENDS = [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError(), BaseException()]


def raising(error: BaseException) -> Callable[..., Any]:
    def work(*about: Any) -> Any:
        raise error

    return work


@pytest.mark.parametrize("way", ["drain", "adrain"])
@pytest.mark.parametrize("place", ["handler", "apply"])
@pytest.mark.parametrize("error", [*FAILURES, None], ids=repr)
def test_whatever_fails_the_event_is_tried_again_and_the_worker_goes_on(
    inbox: SqliteInbox, error: Exception | None, place: str, way: str
) -> None:
    fill(inbox, "a", "b")
    work = endless if error is None else raising(error)
    options: dict[str, Any] = {place: work}
    worker = Worker(inbox, retries=Retries(attempts=2, first=1000), **options)
    done = worker.drain() if way == "drain" else asyncio.run(worker.adrain())
    assert done == Processed(failed=2)
    assert {each.state for each in inbox.list()} == {"pending"}


@pytest.mark.parametrize("place", ["handler", "apply"])
@pytest.mark.parametrize("error", ENDS, ids=repr)
def test_what_ends_a_program_passes_and_its_event_stays(inbox: SqliteInbox, error: BaseException, place: str) -> None:
    fill(inbox, "a")
    options: dict[str, Any] = {place: raising(error)}
    with pytest.raises(type(error)) as ended:
        Worker(inbox, lease=0.05, **options).drain()
    assert ended.value is error
    assert inbox.list()[0].state == "pending"
    time.sleep(0.06)
    assert Worker(inbox, lambda event: None).drain() == Processed(done=1)


@pytest.mark.parametrize("asked", ["5", "soon", float("nan"), -1, 10**9, [], True, None])
def test_a_pause_that_is_asked_for_is_a_number_and_not_for_ever(asked: Any) -> None:
    limited = RateLimited("too many requests")
    limited.retry_after = asked
    wait = Retries(first=1, longest=60).wait(1, limited, 1)
    assert wait == (60 if asked == 10**9 else 1)


def test_a_task_that_is_cancelled_anywhere_leaves_each_event_once(tmp_path: Path) -> None:
    async def main(inbox: SqliteInbox, pause: float) -> None:
        async def read(event: Event) -> None:
            await asyncio.sleep(0.002)

        task = asyncio.create_task(Worker(inbox, read, apply=book, lease=0.2).arun(idle=0.001))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    def book(connection: sqlite3.Connection, event: Event, found: None) -> None:
        connection.execute("INSERT INTO effects VALUES (?)", (event.key,))
        time.sleep(0.002)

    with SqliteInbox(tmp_path / "inbox") as inbox:
        with vars(inbox)["_database"].transaction() as connection:
            connection.execute("CREATE TABLE effects (key TEXT)")
        fill(inbox, *(f"{number}" for number in range(40)))
        for cut in range(12):
            asyncio.run(main(inbox, 0.01 + cut * 0.0011))
        time.sleep(0.2)
        Worker(inbox, apply=book).drain()
        with vars(inbox)["_database"].reading() as connection:
            found = connection.execute("SELECT count(*), count(DISTINCT key) FROM effects").fetchone()
        assert found == (40, 40)


def test_a_clock_that_is_set_back_loses_nothing(tmp_path: Path) -> None:
    now = [1_700_000_000.0]
    with SqliteInbox(tmp_path / "inbox", clock=lambda: now[0]) as inbox:
        fill(inbox, "a")
        stored = inbox.lease(60)
        assert stored is not None
        now[0] -= 3600
        fill(inbox, "a", "b")
        assert inbox.done(stored)
        assert Worker(inbox, lambda event: None).drain() == Processed(done=1)
        assert {each.state for each in inbox.list()} == {"done"}


# Files


@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_is_removed_is_made_anew_and_takes_nothing_into_the_void(
    inbox: SqliteInbox, tmp_path: Path, replaced: bool
) -> None:
    assert post(inbox) == 200
    for each in tmp_path.iterdir():
        each.unlink()
    if replaced:
        SqliteInbox(tmp_path / "inbox").close()
    assert post(inbox, batch(entry("a"))) == 200
    with SqliteInbox(tmp_path / "inbox") as other:
        assert [own_id(each.event) for each in other.list()] == ["eid:a"]
        fill(other, "b")
    assert Worker(inbox, lambda event: None).drain() == Processed(done=2)


def test_what_is_committed_to_a_file_that_is_gone_is_not_said_to_be_kept(inbox: SqliteInbox, tmp_path: Path) -> None:
    class Late(Event):
        def __getattribute__(self, name: str) -> Any:
            if name == "subject":  # while it is put
                (tmp_path / "inbox").unlink(missing_ok=True)
            return super().__getattribute__(name)

    with pytest.raises(InboxUnavailable, match="removed"):
        inbox.put([Late(provider="syncfy", profile="sync-v1", name="", key="x", raw=b"{}")])
    assert post(inbox) == 200


def test_a_program_that_changes_its_folder_keeps_its_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with SqliteInbox("inbox") as inbox:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert post(inbox) == 200
        assert len(inbox.list()) == 1
    assert [*(tmp_path / "elsewhere").iterdir()] == []


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("mode", [0o666, 0o640, 0o604])
def test_wide_permissions_are_narrowed(tmp_path: Path, suffix: str, mode: int) -> None:
    (tmp_path / f"inbox{suffix}").touch()
    (tmp_path / f"inbox{suffix}").chmod(mode)
    with SqliteInbox(tmp_path / "inbox") as inbox:
        assert post(inbox) == 200
        assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("target", ["elsewhere", "nowhere", "folder"])
def test_a_planted_link_is_refused_and_what_it_leads_to_left_alone(tmp_path: Path, suffix: str, target: str) -> None:
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / "elsewhere").chmod(0o644)
    (tmp_path / "folder").mkdir()
    (tmp_path / f"inbox{suffix}").symlink_to(tmp_path / target)
    with pytest.raises(InboxUnavailable, match="link"):
        SqliteInbox(tmp_path / "inbox")
    assert not (tmp_path / "nowhere").exists()
    assert (tmp_path / "elsewhere").read_bytes() == b""
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o644


@pytest.mark.parametrize("kind", ["folder", "fifo", "another user's"])
def test_what_is_no_file_of_this_user_is_refused(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "folder":
        (tmp_path / "inbox").mkdir()
    elif kind == "fifo":
        os.mkfifo(tmp_path / "inbox")
    else:
        (tmp_path / "inbox").touch()
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(InboxUnavailable):
        SqliteInbox(tmp_path / "inbox")


# Versions


def older(path: Path) -> sqlite3.Connection:
    """Make an inbox as version 1 left it, with one event that is done and one that is due."""
    made = sqlite3.connect(path, isolation_level=None)
    made.execute("PRAGMA journal_mode = WAL")
    for statement in vars(schema)["_STEPS"][0].split(";"):
        made.execute(statement)
    made.execute("UPDATE ventanilla_inbox SET version = 1")
    columns = "provider, profile, name, key, subject, document, occurrence, received_at, due_at, state, settled_at"
    row = f"INSERT INTO ventanilla_events ({columns}) VALUES (?, ?, '', ?, 'u', ?, 1, 1, 1, ?, ?)"
    (v3,), (ipn,) = parse(batch(entry("a"))), parse(payment(38))
    made.execute(row, ("syncfy", "sync-v3", "eid:a", v3.raw, "done", 1))
    made.execute(row, ("facti", "facti-ipn", "ipn:1:38", ipn.raw, "pending", None))
    return made


def test_an_inbox_of_version_1_is_read_and_its_repeats_are_known(tmp_path: Path) -> None:
    older(tmp_path / "inbox").close()
    with SqliteInbox(tmp_path / "inbox") as inbox:
        assert [kept.arrival for kept in inbox.put(parse(batch(entry("a"), entry("a", more=1))))] == ["repeat", "new"]
        assert [kept.arrival for kept in inbox.put(parse(payment(38)))] == ["again"]
        handled: list[Event] = []
        assert Worker(inbox, handled.append, provider="facti").drain() == Processed(done=1)
        assert handled[0].key == "ipn:1:38"
        with vars(inbox)["_database"].reading() as connection:
            assert connection.execute("SELECT version FROM ventanilla_inbox").fetchall() == [(2,)]


def test_processes_that_open_an_old_inbox_together_make_it_new_once(tmp_path: Path) -> None:
    older(tmp_path / "inbox").close()
    children = [os.fork() for _ in range(4)]
    if 0 in children:
        try:
            SqliteInbox(tmp_path / "inbox", patience=20).close()
            os._exit(0)
        finally:
            os._exit(1)
    assert [os.waitpid(each, 0)[1] for each in children] == [0] * 4
    with SqliteInbox(tmp_path / "inbox") as inbox:
        assert len(inbox.list()) == 2


@pytest.mark.parametrize("damage", ["DELETE FROM ventanilla_inbox", "UPDATE ventanilla_inbox SET version = 'x'"])
def test_a_damaged_inbox_is_one_sentence(tmp_path: Path, damage: str) -> None:
    with older(tmp_path / "inbox") as made:
        made.execute(damage)
    made.close()
    with pytest.raises(InboxUnavailable, match="damaged"):
        SqliteInbox(tmp_path / "inbox")


# What comes again, and what is kept


def test_two_events_under_one_id_are_both_kept_and_a_repeat_of_either_is_known(inbox: SqliteInbox) -> None:
    first, other = batch(entry("a")), batch(entry("a", code=401))
    reordered = b'{"events": [ %b ]}' % repr({**dict(reversed(entry("a").items()))}).replace("'", '"').encode()
    arrivals = [inbox.put(parse(each))[0].arrival for each in (first, other, first, reordered, other)]
    assert arrivals == ["new", "new", "again", "again", "again"]
    assert Worker(inbox, lambda event: None).drain() == Processed(done=2)
    assert [inbox.put(parse(each))[0].arrival for each in (first, other, reordered)] == ["repeat"] * 3


def test_a_payment_that_is_notified_with_another_amount_is_read_again(inbox: SqliteInbox) -> None:
    told: list[str] = []
    worker = Worker(inbox, lambda event: told.append(own_id(event)))
    for amount in ("55.20", "55.20", "60.00"):
        inbox.put(parse(payment(38, amount_received=amount)))
        worker.drain()
    assert told == ["ipn:1:38", "ipn:1:38"]


def test_worker_of_one_provider_does_not_look_through_the_other_s_events(inbox: SqliteInbox) -> None:
    with vars(inbox)["_database"].reading() as connection:
        for query, index in ((schema.DUE, "due"), (schema.DUE_OF_ONE, "due_of_one"), (schema.FORGET, "done")):
            about: Any = {"now": 1, "provider": "facti"} if "due" in index else (1, 1)
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", about)]
            assert [each for each in plan if f"INDEX ventanilla_events_{index} (" in each]
        row = {"provider": "facti", "key": "k", "older": "o", "raw": b""}
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {schema.LATEST}", row)]
        assert sum("(provider=? AND key" in each for each in plan) == 3


def test_what_was_done_is_forgotten_little_by_little(inbox: SqliteInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(inbox, *(f"{number}" for number in range(1203)))
    with vars(inbox)["_database"].transaction() as connection:
        connection.execute("UPDATE ventanilla_events SET state = 'done', settled_at = 1 WHERE id <= 1201")
        connection.execute("UPDATE ventanilla_events SET state = 'dead', settled_at = 1 WHERE id = 1202")
    pauses: list[int] = []

    def sleep(seconds: float) -> None:
        pauses.append(len(inbox.list(limit=5000)))

    monkeypatch.setattr(time, "sleep", sleep)
    assert inbox.forget(datetime.now(UTC)) == 1201
    assert pauses == [703, 203, 2]
    assert [each.state for each in inbox.list()] == ["pending", "dead"]


@pytest.mark.parametrize("way", ["drain", "run"])
def test_a_worker_forgets_when_it_is_told_to_and_has_nothing_else_to_do(inbox: SqliteInbox, way: str) -> None:
    fill(inbox, "a", "b")
    Worker(inbox, lambda event: None).drain()
    with vars(inbox)["_database"].transaction() as connection:
        connection.execute("UPDATE ventanilla_events SET settled_at = settled_at - 100000 WHERE id = 1")
    for retention, left in ((None, 2), (timedelta(days=1), 1)):
        worker = Worker(inbox, lambda event: None, retention=retention)
        _ = worker.drain() if way == "drain" else worker.run(partial(next, iter([False, True])), idle=0)
        assert len(inbox.list()) == left
    with pytest.raises(ValueError, match="retention"):
        Worker(inbox, lambda event: None, retention=timedelta(hours=23))
