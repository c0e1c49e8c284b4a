"""Knows one isolated world: its clock, its dice, what happens later, and the webhooks that wait to leave."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from random import Random
from typing import Any, TypeVar, cast

from attrs import define, field, frozen

from ventanilla.mock.clock import Clock, RealClock
from ventanilla.mock.wire import Headers

S = TypeVar("S")
KEPT_ATTEMPTS = 10_000


@frozen(eq=False)
class Delivery:
    """One webhook call that is to be made: an HTTP POST of `body` to `url`.

    `profile` is sync-v1, sync-v3 or facti-ipn; `event` the event's name; `at` the moment it was put in the outbox.
    `settled`, when given, is told the receiver's HTTP status, or None when nothing answered.
    """

    id: str
    profile: str
    event: str
    url: str
    headers: Headers
    body: bytes
    at: float
    settled: Callable[[int | None], None] | None = field(default=None, repr=False)


@frozen(eq=False)
class Attempt:
    """What became of a delivery: the receiver's status, or why there is none."""

    delivery: Delivery
    status: int | None
    error: str | None


@define(eq=False)
class Timer:
    """Something that will happen; cancel() makes it not happen."""

    due: float
    action: Callable[[], None] = field(repr=False)
    dice: Random = field(repr=False)
    cancelled: bool = False

    def cancel(self) -> None:
        """Take the timer back; harmless once it has fired."""
        self.cancelled = True


class World:
    """All state of one mock, so that many can live side by side.

    Every id and every datum comes from `random`, seeded once: the same requests at the same times give the same
    bytes. A timer throws dice of its own, taken from those of whoever scheduled it, so that neither what fires
    first nor how often somebody asks in the meantime changes what it brings. `pace` is the length in seconds of one
    step of whatever takes time (a job's stages, stamping).
    """

    def __init__(self, clock: Clock | None = None, seed: int = 0, pace: float = 0.2) -> None:
        self.clock = clock or RealClock()
        self.pace = pace
        self.random = Random(seed)
        self._receipts = Random(f"receipts {seed}")
        self.outbox: deque[Delivery] = deque()
        self.attempts: deque[Attempt] = deque(maxlen=KEPT_ATTEMPTS)
        self._states: dict[type[Any], Any] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._sequence = itertools.count()
        self._moment: float | None = None

    @property
    def now(self) -> float:
        """Unix seconds, standing still while a request is handled; while a timer fires, the moment it was due."""
        return self.clock.now() if self._moment is None else self._moment

    @contextmanager
    def standing(self, moment: float) -> Generator[None]:
        """Hold the clock at `moment`, so that everything done meanwhile carries one time."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    def state(self, kind: type[S]) -> S:
        """Return this world's one value of `kind`, made by calling it without arguments the first time."""
        if kind not in self._states:
            self._states[kind] = kind()
        return cast("S", self._states[kind])

    def hex(self, length: int) -> str:
        """Return `length` random lower-case hexadecimal digits."""
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def object_id(self) -> str:
        """Return an id as Mongo makes them: 8 digits of unix seconds, 16 random ones."""
        return f"{int(self.now) & 0xFFFFFFFF:08x}{self.hex(16)}"

    def uuid(self) -> str:
        """Return a random UUID (version 4) in lower case."""
        return _uuid(self.random)

    def receipt(self) -> str:
        """Return a UUID for an answer, from dice of its own: reading must not change what comes later."""
        return _uuid(self._receipts)

    def schedule(self, delay: float, action: Callable[[], None]) -> Timer:
        """Have `action` called `delay` seconds from now; what is due at one moment happens in the order scheduled."""
        timer = Timer(self.now + delay, action, Random(self.random.getrandbits(64)))
        heapq.heappush(self._timers, (timer.due, next(self._sequence), timer))
        return timer

    def next_due(self) -> float | None:
        """Return the unix seconds at which run_due() has something to do, or None."""
        while self._timers and self._timers[0][2].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def run_due(self) -> None:
        """Do, in order, everything whose time has come, with the clock standing at each one's own moment."""
        present = self.clock.now()
        while (due := self.next_due()) is not None and due <= present:
            timer = heapq.heappop(self._timers)[2]
            outer, self.random = self.random, timer.dice
            try:
                with self.standing(due):
                    timer.action()
            finally:
                self.random = outer

    def send(
        self,
        profile: str,
        event: str,
        url: str,
        body: bytes,
        headers: Headers,
        settled: Callable[[int | None], None] | None = None,
    ) -> Delivery:
        """Put a webhook call in the outbox; an adapter makes it and reports with record()."""
        delivery = Delivery(self.uuid(), profile, event, url, headers, body, self.now, settled)
        self.outbox.append(delivery)
        return delivery

    def record(self, delivery: Delivery, status: int | None, error: str | None = None) -> None:
        """Note what became of a delivery and tell whoever sent it."""
        self.attempts.append(Attempt(delivery, status, error))
        if delivery.settled is not None:
            delivery.settled(status)


def _uuid(dice: Random) -> str:
    bits = dice.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
