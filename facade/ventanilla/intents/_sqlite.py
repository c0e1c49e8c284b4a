"""Keeps intents in a SQLite file, which threads and processes of one machine may share."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ventanilla.intents._values import OPEN, Intent

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
_IS_OPEN = f"state IN ({', '.join(map(repr, OPEN))})"
_SCHEMA = f"""
CREATE TABLE intents (
    scope TEXT NOT NULL, operation_id TEXT NOT NULL, natural_key TEXT NOT NULL, state TEXT NOT NULL,
    created_at REAL NOT NULL, intent BLOB NOT NULL, PRIMARY KEY (scope, operation_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_intent_for_a_key ON intents (scope, natural_key)
    WHERE {_IS_OPEN};
CREATE VIEW open_intents AS SELECT * FROM intents WHERE {_IS_OPEN};
"""  # noqa: S608 - of our own constants
_decoder = msgspec.json.Decoder(Intent)


class SqliteJournal:
    """Keeps intents in a file that only its owner can read.

    Args:
        path: the file; it and its folder are made when first needed. Not on a network drive: SQLite's locks do not
            hold there.
        patience: seconds to wait for another process that is writing.
    """

    def __init__(self, path: str | os.PathLike[str], *, patience: float = 10.0) -> None:
        self.path = Path(path).expanduser()
        self._patience = patience
        self._is_made = False

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self.path)!r})"

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent, unless there is one already; return the one that is kept."""
        same_id = "SELECT intent FROM intents WHERE scope = ? AND operation_id = ? AND state != 'failed'"
        same_key = "SELECT intent FROM open_intents WHERE scope = ? AND natural_key = ?"
        with self._transaction() as database:
            kept = _one(database, same_id, intent.scope, intent.operation_id)
            kept = kept or _one(database, same_key, intent.scope, intent.key)
            if kept is None:
                database.execute("INSERT OR REPLACE INTO intents VALUES (?, ?, ?, ?, ?, ?)", _row(intent))
            return kept or intent

    def move(self, before: Intent, after: Intent) -> bool:
        """Replace an intent if its state is still that of `before`; return whether it was."""
        update = "UPDATE intents SET state = ?, intent = ? WHERE scope = ? AND operation_id = ? AND state = ?"
        with self._transaction() as database:
            values = (after.state, msgspec.json.encode(after), before.scope, before.operation_id, before.state)
            return database.execute(update, values).rowcount == 1

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None."""
        with self._transaction() as database:
            query = "SELECT intent FROM intents WHERE scope = ? AND operation_id = ?"
            return _one(database, query, scope, operation_id)

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents, the oldest first."""
        query = "SELECT intent FROM open_intents WHERE scope = ? ORDER BY created_at"
        with self._transaction() as database:
            return [_decoder.decode(row) for (row,) in database.execute(query, (scope,))]

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        import sqlite3  # only who writes pays for it

        # A connection for each: none is shared by threads, or inherited by a process that forked.
        self._make()
        with closing(sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN IMMEDIATE")
            _check(database, self.path)
            yield database
            database.execute("COMMIT")  # a connection that is closed before has changed nothing

    def _make(self) -> None:
        if self._is_made and self.path.exists():
            return
        import sqlite3

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its other files the mode of this one.
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = WAL")
        self._is_made = True


def _check(database: sqlite3.Connection, path: Path) -> None:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found == 0:
        for statement in _SCHEMA.split(";")[:-1]:
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {VERSION}")
    elif found != VERSION:
        raise ValueError(f"{path} is a journal of version {found}; this ventanilla knows version {VERSION}")


def _row(intent: Intent) -> tuple[str, str, str, str, float, bytes]:
    encoded = msgspec.json.encode(intent)
    return intent.scope, intent.operation_id, intent.key, intent.state, intent.created_at, encoded


def _one(database: sqlite3.Connection, query: str, *values: str) -> Intent | None:
    row = database.execute(query, values).fetchone()
    return None if row is None else _decoder.decode(row[0])
