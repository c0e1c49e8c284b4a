"""Knows one thing that will happen in a world, at its moment or when somebody has asked often enough."""

from collections.abc import Callable

from attrs import define, field


@define(eq=False)
class Timer:
    """Something that will happen; cancel() makes it not happen.

    `action` is a function of a module, a method, or a `functools.partial` of one, never a lambda or a closure: a
    world that is kept in a snapshot keeps its timers too. `seed` is that of the dice it will throw.
    """

    due: float
    action: Callable[[], None] = field(repr=False)
    seed: int = field(repr=False)
    cancelled: bool = False

    def cancel(self) -> None:
        """Take the timer back; harmless once it has fired."""
        self.cancelled = True


@define(eq=False)
class Held:
    """The timers of one process that waits for polls or for an event, and how often it has been asked about."""

    timers: list[Timer] = field(factory=list[Timer])
    polls: int = 0
