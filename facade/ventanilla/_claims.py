"""Claims: one piece of work at a time among the threads, tasks and processes of a machine."""

import hashlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ventanilla._flow import Do, Flow, Wait
from ventanilla.intents._place import DEFAULT, VARIABLE

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment] - a module that is not there

T = TypeVar("T")
PAUSE = 0.05
log = logging.getLogger("ventanilla.claims")
# What the threads of this process have claimed. A fork inherits it, so each says in which process.
_held: dict[str, tuple[int, object]] = {}


def claimed(name: str, work: Callable[[], Flow[T]]) -> Flow[T]:
    """Do a piece of work while nobody else on this machine does one of the same name.

    Others wait as long as it takes. A claim ends with the process that holds it, however that ends. It is a lock on an
    empty file beside the journal of intents; where none can be made it holds among the threads and tasks of one
    process alone, and a warning says so.
    """
    claim = _Claim(hashlib.sha256(name.encode()).hexdigest())
    try:
        while not (yield Do(claim.take)):
            yield Wait(PAUSE)
        return (yield from work())
    finally:
        claim.release()


class _Claim:
    def __init__(self, digest: str) -> None:
        self._digest = digest
        self._mine = os.getpid(), object()
        self._file: int | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Return whether the claim is ours now; never wait, since who waits here could not be cancelled."""
        with self._lock:
            if self._is_over:
                return True  # whoever asked has been cancelled
            holder = _held.setdefault(self._digest, self._mine)
            if holder[0] != os.getpid():
                holder = _held[self._digest] = self._mine  # the parent's, from before the fork
            if holder is not self._mine:
                return False
            if self._file is None and not self._open():
                del _held[self._digest]
                return False
            return True

    def _open(self) -> bool:
        """Return whether no other process has the file, or none can be made."""
        file = None
        try:
            file = os.open(_path(self._digest), os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file or 0)
            return False
        except (OSError, RuntimeError) as problem:  # read-only, full, no home
            log.warning("other processes may create the same user meanwhile, no file can be locked: %s", problem)
        self._file = file
        return True

    def release(self) -> None:
        """End the claim, if it is held."""
        with self._lock:
            self._is_over = True
            if self._file is not None:
                if fcntl is not None:
                    fcntl.flock(self._file, fcntl.LOCK_UN)  # a forked child has the file open too
                os.close(self._file)
                self._file = None
            if _held.get(self._digest) is self._mine:
                del _held[self._digest]


def _path(digest: str) -> Path:
    # A file for each of 256 kinds of name: files are not removed, since another process may be about to lock them.
    folder = Path(os.environ.get(VARIABLE) or DEFAULT).expanduser().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"user-{digest[:2]}.lock"
