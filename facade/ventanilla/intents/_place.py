"""Chooses where a face keeps its intents."""

import os
import sys
from pathlib import Path

from ventanilla.errors import ConfigurationError
from ventanilla.intents._journal import METHODS, Journal
from ventanilla.intents._sqlite import DEFAULT, MemoryJournal, SqliteJournal

VARIABLE = "VENTANILLA_JOURNAL"


def journal_of(given: Journal | Path | str | None, transport: object = None) -> Journal:
    """Return the journal of a face.

    Args:
        given: a journal, or the path of a file; None for nothing durable; `DEFAULT` for the file that the environment
            names, else the default one. A mock in this process ends with it, so that there the default is not durable
            either, unless the environment names a file.
        transport: of the face.

    Raises:
        ConfigurationError: the journal lacks a method.
    """
    if given is DEFAULT:
        given = os.environ.get(VARIABLE) or (None if _is_mock(transport) else DEFAULT)
    if given is None:
        return MemoryJournal()
    if isinstance(given, str | Path):
        if str(given).startswith((":memory:", "file:")):
            raise ConfigurationError(
                (
                    "journal must be the path of a file, not an address of SQLite's; None keeps nothing",
                    "journal debe ser la ruta de un archivo, no una dirección de SQLite; None no guarda nada",
                )
            )
        return SqliteJournal(given)
    if missing := [name for name in METHODS if not callable(getattr(given, name, None))]:
        raise ConfigurationError(
            (
                f"the journal {type(given).__name__} lacks {', '.join(missing)}: see ventanilla.intents.Journal",
                f"al registro {type(given).__name__} le falta {', '.join(missing)}: ver ventanilla.intents.Journal",
            )
        )
    return given


def _is_mock(transport: object) -> bool:
    # Who has one has imported it; nobody else need wait for that.
    mock = sys.modules.get("ventanilla.mock.transports")
    return mock is not None and isinstance(transport, mock.MockTransport | mock.AsyncMockTransport)
