"""Writes the reference pages of freshly generated clients, by the facade's own renderer in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PAGE = "README.md"
_FACADE = Path(__file__).resolve().parent.parent / "facade"
# The renderer reads the specs of the clients that it finds first, and these are the fresh ones.
_CODE = f"""
import sys
from pathlib import Path
from ventanilla.docs import page

fresh = Path(sys.argv[1])
for provider in sys.argv[2:]:
    (fresh / provider / {PAGE!r}).write_text(page(provider), encoding="utf-8")
"""


def write_pages(providers: Sequence[str], fresh: Path) -> str:
    """Write each provider's page into its folder below `fresh`; return what went wrong, or nothing."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(fresh.parent), str(_FACADE)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-W", "error", "-c", _CODE, str(fresh), *providers]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""
