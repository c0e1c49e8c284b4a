"""Claims: one piece of work at a time among the threads, tasks and processes of a machine."""

import contextlib
import hashlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ventanilla._flow import Do, Flow, Wait
from ventanilla.intents._place import VARIABLE
from ventanilla.intents._sqlite import DEFAULT

fcntl: Any = None
with contextlib.suppress(ImportError):  # Windows has none
    import fcntl

T = TypeVar("T")
PAUSE = 0.05
log = logging.getLogger("ventanilla.claims")


def claimed(name: str, work: Callable[[], Flow[T]]) -> Flow[T]:
    """Do a piece of work while nobody else on this machine does one of the same name; wait as long as that takes.

    A claim is a lock on an empty file beside the journal of intents, or in the temporary folder, which ends with the
    process that holds it. Where none can be locked the work is done without, and a warning says so.
    """
    claim = _Claim(hashlib.sha256(name.encode()).hexdigest()[:2])
    try:
        while not (yield Do(claim.take)):
            yield Wait(PAUSE)
        return (yield from work())
    finally:
        claim.release()


class _Claim:
    def __init__(self, slot: str) -> None:
        self._slot = slot  # names share 256 files, which stay: another process may be about to lock one
        self._file: int | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Return whether the work may begin; never wait, since who waits here could not be cancelled."""
        with self._lock:
            for folder in (Path(os.environ.get(VARIABLE) or DEFAULT).parent, Path(tempfile.gettempdir())):
                try:
                    return self._is_over or self._locks(folder)
                except (OSError, RuntimeError) as problem:  # read-only, full, no home
                    failed = problem
            log.warning("others may create the same user meanwhile, no file can be locked: %s", failed)
            return True

    def _locks(self, folder: Path) -> bool:
        if fcntl is None:
            raise OSError("this system has no flock")
        folder = folder.expanduser()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"ventanilla-{os.getuid()}-{self._slot}.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True

    def release(self) -> None:
        """End the claim, if it is held."""
        with self._lock:
            self._is_over = True  # a thread that is still taking it, for a task that was cancelled, leaves it
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)  # a forked child has the file open too
                os.close(self._file)
                self._file = None
