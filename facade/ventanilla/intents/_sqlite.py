"""Keeps intents in a SQLite file, which threads and processes of one machine may share."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ventanilla.errors import ConfigurationError, JournalUnavailable
from ventanilla.intents._journal import unforked
from ventanilla.intents._safety import make_private
from ventanilla.intents._values import OPEN, Intent

if TYPE_CHECKING:
    import sqlite3

GONE = "was removed, replaced or emptied since this process used it: restore it, or make a new client to begin anew"
DEFAULT = Path("~/.ventanilla/intents.sqlite3")
DAY = 86400.0
# More days than anybody keeps anything, and what an unknown pause counts for at most.
MOST_DAYS = 36500.0
LONGEST_PAUSE = 31 * DAY
# A machine whose clock was not set yet says 1970, whenever it was: what it wrote stays.
UNSET_CLOCK = 1.6e9
VERSION = 2
_FIELDS = Intent.__struct_fields__
_IS_OPEN = f"state IN ({', '.join(map(repr, OPEN))})"
# Rows by rowid: without one, rows of this size take three times the room. Decimal numbers without leading zeros are in
# order by length, then text.
_SCHEMA = f"""
CREATE TABLE intents ({", ".join(_FIELDS)});
CREATE UNIQUE INDEX one_intent_for_an_id ON intents (scope, operation_id);
CREATE UNIQUE INDEX one_open_intent_for_a_key ON intents (scope, key) WHERE {_IS_OPEN};
CREATE INDEX committed ON intents (scope, kind, instance, length(id), id) WHERE state = 'committed';
CREATE INDEX closed ON intents (changed_at) WHERE state IN ('committed', 'failed');
"""
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM intents"  # noqa: S608 - of our own constants, as all below
_INSERT = f"INSERT INTO intents VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608
_COMMITTED = "state = 'committed' AND scope = ? AND kind = ? AND instance = ?"


class SqliteJournal:
    """Keeps intents in a file that only its owner can read.

    Args:
        path: the file; it and its folder are made when first needed. Not on a network drive: SQLite's locks do not
            hold there.
        patience: seconds to wait for another process that is writing.
        retention_days: days after which a committed or failed intent is removed; its operation id begins anew then.
            Open ones stay. At least 1. A clock that leaps makes nothing old: between two days on which the journal was
            used no more than 31 are counted.

    Raises:
        ConfigurationError: `retention_days` is less than a day, or no number.
    """

    def __init__(self, path: str | os.PathLike[str], *, patience: float = 10.0, retention_days: float = 400.0) -> None:
        self.path = Path(path).expanduser()
        self._patience, self._retention = patience, _days(retention_days, "retention_days") * DAY
        self._file: tuple[int, int] | None = None  # device and inode of the file that was used
        self._is_used = False

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self.path)!r})"

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent, unless there is one already; return the one that is kept."""
        with self._transaction() as database:
            _let_go(database, self._retention)
            same_id = f"{_SELECT} WHERE scope = ? AND operation_id = ?"
            kept = _one(database, same_id, intent.scope, intent.operation_id)
            if kept is not None and kept.state != "failed":
                return kept
            same_key = f"{_SELECT} WHERE scope = ? AND key = ? AND {_IS_OPEN}"
            if (other := _one(database, same_key, intent.scope, intent.key)) is not None:
                return other
            remove = "DELETE FROM intents WHERE scope = ? AND operation_id = ?"
            database.execute(remove, (intent.scope, intent.operation_id))
            database.execute(_INSERT, row_of(intent))
            return intent

    def move(self, before: Intent, after: Intent) -> bool:
        """Replace an intent if its `version` is still that of `before`; return whether it was."""
        fields = ", ".join(f"{name} = ?" for name in _FIELDS)
        update = f"UPDATE intents SET {fields} WHERE scope = ? AND operation_id = ? AND version = ?"  # noqa: S608
        with self._transaction() as database:
            which = (before.scope, before.operation_id, before.version)
            return database.execute(update, (*row_of(after), *which)).rowcount == 1

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None."""
        with self._transaction() as database:
            return _one(database, f"{_SELECT} WHERE scope = ? AND operation_id = ?", scope, operation_id)

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents, the oldest first."""
        with self._transaction() as database:
            return _all(database, f"{_SELECT} WHERE scope = ? AND {_IS_OPEN} ORDER BY created_at", scope)

    def owners(self, scope: str, kind: str, instance: str, ids: Sequence[str]) -> dict[str, str]:
        """Return which of the provider's ids are committed, with their operation ids."""
        query = f"{_SELECT} WHERE {_COMMITTED} AND length(id) = length(?) AND id = ?"
        with self._transaction() as database:
            found = (_one(database, query, scope, kind, instance, id, id) for id in ids)
            return {each.id: each.operation_id for each in found if each is not None}

    def highest(self, scope: str, kind: str, instance: str) -> int:
        """Return the highest of the provider's ids that are committed, or 0."""
        is_number = "length(id) BETWEEN 1 AND 18 AND id NOT GLOB '*[^0-9]*'"
        query = f"{_SELECT} WHERE {_COMMITTED} AND {is_number} ORDER BY length(id) DESC, id DESC LIMIT 1"
        with self._transaction() as database:
            found = _one(database, query, scope, kind, instance)
        return 0 if found is None else int(found.id)

    def intents(self) -> list[Intent]:
        """Return the intents of all scopes, the oldest first."""
        with self._transaction() as database:
            return _all(database, f"{_SELECT} ORDER BY created_at, operation_id")

    def prune(self, days: float | None = None) -> int:
        """Remove committed and failed intents that have not changed for some days; return how many there were.

        Args:
            days: at least 1; `retention_days` where left out. Their operation ids begin anew.

        Raises:
            ConfigurationError: `days` is less than a day, or no number.
        """
        seconds = self._retention if days is None else _days(days, "days") * DAY
        with self._transaction() as database:
            return _prune(database, seconds)

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        import sqlite3

        try:
            with self._began() as database:
                yield database
        except (sqlite3.Error, OSError, ValueError) as problem:
            raise JournalUnavailable(f"the journal {self.path} failed: {problem}") from problem

    @contextmanager
    def _began(self) -> Generator[sqlite3.Connection]:
        with unforked, self._connected() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                _check(database, self.path, is_used=self._is_used)
                self._is_used = True
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        import sqlite3  # only who writes pays for it

        # A connection for each: none is shared by threads, or inherited by a process that forked.
        self._make()
        with closing(sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = FULL")
            yield database

    def _make(self) -> None:
        if self._file is not None:
            # Whoever begins with an empty one would send again what the other has kept.
            if self._identity() != self._file:
                raise FileNotFoundError(f"{self.path} {GONE}")
            return
        import sqlite3

        make_private(self.path, is_ours=self.path == DEFAULT.expanduser())
        with closing(sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = WAL")
        self._file = self._identity()

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


class MemoryJournal(SqliteJournal):
    """Keeps intents as long as the process lives: it stops threads and tasks from racing, and outlives no crash."""

    _database: sqlite3.Connection | None = None

    def __init__(self) -> None:
        super().__init__(":memory:")

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        import sqlite3

        if self._database is None:
            self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        yield self._database


def _check(database: sqlite3.Connection, path: Path, *, is_used: bool) -> None:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found == 0 and is_used:
        raise FileNotFoundError(f"{path} {GONE}")
    if found not in (0, 1, VERSION):
        raise ValueError(f"{path} is a journal of version {found}; this ventanilla knows version {VERSION}")
    if found == VERSION:
        return
    before: list[Intent] = []
    if found == 1:
        from ventanilla.intents._first_version import taken_out  # only once for each journal

        before = taken_out(database)
    for statement in _SCHEMA.split(";")[:-1]:
        database.execute(statement)
    database.executemany(_INSERT, map(row_of, before))
    database.execute(f"PRAGMA user_version = {VERSION}")


def _prune(database: sqlite3.Connection, seconds: float, newest: int = sys.maxsize) -> int:
    # The planner takes the index only where the words are those of the index.
    remove = "DELETE FROM intents WHERE state IN ('committed', 'failed') AND changed_at BETWEEN ? AND ? AND rowid <= ?"
    return database.execute(remove, (UNSET_CLOCK, time.time() - seconds, newest)).rowcount


def _let_go(database: sqlite3.Connection, seconds: float) -> None:
    """Remove what is old, by the days on which the journal was used too: a clock may have leaped."""
    database.execute("CREATE TABLE IF NOT EXISTS ages (age PRIMARY KEY, seen, newest)")
    now, (newest,) = time.time(), database.execute("SELECT coalesce(max(rowid), 0) FROM intents").fetchone()
    age, seen = database.execute("SELECT age, seen FROM ages ORDER BY age DESC").fetchone() or (-DAY, now - DAY)
    if now - seen >= DAY:
        age += min(now - seen, LONGEST_PAUSE)
        database.execute("INSERT INTO ages VALUES (?, ?, ?)", (age, now, newest))
    old = "SELECT newest FROM ages WHERE age <= ? ORDER BY age DESC"
    # The newest stays, so that no rowid is given twice.
    for (found,) in database.execute(old, (age - seconds,)).fetchmany(1):
        _prune(database, seconds, min(found, newest - 1))


def _days(days: float, name: str) -> float:
    if not 1 <= days <= MOST_DAYS:
        said = (
            f"{name} must be at least 1: what is forgotten sooner is sent again",
            f"{name} debe ser al menos 1: lo que se olvida antes se vuelve a enviar",
        )
        raise ConfigurationError(said)
    return days


def row_of(intent: Intent) -> tuple[Any, ...]:
    """Return the values of a row."""
    return tuple(getattr(intent, name) for name in _FIELDS)


def _all(database: sqlite3.Connection, query: str, *values: str) -> list[Intent]:
    return [Intent(**dict(zip(_FIELDS, row, strict=True))) for row in database.execute(query, values)]


def _one(database: sqlite3.Connection, query: str, *values: str) -> Intent | None:
    return next(iter(_all(database, query, *values)), None)
