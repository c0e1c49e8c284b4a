"""Makes time pass at once in tests of programs that use ventanilla: nothing sleeps, and everything that waits goes on.

with without_waiting():
    facti.request_payment(...)  # looks for a lost request for 180 seconds, which take none
"""

from collections.abc import Generator
from contextlib import contextmanager

from ventanilla import _flow


class _AtOnce(_flow.Waiting):
    def __init__(self, waiting: _flow.Waiting) -> None:
        self._waiting = waiting
        self.paced = waiting.paced
        self.skipped = 0.0

    def now(self) -> float:
        return self._waiting.now() + self.skipped

    def sleep(self, seconds: float) -> None:
        self.skipped += max(0.0, seconds)

    async def asleep(self, seconds: float) -> None:
        import anyio  # only asynchronous programs pay for it

        self.skipped += max(0.0, seconds)
        await anyio.sleep(0)  # others get their turn, as they would while this one slept


@contextmanager
def without_waiting() -> Generator[None]:
    """Let every pause of every face end at once, and their clock move on as if they had slept.

    Pauses between polls and retries, and those that keep to a provider's requests per second, are skipped; sockets
    keep their timeouts. A mock on a clock of its own does not move: `ventanilla.mock.ManualClock` does that.
    """
    before = _flow.waiting
    _flow.waiting = _AtOnce(before)
    try:
        yield
    finally:
        _flow.waiting = before
