"""Compares two versions of the specs and says what the difference means for who uses the clients.

`compare` is pure: two loaded specs in, changes out. `command` reads both versions, asks the type checker which lines of
the facade are concerned, and prints.
"""

from specdiff._documents import compare
from specdiff._values import Change, Direction, Element, Kind, Verdict

__all__ = ["Change", "Direction", "Element", "Kind", "Verdict", "compare"]
