"""Knows a server that runs in a process of its own: how long it takes to its first answer, what CPU and memory it has.

A server's processes are a session of their own, which ends when the block that needs it does.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from http.client import HTTPConnection
from pathlib import Path

from attrs import frozen

from bench_clients.environment import clean
from bench_mock.load import Sent
from bench_rows import BenchFailed

PROCESSES = Path("/proc")
LONGEST, GLANCE, GRACE = 60.0, 0.002, 5.0
Command = Callable[[int], Sequence[str]]


@frozen
class Server:
    """A running server. `first_answer` is the seconds of wall time from its start to its first answer."""

    pid: int
    port: int
    first_answer: float

    def cpu_seconds(self) -> float:
        """Return the user and system CPU seconds that the server and its children have used so far."""
        ticks = sum(sum(map(int, _stat(pid)[11:15])) for pid in _tree(self.pid))
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident(self) -> float:
        """Return the resident size of the server and its children, in MB."""
        pages = sum(int(_stat(pid)[21]) for pid in _tree(self.pid))
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


@contextlib.contextmanager
def serving(command: Command, first: Sent) -> Generator[Server]:
    """Start the server that `command` gives for a port, and yield it once it has answered `first`; then end it.

    Raises BenchFailed when it ends, refuses `first`, or is silent for a minute.
    """
    port = _free_port()
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command(port), env=clean(), stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )
        try:
            _await(process, port, first)
            yield Server(process.pid, port, time.perf_counter() - started)
        except _Silent as problem:
            said.seek(0)
            raise BenchFailed(f"{Path(command(port)[0]).name} {problem}:\n{said.read()[-2000:]}") from None
        finally:
            _end(process)


class _Silent(Exception):
    """A server does not answer; the message says what it does instead."""


def _await(process: subprocess.Popen[bytes], port: int, first: Sent) -> None:
    until = time.perf_counter() + LONGEST
    while (answer := _asked(port, first)) is None:
        if process.poll() is not None:
            raise _Silent(f"ended with {process.returncode}")
        if time.perf_counter() > until:
            raise _Silent("did not listen within a minute")
        time.sleep(GLANCE)
    if answer != 200:
        raise _Silent(f"refused {first.method} {first.path} with {answer}")


def _asked(port: int, sent: Sent) -> int | None:
    """Return the status of the answer, None while nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        connection.request(sent.method, sent.path, sent.body or None, dict(sent.headers))
        answer = connection.getresponse()
        answer.read()
    except ConnectionRefusedError:
        return None
    except OSError as problem:
        raise _Silent(f"did not answer: {problem}") from None
    finally:
        connection.close()
    return answer.status


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    # Also children that outlive the process that started them; the group has no other members.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in (PROCESSES / str(pid) / "task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += _tree(int(child))
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on, which man 5 proc counts as the third."""
    return (PROCESSES / str(pid) / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
