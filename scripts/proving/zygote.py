"""Runs tests against mutants, one forked process each: what is slow to import is imported once, before the fork.

python -m proving.zygote, fed with one JSON object a line: {"module", "path", "only", "index", "tests", "seconds"};
answers with one a line: {"index", "ended"}, where `ended` is `failed`, `passed` or `late`.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from proving.mutants import mutants

# None of these knows ventanilla, which every child imports anew, with its mutant.
HEAVY = (
    "asyncio",
    "sqlite3",
    "anyio",
    "attrs",
    "httpcore",
    "httptools",
    "httpx",
    "hypothesis",
    "jsonschema_rs",
    "lxml.etree",
    "msgspec",
    "pytest",
    "websockets.server",
)
# pytest would rewrite the assertions of its plugins, and warns that they are there already.
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
PLUGIN = ("-p", "ventanilla.pytest_plugin")
ENDINGS = {0: "passed", 5: "passed"}
POLL = 0.01
# In the place of a mutant's number: the module as it is, and one that cannot even be imported.
WHOLE, BROKEN = -1, -2


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and gives it other code than its file has."""

    def __init__(self, module: str, path: str, code: CodeType) -> None:
        self._module, self._path, self._code = module, path, code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the module."""
        if fullname != self._module:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the other code."""
        exec(self._code, vars(module))  # noqa: S102 - the code of this checkout, with one mistake in it


def serve() -> None:
    """Do each job that comes in, until there are no more."""
    # pytest rewrites the modules of its plugins, and ventanilla is one: its finder would stand before the mutant's.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in HEAVY:
        importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps({"index": job["index"], "ended": _ended(job)}), flush=True)


def _ended(job: dict[str, Any]) -> str:
    child = os.fork()
    if child == 0:
        os._exit(_tested(job))
    ends_at = time.monotonic() + job["seconds"]
    while time.monotonic() < ends_at:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return ENDINGS.get(os.waitstatus_to_exitcode(status), "failed")
        time.sleep(POLL)
    # The child leads a group of its own, with whatever its tests have started.
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "late"


def _tested(job: dict[str, Any]) -> int:
    """Run the tests on a mutant, or on what stands in its place; return pytest's exit code."""
    os.setsid()
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    try:
        sys.meta_path.insert(0, Changed(job["module"], job["path"], _code(job)))
        import pytest

        return int(pytest.main([*OPTIONS, *PLUGIN, *job["tests"]]))
    except BaseException:
        return 1


def _code(job: dict[str, Any]) -> CodeType:
    source, index = Path(job["path"]).read_text(), int(job["index"])
    if index == WHOLE:
        return compile(source, job["path"], "exec")
    if index == BROKEN:
        return compile("raise ImportError('broken')", job["path"], "exec")
    return compile(mutants(source, job["only"])[index].tree(), job["path"], "exec")


if __name__ == "__main__":
    serve()
