"""Asks mypy about the facade as it is with a given client."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

FACADE = "facade"


class CheckFailed(Exception):
    """mypy did not get as far as to judge the facade."""


@frozen(order=True)
class Line:
    """A line of the facade, numbered from 1."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


@frozen
class TypeProblem:
    """What mypy says about a line."""

    line: Line
    message: str
    code: str = field(default="")


def type_problems(root: Path, clients: Path) -> list[TypeProblem]:
    """Return what mypy says about the facade with the clients that stand in the folder `clients`.

    Deprecated elements are reported too. A second run with much the same clients takes less than a second, since it
    has a cache of its own.

    Raises:
        CheckFailed: it could not check them.
    """
    cache = Path(os.environ.get("MYPY_CACHE_DIR", root / ".mypy_cache")) / "specdiff"
    options = ["--cache-dir", str(cache), "--enable-error-code", "deprecated", "--output", "json", "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", *options, FACADE]
    # It comes before the paths that the configuration names, and with them before the committed clients.
    environment = {**os.environ, "MYPYPATH": str(clients)}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        said = " ".join((done.stderr or done.stdout).split())
        raise CheckFailed(f"mypy could not check the facade: {said[:300]}")
    return [*_problems(done.stdout)]


def _problems(output: str) -> Iterator[TypeProblem]:
    for text in output.splitlines():
        told: dict[str, Any] = json.loads(text)
        file = Path(told["file"]).as_posix()
        if told["severity"] == "error" and file.startswith(f"{FACADE}/"):
            yield TypeProblem(Line(file, told["line"]), told["message"], told["code"] or "")
