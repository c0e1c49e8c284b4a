"""Says how each side is measured: in a fresh process, by its own CPU time, or by what the system says of it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench_clients.environment import PYTHON, ROOT, clean
from bench_rows import BenchFailed, Measure, Series, Sides

LONGEST = 300.0
HERE = Path(__file__).resolve().parent


def worker(series: str, side: str, **variables: str) -> Measure:
    """Return the measurement that the function `side` of the module `series` takes, in a process of its own."""

    def figure() -> float:
        command = [str(PYTHON), "-P", "-m", "bench_clients.worker", series, side]
        measured: float = json.loads(_output(f"{series}.{side}", command, clean(**variables)))["figure"]
        return measured

    return figure


def _output(name: str, command: Sequence[str], environment: Mapping[str, str], *, unless: str = "\0") -> str:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        raise BenchFailed(f"{name} did not end within {LONGEST:g} seconds") from None
    if done.returncode and unless not in done.stdout:
        raise BenchFailed(f"{name} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def workers(series: str, *sides: str, least: int = 1, most: int = 1000) -> Series:
    """Return a series whose sides are workers that need nothing else."""

    @contextmanager
    def made() -> Generator[Sides]:
        yield {side: worker(series, side) for side in sides}

    return Series(series, made, least=least, most=most)


@contextmanager
def over_tls() -> Generator[Sides]:
    """Start the server, and give the workers that call it; the server also ends when this process does."""
    with tempfile.TemporaryDirectory(prefix="ventanilla-bench-") as folder:
        command = [str(PYTHON), "-P", "-m", "bench_clients.tls_server", folder]
        environment = clean()
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as server:
            try:
                port = server.stdout.readline().strip() if server.stdout else ""
                if not port:
                    raise BenchFailed("the TLS server did not start")
                authority = f"{folder}/authority.pem"
                variables = {
                    "SYNCFY_BASE_URL": f"https://127.0.0.1:{port}/v1",
                    "SSL_CERT_FILE": authority,
                    "REQUESTS_CA_BUNDLE": authority,
                }
                yield {side: worker("tls", side, **variables) for side in ("ours", "sync_py")}
            finally:
                server.terminate()


def program(name: str) -> Measure:
    """Return the CPU seconds of a whole process that runs one file of this folder, start of Python included."""

    def figure() -> float:
        arguments = [str(PYTHON), "-P", str(HERE / f"{name}.py")]
        pid = os.posix_spawn(arguments[0], arguments, dict(clean()))
        _, status, usage = os.wait4(pid, 0)
        if status:
            raise BenchFailed(f"{name} failed: see above")
        return usage.ru_utime + usage.ru_stime

    return figure


@contextmanager
def cold() -> Generator[Sides]:
    """Give the cold programs, after one run of each that compiles what is not compiled yet."""
    sides = {"ours": program("cold_ours"), "libraries": program("cold_libraries")}
    for run in sides.values():
        run()
    yield sides


@contextmanager
def generation() -> Generator[Sides]:
    """Give the wall seconds of generating all clients; if they then match what is there, the tests say."""
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--check"]

    def figure() -> float:
        started = time.perf_counter()
        _output("generate.ours", command, os.environ, unless="do not match the specs")
        return time.perf_counter() - started

    yield {"ours": figure}


SERIES = (
    workers("decode", "ours", "pydantic", "stock", "struct"),
    workers("encode", "ours", "stock"),
    workers("call", "ours", "raw", least=11),
    Series("tls", over_tls),
    Series("cold", cold, least=11),
    workers("paging", "ours", most=1),
    Series("generate", generation, most=3),
)
