"""Keeps events in an SQLite file, where they outlast whatever happens to the process, and in memory for tests."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self, cast

from ventanilla.errors import InboxUnavailable
from ventanilla.webhooks import _schema as sql
from ventanilla.webhooks._database import PAUSE, Database, Memory
from ventanilla.webhooks._reading import event_of
from ventanilla.webhooks.events import Event, Provider
from ventanilla.webhooks.inbox import RECURS_AFTER, Arrival, Cursor, Effect, Kept, State, Stored, repeated

LONGEST_REASON, FORGOTTEN_AT_ONCE = 500, 500
# In seconds.
PATIENCE = 5.0


class SqliteInbox:
    """Events in an SQLite file. Threads and processes may share it; it may be a file of your own with other tables.

    It is written in WAL mode with synchronous=FULL: what `put` has returned outlasts a crash of the process and of the
    machine. It has to be on a disk of this machine. The file is its owner's alone: permissions of others are taken
    away, and a link, or another user's file, is refused. After a fork the child opens it anew; when it is removed, a
    new one is made.

    It keeps every event, some kB each, until `forget` is called, as `Worker(..., retention=timedelta(days=90))` does.

    Args:
        path: of the file; made unless it is there. Its folder has to be there.
        recurs_after: after how long an event without an id of its own is another one, see `ventanilla.webhooks.inbox`.
        patience: seconds to wait for another writer before `InboxUnavailable`.
        max_bytes: what the file may grow to; None is as long as the disk has room. `forget` makes room.
        clock: returns unix seconds.

    Raises:
        InboxUnavailable: the file cannot be used, or a newer version of ventanilla has written it.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        recurs_after: timedelta = RECURS_AFTER,
        patience: float = PATIENCE,
        max_bytes: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        # A program that changes its folder, as daemons do, keeps its file.
        path = Path(path).absolute()
        self._begin(Database(path, patience, max_bytes, partial(_ready, path)), recurs_after, clock)

    def _begin(self, database: Database, recurs_after: timedelta, clock: Callable[[], float]) -> None:
        self._database, self._recurs_after, self._clock = database, recurs_after.total_seconds(), clock
        with self._database.reading():
            pass  # what is wrong with the file is said at once

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._database.path)!r})"

    def put(self, events: Sequence[Event], *, cursor: Cursor | None = None) -> tuple[Kept, ...]:
        """Keep all events or none, and the cursor with them; they are on disk when this returns.

        Raises InboxUnavailable when the file is locked, full, read-only or damaged.
        """
        now = self._clock()
        with self._database.transaction() as connection:
            kept = tuple(self._put(connection, event, now) for event in events)
            if cursor is not None:
                connection.execute(sql.ADVANCE, (cursor.name, cursor.value))
        return kept

    def lease(self, seconds: float, *, provider: Provider | None = None) -> Stored | None:
        """Return the event that has been due for the longest time, and keep others from it for so many seconds."""
        due = sql.DUE if provider is None else sql.DUE_OF_ONE
        with self._database.reading() as connection:
            # Whoever has nothing to do keeps nobody from writing.
            if connection.execute(due, {"now": self._clock(), "provider": provider}).fetchone() is None:
                return None
        with self._database.transaction() as connection:
            now = self._clock()
            found = connection.execute(due, {"now": now, "provider": provider}).fetchone()
            if found is None:
                return None
            connection.execute(sql.LEASE, (secrets.token_hex(), now + seconds, *found))
            return _stored(connection.execute(f"{sql.SELECT} WHERE id = ?", found).fetchone())

    def done(self, stored: Stored, effect: Effect | None = None) -> bool:
        """Mark a leased event as done, and apply an effect in the same transaction; return whether that happened.

        Args:
            stored: as `lease` returned it.
            effect: called with the `sqlite3.Connection` of the transaction. It can neither end the transaction nor
                begin another one (savepoints it may use), so that no part of it can happen without the rest.
        """
        try:
            with self._database.transaction() as connection:
                row = {"now": self._clock(), "id": stored.id, "lease": stored.lease}
                claimed = connection.execute(sql.DONE, row).rowcount == 1
                if claimed and effect is not None:
                    _apply(connection, effect)
                return claimed
        except _EffectFailed as failed:
            failure = failed.why
        raise failure

    def failed(self, stored: Stored, reason: str, retry_in: float | None) -> bool:
        """Give a leased event back, due in so many seconds; None makes it a dead letter. Return whether it was leased.

        When it has come again meanwhile, it is due at once, whatever was to become of it.
        """
        now = self._clock()
        row = {"id": stored.id, "lease": stored.lease, "seen": stored.seen, "now": now, "at": now + (retry_in or 0)}
        row |= {"reason": reason[:LONGEST_REASON], "state": "dead" if retry_in is None else "pending"}
        with self._database.transaction() as connection:
            return connection.execute(sql.FAILED, row).rowcount == 1

    def cursor(self, name: str) -> str | None:
        """Return how far something has been read; None at the beginning."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT value FROM ventanilla_cursors WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def list(self, *states: State, limit: int = 100) -> list[Stored]:
        """Return events, the latest first; only those in the given states."""
        wanted = states or ("pending", "done", "dead")
        query = f"{sql.SELECT} WHERE state IN ({', '.join('?' * len(wanted))}) ORDER BY id DESC LIMIT ?"
        with self._database.reading() as connection:
            return [_stored(row) for row in connection.execute(query, (*wanted, limit))]

    def replay(self, ids: Collection[int]) -> int:
        """Make events pending, due at once, from their first attempt, whatever became of them; return how many.

        One that is leased is left to whoever handles it.
        """
        now = self._clock()
        with self._database.transaction() as connection:
            return sum(connection.execute(sql.REPLAY, (now, id, now)).rowcount for id in ids)

    def forget(self, before: datetime) -> int:
        """Remove what was done before a moment; return how many. A repeat that comes later is handled as new.

        It is done little by little, so that receivers can write meanwhile. What is pending or dead stays.
        """
        total, removed = 0, FORGOTTEN_AT_ONCE
        while removed == FORGOTTEN_AT_ONCE:
            with self._database.transaction() as connection:
                removed = connection.execute(sql.FORGET, (before.timestamp(), FORGOTTEN_AT_ONCE)).rowcount
            total += removed
            time.sleep(PAUSE)
        return total

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def _put(self, connection: sqlite3.Connection, event: Event, now: float) -> Kept:
        row = {name: getattr(event, name) for name in ("provider", "profile", "name", "key", "subject", "raw")}
        row |= {"now": now, "older": event.key.rpartition(":")[0]}
        found = connection.execute(sql.LATEST, row).fetchone()
        if found is not None:
            id, state, received = found
            arrival: Arrival = repeated(state, recurs=event.recurs, age=now - received, recurs_after=self._recurs_after)
            if arrival != "new":
                connection.execute(sql.AGAIN if arrival == "again" else sql.REPEAT, {"id": id, "now": now})
                return Kept(id, event, arrival)
        made = connection.execute(sql.INSERT, row)
        return Kept(cast(int, made.lastrowid), event, "new")


class MemoryInbox(SqliteInbox):
    """Events in memory, for tests: the same promises but for the durable ones; everything ends with the program.

    Args:
        recurs_after: as in `SqliteInbox`.
        patience: seconds to wait for another thread.
        clock: returns unix seconds.
    """

    def __init__(
        self,
        *,
        recurs_after: timedelta = RECURS_AFTER,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._begin(Memory(patience, partial(_ready, ":memory:")), recurs_after, clock)


def _ready(path: str | Path, connection: sqlite3.Connection) -> None:
    found = sql.prepare(connection)
    if found != sql.VERSION:
        raise InboxUnavailable(
            (
                f"the inbox {path} has version {found}, and this ventanilla knows {sql.VERSION}",
                f"el buzón {path} es de la versión {found}, y esta ventanilla conoce la {sql.VERSION}",
            ),
            hint=(
                "Use the version of ventanilla that wrote it, or another file",
                "Usar la versión de ventanilla que lo escribió, u otro archivo",
            ),
        )


class _EffectFailed(Exception):
    """Carries what an effect raised past those who take SQLite's errors for the inbox's own."""

    def __init__(self, why: BaseException) -> None:
        self.why = why


def _apply(connection: sqlite3.Connection, effect: Effect) -> None:
    connection.set_authorizer(_keep_transaction)
    try:
        effect(connection)
    except BaseException as error:
        raise _EffectFailed(error) from None
    finally:
        connection.set_authorizer(None)


def _keep_transaction(action: int, *about: Any) -> int:
    # `with connection:` commits at its end, and executescript() before its beginning.
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION else sqlite3.SQLITE_OK


def _stored(row: tuple[Any, ...]) -> Stored:
    id, profile, key, document, state, received, seen, attempts, due, reason, lease = row
    return Stored(
        id=id,
        event=event_of(profile, document, key),
        state=state,
        received_at=datetime.fromtimestamp(received, UTC),
        seen=seen,
        attempts=attempts,
        due_at=datetime.fromtimestamp(due, UTC),
        reason=reason,
        lease=lease or "",
    )
