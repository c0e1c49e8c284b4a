"""Knows what a suite is asked to do: from which seed, how much of it, and whom it tells how far it is."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import TypeVar

from attrs import field, frozen

from proving.tally import Tally

T = TypeVar("T")
Say = Callable[[str], None]


def say(text: str) -> None:
    """Tell on stderr how far the run is: over the line before on a terminal, else not at all."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def quiet(text: str) -> None:
    """Tell nobody."""


@frozen
class Setting:
    """How to run a suite.

    Args:
        seed: what all its choices come from.
        small: run only as much as a test may take.
        say: told now and then how far it is.
        case: the id of the case to run, or a pattern of ids with `*`, of suites that name theirs; empty for all.
    """

    seed: int = 0
    small: bool = False
    say: Say = field(default=quiet, repr=False)
    case: str = ""

    def dice(self, *use: object) -> Random:
        """Return dice for one use, so that what one case throws changes no other case."""
        return Random(" ".join(map(str, (self.seed, *use))))

    def progress(self, what: str, items: Iterable[T], count: int) -> Iterator[T]:
        """Yield items and tell how far it is, some times a second."""
        said = 0.0
        for number, item in enumerate(items, 1):
            if time.monotonic() - said > 0.2:
                said = time.monotonic()
                self.say(f"{what}: {number:,} of {count:,}")
            yield item


Suite = Callable[[Setting], Tally]
