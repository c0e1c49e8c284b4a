"""What is to be done once is done at most once: over every state that a journal can be found in, and every failure."""

import inspect
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from msgspec.structs import replace
from playing import Played, play

from ventanilla import errors
from ventanilla._flow import Do, Flow, Wait
from ventanilla._keeping import Keeper, Keeping
from ventanilla._once import Task, once, resume
from ventanilla.intents import Intent, Journal, MemoryJournal, SqliteJournal

KEY = ("company", "A", 3)


class Provider:
    """Is somebody who makes things, loses answers, and shows what it has made, late or at once."""

    def __init__(self) -> None:
        self.made: list[tuple[int, str]] = [(7, "an older twin")]
        self.sent = 0
        self.reads = 0
        self.fail: Exception | None = None
        self.fail_before = False
        self.read_fails: Exception | None = None
        self.late: list[tuple[int, str]] = []
        self.commits_after = 0

    def mark(self, body: str) -> Flow[int]:
        if self.read_fails is not None:
            raise self.read_fails
        return max(number for number, _ in self.made)
        yield Wait(0)  # a flow, though it has no steps

    def send(self, body: str, operation_id: str) -> Flow[str]:
        self.sent += 1
        if not self.fail_before:
            (self.late if self.commits_after else self.made).append((100 + self.sent, body))
        if self.fail is not None:
            raise self.fail
        return f"{body} {100 + self.sent}"
        yield Wait(0)

    def look(self, body: str, operation_id: str, watermark: Any) -> Flow[Sequence[str]]:
        self.reads += 1
        if self.reads == self.commits_after:
            self.made.extend(self.late)
        if self.read_fails is not None:
            raise self.read_fails
        return [f"{body} {number}" for number, text in self.made if number > watermark and text == body]
        yield Wait(0)

    @property
    def task(self) -> Task[str, str]:
        return Task(
            kind="create",
            provider="Facti",
            body_type=str,
            result_type=str,
            mark=self.mark,
            send=self.send,
            look=self.look,
            name=lambda result: result.split()[-1],
        )


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "folder" / "intents.sqlite3")


@pytest.fixture
def keeper(journal: Journal) -> Keeper:
    return Keeper(journal, "scope", 180.0)


def do(keeper: Keeper, provider: Provider, body: str = "pay", operation_id: str | None = None, **more: Any) -> str:
    return play(once(keeper, provider.task, body, more.get("key", KEY), operation_id), {}, more.get("played"))


def again(keeper: Keeper, provider: Provider, operation_id: str, *, send_again: bool = False) -> str:
    return play(resume(keeper, provider.task, operation_id, send_again=send_again), {})


def keeping(keeper: Keeper) -> Keeping:
    face = Keeping()
    face.keeper = keeper
    return face


def only(keeper: Keeper) -> Intent:
    (intent,) = play(Keeping.pending.flow(keeping(keeper)), {})
    return intent


LOST = [errors.TimedOut("?"), errors.ConnectionFailed("?"), errors.ServiceUnavailable("?"), errors.OutcomeUnknown("?")]


def test_what_goes_well_is_done_once_and_closed_without_its_content(keeper: Keeper) -> None:
    provider = Provider()
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    kept = keeper.journal.find("scope", "mine")
    assert kept is not None
    assert (kept.state, kept.body, kept.watermark) == ("committed", b"", b"null")
    assert play(Keeping.pending.flow(keeping(keeper)), {}) == []


def test_the_same_operation_id_is_done_once_and_returns_what_it_made(keeper: Keeper) -> None:
    provider = Provider()
    assert [do(keeper, provider, operation_id="mine") for _ in range(3)] == ["pay 101"] * 3
    assert provider.sent == 1


def test_without_an_operation_id_each_call_is_another_operation(keeper: Keeper) -> None:
    provider = Provider()
    assert [do(keeper, provider) for _ in range(2)] == ["pay 101", "pay 102"]


@pytest.mark.parametrize("failure", LOST)
def test_a_lost_answer_is_found_and_not_sent_again(keeper: Keeper, failure: Exception) -> None:
    provider = Provider()
    provider.fail = failure
    assert do(keeper, provider) == "pay 101"
    assert provider.sent == 1


@pytest.mark.parametrize("failure", LOST)
def test_what_is_not_seen_is_unknown_and_stays_open(keeper: Keeper, failure: Exception) -> None:
    provider, played = Provider(), Played()
    provider.fail, provider.fail_before = failure, True
    with pytest.raises(errors.OutcomeUnknown) as raised:
        do(keeper, provider, played=played)
    kept = only(keeper)
    assert (kept.state, kept.operation_id) == ("unknown", raised.value.operation_id)
    assert raised.value.__cause__ is failure
    assert provider.sent == 1
    assert sum(played.waits) == pytest.approx(180.0, abs=2)
    assert played.waits[:3] == [1.0, 1.5, 2.25]
    assert max(played.waits) == 15.0


def test_an_error_of_ours_after_sending_is_no_proof_of_failure(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail = KeyError("request_id")
    assert do(keeper, provider) == "pay 101"


@pytest.mark.parametrize("failure", [errors.Rejected("no"), errors.RateLimited("slowly"), errors.InvalidRequest("no")])
def test_what_is_refused_or_not_sent_is_closed_and_may_be_asked_again(keeper: Keeper, failure: Exception) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = failure, True
    for _ in range(2):
        with pytest.raises(type(failure)):
            do(keeper, provider, operation_id="mine")
    assert play(Keeping.pending.flow(keeping(keeper)), {}) == []
    provider.fail, provider.fail_before = None, False
    assert do(keeper, provider, operation_id="mine") == "pay 103"


def test_an_older_twin_is_never_taken_for_it(keeper: Keeper) -> None:
    provider = Provider()
    provider.made.append((50, "pay"))
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        do(keeper, provider)


def test_without_the_watermark_it_would_be(keeper: Keeper) -> None:
    provider = Provider()
    provider.made.append((50, "pay"))
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    unmarked = Task(
        kind="create",
        provider="Facti",
        body_type=str,
        result_type=str,
        mark=lambda body: nothing(0),
        send=provider.send,
        look=provider.look,
        name=str,
    )
    assert play(once(keeper, unmarked, "pay", KEY, None), {}) == "pay 50"


def nothing(value: int) -> Flow[int]:
    return value
    yield Wait(0)


def test_several_that_may_be_it_are_told_and_none_is_taken(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail = errors.TimedOut("?")
    provider.late = [(300, "pay")]
    provider.commits_after = 2
    provider.made.append((8, "other"))
    with pytest.raises(errors.DuplicateDetected) as raised:
        do(keeper, provider)
    assert raised.value.ids == ("300", "101")
    assert only(keeper).state == "unknown"


@pytest.mark.parametrize("looks", [1, 2, 5, 12])
def test_what_comes_late_is_found(keeper: Keeper, looks: int) -> None:
    provider = Provider()
    provider.fail, provider.commits_after = errors.TimedOut("?"), looks
    assert do(keeper, provider) == "pay 101"
    assert provider.sent == 1


def test_what_comes_after_the_settling_time_is_found_by_resume(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.commits_after = errors.TimedOut("?"), 1000
    with pytest.raises(errors.OutcomeUnknown) as raised:
        do(keeper, provider)
    operation_id = str(raised.value.operation_id)
    with pytest.raises(errors.OutcomeUnknown):
        again(keeper, provider, operation_id)
    provider.made.extend(provider.late)
    assert again(keeper, provider, operation_id) == "pay 101"
    assert again(keeper, provider, operation_id) == "pay 101"
    assert provider.sent == 1


def test_a_read_that_fails_is_not_absence_and_not_a_reason_to_send(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail = errors.TimedOut("?")

    def failing(body: str, operation_id: str, watermark: Any) -> Flow[Sequence[str]]:
        provider.reads += 1
        if provider.reads < 4:
            raise errors.ServiceUnavailable("?")
        return ["pay 101"]
        yield Wait(0)

    task = Task(
        kind="create",
        provider="Facti",
        body_type=str,
        result_type=str,
        mark=provider.mark,
        send=provider.send,
        look=failing,
        name=str,
    )
    assert play(once(keeper, task, "pay", KEY, None), {}) == "pay 101"
    assert provider.sent == 1


def test_what_cannot_be_marked_is_sent_and_unknown_at_once_if_it_gets_lost(keeper: Keeper) -> None:
    provider, played = Provider(), Played()
    provider.read_fails = errors.ServiceUnavailable("?")
    assert do(keeper, provider) == "pay 101"
    provider.fail = errors.TimedOut("?")
    with pytest.raises(errors.OutcomeUnknown, match="cannot be looked for"):
        do(keeper, provider, played=played)
    assert sum(played.waits) < 0.1
    assert provider.sent == 2


def test_an_open_operation_with_the_same_key_is_gone_on_with(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.commits_after = errors.TimedOut("?"), 1000
    with pytest.raises(errors.OutcomeUnknown):
        do(keeper, provider)
    with pytest.raises(errors.OutcomeUnknown, match="did not live to see the answer"):
        do(keeper, provider)
    assert provider.sent == 1
    provider.made.extend(provider.late)
    assert do(keeper, provider) == "pay 101"
    assert provider.sent == 1


def test_another_content_under_the_same_key_or_id_is_a_conflict(keeper: Keeper) -> None:
    provider = Provider()
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    with pytest.raises(errors.IdempotencyConflict, match="mine is committed with other content"):
        do(keeper, provider, "another", operation_id="mine")
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        do(keeper, provider, operation_id="open")
    with pytest.raises(errors.IdempotencyConflict, match="open is unknown with other content"):
        do(keeper, provider, "another")
    with pytest.raises(errors.IdempotencyConflict, match="another operation, open") as raised:
        do(keeper, provider, operation_id="mine-too")
    assert raised.value.operation_id == "open"
    assert provider.sent == 2


def test_other_keys_do_not_meet(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        do(keeper, provider)
    provider.fail, provider.fail_before = None, False
    assert do(keeper, provider, "another", key=("company", "A", 4)) == "another 102"


def test_who_joins_an_operation_that_is_then_refused_takes_its_turn(keeper: Keeper) -> None:
    provider = Provider()
    first, second = (once(keeper, provider.task, "pay", KEY, None) for _ in range(2))
    answers: list[Any] = [None, None]

    def step(place: int, flow: Flow[str]) -> None:
        taken = flow.send(answers[place])
        answers[place] = taken.function(*taken.arguments) if isinstance(taken, Do) else 0.0

    def go_on(place: int, flow: Flow[str]) -> None:
        for _ in range(100):
            step(place, flow)

    for place, flow in ((0, first), (1, second), (0, first), (1, second)):
        step(place, flow)  # both have begun, the first one moves to `sent`, the second one cannot
    provider.fail, provider.fail_before = errors.Rejected("no"), True
    with pytest.raises(errors.Rejected):
        go_on(0, first)
    provider.fail, provider.fail_before = None, False
    with pytest.raises(StopIteration) as stopped:
        go_on(1, second)
    assert stopped.value.value == "pay 102"


def test_what_was_sent_a_while_ago_is_waited_for_less_long(keeper: Keeper) -> None:
    provider, played = Provider(), Played()
    crashed(keeper, provider, "sent", sent_at=time.time() - 100)
    with pytest.raises(errors.OutcomeUnknown):
        play(resume(keeper, provider.task, "mine", send_again=False), {}, played)
    assert sum(played.waits) == pytest.approx(80.0, abs=2)
    crashed_again = only(keeper)
    later: Any = replace(crashed_again, state="sent", sent_at=time.time() - 1000)
    assert keeper.journal.move(crashed_again, later)
    played = Played()
    with pytest.raises(errors.OutcomeUnknown):
        play(resume(keeper, provider.task, "mine", send_again=False), {}, played)
    assert sum(played.waits) < 0.1


def test_a_clock_that_was_set_back_does_not_lengthen_the_wait(keeper: Keeper) -> None:
    provider, played = Provider(), Played()
    crashed(keeper, provider, "sent", sent_at=time.time() + 5000)
    with pytest.raises(errors.OutcomeUnknown):
        play(resume(keeper, provider.task, "mine", send_again=False), {}, played)
    assert sum(played.waits) == pytest.approx(180.0, abs=0.5)


def test_what_is_found_is_kept_and_not_looked_for_again(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail = errors.TimedOut("?")
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    kept = keeper.journal.find("scope", "mine")
    assert kept is not None
    assert kept.state == "committed"
    reads = provider.reads
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    assert provider.reads == reads


def test_tasks_of_another_kind_do_not_meet(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        do(keeper, provider)
    provider.fail, provider.fail_before = None, False
    other = evolve(provider.task, kind="create something else")
    assert play(once(keeper, other, "pay", KEY, None), {}) == "pay 102"


def test_what_was_refused_cannot_be_resumed_and_says_why(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = errors.Rejected("no such company"), True
    with pytest.raises(errors.Rejected):
        do(keeper, provider, operation_id="mine")
    with pytest.raises(errors.InvalidRequest, match="took no effect: Rejected: no such company"):
        again(keeper, provider, "mine")


def test_a_name_that_is_made_up_is_long_enough_to_be_nobody_elses(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = KeyError("x"), True
    with pytest.raises(errors.OutcomeUnknown, match=r"the answer failed \(KeyError\); operation [0-9a-f]{32} was sent"):
        do(keeper, provider)


def test_scopes_do_not_meet(journal: Journal) -> None:
    provider = Provider()
    for scope in ("one", "two"):
        assert do(Keeper(journal, scope, 180.0), provider, operation_id="mine").startswith("pay")
    assert provider.sent == 2


def crashed(keeper: Keeper, provider: Provider, state: str, **changes: Any) -> Intent:
    """Keep what a process leaves behind that ended after it had written this state."""
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        do(keeper, provider, operation_id="mine")
    provider.fail, provider.fail_before, provider.sent = None, False, 0
    kept = only(keeper)
    left: Any = replace(kept, state=state, **changes)
    assert keeper.journal.move(kept, left)
    return kept


def test_what_was_prepared_and_never_sent_is_sent_by_resume(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "prepared", sent_at=None)
    assert again(keeper, provider, "mine") == "pay 101"
    assert provider.sent == 1


def test_what_was_sent_when_the_process_ended_is_only_looked_for(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "sent", sent_at=time.time())
    with pytest.raises(errors.OutcomeUnknown, match="did not live to see the answer"):
        again(keeper, provider, "mine")
    assert provider.sent == 0
    provider.made.append((900, "pay"))
    assert again(keeper, provider, "mine") == "pay 900"
    assert provider.sent == 0


def test_only_the_caller_can_have_it_sent_again(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "sent")
    assert again(keeper, provider, "mine", send_again=True) == "pay 101"
    assert again(keeper, provider, "mine", send_again=True) == "pay 101"
    assert provider.sent == 1


def test_what_resume_itself_has_sent_and_lost_is_not_sent_again_by_it(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "prepared", sent_at=None)
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        again(keeper, provider, "mine", send_again=True)
    assert provider.sent == 1


def test_what_is_dismissed_is_closed_and_its_key_is_free(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "sent")
    play(Keeping.dismiss.flow(keeping(keeper), "mine"), {})
    for impossible in (
        lambda: again(keeper, provider, "mine"),
        lambda: play(Keeping.dismiss.flow(keeping(keeper), "mine"), {}),
    ):
        with pytest.raises(errors.InvalidRequest):
            impossible()
    assert do(keeper, provider) == "pay 101"


@pytest.mark.parametrize("operation_id", ["", " ", "a b", "ñ", "x" * 129, "a\n"])
def test_operation_ids_that_cannot_be_kept_are_refused(keeper: Keeper, operation_id: str) -> None:
    provider = Provider()
    with pytest.raises(errors.InvalidRequest):
        do(keeper, provider, operation_id=operation_id)
    assert provider.sent == 0


def test_unknown_operations_cannot_be_resumed(keeper: Keeper) -> None:
    with pytest.raises(errors.InvalidRequest, match="no operation 'nobody'"):
        again(keeper, Provider(), "nobody")


class Broken(MemoryJournal):
    """Fails at the named method, after so many calls of it."""

    def __init__(self, method: str, after: int = 0) -> None:
        super().__init__()
        self.left = {method: after}

    def _use(self, method: str) -> None:
        if method in self.left:
            self.left[method] -= 1
            if self.left[method] < 0:
                raise OSError("the disk is full")

    def begin(self, intent: Intent) -> Intent:
        self._use("begin")
        return super().begin(intent)

    def move(self, before: Intent, after: Intent) -> bool:
        self._use("move")
        return super().move(before, after)

    def find(self, scope: str, operation_id: str) -> Intent | None:
        self._use("find")
        return super().find(scope, operation_id)


@pytest.mark.parametrize("method", ["begin", "move"])
def test_what_cannot_be_kept_is_not_sent(method: str) -> None:
    provider = Provider()
    with pytest.raises(errors.JournalUnavailable, match="the disk is full"):
        do(Keeper(Broken(method), "scope", 180.0), provider)
    assert provider.sent == 0


def test_a_journal_that_fails_while_a_lost_request_is_looked_for_does_not_say_that_it_was_not_sent() -> None:
    provider = Provider()
    provider.fail = errors.TimedOut("?")
    keeper = Keeper(Broken("find"), "scope", 180.0)
    assert do(keeper, provider) == "pay 101"
    with pytest.raises(errors.JournalUnavailable) as raised:
        again(keeper, provider, "mine")
    assert raised.value.outcome == "unknown"


def test_an_outcome_that_cannot_be_kept_is_returned_and_found_again(caplog: pytest.LogCaptureFixture) -> None:
    provider, journal = Provider(), Broken("move", 1)
    keeper = Keeper(journal, "scope", 180.0)
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    assert "operation mine is committed, but" in caplog.text
    assert [record.name for record in caplog.records] == ["ventanilla.intents"]
    del journal.left["move"]
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    assert provider.sent == 1


def test_two_that_race_send_once(keeper: Keeper) -> None:
    """Every interleaving of two flows, step by step: one of them sends, and both return what came of it."""
    for order in interleavings(9):
        provider, own = Provider(), Keeper(keeper.journal, f"scope {order}", 180.0)
        flows = [once(own, provider.task, "pay", KEY, "the-same") for _ in range(2)]
        results = race(flows, order)
        assert provider.sent == 1
        assert results == ["pay 101", "pay 101"]


def test_two_without_an_operation_id_that_overlap_send_once(keeper: Keeper) -> None:
    """Both have begun before either has sent: the natural key keeps them from doing it twice."""
    for order in ("0101", "0011", "0110", "1001"):
        own = Keeper(keeper.journal, order, 180.0)
        provider = Provider()
        flows = [once(own, provider.task, "pay", KEY, None) for _ in range(2)]
        assert race(flows, order) == ["pay 101", "pay 101"]
        assert provider.sent == 1


def interleavings(length: int) -> Iterator[str]:
    return (format(number, f"0{length}b") for number in range(2**length))


def race(flows: Sequence[Flow[str]], order: str) -> list[str]:
    """Take one step of one flow at a time, as the order says, then the rest."""
    answers: list[Any] = [None, None]
    results: dict[int, str] = {}
    turns = iter([*map(int, order), *[0, 1] * 60])
    while len(results) < 2:
        place = next(turns)
        if place in results:
            continue
        try:
            step = flows[place].send(answers[place])
        except StopIteration as stop:
            results[place] = stop.value
            continue
        answers[place] = step.function(*step.arguments) if isinstance(step, Do) else 0.0
    return [results[0], results[1]]


def test_without_the_swap_of_states_both_would_send() -> None:
    class Careless(MemoryJournal):
        def move(self, before: Intent, after: Intent) -> bool:
            super().move(before, after)
            return True

    careless, sent = Careless(), set[int]()
    for order in interleavings(9):
        provider = Provider()
        race([once(Keeper(careless, order, 1.0), provider.task, "pay", KEY, "the-same") for _ in range(2)], order)
        sent.add(provider.sent)
    assert 2 in sent


# The file


def test_a_journals_file_is_written_through_and_its_owners_alone(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "one" / "two" / "intents.sqlite3")
    assert journal.pending("scope") == []
    with journal._transaction() as database:  # pyright: ignore[reportPrivateUsage] - durability shows nowhere else
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700
    assert repr(journal) == f"SqliteJournal({str(journal.path)!r})"


def test_who_reads_waits_for_who_writes(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "intents.sqlite3")
    other = SqliteJournal(journal.path, patience=0.01)
    assert inspect.signature(SqliteJournal).parameters["patience"].default == 10.0
    assert other.pending("scope") == []
    with (
        journal._transaction(),  # pyright: ignore[reportPrivateUsage] - as another process in the middle of a change
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.find("scope", "mine")


def test_a_journal_that_is_removed_is_made_anew(tmp_path: Path) -> None:
    provider, keeper = Provider(), Keeper(SqliteJournal(tmp_path / "intents.sqlite3"), "scope", 180.0)
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    for file in tmp_path.iterdir():
        file.unlink()
    assert do(keeper, provider, operation_id="mine") == "pay 102"
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_journal_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "intents.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 7")
    keeper = Keeper(SqliteJournal(path), "scope", 180.0)
    with pytest.raises(errors.JournalUnavailable, match="version 7; this ventanilla knows version 1"):
        do(keeper, Provider())


def test_open_intents_are_listed_the_oldest_first(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    for name in ("b", "c", "a"):
        with pytest.raises(errors.OutcomeUnknown):
            do(keeper, provider, name, name, key=(name,))
    listed = play(Keeping.pending.flow(keeping(keeper)), {})
    assert [intent.operation_id for intent in listed] == ["b", "c", "a"]
    assert listed[0].created_at <= listed[1].created_at <= listed[2].created_at <= time.time()
