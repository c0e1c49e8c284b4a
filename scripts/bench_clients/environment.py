"""Knows the benchmark's own environment: `.bench/venv` with the competitors, `.bench/stock` with the stock client.

Both are made from pinned versions and made again when the pins or the spec change.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from bench_rows import BenchFailed

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "scripts" / "lock" / "bench.txt"
SPEC = ROOT / "generated" / "ventanilla_clients" / "syncfy" / "openapi.json"
PLACE = ROOT / ".bench"
VENV = PLACE / "venv"
STOCK = PLACE / "stock"
PYTHON = VENV / "bin" / "python"
STATES = {VENV: PLACE / "venv.state", STOCK: PLACE / "stock.state"}


def missing() -> str | None:
    """Return one sentence that says what to do when the environment is not there or not up to date."""
    if all(_is_current(made) for made in STATES):
        return None
    return "the competitors are not set up, or their pins or the spec have changed: run this again with --setup"


def set_up(say: Callable[[str], None]) -> None:
    """Make what is missing: the environment by pip, the stock client by the pinned generator."""
    PLACE.mkdir(exist_ok=True)
    if not _is_current(VENV):
        say(f"making {VENV.relative_to(ROOT)} from {PINS.relative_to(ROOT)} (about half a minute, once)")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
        # --no-deps: nothing comes in that is not pinned; check says if a pin is missing.
        _run([*pip, "install", "--quiet", "--no-deps", "-r", str(PINS)])
        _run([*pip, "check"])
        _put_on_path([ROOT / "facade", ROOT / "generated", STOCK])
        STATES[VENV].write_text(_state(VENV), encoding="utf-8")
    if not _is_current(STOCK):
        say(f"generating the stock client of {SPEC.relative_to(ROOT)} in {STOCK.relative_to(ROOT)}")
        shutil.rmtree(STOCK, ignore_errors=True)
        STOCK.mkdir()
        generate = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
        _run([*generate, "--path", str(SPEC), "--output-path", str(STOCK / "stock_syncfy")])
        STATES[STOCK].write_text(_state(STOCK), encoding="utf-8")


def clean(**more: str) -> Mapping[str, str]:
    """Return the environment variables of a worker: nothing of the caller's that could change what is measured."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT / "scripts"), "NO_PROXY": "*", **more}


def _is_current(made: Path) -> bool:
    state = STATES[made]
    return made.exists() and state.exists() and state.read_text(encoding="utf-8") == _state(made)


def _state(made: Path) -> str:
    maker, source = (sys.version, PINS) if made == VENV else (version("openapi-python-client"), SPEC)
    return f"{maker} {hashlib.sha256(source.read_bytes()).hexdigest()}\n"


def _put_on_path(folders: list[Path]) -> None:
    (packages,) = VENV.glob("lib/python*/site-packages")
    (packages / "ventanilla_bench.pth").write_text("".join(f"{folder}\n" for folder in folders), encoding="utf-8")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PLACE, timeout=900)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise BenchFailed(f"the set-up failed at `{' '.join(command[:5])} …`:\n{said}")
