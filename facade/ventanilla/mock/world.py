"""Knows one isolated world: its clock, its dice, its memory, and what happens later."""

import heapq
import math
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from random import Random, SystemRandom
from typing import Any, TypeVar, cast

from ventanilla.mock._timer import Held, Timer
from ventanilla.mock.clock import Clock
from ventanilla.mock.faults import Faults
from ventanilla.mock.journal import Journal
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.outbox import Delivery, Outbox
from ventanilla.mock.snapshots import Snapshots
from ventanilla.mock.wire import Headers

S = TypeVar("S")
PACE = 0.2
# What stays what it is when a world is put back: who it is, its time (the clock is set by itself), and the record.
_APART = frozenset({"name", "lock", "clock", "_moment", "journal", "snapshots", "instance", "is_kept"})
# Tells clients that what they remember of this mock may be of another life of it.
INSTANCE_HEADER = "X-Ventanilla-Instance"


class World:
    """All state of one namespace, so that many can live side by side.

    Every id and every datum comes from `random`, seeded once: the same requests at the same times give the same
    bytes. A timer throws dice of its own, taken from those of whoever scheduled it, so that neither what fires
    first nor how often somebody asks in the meantime changes what it brings. `pace` is the length in seconds of one
    step of whatever takes time (a job's stages, stamping), `lifecycles` says for each provider how steps come about,
    `rate_limits` whether callers are refused who ask more often than a provider documents. Whoever touches a world
    holds its `lock`.

    `instance` names one life of the world: a reset and a snapshot that is restored begin another one, since what came
    after is gone. It is not seeded. `is_kept` says that the world stays until somebody deletes it: one that was never
    asked for anything but reads may give way to others.
    """

    def __init__(self, clock: Clock | None = None, seed: int = 0, pace: float = PACE, name: str = "") -> None:
        self.name = name
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.snapshots = Snapshots(self)
        self.is_kept = True
        self._moment: float | None = None
        self.reset(seed, pace)

    def reset(self, seed: int, pace: float = PACE) -> None:
        """Begin anew with nothing in it; the clock goes on as it is, and the snapshots stay."""
        self.seed = seed
        self.pace = pace
        self.instance = _new_instance()
        self.lifecycles: dict[str, Lifecycle] = {}
        self.rate_limits = False
        self.random = Random(seed)
        self.outbox = Outbox()
        self.journal = Journal()
        self.faults = Faults(seed)
        self.calls: Counter[str] = Counter()
        # What a timer failed with, for the next one who asks: it must not go unnoticed.
        self.defect: str | None = None
        self._receipts = Random(f"receipts {seed}")
        self._states: dict[type[Any], Any] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._held: dict[tuple[str, str], Held] = {}
        self._sequence = 0

    def content(self) -> dict[str, Any]:
        """Return all that a snapshot of this world keeps, by name; put_back() takes it."""
        return {name: value for name, value in vars(self).items() if name not in _APART}

    def put_back(self, content: dict[str, Any]) -> None:
        """Take what a snapshot kept in place of what is here now, as a new instance."""
        vars(self).update(content)
        self.instance = _new_instance()

    @property
    def now(self) -> float:
        """Unix seconds, standing still while a request is handled; while a timer fires, the moment it was due."""
        return self.clock.now() if self._moment is None else self._moment

    @contextmanager
    def standing(self, moment: float) -> Generator[None]:
        """Hold the clock at `moment`, so that everything done meanwhile carries one time."""
        before = self.hold(moment)
        try:
            yield
        finally:
            self.hold(before)

    def hold(self, moment: float | None) -> float | None:
        """Hold the clock as standing() does, None lets it run; return what has to be given back in the end."""
        before, self._moment = self._moment, moment
        return before

    @contextmanager
    def apart(self, dice: Random) -> Generator[None]:
        """Throw other dice meanwhile, for what must leave no trace in what comes later."""
        before = self.random, self._receipts
        self.random = self._receipts = dice
        try:
            yield
        finally:
            self.random, self._receipts = before

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
        return self.schedule_at(self.now + delay, action)

    def schedule_at(self, moment: float, action: Callable[[], None]) -> Timer:
        """Have `action` called at a moment (unix seconds); one that is past is due at once."""
        timer = self._timer(moment, action)
        self._sequence += 1
        heapq.heappush(self._timers, (moment, self._sequence, timer))
        return timer

    def step(
        self,
        provider: str,
        process: str,
        action: Callable[[], None],
        *,
        steps: float = 1,
        seconds: float | None = None,
    ) -> Timer:
        """Have `action` called when a process gets on, as the provider's lifecycle in this world says.

        Args:
            provider: whose process it is.
            process: its id, the one under which callers ask about it (`polled`) or push it on (`push`).
            action: what the step does.
            steps: how many times the pace it takes.
            seconds: how long it takes whatever the pace, in seconds of the clock.
        """
        lifecycle = self.lifecycle(provider)
        if lifecycle.waits:
            timer = self._timer(math.inf, action)
            self._held.setdefault((provider, process), Held()).timers.append(timer)
            return timer
        if lifecycle.mode == "immediate":
            return self.schedule(0, action)
        return self.schedule(self.pace * steps if seconds is None else seconds, action)

    def lifecycle(self, provider: str) -> Lifecycle:
        """Return how the processes of a provider get on in this world."""
        return self.lifecycles.get(provider, Lifecycle())

    def polled(self, provider: str, process: str) -> None:
        """Count that somebody asks about a process; where polls drive it, the one that counts makes it get on first."""
        held = self._held.get((provider, process))
        if held is None or self.lifecycle(provider).mode != "polls":
            return
        held.polls += 1
        if held.polls >= self.lifecycle(provider).polls:
            self.push(provider, process)

    def push(self, provider: str, process: str) -> bool:
        """Let a process that is held make its next step; return whether there was any to make."""
        held = self._held.pop((provider, process), None)
        timers = [] if held is None else [timer for timer in held.timers if not timer.cancelled]
        for timer in timers:
            self._fire(timer, self.now)
        return bool(timers)

    def processes(self) -> list[tuple[str, str]]:
        """Return what is held until polled or pushed, as pairs of provider and id."""
        return [key for key, held in self._held.items() if any(not timer.cancelled for timer in held.timers)]

    def next_due(self) -> float | None:
        """Return the unix seconds at which run_due() has something to do, or None."""
        due = self.outbox.next_due()
        while self._timers and self._timers[0][2].cancelled:
            heapq.heappop(self._timers)
        if not self._timers:
            return due
        return self._timers[0][0] if due is None else min(due, self._timers[0][0])

    def run_due(self) -> bool:
        """Do, in order, everything whose time has come, with the clock standing at each one's own moment.

        Returns whether there was anything.
        """
        if self.next_due() is None:
            return False
        present, any_due = self.clock.now(), False
        while (due := self.next_due()) is not None and due <= present:
            any_due = True
            if self.outbox.next_due() == due:
                self.outbox.release(due)
            else:
                self._fire(heapq.heappop(self._timers)[2], due)
        return any_due

    def send(
        self,
        profile: str,
        event: str,
        url: str,
        body: bytes,
        headers: Headers,
        settled: Callable[[int | None], None] | None = None,
        ended: Callable[[], str | None] | None = None,
    ) -> Delivery:
        """Have a webhook call made, see Outbox.put()."""
        return self.outbox.put(self, profile, event, url, body, headers, settled, ended)

    def _timer(self, due: float, action: Callable[[], None]) -> Timer:
        return Timer(due, action, self.random.getrandbits(64))

    def _fire(self, timer: Timer, moment: float) -> None:
        outer, self.random = self.random, Random(timer.seed)
        try:
            with self.standing(moment):
                timer.action()
        finally:
            self.random = outer


def _new_instance() -> str:
    return f"{SystemRandom().getrandbits(128):032x}"


def _uuid(dice: Random) -> str:
    bits = dice.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
