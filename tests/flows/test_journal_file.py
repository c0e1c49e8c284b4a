"""The journal's file: written through, its owner's alone, read in older versions, and pruned by days of use."""

import inspect
import json
import os
import sqlite3
import threading
import time
import warnings
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playing import intent

from ventanilla import errors
from ventanilla.intents import SqliteJournal


def test_a_journals_file_is_written_through_and_its_owners_alone(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "one" / "two" / "intents.sqlite3")
    assert journal.pending("scope") == []
    with journal._transaction() as database:  # pyright: ignore[reportPrivateUsage] - durability shows nowhere else
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700
    assert repr(journal) == f"SqliteJournal({str(journal.path)!r})"


def test_who_reads_waits_for_who_writes(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "intents.sqlite3")
    other = SqliteJournal(journal.path, patience=0.01)
    assert inspect.signature(SqliteJournal).parameters["patience"].default == 10.0
    assert other.pending("scope") == []
    with (
        journal._transaction(),  # pyright: ignore[reportPrivateUsage] - as another process in the middle of a change
        pytest.raises(errors.JournalUnavailable, match="locked"),
    ):
        other.find("scope", "mine")


def test_a_journal_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "intents.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 7")
    with pytest.raises(errors.JournalUnavailable, match="version 7; this ventanilla knows version 2"):
        SqliteJournal(path).pending("scope")


def test_a_journal_of_version_1_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "intents.sqlite3"
    first_version(path)
    journals = [SqliteJournal(path), SqliteJournal(path)]
    with ThreadPoolExecutor(2) as threads:
        assert [len(found) for found in threads.map(SqliteJournal.intents, journals)] == [7, 7]
    scope, sandbox = "Facti production 0123456789abcdef", "Facti sandbox 0123456789abcdef"
    found = journals[0].find(scope, "twice")
    assert found is not None
    assert (found.state, found.id, found.body) == ("committed", "38", b"body")
    assert journals[0].owners(scope, "create_request", "", ["38", "39"]) == {"38": "twice", "39": "twice #"}
    payroll = journals[0].find("Factura Online production fedcba9876543210", "payroll")
    assert payroll is not None
    assert payroll.id == "62a0b1"
    assert {each.operation_id for each in journals[0].pending(scope)} == {"open", "open too"}
    assert [each.operation_id for each in journals[0].pending(sandbox)] == ["open"]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (2,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def first_version(path: Path) -> None:
    """Write a journal as version 1 did, with three spellings of one URL."""
    urls = ["https://api.facti.mx", "https://api.facti.mx/", "http://localhost:1/facti", "http://api.sandbox.facti.mx"]
    rows = [
        (f"Facti {urls[0]} 0123456789abcdef", "twice", "k1", "committed", b'{"request_id":38,"send_to":""}'),
        (f"Facti {urls[1]} 0123456789abcdef", "twice", "k1", "committed", b'{"request_id":39,"send_to":""}'),
        (f"Facti {urls[2]} 0123456789abcdef", "twice", "k1", "failed", b""),
        (f"Facti {urls[0]} 0123456789abcdef", "open", "k2", "unknown", b""),
        (f"Facti {urls[1]} 0123456789abcdef", "open too", "k2", "sent", b""),
        (f"Facti {urls[3]} 0123456789abcdef", "open", "k2", "sent", b""),
        ("Factura Online https://facturaonline.com.mx/api fedcba9876543210", "payroll", "k3", "committed", b'"62a0b1"'),
    ]
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE intents (scope TEXT NOT NULL, operation_id TEXT NOT NULL, natural_key TEXT NOT NULL, state"
            " TEXT NOT NULL, created_at REAL NOT NULL, intent BLOB NOT NULL, PRIMARY KEY (scope, operation_id)) WITHOUT"
            " ROWID; CREATE UNIQUE INDEX one_open_intent_for_a_key ON intents (scope, natural_key) WHERE state IN"
            " ('prepared', 'sent', 'unknown'); CREATE VIEW open_intents AS SELECT * FROM intents WHERE state IN"
            " ('prepared', 'sent', 'unknown'); PRAGMA user_version = 1;"
        )
        for scope, operation_id, key, state, result in rows:
            facts = {"scope": scope, "operation_id": operation_id, "kind": "create_request", "key": key}
            more = {"fingerprint": "f", "state": state, "body": b64encode(b"body").decode(), "watermark": "bnVsbA=="}
            encoded = json.dumps({**facts, **more, "result": b64encode(result).decode(), "created_at": 5.0})
            values = (scope, operation_id, key, state, 5.0, encoded.encode())
            database.execute("INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?)", values)
        database.commit()


class Wall:
    """A clock on the wall, which may be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr(time, "time", lambda: self.now)

    def pass_days(self, days: float) -> float:
        self.now += days * 86400
        return self.now


def test_what_is_old_and_over_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, wall = SqliteJournal(tmp_path / "intents.sqlite3", retention_days=400), Wall(monkeypatch)
    for state in ("prepared", "sent", "unknown", "committed", "failed"):
        journal.begin(intent(state, state=state, changed_at=wall.now))
    for month in range(1, 16):
        journal.begin(intent(f"{month}", state="committed", changed_at=wall.pass_days(30)))
        kept = {each.operation_id for each in journal.intents()}
        assert ("committed" in kept, "failed" in kept, "sent" in kept) == (month < 15, month < 15, True)
    assert journal.find("scope", "1") is not None


@pytest.mark.parametrize("days", [(-500, 500), (0, 500, -500), (0, -800, 500), (0, 500, -500, 500, -500, 500)])
def test_a_clock_that_leaps_makes_nothing_old(
    tmp_path: Path, days: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, wall = SqliteJournal(tmp_path / "intents.sqlite3"), Wall(monkeypatch)
    for place, leap in enumerate(days):
        wall.pass_days(leap)
        journal.begin(intent(f"{place}", state="committed", changed_at=wall.now))
        assert len(journal.intents()) == place + 1


@pytest.mark.parametrize("days", [0, -1, 0.5, float("nan"), float("inf")])
def test_a_retention_that_would_guard_nothing_is_refused(tmp_path: Path, days: float) -> None:
    with pytest.raises(errors.ConfigurationError, match="retention_days must be at least 1"):
        SqliteJournal(tmp_path / "j", retention_days=days)
    with pytest.raises(errors.ConfigurationError, match="days must be at least 1"):
        SqliteJournal(tmp_path / "j").prune(days)


def test_what_is_old_and_over_is_removed_by_its_index(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "intents.sqlite3", retention_days=400)
    now, states = time.time(), ("prepared", "sent", "unknown", "committed", "failed")
    for days in (399, 401):
        for state in states:
            old: Any = state
            journal.begin(intent(f"{state} {days}", state=old, changed_at=now - days * 86400))
    journal.begin(intent("new", changed_at=now))
    assert journal.prune() == 2
    assert {each.operation_id for each in journal.intents()} == {
        *(f"{state} 399" for state in states),
        *(f"{state} 401" for state in states[:3]),
        "new",
    }
    journal.begin(intent("of a clock that was not set", state="committed", changed_at=5.0))
    assert journal.prune(398) == 2
    assert journal.find("scope", "of a clock that was not set") is not None
    with journal._transaction() as database:  # pyright: ignore[reportPrivateUsage] - how shows nowhere else
        remove = "DELETE FROM intents WHERE state IN ('committed', 'failed') AND changed_at BETWEEN 1 AND 5"
        assert "USING INDEX closed" in str(database.execute(f"EXPLAIN QUERY PLAN {remove}").fetchall())


def test_a_fork_in_the_middle_of_a_change_waits_for_its_end(tmp_path: Path) -> None:
    journal, is_in = SqliteJournal(tmp_path / "intents.sqlite3", patience=1.0), threading.Event()

    def changing() -> None:
        with journal._transaction():  # pyright: ignore[reportPrivateUsage] - as another thread in the middle
            is_in.set()
            time.sleep(0.2)

    thread = threading.Thread(target=changing)
    thread.start()
    assert is_in.wait(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what is tried
        child = os.fork()
    if not child:
        os._exit(0 if journal.begin(intent("mine")).operation_id == "mine" else 1)
    assert os.waitpid(child, 0)[1] == 0
    thread.join()
    assert journal.find("scope", "mine") is not None
