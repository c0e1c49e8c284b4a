"""Knows how to wait for something: a deadline, a growing interval, and an error that says how to go on."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from ventanilla._flow import Flow, Now, Wait
from ventanilla.errors import InvalidRequest, WaitTimeout, Words

T = TypeVar("T")
Pause = Callable[[float, float], Flow[None]]
# A clock that counts from 1970 cannot be moved by less than a fraction of a microsecond: who waits so little waits on.
SHORTEST = 0.0001


class Patience(Struct, frozen=True):
    """How to poll: total deadline, first interval, growth and longest interval, all in seconds but the growth."""

    deadline: float
    first: float = 1.0
    growth: float = 1.5
    longest: float = 15.0

    def __post_init__(self) -> None:
        if self.deadline <= 0:
            raise InvalidRequest("timeout must be a positive number of seconds", field="timeout")


def sleep(interval: float, left: float) -> Flow[None]:
    """Pause for an interval, but no longer than is left."""
    yield Wait(min(interval, left))


def until(
    look: Callable[[], Flow[T | None]], patience: Patience, *, waiting_for: Words, go_on: Words, pause: Pause = sleep
) -> Flow[T]:
    """Call `look` until it returns something, or raise WaitTimeout.

    Args:
        look: a flow that returns None while there is nothing yet.
        patience: deadline and intervals.
        waiting_for: what is awaited, for the error.
        go_on: what the caller can do after a timeout, for the error.
        pause: passes the time between two looks; is given the interval and what is left in all, in seconds.
    """
    started: float = yield Now()
    interval = patience.first
    while True:
        found = yield from look()
        if found is not None:
            return found
        now: float = yield Now()
        left = patience.deadline - (now - started)
        if left < SHORTEST:
            raise _too_late(patience, waiting_for, go_on)
        yield from pause(interval, left)
        interval = min(interval * patience.growth, patience.longest)


def _too_late(patience: Patience, waiting_for: Words, go_on: Words) -> WaitTimeout:
    what, que = waiting_for if isinstance(waiting_for, tuple) else (waiting_for, waiting_for)
    said = (
        f"{what} did not end within {patience.deadline:g} seconds; it goes on at the provider",
        f"{que}: no terminó en {patience.deadline:g} segundos y sigue en curso con el proveedor",
    )
    return WaitTimeout(said, waiting_for=what, hint=go_on)
