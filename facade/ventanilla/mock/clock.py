"""Knows what time it is: on the wall, or wherever a test has put it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time; the only place where a mock learns it."""

    def now(self) -> float:
        """Return unix seconds."""
        ...


class RealClock:
    """The wall clock."""

    def now(self) -> float:
        """Return unix seconds."""
        return time.time()


class ManualClock:
    """A clock that stands still until it is advanced, so that a test decides what has happened by now."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return unix seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass; time never runs backwards."""
        if seconds < 0:
            raise ValueError(f"time runs forward only; cannot advance by {seconds} seconds")
        self._now += seconds
