"""Knows how long a webhook call that failed waits until it is made again."""

from collections.abc import Iterable

# Seconds from one attempt to the next: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, so 27.6 hours in all.
RETRIES: tuple[float, ...] = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0)
MOST_RETRIES, LONGEST_RETRY = 10_000, 1e9


def checked(seconds: Iterable[float]) -> tuple[float, ...]:
    """Return the times to wait. Raises ValueError for what is none, and for too many."""
    wanted = tuple(map(float, seconds))
    if len(wanted) > MOST_RETRIES or not all(0 <= each <= LONGEST_RETRY for each in wanted):
        raise ValueError(
            f"retries are at most {MOST_RETRIES} numbers of seconds, each from 0 to {LONGEST_RETRY:.0f}, from one "
            "attempt to the next"
        )
    return wanted
