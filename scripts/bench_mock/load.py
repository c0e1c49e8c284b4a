"""Knows how a server is loaded: by wrk, with a plan's requests over a few connections, every answer checked."""

import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from attrs import asdict, evolve, field, frozen

from bench_clients.environment import clean
from bench_rows import BenchFailed

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 8
LONGEST = 120


@frozen
class Sent:
    """One request; in an undoing one `{id}` stands for the id of what was made."""

    method: str
    path: str
    headers: Mapping[str, str] = field(factory=dict[str, str])
    body: str = ""


@frozen(kw_only=True)
class Plan:
    """What wrk sends.

    Attributes:
        requests: sent in turn, over and over.
        expected: what every answer's body has in it.
        refused: statuses from this one on count as failures.
        undo: sent as soon as an answer matches `made`, so that the state does not grow.
        made: the Lua pattern whose capture is the id of what an answer says was made.
        count: requests in all.
    """

    requests: Sequence[Sent]
    expected: str
    refused: int = 300
    undo: Sent | None = None
    made: str = ""
    count: int = 5_000

    def times(self, count: int) -> "Plan":
        """Return the same plan for another number of requests."""
        return evolve(self, count=count)


def send(port: int, plan: Plan) -> int:
    """Send what a plan says to a server on this machine, and return how many requests were answered.

    Raises BenchFailed when an answer is not as the plan expects, or when the requests take more than two minutes.
    """
    with tempfile.TemporaryDirectory(prefix="ventanilla-bench-") as folder:
        told = Path(folder) / "plan.lua"
        told.write_text(f"return {_lua(asdict(plan))}\n", encoding="ascii")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{LONGEST}s", "--timeout", "30s", "-s", str(SCRIPT)]
        command += [f"http://127.0.0.1:{port}", "--", str(told)]
        with subprocess.Popen(command, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as wrk:
            try:
                lines = list(_until_full(wrk))
            except BaseException:
                # Whoever interrupts this does not want to wait until wrk's time is up.
                wrk.kill()
                raise
    said = dict(line.split("\t", 1) for line in lines if "\t" in line)
    if wrk.returncode or "answered" not in said:
        raise BenchFailed(f"wrk failed: {' '.join(lines)}")
    return _answered(plan, said)


def _until_full(wrk: subprocess.Popen[str]) -> Iterator[str]:
    """Yield the lines that wrk prints; once all answers have come, tell it to end, as its own duration would later."""
    for line in wrk.stdout or ():
        if line == "full\n":
            wrk.send_signal(signal.SIGINT)
        yield line.rstrip("\n")


def _answered(plan: Plan, said: Mapping[str, str]) -> int:
    answered, failed, broken = (int(float(said[name])) for name in ("answered", "failed", "broken"))
    first = plan.requests[0]
    name = f"{first.method} {first.path}"
    if failed:
        raise BenchFailed(f"{failed} of {answered} answers to {name} … were not as expected; one: {said['failure']}")
    if broken:
        raise BenchFailed(f"{broken} connections broke under {name} …")
    if answered < plan.count:
        raise BenchFailed(f"only {answered} of {plan.count} requests ({name} …) were answered within {LONGEST} s")
    return answered


def _lua(value: Any) -> str:
    """Write plain values as Lua does."""
    if value is None:
        return "nil"
    if isinstance(value, str):
        # Decimal escapes have three digits, so that no digit that follows is taken for one of theirs.
        return '"' + "".join(_escaped(byte) for byte in value.encode()) + '"'
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        return "{" + ",".join(f"[{_lua(name)}]={_lua(item)}" for name, item in fields.items()) + "}"
    if isinstance(value, list | tuple):
        return "{" + ",".join(_lua(item) for item in cast("Sequence[Any]", value)) + "}"
    return str(value)


def _escaped(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03d}"
