"""Knows what a world was asked and what it answered: a ring of the last exchanges, and how to find some of them."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Unpack

from ventanilla.mock import _curl, _entry, _har, _views
from ventanilla.mock._entry import Entry, Row
from ventanilla.mock._filter import Filter, Wanted
from ventanilla.mock._masks import issued, masked
from ventanilla.mock.wire import Request, Response

KEPT_EXCHANGES = 10_000
# Bytes that all exchanges together may take, as far as their contents go.
ROOM = 10 * 1024 * 1024
# What an exchange takes beside its packed content: a tuple, a few numbers and the references to them.
OVERHEAD = 192
KEPT_TOKENS = 4096
SHOWN_IN_ERRORS = 10


class Journal:
    """The last exchanges of one world, the oldest first; at most `kept` of them, in at most `room` bytes.

    What it shows (shown, curl, har, lines) has no secrets in it but those that are published or that the mock gave
    out itself, its session tokens: whoever repeats a request needs them.
    """

    def __init__(self, kept: int = KEPT_EXCHANGES, room: int = ROOM) -> None:
        self._kept, self._room = kept, room
        self._ring: deque[Row] = deque()
        self._count = 0
        self._size = 0
        self._issued: dict[str, None] = {}
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._waiting = 0

    def note(
        self,
        at: float,
        request: Request,
        response: Response,
        provider: str | None,
        operation: str | None,
        problems: tuple[str, ...] = (),
        fault: str | None = None,
    ) -> None:
        """Add an exchange; the oldest ones go when there are too many, or too much in them."""
        row = _entry.row(at, request, response, provider, operation, problems, fault)
        tokens = issued(response)
        with self._lock:
            self._ring.append(row)
            self._count += 1
            self._size += len(row[-1]) + OVERHEAD
            while len(self._ring) > self._kept or self._size > self._room:
                self._size -= len(self._ring.popleft()[-1]) + OVERHEAD
            for token in tokens:
                self._issued[token] = None
                if len(self._issued) > KEPT_TOKENS:
                    del self._issued[next(iter(self._issued))]
            if self._waiting:
                self._news.notify_all()

    def find(self, *, limit: int | None = None, **wanted: Unpack[Wanted]) -> list[Entry]:
        """Return the exchanges that fit, the oldest first; see Wanted for what to look for.

        Of more than `limit` the last ones are returned; with `since` the first ones, to go on from there.
        """
        found = self._found(Filter(**wanted))
        if limit is not None:
            found = found[:limit] if wanted.get("since") is not None else found[max(0, len(found) - limit) :]
        return [_entry.entry(id, row) for id, row in found]

    def count(self, **wanted: Unpack[Wanted]) -> int:
        """Return how many of the kept exchanges fit; see Wanted for what to look for."""
        return len(self._found(Filter(**wanted))) if wanted else len(self)

    def wait(self, count: int = 1, timeout: float = 5.0, **wanted: Unpack[Wanted]) -> list[Entry]:
        """Wait until `count` exchanges fit, those that came before included, and return them.

        For tests whose application runs in other threads; hold no lock of the world meanwhile.

        Args:
            count: how many.
            timeout: seconds of the wall.
            wanted: what to look for, see Wanted.

        Raises: TimeoutError that says what came instead.
        """
        filter, end = Filter(**wanted), time.monotonic() + timeout
        seen, found = filter.since or 0, list[tuple[int, Row]]()
        with self._lock:
            self._waiting += 1
            try:
                while True:
                    found += [(id, row) for id, row in self._newer(seen) if filter.fits(row)]
                    seen = max(seen, self._count)
                    left = end - time.monotonic()
                    if len(found) >= count or left <= 0:
                        break
                    self._news.wait(left)
            finally:
                self._waiting -= 1
        if len(found) < count:
            raise TimeoutError(self._missing(count, timeout, len(found), wanted))
        return [_entry.entry(id, row) for id, row in found]

    def entry(self, id: int) -> Entry:
        """Return one exchange. Raises LookupError when there is none of this id yet, or not any more."""
        with self._lock:
            oldest = self._count - len(self._ring) + 1
            if oldest <= id <= self._count:
                return _entry.entry(id, self._ring[id - oldest])
        if 1 <= id < oldest:
            raise LookupError(f"exchange {id} has left the journal: {self._which()}")
        raise LookupError(f"there is no exchange {id}: {self._which()}")

    def clear(self) -> None:
        """Forget all exchanges; their ids are not used again."""
        with self._lock:
            self._ring.clear()
            self._size = 0

    def shown(self, entry: Entry) -> dict[str, Any]:
        """Return an exchange as plain values for JSON, without secrets."""
        return _views.shown(masked(entry, self._issued))

    def lines(self, entries: Iterable[Entry]) -> list[str]:
        """Return a line of text for each exchange, without secrets: when, what, its status, what was noticed."""
        return [_views.line(entry, self._issued) for entry in entries]

    def curl(self, entry: Entry, base_url: str) -> str:
        """Return a command line that makes the request again, without secrets; `base_url` is where this mock is."""
        return _curl.command(masked(entry, self._issued), base_url)

    def har(self, entries: Iterable[Entry], base_url: str) -> dict[str, Any]:
        """Return exchanges as an HTTP Archive (HAR 1.2), without secrets; `base_url` is where this mock is."""
        return _har.archive([masked(entry, self._issued) for entry in entries], base_url)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.find())

    def __len__(self) -> int:
        return len(self._ring)

    def _found(self, filter: Filter) -> list[tuple[int, Row]]:
        with self._lock:
            rows = self._newer(filter.since or 0)
        return [(id, row) for id, row in rows if filter.fits(row)]

    def _newer(self, id: int) -> list[tuple[int, Row]]:
        """Return what came after an id; whoever calls holds the lock."""
        length = max(0, min(self._count - id, len(self._ring)))
        rows = list(islice(reversed(self._ring), length))
        return list(enumerate(reversed(rows), self._count - length + 1))

    def _which(self) -> str:
        if not self._ring:
            return f"it is empty, {self._count} have been"
        return f"it has {self._count - len(self._ring) + 1} to {self._count}"

    def _missing(self, count: int, timeout: float, found: int, wanted: Wanted) -> str:
        what = ", ".join(f"{name}={value!r}" for name, value in wanted.items()) or "anything at all"
        came = self.lines(self.find(limit=SHOWN_IN_ERRORS))
        last = "\n  ".join([f"The last {len(came)} of {self._count} exchanges:", *came]) if came else "Nothing came."
        return f"waited {timeout:g} s for {count} exchanges with {what}, but there are {found}. {last}"


__all__ = ["Entry", "Journal", "Wanted"]
