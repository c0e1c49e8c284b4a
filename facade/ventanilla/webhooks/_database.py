"""Holds the connections to one SQLite file: durable commits, one writer of this process at a time, typed failures."""

import contextlib
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from ventanilla.errors import InboxUnavailable

PAUSE = 0.01


class Database:
    """One file.

    Args:
        path: of the file; it is made, for its owner alone, unless it is there.
        patience: seconds to wait for another writer.
        max_bytes: what the file may grow to; None: as long as the disk has room.
    """

    def __init__(self, path: str | Path, patience: float, max_bytes: int | None) -> None:
        self.path, self._patience, self._max_bytes = Path(path), patience, max_bytes
        self._begin()

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Write in one transaction: all of it is on disk when the block has ended, or nothing of it ever happens.

        Raises InboxUnavailable when the file cannot be written.
        """
        self._after_fork()
        # Threads wait for each other in turn here; SQLite would have them try again and again.
        if not self._writing.acquire(timeout=self._patience):
            raise self._unavailable("another thread has been writing for too long")
        try:
            with self.reading() as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Lend a connection that nobody else uses meanwhile. Raises InboxUnavailable when the file cannot be read."""
        connection: sqlite3.Connection | None = None
        try:
            connection = self._taken()
            yield connection
            self._returned(connection)
        except BaseException as problem:
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.rollback()
                self._discard(connection)
            if isinstance(problem, sqlite3.Error | OSError):
                raise self._unavailable(getattr(problem, "strerror", None) or str(problem)) from problem
            raise

    def close(self) -> None:
        """Close the connections that nobody uses."""
        _close(self._idle, self._process)

    def _begin(self) -> None:
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._process = os.getpid()
        weakref.finalize(self, _close, self._idle, self._process)

    def _after_fork(self) -> None:
        if os.getpid() != self._process:
            # SQLite's connections do not outlive a fork, and must not be closed there either.
            self._forgotten = self._idle
            self._begin()

    def _taken(self) -> sqlite3.Connection:
        self._after_fork()
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _returned(self, connection: sqlite3.Connection) -> None:
        self._idle.append(connection)

    def _discard(self, connection: sqlite3.Connection) -> None:
        connection.close()

    def _opened(self) -> sqlite3.Connection:
        with contextlib.suppress(FileExistsError):
            # SQLite gives its other files the permissions of this one.
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        return self._prepared(self._connected(self.path))

    def _connected(self, path: str | Path) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=self._patience, isolation_level=None, check_same_thread=False)

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        try:
            self._patiently(lambda: _in_wal(connection))
            connection.execute("PRAGMA synchronous = FULL")
            if self._max_bytes is not None:
                (size,) = connection.execute("PRAGMA page_size").fetchone()
                connection.execute(f"PRAGMA max_page_count = {max(1, self._max_bytes // size)}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _patiently(self, work: Callable[[], None]) -> None:
        """Do what SQLite does not wait for by itself: others may be opening the file for the first time."""
        until = time.monotonic() + self._patience
        while True:
            try:
                return work()
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > until:
                    raise
                time.sleep(PAUSE)

    def _unavailable(self, why: str) -> InboxUnavailable:
        return InboxUnavailable(f"the inbox {self.path} cannot be used: {why}")


class Memory(Database):
    """A database that ends with the program: one connection, which all threads use in turn."""

    def __init__(self, patience: float) -> None:
        super().__init__(":memory:", patience, None)
        self._turn = threading.RLock()
        self._only = self._connected(":memory:")
        weakref.finalize(self, self._only.close)

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Lend the connection."""
        with self._turn, super().reading() as connection:
            yield connection

    def close(self) -> None:
        """End it, with all that is in it."""
        self._only.close()

    def _taken(self) -> sqlite3.Connection:
        return self._only

    def _returned(self, connection: sqlite3.Connection) -> None:
        pass

    def _discard(self, connection: sqlite3.Connection) -> None:
        pass


def _close(connections: list[sqlite3.Connection], process: int) -> None:
    """Close connections in the process that has opened them."""
    while connections and os.getpid() == process:
        connections.pop().close()


def _in_wal(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise sqlite3.OperationalError(f"its journal mode stays {mode}; it has to be on a disk of this machine")
