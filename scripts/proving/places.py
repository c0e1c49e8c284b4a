"""Knows where a process of its own finds what it imports: this checkout, whatever is installed."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    """Return the environment of a process that runs a module of this package."""
    roots = [str(ROOT / name) for name in ("facade", "generated", "scripts")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
