"""Every write meets every fault: nothing is done twice, and nothing is called done that is not."""

import asyncio

import pytest

from proving import writes
from proving.faults import FAULTS
from proving.matrix import cases
from proving.matrix import run as run_matrix
from proving.sabotage import Sabotage
from proving.setting import Setting
from proving.stage import WAYS, Ended, Way, staged, transport_of
from proving.tally import Tally, table
from proving.verdicts import judged
from proving.wire import run as run_wire
from proving.write import WRITES, Write
from proving.writes import CATALOGUE
from ventanilla import errors

SEED = 1


def test_no_write_is_done_twice_and_none_is_called_done_that_is_not() -> None:
    tally = run_matrix(Setting(SEED, small=True))
    print(table([tally]))
    assert not tally.broken
    assert (tally.faults or 0) >= len(CATALOGUE) * len(FAULTS)
    assert (tally.duplicates, tally.false_successes, tally.wrong_refusals) == (0, 0, 0)


def test_sockets_say_the_same_as_the_faults_of_the_same_process() -> None:
    tally = run_wire(Setting(SEED, small=True))
    print(table([tally]))
    assert not tally.broken
    assert tally.faults


def test_every_write_of_the_generated_clients_is_tried_by_the_facade_and_by_raw() -> None:
    assert len(WRITES) >= 28
    assert writes.missing() == []


def test_a_write_that_the_matrix_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "CATALOGUE", CATALOGUE[3:])
    assert ("syncfy", "create_user", "face") in writes.missing()


def test_a_long_run_has_ten_thousand_cases_of_its_own() -> None:
    long = list(cases(Setting(SEED)))
    assert len(long) >= 10_000
    assert len({case.number for case in long}) == len(long)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("write", CATALOGUE, ids=str)
def test_each_write_does_it_once_when_nothing_goes_wrong(write: Write, way: Way) -> None:
    with asyncio.Runner() as runner, staged(runner) as stage:
        given = write.arrange(stage, stage.plain(write.provider))
        sabotage = Sabotage(stage, write.provider, write.operation, ())
        face = stage.face(write.provider, way, transport_of(way, sabotage.answer), **write.options)
        before = stage.last
        ended = stage.end(lambda: write.do(face, given))
        stage.close(face)
        assert ended.error is None
        assert stage.effects(write.provider, write.operation, before) == sabotage.sent == 1


@pytest.mark.parametrize(
    ("ended", "effects", "verdict"),
    [
        (Ended(value=1), 1, "correct"),
        (Ended(value=1), 0, "false success"),
        (Ended(value=1), 2, "duplicate"),
        (Ended(error=errors.ConnectionFailed("lost")), 0, "unknown"),
        (Ended(error=errors.ConnectionFailed("lost")), 1, "unknown"),
        (Ended(error=errors.ConnectionFailed("lost")), 2, "duplicate"),
        (Ended(error=errors.InvalidRequest("wrong")), 0, "correct"),
        (Ended(error=errors.InvalidRequest("wrong")), 1, "wrong refusal"),
        (Ended(error=errors.NotFound("no", operation="create_user")), 1, "wrong refusal"),
        (Ended(error=errors.NotFound("no", operation="list_sites")), 1, "unknown"),
        (Ended(error=KeyError("response")), 0, "not ours"),
    ],
)
def test_a_verdict_is_about_what_the_server_did_and_what_was_said_of_it(
    ended: Ended, effects: int, verdict: str
) -> None:
    assert judged(ended, effects, "create_user") == verdict


def test_the_table_shows_what_was_counted_and_what_broke() -> None:
    kept, broken = Tally("kept", faults=1200, correct=7), Tally("other", kills=3)
    broken.breaks("it was done twice (seed 5)")
    shown = table([kept, broken]).splitlines()
    assert shown[0].split() == ["suite", "faults", "correct", "kills", "seconds", "verdict"]
    assert shown[1].split() == ["kept", "1,200", "7", "0.0", "kept"]
    assert shown[2].split() == ["other", "3", "0.0", "BROKEN", "1"]
    assert shown[3] == "other: it was done twice (seed 5)"
