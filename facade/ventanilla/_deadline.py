"""Knows when the call of a thread ends."""

import threading
from collections.abc import Generator
from contextlib import contextmanager


class _Call(threading.local):
    ends_at: float | None = None


call = _Call()


@contextmanager
def until(ends_at: float) -> Generator[None]:
    """Let no socket of this thread wait beyond a moment of the monotonic clock."""
    outer, call.ends_at = call.ends_at, ends_at
    try:
        yield
    finally:
        call.ends_at = outer
