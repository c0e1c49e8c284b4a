"""Knows what services really said: recorded on tapes, and held against their specs.

    from ventanilla.tapes import Tape, compare, recording

    with recording("https://opendata-api.syncfy.com/v1", "tape") as base_url:
        ...  # Syncfy(base_url=base_url)
    for finding in compare([Tape.read("tape")]).findings:
        print(finding.operation, finding.kind, finding.path, finding.expected, finding.came)

No secret is on a tape; names, RFCs and movements are, unless it was recorded with `values=False`.
"""

import importlib
from typing import TYPE_CHECKING, Any

from ventanilla.tapes._exchange import Exchange, TapeError
from ventanilla.tapes.tape import Tape

if TYPE_CHECKING:
    from ventanilla.tapes._drift import Drift, compare
    from ventanilla.tapes._findings import Finding
    from ventanilla.tapes._patch import Patch, patch, specs_in
    from ventanilla.tapes._recording import record, recording

else:
    _PLACES = {"Drift": "_drift", "compare": "_drift", "Finding": "_findings"}
    _PLACES |= {"Patch": "_patch", "patch": "_patch", "specs_in": "_patch"}
    _PLACES |= {"record": "_recording", "recording": "_recording"}

    def __getattr__(name: str) -> Any:
        # A recorder needs httpx and a server, a comparison the specs; whoever reads a tape does without.
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)


__all__ = [
    "Drift",
    "Exchange",
    "Finding",
    "Patch",
    "Tape",
    "TapeError",
    "compare",
    "patch",
    "record",
    "recording",
    "specs_in",
]


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
