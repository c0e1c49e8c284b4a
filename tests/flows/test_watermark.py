"""The highest id of a company's payments is found among any number, in whatever order a page comes, in few reads."""

from bisect import bisect_left
from collections.abc import Sequence
from random import Random
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.errors import UnexpectedAnswer
from ventanilla.facti import _asking
from ventanilla.facti._payments import LIMIT

# Which payments a full page has, and in which order they come.
Order = Literal["oldest first", "newest first", "some of the oldest", "some of the newest"]
ORDERS: list[Order] = ["oldest first", "newest first", "some of the oldest", "some of the newest"]


class Payments:
    """Answers searches as Facti does: at most 200, from an id on."""

    def __init__(self, ids: Sequence[int], order: Order) -> None:
        self.ids, self.order, self.reads = ids, order, 0

    def answer(self, since: Any) -> Any:
        assert type(since) is int
        self.reads += 1
        assert self.reads <= 60
        start = bisect_left(self.ids, since)
        if "oldest" not in self.order:
            start = max(start, len(self.ids) - LIMIT)
        page = [*self.ids[start : start + LIMIT]]
        if self.order == "newest first":
            page.reverse()
        elif self.order != "oldest first":
            Random(0).shuffle(page)
        return SimpleNamespace(payments=[SimpleNamespace(id=each) for each in page], unknown_fields={})


def highest(payments: Payments, known: int) -> int:
    asking: Any = _asking
    flow = asking._highest(SimpleNamespace(company_id=5, raw=None), known)
    answer: Any = None
    while True:
        try:
            step: Any = flow.send(answer)
        except StopIteration as stop:
            value: int = stop.value
            return value
        search = step.options["body"]
        assert (search.company_id, search.limit) == (5, LIMIT)
        answer = SimpleNamespace(parsed=payments.answer(search.since_id), headers={})


@given(
    count=st.integers(0, 1500),
    gap=st.integers(1, 9),
    start=st.integers(1, 5000),
    more=st.sets(st.integers(1, 30_000), max_size=20),
    order=st.sampled_from(ORDERS),
    known=st.sampled_from([0, 1, 250, 4000]),
)
def test_the_highest_id_is_found(count: int, gap: int, start: int, more: set[int], order: Order, known: int) -> None:
    ids = {start + gap * each for each in range(count)} | more
    payments = Payments(sorted(ids), order)
    assert highest(payments, known) == max([known, *(each for each in ids if each >= known)])
    assert payments.reads <= 25


@pytest.mark.parametrize("count", [0, 1, LIMIT - 1, LIMIT, LIMIT + 1, 2 * LIMIT, 10_000])
@pytest.mark.parametrize("order", ORDERS)
def test_a_page_that_is_just_full_is_not_the_end(count: int, order: Order) -> None:
    payments = Payments(range(1, count + 1), order)
    assert highest(payments, 0) == count
    assert payments.reads <= (1 if order == "newest first" else 20)


@pytest.mark.parametrize(
    "ids", [range(1, 9_000_000), range(4_000_000, 6_500_000), range(10**9, 10**9 + 7 * 10**6, 7)], ids=repr
)
def test_millions_of_payments_take_some_thirty_reads_the_first_time_and_one_from_then_on(ids: range) -> None:
    payments = Payments(ids, "oldest first")
    assert highest(payments, 0) == ids[-1]
    assert payments.reads <= 33
    for missed, reads in ((0, 1), (5, 1), (150, 2), (300, 4), (10_000, 13)):
        payments.reads = 0
        assert highest(payments, ids[-1 - missed]) == ids[-1]
        assert payments.reads <= reads


def test_without_payments_what_is_known_to_exist_stays() -> None:
    assert highest(Payments([], "oldest first"), 77) == 77


def test_a_search_that_does_not_heed_its_limit_is_not_asked_for_ever() -> None:
    class Deaf(Payments):
        def answer(self, since: Any) -> Any:
            return super().answer(0)

    with pytest.raises(UnexpectedAnswer, match="since id 400 were asked for"):
        highest(Deaf(range(1, 1000), "oldest first"), 0)
    with pytest.raises(UnexpectedAnswer, match="since id 200 were asked for"):
        highest(Deaf(range(1, 1000), "oldest first"), LIMIT)
