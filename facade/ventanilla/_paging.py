"""Reads lists that a provider hands out by limit and skip, and loses no row while they move."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast

from ventanilla._flow import Flow, Listing, Page
from ventanilla.errors import InvalidRequest, ListingMoved, UnexpectedAnswer, Words
from ventanilla_clients._drift import numbered

Item_co = TypeVar("Item_co", covariant=True)
T = TypeVar("T")
# Ids that are remembered, so that memory does not grow with the list: two pages of the largest size.
REMEMBERED = 10_000
# Reads in a row that find another row in the anchor's place and nothing new, before a list is given up.
PATIENCE = 50
# Times that a list is read again from its start because rows moved in it.
PASSES = 3


class ListAnswer(Protocol[Item_co]):
    """An envelope whose response is a list."""

    @property
    def response(self) -> Sequence[Item_co]:
        """The items."""
        ...


def rows(answer: Any, name: str = "response") -> list[Any]:
    """Return the rows of the list that an operation answers with, with None for each that is no object.

    Args:
        answer: the decoded answer.
        name: its field that has the list.

    Raises:
        UnexpectedAnswer: there is no list: what cannot be read must not look like "nothing there".
    """
    items: Any = getattr(answer, name)
    raw: Any = getattr(answer, "unknown_fields", {}).get(name, items)
    if raw is items and isinstance(items, list):
        return cast("list[Any]", items)
    if isinstance(raw, dict):
        raw = numbered(cast("dict[str, Any]", raw))
    if not isinstance(raw, list):
        where = f"`{name}` of {type(answer).__name__}", f"`{name}` de {type(answer).__name__}"
        raise UnexpectedAnswer((f"{where[0]} is not a list of rows", f"{where[1]} no es una lista de registros"))
    usable = iter(items)
    return [next(usable) if isinstance(each, dict) else None for each in cast("list[Any]", raw)]


def every_row(answer: Any, name: str = "response") -> list[Any]:
    """Return the rows of a list that decides what is written: a row that cannot be read may be the one that counts.

    Raises:
        UnexpectedAnswer: there is no list, or a row is no object.
    """
    found = rows(answer, name)
    if any(row is None for row in found):
        raise unreadable_row()
    return found


def unreadable_row() -> UnexpectedAnswer:
    """Return the error of a list that decides something and has a row that cannot be read."""
    said: Words = "a row of the list cannot be read", "un registro de la lista no se puede leer"
    return UnexpectedAnswer(said)


def may_end(count: int, size: int) -> bool:
    """Return whether a page shorter than was asked for may be taken for the last without another request.

    Providers cap pages at round numbers: behind a page of so many rows there may be more.
    """
    return count < size and (count == 0 or (count not in (10, 20, 25, 30, 40) and count % 50 != 0))


def pages(
    fetch: Callable[[int, int], Flow[ListAnswer[T]]], size: int, key: str, prefetch: bool = False, strict: bool = False
) -> Listing[T]:
    """Hand out the rows of a list, a page at a time, each id once.

    A page begins with the last row of the one before, the anchor. If another row stands in its place the list has
    moved: pages further back are read, by 1, 2, 4 … rows, until one begins with a row that was read. Rows that keep
    their order are neither lost nor repeated, however long the list. Rows that change places are looked for by reading
    again from the start, in lists of up to 10,000 rows.

    Args:
        fetch: a flow for (limit, skip).
        size: items for each request, 1 to 5000 (the provider's own links use 5000).
        key: the field that has the id of a row.
        prefetch: read the next page while this one is used.
        strict: raise at a row that cannot be read, after the others of its page.

    Raises:
        ListingMoved: rows could be missed.
    """
    if not 1 <= size <= 5000:
        raise InvalidRequest(f"page_size must be 1 to 5000, not {size}", field="page_size")
    limit = max(size, 2)  # one row would be the anchor alone
    found: list[T | None] = rows((yield from fetch(limit, 0)))
    walk = None if may_end(len(found), limit) else _Walk(fetch, limit, key, is_capped=len(found) < limit)
    fresh = [row for row in found if row is not None] if walk is None else walk.take(found, 0)
    while True:
        is_odd = strict and any(_id(row, key) is None for row in found)
        del found  # it must not live on while the next page is read
        if fresh:
            yield Page(fresh, ahead=prefetch)
        del fresh
        if is_odd:
            raise unreadable_row()
        if walk is None or walk.is_over():
            return
        found, skip = yield from walk.read()
        fresh = walk.take(found, skip)


class _Walk(Generic[T]):
    """Where a walk through a list of several pages is: which ids it has handed out, and where it goes on."""

    def __init__(
        self, fetch: Callable[[int, int], Flow[ListAnswer[T]]], limit: int, key: str, *, is_capped: bool
    ) -> None:
        self._fetch, self._limit, self._key, self._is_capped = fetch, limit, key, is_capped
        self._known: dict[str, None] = {}  # the latest last
        self._has_forgotten = self._has_moved = self._is_last = False
        self._anchor: str | None = None
        self._place = self._reached = self._idle = self._passes = 0
        self._shape: tuple[object, ...] = ()

    def read(self) -> Flow[tuple[list[T | None], int]]:
        """Read the page that begins with the anchor or, where the list has moved, with another row that was read."""
        skip, step = self._place, 0
        while True:
            found: list[T | None] = rows((yield from self._fetch(self._limit, skip)))
            first = _id(found[0], self._key) if found else None
            if self._anchor is None or first == self._anchor:
                return found, skip
            self._has_moved, self._idle = True, self._idle + 1
            if self._idle > PATIENCE or (skip == 0 and self._has_forgotten):
                raise _moved()
            if first in self._known or skip == 0:
                return found, skip
            step = 2 * step or 1
            skip = max(0, self._place - step)

    def take(self, found: Sequence[T | None], skip: int) -> list[T]:
        """Return the rows of a page that were not handed out, and go on from its last one."""
        fresh: list[T] = []
        names = [_id(row, self._key) for row in found]
        for place, (row, name) in enumerate(zip(found, names, strict=True), skip):
            if row is not None and (place >= self._reached if name is None else name not in self._known):
                fresh.append(row)
            elif name is not None and place > skip and not self._passes:
                self._has_moved = True  # it was read further ahead
            if name is not None:
                self._known.pop(name, None)
                self._known[name] = None
                self._anchor, self._place = name, place
        self._reached = max(self._reached, skip + len(found))
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
            self._has_forgotten = True
        self._judge(names, skip, bool(fresh))
        return fresh

    def _judge(self, names: Sequence[str | None], skip: int, is_fresh: bool) -> None:
        goes_on = any(name is not None for name in names[1:])
        shape, self._shape = self._shape, (names[:1], names[-1:], len(names))
        self._idle = 0 if is_fresh else self._idle
        # A provider that takes no notice of `skip` says the same again and again; without `limit` it has said it all.
        is_repeated = shape == self._shape and self._idle > 2
        self._is_last = (len(names) < self._limit and not (self._is_capped and goes_on)) or is_repeated
        if (is_repeated and len(names) <= self._limit) or not (self._is_last or goes_on):
            raise _moved()

    def is_over(self) -> bool:
        """Return whether all has been read; if rows have moved meanwhile, read again from the start."""
        if not self._is_last:
            return False
        if not self._has_moved or self._has_forgotten or self._passes == PASSES:
            return True
        self._passes += 1
        self._has_moved, self._anchor, self._place, self._idle, self._shape = False, None, 0, 0, ()
        return False


def _id(row: object, key: str) -> str | None:
    found = getattr(row, key, None)
    is_id = isinstance(found, str) or (isinstance(found, int) and not isinstance(found, bool))
    return str(found) or None if is_id else None


def _moved() -> ListingMoved:
    return ListingMoved(
        (
            "the list moves while it is read, or its rows have no ids, and rows could be missed",
            "la lista cambia mientras se lee, o sus registros no tienen id, y podrían faltar algunos",
        )
    )
