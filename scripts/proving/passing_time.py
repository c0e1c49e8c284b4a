"""Knows how time passes at once, for the faces and the mock alike: whoever waits moves the mock's clock on."""

from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from ventanilla import _flow, _once
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
    once: Any = _once
    before = _flow.waiting, once.time
    _flow.waiting = Passing(clock)
    # How long ago something was sent is a question of the same time: else a slow machine would change the story.
    once.time = SimpleNamespace(time=clock.now)
    try:
        yield
    finally:
        _flow.waiting, once.time = before
