"""Keeps exchanges in a folder as they come: each whole or not at all, and for its owner's eyes alone."""

import contextlib
import os
import threading
from pathlib import Path

from ventanilla._files import slug, write
from ventanilla.errors import ConfigurationError
from ventanilla.tapes._archive import written
from ventanilla.tapes._exchange import Exchange
from ventanilla.tapes.tape import number_of


class Folder:
    """A folder that is written to, by one process at a time. Raises ConfigurationError when that cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._turn = threading.Lock()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = _locked(path)
            for left in path.glob(".ventanilla-*.part"):  # of one that was killed
                left.unlink()
            self._last = max((number_of(file) for file in path.glob("*.har")), default=0)
        except BlockingIOError:
            said = f"another process records into {path}", f"otro proceso está grabando en {path}"
            raise ConfigurationError(said, hint=("Name another folder", "Usar otra carpeta")) from None
        except OSError as problem:
            why = problem.strerror
            said = f"{path} cannot be written to ({why})", f"no se puede escribir en {path} ({why})"
            raise ConfigurationError(said) from None

    def number(self) -> int:
        """Return the number of the next exchange; those in the folder go on counting."""
        with self._turn:
            self._last += 1
            return self._last

    def keep(self, exchange: Exchange, operation: str | None) -> str:
        """Write an exchange down and return the name of its file. Raises OSError."""
        name = f"{exchange.number:04}-{slug(operation or exchange.request.method.lower())}.har"
        write(self.path / name, written(exchange, operation))
        with self._turn:
            self.count += 1
        return name

    def close(self) -> None:
        """Let others write to it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked(path: Path) -> int | None:
    """Take a folder for this process; Windows has no such lock."""
    if os.name != "posix":
        return None
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(handle)
        raise
    return handle
