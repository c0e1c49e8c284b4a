"""Keeps the number of requests that a key sends to a host in a second, over all threads of this process."""

import hashlib
from collections import deque
from weakref import WeakValueDictionary

from ventanilla._fork import Lock

# What the providers document, in requests per second. Source: Syncfy's Postman collection; the others name no limit.
DOCUMENTED = {"Syncfy": 5.0}
# The provider counts when requests arrive, which is not when they leave.
MARGIN = 0.05
Origin = tuple[bytes, bytes, int | None]


class Limiter:
    """Gives out moments to send at, so that no second has more than `rate` of them."""

    def __init__(self, rate: float) -> None:
        self._sent: deque[float] = deque(maxlen=max(1, int(rate)))
        self._second = max(1, int(rate)) / rate + MARGIN
        self._not_before = 0.0
        self._lock = Lock()

    def reserve(self, now: float, until: float) -> tuple[bool, float]:
        """Take the next free moment; return whether it was taken, and how many seconds it is away.

        Args:
            now: monotonic seconds.
            until: a moment after this one is of no use and is not taken.
        """
        with self._lock:
            moment = max(now, self._not_before)
            if len(self._sent) == self._sent.maxlen:
                moment = max(moment, self._sent[0] + self._second)
            if moment <= until:
                self._sent.append(moment)
            return moment <= until, moment - now

    def hold(self, until: float) -> None:
        """Give out no moment before this one: the provider has said when it wants to hear from the key again."""
        with self._lock:
            self._not_before = max(self._not_before, until)


_limiters: WeakValueDictionary[tuple[str, Origin, float, bytes], Limiter] = WeakValueDictionary()
_lock = Lock()


def limiter(provider: str, origin: Origin, key: str, rate: float | None) -> Limiter | None:
    """Return the limiter that all faces with the same key and host share, or None where there is no limit.

    Args:
        provider: its name.
        origin: scheme, host and port of the service: what one asks for says nothing of another.
        key: the key that the provider counts by; only a digest of it is kept.
        rate: requests per second; None is what the provider documents.
    """
    chosen = DOCUMENTED.get(provider) if rate is None else rate
    if chosen is None or chosen == float("inf"):
        return None
    name = (provider, origin, chosen, hashlib.sha256(key.encode()).digest())
    with _lock:
        found = _limiters.get(name)
        if found is None:
            found = _limiters[name] = Limiter(chosen)
        return found
