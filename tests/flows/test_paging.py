"""Lists that move while they are read lose no row; what is no list is never taken for an empty one."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import field, frozen

from ventanilla import _paging
from ventanilla._flow import Flow, Listing, Page
from ventanilla._paging import pages, rows
from ventanilla.errors import ListingMoved, UnexpectedAnswer
from ventanilla_clients.syncfy.models import UserListAnswer

SEED = 20261126
RUNS = 300


@frozen
class Row:
    id: Any


@frozen
class Answer:
    response: list[Any]
    unknown_fields: dict[str, Any] = field(factory=dict[str, Any])


class Service:
    """Hands out a list, and changes it after each page.

    Attributes:
        asked: limit and skip of each request.
    """

    def __init__(self, ids: Sequence[Any], change: Callable[[list[Any]], None] = lambda ids: None, cap: int = 9999):
        self.ids, self.change, self.cap = [*ids], change, cap
        self.asked: list[tuple[int, int]] = []

    def fetch(self, limit: int, skip: int) -> Flow[Answer]:
        self.asked.append((limit, skip))
        assert len(self.asked) < 2000, "an endless loop"
        ids = self.ids[skip : skip + min(limit, self.cap)]
        page: list[Any] = [None if each is None else Row(each) for each in ids]
        self.change(self.ids)
        usable = [row for row in page if row is not None]
        raw: dict[str, Any] = {"response": [row and {} for row in page]} if len(usable) < len(page) else {}
        return Answer(usable, raw)
        yield  # a flow that takes no step


def read(listing: Listing[Row]) -> list[Any]:
    return [row.id for page in listing if isinstance(page, Page) for row in page.items]


def plain(fetch: Callable[[int, int], Flow[Answer]], size: int, key: str) -> Listing[Row]:
    """As it would be without an anchor: the control."""
    skip = 0
    while True:
        answer: Any = yield from fetch(size, skip)
        found: list[Any] = answer.response
        yield Page(found)
        if len(found) < size:
            return 0
        skip += len(found)


class Refreshing:
    """Removes rows, inserts new ones, and moves some to the top, as a refresh does to a list with the newest first."""

    def __init__(self, dice: random.Random, *, moves: bool) -> None:
        self.dice, self.moves = dice, moves
        self.removed: set[Any] = set()
        self.count = 0

    def __call__(self, ids: list[Any]) -> None:
        if self.dice.random() < 0.5:
            return
        for _ in range(self.dice.randint(0, 4)):
            if ids:
                self.removed.add(ids.pop(self.dice.randrange(len(ids))))
        for _ in range(self.dice.randint(0, 4)):
            self.count += 1
            ids.insert(self.dice.choice((0, 0, self.dice.randint(0, len(ids)))), f"new{self.count}")
        if self.moves and ids and self.dice.random() < 0.3:
            ids.insert(0, ids.pop(self.dice.randrange(len(ids))))


def lost_and_repeated(way: Any, *, moves: bool) -> tuple[int, int]:
    lost = repeated = 0
    for run in range(RUNS):
        dice = random.Random(SEED + run)
        refresh = Refreshing(dice, moves=moves)
        before = [f"old{each}" for each in range(dice.randint(0, 60))]
        got = read(way(Service(before, refresh).fetch, dice.randint(4, 12), "id"))
        lost += len({*before} - refresh.removed - {*got})
        repeated += len(got) - len({*got})
    return lost, repeated


@pytest.mark.parametrize("moves", [False, True], ids=["keeping order", "moving to the top"])
def test_rows_that_stand_are_read_once(moves: bool) -> None:
    assert lost_and_repeated(pages, moves=moves) == (0, 0)


def test_control_without_an_anchor_rows_are_lost() -> None:
    lost, repeated = lost_and_repeated(plain, moves=False)
    assert lost > 100
    assert repeated > 100


@pytest.mark.parametrize(
    ("count", "size", "asked"),
    [
        (0, 5, [(5, 0)]),
        (3, 5, [(5, 0)]),
        (5, 5, [(5, 0), (5, 4)]),
        (9, 5, [(5, 0), (5, 4), (5, 8)]),
        (9, 25, [(25, 0)]),
        (17, 25, [(25, 0), (25, 16)]),  # pages may be capped
        (2, 1, [(2, 0), (2, 1)]),
    ],
)
def test_pages_begin_with_the_last_row(count: int, size: int, asked: list[tuple[int, int]]) -> None:
    service = Service(range(1, count + 1))
    assert read(pages(service.fetch, size, "id")) == [*range(1, count + 1)]
    assert service.asked == asked


@pytest.mark.parametrize("cap", [10, 50, 99, 256])
def test_a_service_that_caps_pages_is_read_to_the_end(cap: int) -> None:
    service = Service(range(1, 336), cap=cap)
    assert read(pages(service.fetch, 500, "id")) == [*range(1, 336)]


def test_rows_left_out_of_a_page_hide_no_others() -> None:
    service = Service(range(1, 1201))
    whole = service.fetch

    def fetch(limit: int, skip: int) -> Flow[Answer]:
        answer = yield from whole(limit, skip)
        return Answer([row for row in answer.response if row.id != 17], {})

    assert read(pages(fetch, 500, "id")) == [each for each in range(1, 1201) if each != 17]


def test_unusable_rows_count_and_hide_none() -> None:
    ids: list[Any] = [*range(1, 1201)]
    for place in (0, 99, 100, 498, 499, 500, 998, 1199):
        ids[place] = None
    assert read(pages(Service(ids).fetch, 500, "id")) == [each for each in ids if each is not None]


def same_again(limit: int, skip: int) -> Flow[Answer]:
    return Answer([Row(each) for each in range(1, limit + 1)])
    yield


def all_of_it(limit: int, skip: int) -> Flow[Answer]:
    return Answer([Row(each) for each in range(1, 200)])
    yield


def nameless(limit: int, skip: int) -> Flow[Answer]:
    return Answer([Row({"a": 1}) for _ in range(limit)])
    yield


@pytest.mark.parametrize("fetch", [same_again, nameless])
def test_what_cannot_be_gone_through_raises(fetch: Any) -> None:
    with pytest.raises(ListingMoved):
        read(pages(fetch, 5, "id"))


def test_a_service_that_ignores_both_has_said_it_all() -> None:
    assert read(pages(all_of_it, 5, "id")) == [*range(1, 200)]


def test_memory_of_ids_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_paging, "REMEMBERED", 100)
    inserted = iter(range(10_000, 11_000))
    service = Service(range(1, 2001), lambda ids: ids.insert(0, next(inserted)))
    got = read(pages(service.fetch, 10, "id"))
    assert got[:10] == [*range(1, 11)]
    assert sorted(each for each in got if each < 10_000) == [*range(1, 2001)]

    def replaced(ids: list[Any]) -> None:
        ids[:] = [each + 100_000 for each in ids]

    turned = Service(range(1, 2001), lambda ids: replaced(ids) if len(turned.asked) == 50 else None)
    with pytest.raises(ListingMoved):  # all it remembers is gone, and what comes before it may have been read
        read(pages(turned.fetch, 10, "id"))


USER = {"id_user": "a", "id_external": None, "name": "n", "dt_create": 1, "dt_modify": None}


@pytest.mark.parametrize("came", [None, "none", 7, True, {}, {"users": [USER]}, {"0": USER, "x": USER}, {"٣": USER}])
def test_what_is_no_list_raises(came: Any, lenient: Callable[[Any], UserListAnswer]) -> None:
    with pytest.raises(UnexpectedAnswer, match="`response` of UserListAnswer"):
        rows(lenient(came))


def test_numbered_keys_are_a_list(lenient: Callable[[Any], UserListAnswer]) -> None:
    came = {"10": {**USER, "name": "c"}, "2": None, "1": {**USER, "name": "a"}}
    assert [row and row.name for row in rows(lenient(came))] == ["a", None, "c"]
    assert rows(lenient([])) == []


@pytest.fixture
def lenient() -> Callable[[Any], UserListAnswer]:
    import httpx

    from ventanilla import drift
    from ventanilla_clients._runtime import decode

    drift.set_strict(False)
    envelope = {"rid": "r", "code": 200, "errors": None, "status": True, "message": None}
    return lambda came: decode(httpx.Response(200, json={**envelope, "response": came}), UserListAnswer)
