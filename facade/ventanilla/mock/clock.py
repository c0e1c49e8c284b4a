"""Knows what time it is in a world: it runs with the wall, faster, slower or not at all, and can be moved forward."""

import time
from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from ventanilla.mock._ours import ours

# 2000-01-01 and 2100-01-01: between them the dates of a world are ones that every program can read. No clock goes on
# beyond the end.
EARLIEST = 946_684_800.0
LATEST = 4_102_444_800.0
Moment = datetime | str | float


def seconds_of(moment: Moment) -> float:
    """Return a moment as unix seconds. Raises ValueError for one without a zone, and for what is no moment."""
    if isinstance(moment, int | float):
        return float(moment)
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if at.tzinfo is None:
        raise ValueError(f"at: {moment} has no zone; write 2026-03-01T12:00:00Z, or give an aware datetime")
    return at.timestamp()


@frozen
class Reading:
    """What a clock showed: its moment in unix seconds, its rate, and how many seconds it was ahead of the wall."""

    moment: float
    rate: float
    ahead: float


class Clock:
    """Tells the time of one world, in unix seconds; the only place where a mock learns it.

    `rate` is how many of its seconds pass in one of the wall's: 1 runs with the wall, 60 makes minutes of seconds,
    0 stands still. Time only ever runs forward, to the end of the century, however the clock is set; only a world that
    begins anew or goes back to a snapshot takes it back.
    """

    def __init__(self, start: float | None = None, rate: float = 1.0, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._since = wall()
        self._start = self._since if start is None else start
        self._rate = _checked(rate)

    @property
    def rate(self) -> float:
        """Seconds of this clock in one of the wall's; 0 while it is frozen."""
        return self._rate

    def now(self) -> float:
        """Return unix seconds."""
        return min(LATEST, self._start + (self._wall() - self._since) * self._rate)

    def begin(self, at: float | None = None, rate: float | None = None) -> None:
        """Begin anew at a moment, also an earlier one, for a world that does; what is left out stays as it is."""
        at, rate = self.now() if at is None else at, self._rate if rate is None else _checked(rate)
        self._start, self._since, self._rate = at, self._wall(), rate

    @classmethod
    def beginning(cls, at: Moment | None = None, rate: float = 1.0) -> "Clock":
        """Return a clock that begins at a moment (now if left out) and runs at a rate.

        Raises ValueError for what is no moment between 2000 and 2100, and for a rate that no clock runs at.
        """
        start = None if at is None else seconds_of(at)
        if start is not None and not EARLIEST <= start <= LATEST:
            raise ValueError(
                f"a clock begins between {EARLIEST:.0f} (the year 2000) and {LATEST:.0f} (2100) in unix seconds, not "
                f"at {start:.15g}"
            )
        return cls(start, rate)

    def freeze(self) -> None:
        """Stand still at the present moment, until `run` or `advance`."""
        self.run(0.0)

    def run(self, rate: float = 1.0) -> None:
        """Go on from the present moment at another rate."""
        rate = _checked(rate)
        self._start, self._since, self._rate = self.now(), self._wall(), rate

    @ours(
        "Time stands still, runs at another rate or is moved on when somebody says so; whatever takes time goes by it."
    )
    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once. Raises ValueError for negative ones: time never runs backwards."""
        if not seconds >= 0:
            raise ValueError(f"time runs forward only; cannot advance by {seconds} seconds")
        self._start += seconds

    def move(self, moment: float) -> None:
        """Jump forward to a moment; one that is past already changes nothing."""
        self._start += max(0.0, moment - self.now())

    def left(self, moment: float) -> float | None:
        """Return the seconds of the wall until `moment`; None when a frozen clock will never get there by itself."""
        ahead = max(0.0, moment - self.now())
        if ahead == 0:
            return 0.0
        return ahead / self._rate if self._rate else None

    def read(self) -> Reading:
        """Return what put_back() needs."""
        moment = self.now()
        return Reading(moment, self._rate, moment - self._wall())

    def put_back(self, reading: Reading) -> None:
        """Show what was read, as far as it is virtual.

        Frozen or scaled: the same moment at the same rate. A clock that ran with the wall is put as far ahead of the
        wall as it was, since real time that has passed has passed.
        """
        self._since, self._rate = self._wall(), reading.rate
        self._start = self._since + reading.ahead if reading.rate == 1 else reading.moment

    def copy(self) -> "Clock":
        """Return another clock that shows the same and runs alike, for another world."""
        return Clock(self.now(), self._rate, self._wall)


class ManualClock(Clock):
    """A clock that stands still until it is advanced, so that a test decides what has happened by now."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        super().__init__(start, rate=0.0)


def _checked(rate: float) -> float:
    if not 0 <= rate <= 1e6:
        raise ValueError(f"a clock runs at 0 (frozen) to 1,000,000 times the wall's speed, not at {rate}")
    return rate
