"""Knows a mock that runs in a process of its own, as users run it: where it is, what it takes, and how it ends."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from attrs import field, frozen

COMMAND = (sys.executable, "-m", "ventanilla.cli", "mock", "--port", "0")
LONGEST = 15.0


@frozen
class Served:
    """A running mock at `base`; memory and connections are read from /proc, which only Linux has."""

    base: str
    process: subprocess.Popen[str] = field(repr=False)
    _log: IO[str] = field(repr=False)

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self.process.poll() is None

    def memory(self) -> float:
        """Return its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def connections(self) -> int:
        """Return how many sockets it has open."""
        count = 0
        for one in Path(f"/proc/{self.process.pid}/fd").iterdir():
            # It may be closed while the others are looked at.
            with suppress(FileNotFoundError):
                count += "socket" in str(one.readlink())
        return count

    def end(self) -> tuple[int, str]:
        """Stop it as Ctrl-C does; return its exit code and all that it said on stderr, which should be 0 and nothing.

        Raises subprocess.TimeoutExpired when it does not stop.
        """
        if self.is_alive:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(LONGEST)
        self._log.seek(0)
        return code, self._log.read()


@contextmanager
def served(command: Sequence[str] = COMMAND, token: str | None = None) -> Generator[Served]:
    """Start a mock, and yield it once it is ready; then end it, if nobody has done so.

    Args:
        command: what starts it and prints `ventanilla mock: http://…`.
        token: what its control asks for; nothing when left out.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("VENTANILLA_MOCK_TOKEN", None)
    if token is not None:
        environment["VENTANILLA_MOCK_TOKEN"] = token
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        with process:
            assert process.stdout is not None
            try:
                said = process.stdout.readline().split()
                assert said, f"{' '.join(command)} ended with {process.wait()}"
                yield Served(said[-1], process, log)
            finally:
                process.kill()
