"""Holds the connections to one SQLite file: durable commits, one writer of this process at a time, typed failures."""

import contextlib
import errno
import os
import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ventanilla.errors import InboxUnavailable

PAUSE = 0.01


class _Connection(sqlite3.Connection):
    """A connection, and where it belongs: to a process, and to the file that had the name then."""

    home: tuple[int, ...]


Prepare = Callable[[sqlite3.Connection], object]


class Database:
    """One file.

    Args:
        path: of the file; it is made, for its owner alone, unless it is there.
        patience: seconds to wait for another writer.
        max_bytes: what the file may grow to; None: as long as the disk has room.
        prepare: makes the tables of a file that is opened.
    """

    def __init__(self, path: str | Path, patience: float, max_bytes: int | None, prepare: Prepare) -> None:
        self.path, self._patience, self._max_bytes = Path(path), patience, max_bytes
        self._prepare = prepare
        self._inherited: list[_Connection] = []
        self._begin()

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Write in one transaction: all of it is on disk when the block has ended, or nothing of it ever happens.

        Raises InboxUnavailable when the file cannot be written.
        """
        self._after_fork()
        writing = self._writing
        # Threads wait for each other in turn here; SQLite would have them try again and again.
        if not writing.acquire(timeout=self._patience):
            raise self._unavailable("another thread has been writing for too long")
        try:
            with self.reading() as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                if connection.home[0] != os.getpid():
                    raise self._unavailable("this process was forked inside a transaction, which is its parent's")
                connection.execute("COMMIT")
                if connection.home != self._home():
                    raise self._unavailable("its file was removed or replaced meanwhile")
        finally:
            writing.release()

    @contextmanager
    def reading(self) -> Generator[_Connection]:
        """Lend a connection that nobody else uses meanwhile. Raises InboxUnavailable when the file cannot be read."""
        connection: _Connection | None = None
        try:
            connection = self._taken()
            yield connection
            self._returned(connection)
        except BaseException as problem:
            if connection is not None and connection.home[0] == os.getpid():
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
        self._idle: list[_Connection] = []
        self._process = os.getpid()
        weakref.finalize(self, _close, self._idle, self._process)

    def _after_fork(self) -> None:
        if os.getpid() != self._process:
            # SQLite's connections do not outlive a fork, and must not be closed there either.
            self._inherited += self._idle
            self._begin()

    def _taken(self) -> _Connection:
        self._after_fork()
        while True:
            try:
                found = self._idle.pop()
            except IndexError:
                return self._opened()
            if found.home == self._home():
                return found
            found.close()

    def _home(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return (os.getpid(),)
        return os.getpid(), found.st_dev, found.st_ino

    def _returned(self, connection: _Connection) -> None:
        self._idle.append(connection)

    def _discard(self, connection: _Connection) -> None:
        connection.close()

    def _opened(self) -> _Connection:
        with contextlib.suppress(FileExistsError):
            # SQLite gives its other files the permissions of this one.
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        for suffix in ("", "-wal", "-shm"):
            _narrow(f"{self.path}{suffix}")
        return self._prepared(self._connected(self.path))

    def _connected(self, path: str | Path) -> _Connection:
        options: dict[str, Any] = {"isolation_level": None, "check_same_thread": False}
        connection = sqlite3.connect(path, timeout=self._patience, factory=_Connection, **options)
        connection.home = self._home()
        return connection

    def _prepared(self, connection: _Connection) -> _Connection:
        try:
            self._patiently(lambda: _in_wal(connection))
            connection.execute("PRAGMA synchronous = FULL")
            if self._max_bytes is not None:
                (size,) = connection.execute("PRAGMA page_size").fetchone()
                connection.execute(f"PRAGMA max_page_count = {max(1, self._max_bytes // size)}")
            self._prepare(connection)
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

    def __init__(self, patience: float, prepare: Prepare) -> None:
        super().__init__(":memory:", patience, None, prepare)
        self._turn = threading.RLock()
        self._only = self._connected(":memory:")
        weakref.finalize(self, self._only.close)
        prepare(self._only)

    @contextmanager
    def reading(self) -> Generator[_Connection]:
        """Lend the connection."""
        self._after_fork()
        with self._turn, super().reading() as connection:
            yield connection

    def close(self) -> None:
        """End it, with all that is in it."""
        self._only.close()

    def _after_fork(self) -> None:
        if os.getpid() != self._process:
            raise self._unavailable("it is in the memory of another process: a SqliteInbox is for several")

    def _taken(self) -> _Connection:
        return self._only

    def _home(self) -> tuple[int, ...]:
        return (os.getpid(),)

    def _returned(self, connection: _Connection) -> None:
        pass

    def _discard(self, connection: _Connection) -> None:
        pass


def _close(connections: list[_Connection], process: int) -> None:
    """Close connections in the process that has opened them."""
    while connections and os.getpid() == process:
        connections.pop().close()


def _narrow(path: str) -> None:
    """Take a file that is there from everybody but this user. Raises OSError: it is no file of this user's.

    It is not opened: to close it again would end SQLite's locks on it.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise PermissionError(errno.EPERM, f"{path} is a link or no file; give the path of the file itself")
    if hasattr(os, "geteuid") and os.geteuid() not in (0, found.st_uid):
        raise PermissionError(errno.EPERM, f"{path} is another user's; give one that belongs to this user alone")
    if found.st_mode & 0o077:
        Path(path).chmod(0o600)


def _in_wal(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise sqlite3.OperationalError(f"its journal mode stays {mode}; it has to be on a disk of this machine")
