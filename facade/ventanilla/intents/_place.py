"""Chooses where a face keeps its intents."""

import os
from pathlib import Path

import httpx

from ventanilla._http import LOOPBACK
from ventanilla.intents._journal import Journal, MemoryJournal
from ventanilla.intents._sqlite import SqliteJournal

VARIABLE = "VENTANILLA_JOURNAL"
DEFAULT = Path("~/.ventanilla/intents.sqlite3")


def journal_of(given: Journal | Path | str | None, base_url: httpx.URL) -> Journal:
    """Return the journal of a face.

    Args:
        given: a journal, or the path of a file; None for nothing durable; `DEFAULT` for the file that the environment
            names, else the default one. A mock on this machine forgets its payments when it ends, so that there the
            default is not durable either, unless the environment names a file.
        base_url: of the face.
    """
    if given is DEFAULT:
        named = os.environ.get(VARIABLE)
        given = named or (None if _is_here(base_url.host) else DEFAULT)
    if given is None:
        return MemoryJournal()
    return SqliteJournal(given) if isinstance(given, str | Path) else given


def _is_here(host: str) -> bool:
    return host in LOOPBACK or host.endswith(".localhost")
