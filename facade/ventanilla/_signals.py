"""Has SIGTERM and SIGINT end a server in order."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stopping(stop: Callable[[], object]) -> Generator[None]:
    """Have SIGTERM and SIGINT call `stop` while the block runs, and do nothing else."""

    def hear(number: int, frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
