"""Each suite of scripts/prove, small: no promise is broken, and without its guard one is."""

import pytest

from proving import suites
from proving.guards import GUARDS, without
from proving.setting import Setting
from proving.tally import table

SEED = 1


@pytest.mark.parametrize("name", ["late", "interleaved", "machine", "first-use", "deadlines", "races", "crashes"])
def test_no_promise_is_broken(name: str) -> None:
    tally = suites.run(name, Setting(SEED, small=True))
    print(table([tally]))
    assert tally.broken == []


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        ("machine", "retry-rule"),
        ("late", "no-resend"),
        ("late", "watermark"),
        ("late", "token"),
        ("first-use", "one-maker"),
    ],
)
def test_without_its_guard_a_suite_fails(name: str, guard: str) -> None:
    assert name in GUARDS[guard].suites
    with without(guard):
        tally = suites.run(name, Setting(SEED, small=True))
    print(table([tally]))
    assert tally.broken


def test_every_guard_belongs_to_suites_that_there_are() -> None:
    assert {suite for guard in GUARDS.values() for suite in guard.suites} <= set(suites.SUITES)
