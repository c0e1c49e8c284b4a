"""Knows how the waiting of ventanilla's faces passes in a test: the mock's clock moves, nobody sleeps."""

import time
from collections.abc import Generator
from contextlib import contextmanager

import anyio

from ventanilla import _flow
from ventanilla.mock.stage._clock import StageClock


class ClockWaiting(_flow.Waiting):
    """Waits by a test's clock: one that stands still is advanced, one that runs is waited for.

    Args:
        clock: the test's clock.
        paced: whether the mock refuses whoever asks too often. If it does not, nobody need hold back, and a clock that
            stands still is not moved by it.
    """

    def __init__(self, clock: StageClock, paced: bool) -> None:
        self._clock = clock
        self.paced = paced

    def now(self) -> float:
        """Return the seconds of the test's clock."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Let so many seconds of the test's clock pass."""
        if rate := self._clock.rate:
            time.sleep(seconds / rate)
        else:
            self._clock.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Let so many seconds of the test's clock pass, without blocking."""
        if rate := self._clock.rate:
            await anyio.sleep(seconds / rate)
        else:
            await self._clock.aadvance(seconds)


# The faces' own way to wait, then those of the mocks that are open: the last one counts, whichever ends first.
_ways: list[_flow.Waiting] = []


@contextmanager
def waiting_by(clock: StageClock, paced: bool) -> Generator[None]:
    """Have every face of this process wait by a clock while the block runs."""
    if not _ways:
        _ways.append(_flow.waiting)
    mine = ClockWaiting(clock, paced)
    _ways.append(mine)
    _flow.waiting = mine
    try:
        yield
    finally:
        _ways.remove(mine)
        _flow.waiting = _ways[-1]
        if len(_ways) == 1:
            _ways.clear()
