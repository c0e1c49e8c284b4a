"""Knows how time passes at once, for the faces and the mock alike: whoever waits moves the mock's clock on."""

from collections.abc import Generator
from contextlib import contextmanager

from ventanilla import _flow
from ventanilla.mock import ManualClock


class Passing(_flow.Waiting):
    """Waiting that moves a clock on and takes no time."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def now(self) -> float:
        """Return the clock's seconds."""
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Let them have passed."""
        self.clock.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Let them have passed."""
        self.clock.advance(seconds)


@contextmanager
def passing(clock: ManualClock) -> Generator[None]:
    """Have every wait of the faces end at once and move `clock` on, while the block runs."""
    before = _flow.waiting
    _flow.waiting = Passing(clock)
    try:
        yield
    finally:
        _flow.waiting = before
