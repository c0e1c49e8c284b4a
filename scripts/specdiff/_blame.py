"""Decides which change a line that no longer type-checks is to be put down to."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from specdiff._checking import Line, TypeProblem

_mark = re.compile(r'expected "[^"]*\bSpecdiffMark(\d+)\b|is deprecated: SpecdiffMark(\d+)$')
_quoted = re.compile(r'"([^"]*)"')
_word = re.compile(r"\w+")


class Suspect(Protocol):
    """A change, with the lines that use what it changes and the names by which mypy speaks of it."""

    @property
    def stops(self) -> bool:
        """Whether it is breaking; those that are not are only suspected if nothing else is."""
        ...

    @property
    def uses(self) -> frozenset[Line]:
        """The lines that use it."""
        ...

    @property
    def names(self) -> frozenset[str]:
        """Its names."""
        ...


def marked(problem: TypeProblem) -> int | None:
    """Return the number of the mark that a problem names, if it names one.

    A message that prints a whole function names all marks of it, used or not, and does not count.
    """
    found = _mark.search(problem.message)
    return int(found[1] or found[2]) if found else None


def blamed(problem: TypeProblem, suspects: Sequence[Suspect], scopes: Mapping[str, list[range]]) -> list[int]:
    """Return the suspects by index: those used in the line, else in its function, else named by the message."""
    words = {word for quoted in _quoted.findall(problem.message) for word in _word.findall(quoted)}
    named = {index for index, each in enumerate(suspects) if each.names & words}
    here = {index for index, each in enumerate(suspects) if problem.line in each.uses}
    around = _scope(problem.line, scopes)
    near = {
        index
        for index, each in enumerate(suspects)
        if any(use.file == problem.line.file and use.number in around for use in each.uses)
    }
    for group in (here & named, here, near & named, near, named):
        if group:
            worst = [index for index in sorted(group) if suspects[index].stops]
            return worst or sorted(group)
    return []


def _scope(line: Line, scopes: Mapping[str, list[range]]) -> range:
    holding = [lines for lines in scopes.get(line.file, ()) if line.number in lines]
    return holding[-1] if holding else range(line.number, line.number + 1)
