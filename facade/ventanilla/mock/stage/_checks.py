"""Knows how to say of a journal that something was called, or was not, in words that help when it is not so."""

from collections.abc import Mapping
from typing import Unpack

from attrs import evolve

from ventanilla.mock.faults import Fault, Reset
from ventanilla.mock.journal import Journal, Wanted
from ventanilla.mock.provider import Provider

SHOWN = 20


class Checks:
    """What a test asserts of the requests of one world; a misspelt provider or operation is refused, not uncalled."""

    def __init__(self, journal: Journal, providers: Mapping[str, Provider]) -> None:
        self._journal, self._providers = journal, providers

    def called(self, times: int | None, **wanted: Unpack[Wanted]) -> None:
        """Raise AssertionError unless such requests came, so many times if it is said how many."""
        __tracebackhide__ = True
        count = self._count(wanted)
        if times is None and count == 0:
            raise AssertionError(f"no request came with {_words(wanted)}.{self._came()}")
        if times is not None and count != times:
            raise AssertionError(f"{count} requests, not {times}, came with {_words(wanted)}.{self._came()}")

    def not_called(self, **wanted: Unpack[Wanted]) -> None:
        """Raise AssertionError if such a request came."""
        __tracebackhide__ = True
        if (count := self._count(wanted)) > 0:
            raise AssertionError(f"{count} requests, not one, should have come with {_words(wanted)}.{self._came()}")

    def nothing_broken(self) -> None:
        """Raise AssertionError if a request broke a rule of its provider's spec."""
        __tracebackhide__ = True
        broken = self._journal.count(broken=True)
        if broken:
            shown = "".join(f"\n  {line}" for line in lines(self._journal, limit=SHOWN, broken=True))
            raise AssertionError(f"{broken} requests broke a rule of the spec:{shown}")

    def _count(self, wanted: Wanted) -> int:
        # Faults are refused for whom they cannot be meant, in words that serve here too.
        Fault(Reset(), provider=wanted.get("provider"), operation=wanted.get("operation")).check(self._providers)
        return self._journal.count(**wanted)

    def _came(self) -> str:
        found = lines(self._journal, limit=SHOWN)
        shown = "".join(f"\n  {line}" for line in found)
        return f" The last {len(found)} requests:{shown}" if found else " No request came at all."


def lines(journal: Journal, limit: int, **wanted: Unpack[Wanted]) -> list[str]:
    """Return the last exchanges, a line each, without secrets, and without the namespace that they all have."""
    found = journal.find(limit=limit, **wanted)
    return journal.lines(evolve(each, request=evolve(each.request, prefix="")) for each in found)


def _words(wanted: Wanted) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in wanted.items()) or "anything at all"
