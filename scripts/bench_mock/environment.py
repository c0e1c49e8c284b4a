"""Knows what the group needs: Prism in `.bench/prism` from a lock file, wrk and Node.js from the system, and Linux."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench_clients.environment import PLACE, ROOT, SPEC
from bench_rows import BenchFailed

LOCKED = Path(__file__).resolve().parent / "prism"
FILES = ("package.json", "package-lock.json")
PRISM = PLACE / "prism"
STATE = PLACE / "prism.state"
SERVER = PRISM / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
VENTANILLA = Path(sys.executable).with_name("ventanilla")
# How Debian calls the packages of what the system has to have.
PROGRAMS = {"wrk": "wrk", "node": "nodejs"}


def missing() -> str | None:
    """Return one sentence that says what to do when something is not there or not up to date."""
    if not sys.platform.startswith("linux"):
        return "the CPU time and the memory of servers are read from /proc, which only Linux has"
    if problem := _lacking(PROGRAMS):
        return problem
    if not VENTANILLA.exists():
        return f"there is no {VENTANILLA}: run this with the Python of the environment that ventanilla is installed in"
    if not SERVER.exists() or not STATE.exists() or STATE.read_text(encoding="utf-8") != _state():
        return "Prism is not set up, or its lock file has changed: run this again with --setup"
    return None


def set_up(say: Callable[[str], None]) -> None:
    """Install Prism with npm, exactly as the lock file says, without running anybody's scripts."""
    if problem := _lacking({**PROGRAMS, "npm": "npm"}):
        raise BenchFailed(problem)
    if missing() is None:
        return
    say(f"installing Prism in {PRISM.relative_to(ROOT)} from {LOCKED.relative_to(ROOT)} (some seconds, once)")
    PRISM.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(LOCKED / name, PRISM / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PRISM, timeout=900)
    if done.returncode:
        raise BenchFailed(f"the set-up failed at `{' '.join(command)}`:\n{done.stderr.strip() or done.stdout.strip()}")
    STATE.write_text(_state(), encoding="utf-8")


def mock(port: int) -> Sequence[str]:
    """Return the command of the mock, as users run it."""
    return [str(VENTANILLA), "mock", "--port", str(port)]


def prism(spec: Path = SPEC, *options: str) -> Callable[[int], Sequence[str]]:
    """Return the command of Prism for our compiled spec of Syncfy, or another one; `options` are Prism's own."""
    return lambda port: ["node", str(SERVER), "mock", "-h", "127.0.0.1", "-p", str(port), *options, str(spec)]


def _lacking(programs: dict[str, str]) -> str | None:
    lacking = [(name, package) for name, package in programs.items() if shutil.which(name) is None]
    if not lacking:
        return None
    names, packages = (" and ".join(column) for column in zip(*lacking, strict=True))
    return f"{names} must be on the PATH; Debian's package{'s' if len(lacking) > 1 else ''}: {packages}"


def _state() -> str:
    return hashlib.sha256(b"".join((LOCKED / name).read_bytes() for name in FILES)).hexdigest()
