"""No event is lost, applied twice or left stale when receivers and workers are killed; each guard is needed for that.

`PYTHONPATH=scripts python -m proving.events` is the long version.
"""

import pytest

from proving.event_house import Control
from proving.events import Tally, run


def killed(events: int, kills: int, control: Control | None = None) -> Tally:
    tally = run(events, 0.3, kills, seed=20, progress=lambda line: None, control=control)
    print(tally)
    assert (tally.events, tally.kills, tally.unfinished) == (events, kills, 0)
    return tally


def test_killed_receivers_and_workers_lose_nothing_and_do_nothing_twice() -> None:
    tally = killed(300, 5)
    assert (tally.lost, tally.twice, tally.stale) == (0, 0, 0)
    assert tally.aimed > 0
    assert tally.deliveries > 330


@pytest.mark.parametrize(
    ("control", "found"), [("claim-outside", "twice"), ("strict", "stale"), ("answer-first", "lost")]
)
def test_without_a_guard_the_same_kills_do_harm(control: Control, found: str) -> None:
    tally = killed(120, 4, control)
    assert getattr(tally, found) > 0
