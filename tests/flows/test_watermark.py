"""The highest id of a company's payments is found among any number, in whatever order a page comes, in few reads."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.facti import _asking
from ventanilla.facti._payments import LIMIT


class Payments:
    """Answers searches as Facti does: at most 200, from an id on."""

    def __init__(self, ids: set[int], *, newest_first: bool) -> None:
        self.ids, self.newest_first, self.reads = sorted(ids), newest_first, 0

    def answer(self, since: int) -> Any:
        self.reads += 1
        found = [each for each in self.ids if each >= since]
        page = found[::-1][:LIMIT] if self.newest_first else found[:LIMIT]
        return SimpleNamespace(payments=[SimpleNamespace(id=each) for each in page])


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
        answer = SimpleNamespace(parsed=payments.answer(search.since_id))


@given(
    count=st.integers(0, 1500),
    gap=st.integers(1, 9),
    start=st.integers(1, 5000),
    more=st.sets(st.integers(1, 30_000), max_size=20),
    newest_first=st.booleans(),
    known=st.sampled_from([0, 1, 250, 4000]),
)
def test_the_highest_id_is_found(
    count: int, gap: int, start: int, more: set[int], newest_first: bool, known: int
) -> None:
    ids = {start + gap * each for each in range(count)} | more
    payments = Payments(ids, newest_first=newest_first)
    assert highest(payments, known) == max([known, *(each for each in ids if each >= known)])
    assert payments.reads <= 40


@pytest.mark.parametrize("count", [0, 1, LIMIT - 1, LIMIT, LIMIT + 1, 2 * LIMIT, 10_000])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_page_that_is_just_full_is_not_the_end(count: int, newest_first: bool) -> None:
    payments = Payments(set(range(1, count + 1)), newest_first=newest_first)
    assert highest(payments, 0) == count
    assert payments.reads <= (1 if newest_first else 30)


def test_without_payments_what_is_known_to_exist_stays() -> None:
    assert highest(Payments(set(), newest_first=False), 77) == 77
