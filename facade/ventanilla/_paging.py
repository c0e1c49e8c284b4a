"""Reads lists that a provider hands out by limit and skip, and loses no row while they move."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, cast

from ventanilla._flow import Flow, Listing, Page
from ventanilla._values import number, text
from ventanilla.errors import InvalidRequest, ListingMoved, UnexpectedAnswer
from ventanilla_clients._drift import numbered

Item_co = TypeVar("Item_co", covariant=True)
T = TypeVar("T")
# Ids that are remembered, so that memory does not grow with the list: two pages of the largest size.
REMEMBERED = 10_000
# Reads in a row that find another row in the anchor's place and nothing new, before a list is given up.
PATIENCE = 50
# Times that a list is read again from its start because rows moved in it.
PASSES = 3
# Rows of the smallest page that a provider may cap at.
SMALLEST = 10


class ListAnswer(Protocol[Item_co]):
    """An envelope whose response is a list."""

    @property
    def response(self) -> Sequence[Item_co]:
        """The items."""
        ...


# A flow for (limit, skip).
Fetch: TypeAlias = Callable[[int, int], Flow[ListAnswer[T]]]


def rows(answer: Any, name: str = "response") -> list[Any]:
    """Return the rows of the list that an operation answers with, with None for each that is no object.

    Args:
        answer: the decoded answer.
        name: its field that has the list.

    Raises:
        UnexpectedAnswer: there is no list: what cannot be read must not look like "nothing there".
    """
    items: Any = getattr(answer, name)
    # What came where the list is not as documented: the decoder keeps it.
    came: Any = getattr(answer, "unknown_fields", {}).get(name, items)
    came = numbered(cast(Any, came)) if isinstance(came, dict) else came
    if not isinstance(came, list):
        where = f"`{name}` of {type(answer).__name__}", f"`{name}` de {type(answer).__name__}"
        raise UnexpectedAnswer((f"{where[0]} is not a list of rows", f"{where[1]} no es una lista de registros"))
    usable, each_row = iter(items), cast(Any, came)
    found: list[Any] = items if came is items else [next(usable) if isinstance(e, dict) else None for e in each_row]
    return found


def whole(found: Sequence[T | None]) -> Listing[T]:
    """Hand out a list that comes in one answer; return how many of its rows could not be read."""
    yield Page([row for row in found if row is not None])
    return sum(row is None for row in found)


def may_end(count: int, size: int) -> bool:
    """Return whether a page shorter than was asked for may be taken for the last without another request.

    A provider may cap pages below what was asked for, or leave rows out after it has counted them.
    """
    return count < min(size, SMALLEST)


def pages(fetch: Fetch[T], size: int, key: str, prefetch: bool = False) -> Listing[T]:
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

    Returns:
        How many rows could not be read, or have no id.

    Raises:
        ListingMoved: rows could be missed.
    """
    if not 1 <= size <= 5000:
        raise InvalidRequest(f"page_size must be 1 to 5000, not {size}", field="page_size")
    limit = max(size, 2)  # one row would be the anchor alone
    found: list[T | None] = rows((yield from fetch(limit, 0)))
    walk, skip, odd = _Walk(fetch, limit, key), 0, 0
    is_only = may_end(len(found), limit)  # the common case, in which nothing has to be remembered
    while True:
        names = _names(found, key)
        odd += names.count(None)
        fresh = [row for row in found if row is not None] if is_only else walk.take(found, names, skip)
        del found, names  # they must not live on while the next page is read
        if fresh:
            yield Page(fresh, ahead=prefetch)
        del fresh
        if is_only or walk.is_over():
            return odd
        found, skip = yield from walk.read()


class _Walk(Generic[T]):
    """Where a walk through a list of several pages is: which ids it has handed out, and where it goes on."""

    def __init__(self, fetch: Fetch[T], limit: int, key: str) -> None:
        self._fetch, self._limit, self._key = fetch, limit, key
        self._known: dict[str, None] = {}  # the latest last
        self._has_forgotten = self._has_moved = self._is_last = False
        self._anchor: str | None = None
        self._place = self._reached = self._idle = self._same = self._passes = 0
        self._shape: tuple[object, ...] = ()

    def read(self) -> Flow[tuple[list[T | None], int]]:
        """Read the page that begins with the anchor or, where the list has moved, with another row that was read."""
        skip, step = self._place, 0
        while True:
            found: list[T | None] = rows((yield from self._fetch(self._limit, skip)))
            first = _names(found[:1], self._key)
            if self._anchor is None or first == [self._anchor]:
                return found, skip
            self._has_moved, self._idle = True, self._idle + 1
            if self._idle > PATIENCE or (skip == 0 and self._has_forgotten):
                raise _moved()
            if skip == 0 or (first and first[0] in self._known):
                return found, skip
            step = 2 * step or 1
            skip = max(0, self._place - step)

    def take(self, found: Sequence[T | None], names: Sequence[str | None], skip: int) -> list[T]:
        """Return the rows of a page that were not handed out, and go on from its last one."""
        fresh = self._take_at_once(found, names, skip) or self._take_each(found, names, skip)
        self._reached = max(self._reached, skip + len(found))
        for name in [*islice(self._known, max(0, len(self._known) - REMEMBERED))]:
            del self._known[name]
            self._has_forgotten = True
        self._judge(names, is_fresh=bool(fresh))
        return fresh

    def _take_at_once(self, found: Sequence[Any], names: Sequence[str | None], skip: int) -> list[T]:
        """Do so where nothing has moved, which is nearly always: the anchor, then ids that are all new."""
        start = 1 if self._known else 0
        new = dict.fromkeys(names[start:])
        is_plain = names[:start] == [self._anchor][:start] and len(new) == len(names) - start and None not in new
        if not new or not is_plain or not self._known.keys().isdisjoint(new):
            return []
        self._known.update(cast(Any, new))
        self._anchor, self._place = names[-1], skip + len(names) - 1
        return [*found[start:]]

    def _take_each(self, found: Sequence[T | None], names: Sequence[str | None], skip: int) -> list[T]:
        fresh: list[T] = []
        for place, (row, name) in enumerate(zip(found, names, strict=True), skip):
            if row is not None and (place >= self._reached if name is None else name not in self._known):
                fresh.append(row)
            elif name is not None and place > skip and not self._passes:
                self._has_moved = True  # it was read further ahead
            if name is not None:
                self._known.pop(name, None)
                self._known[name] = None
                self._anchor, self._place = name, place
        return fresh

    def _judge(self, names: Sequence[str | None], *, is_fresh: bool) -> None:
        goes_on = any(name is not None for name in names[1:])
        before, self._shape = self._shape, (names[:1], names[-1:], len(names))
        self._idle = 0 if is_fresh else self._idle
        self._same = self._same + 1 if before == self._shape and self._idle else 0
        # A provider that takes no notice of `skip` says the same again and again; without `limit` it has said it all.
        is_repeated = self._same > 3
        is_short = len(names) < self._limit
        self._is_last = (is_short and not goes_on) or may_end(len(names), self._limit) or is_repeated
        if (is_repeated and len(names) <= self._limit) or not (self._is_last or goes_on):
            raise _moved()

    def is_over(self) -> bool:
        """Return whether all has been read; if rows have moved meanwhile, read again from the start."""
        if not self._is_last or not self._has_moved or self._has_forgotten or self._passes == PASSES:
            return self._is_last
        self._passes += 1
        self._has_moved, self._anchor, self._place, self._idle, self._shape = False, None, 0, 0, ()
        return False


def _names(found: Sequence[object], key: str) -> list[str | None]:
    """Return the ids of rows, with None for those that have none."""
    names: list[Any] = [getattr(row, key, None) for row in found]
    if {*map(type, names)} <= {str} and all(names):
        return names
    return [text(name) or None if isinstance(name, str) or number(name) is not None else None for name in names]


def _moved() -> ListingMoved:
    return ListingMoved(
        (
            "the list moves while it is read, or its rows have no ids, and rows could be missed",
            "la lista cambia mientras se lee, o sus registros no tienen id, y podrían faltar algunos",
        )
    )
