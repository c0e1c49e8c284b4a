"""Decides whether a failed attempt is made again, and after how long. Pure: both faces ask the same function."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ventanilla._fork import Lock
from ventanilla._policy import Policy
from ventanilla.errors import (
    HtmlAnswer,
    MalformedAnswer,
    RateLimited,
    ServiceUnavailable,
    TransportError,
    VentanillaError,
)

# What may pass by itself. Other errors say the same however often they are asked.
PASSING = (TransportError, ServiceUnavailable, RateLimited, HtmlAnswer, MalformedAnswer)
FIRST, LONGEST = 0.5, 8.0
# A provider that asks for more patience than this is not asked again in this call: the error says how long to wait.
MOST_PATIENT = 60.0


def may_repeat(failure: VentanillaError, *, is_read: bool) -> bool:
    """Return whether the same request may be sent again without the risk of doing something twice.

    A read may, whenever the failure can pass by itself. A write may only when the failure proves that the provider has
    not begun: the connection never came about, or it answered 429. An answer that got lost proves nothing.
    """
    return isinstance(failure, PASSING) and (is_read or failure.outcome == "not_sent")


def pause(
    failure: VentanillaError, attempt: int, left: float, policy: Policy, random: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before the next attempt, or None if there shall be none.

    Args:
        failure: why the last attempt failed; its `retry_after` is honoured.
        attempt: its number, from 1.
        left: seconds until the deadline of the call.
        policy: how many retries there are.
        random: gives a number from 0 to 1, for full jitter: many clients must not come back at the same moment.
    """
    if attempt > policy.retries:
        return None
    asked: float | None = getattr(failure, "retry_after", None)
    jitter: float = random() * min(LONGEST, FIRST * 2.0 ** (attempt - 1))
    seconds = jitter if asked is None else asked + jitter
    return seconds if seconds < left and (asked is None or asked <= MOST_PATIENT) else None


def retry_after(headers: Mapping[str, str], now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Return the seconds that an answer asks to wait, from either form of Retry-After; None where it does not say."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    if not said:
        return None
    from email.utils import parsedate_to_datetime  # few answers ask for patience, and fewer by a date

    try:
        moment = parsedate_to_datetime(said)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - now()).total_seconds())
    except Exception:  # of more kinds than are documented, on what is no date
        return None


class Quota:
    """Counts what retries cost a face, so that an outage is not answered by a storm.

    A retry takes five, a success gives one back: with a full purse a hundred calls may each be retried once, and in a
    lasting outage one in five successes pays for a retry.
    """

    FULL, COST, RETURN = 500, 5, 1

    def __init__(self) -> None:
        self._left = self.FULL
        self._lock = Lock()

    def take(self) -> bool:
        """Pay for a retry; return whether there was enough."""
        with self._lock:
            if self._left < self.COST:
                return False
            self._left -= self.COST
            return True

    def succeeded(self) -> None:
        """Give back a little."""
        if self._left < self.FULL:
            with self._lock:
                self._left = min(self.FULL, self._left + self.RETURN)
