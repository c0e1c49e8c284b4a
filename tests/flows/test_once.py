"""What is to be done once is done at most once: over every state that a journal can be found in, and every failure."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from msgspec.structs import replace
from playing import Played, intent, play

from ventanilla import errors
from ventanilla._flow import Do, Flow, Wait
from ventanilla._keeping import Keeper, Keeping
from ventanilla._once import Before, Task, once, resume
from ventanilla.intents import Intent, Journal, MemoryJournal, SqliteJournal
from ventanilla.intents._place import journal_of

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
        self.can_be_searched = True
        self.instance = ""

    def mark(self, body: str, operation_id: str) -> Flow[Before[str]]:
        if self.read_fails is not None:
            raise self.read_fails
        return Before(watermark=max(number for number, _ in self.made) if self.can_be_searched else None)
        yield Wait(0)  # a flow, though it has no steps

    def read(self) -> Flow[None]:
        self.reads += 1
        if self.read_fails is not None:
            raise self.read_fails
        yield Wait(0)

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

    def alike(self, body: str, watermark: Any) -> Flow[Sequence[str]]:
        return [str(number) for number, text in self.made if number > watermark and text.casefold() == body]
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
            alike=self.alike,
            name=lambda result: result.split()[-1],
            known_by=lambda id: f"known by {id}",
            read=self.read,
            shown=lambda: self.instance,
            unmarked="look elsewhere",
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
    unmarked = evolve(provider.task, mark=marks(Before(watermark=0)))
    assert play(once(keeper, unmarked, "pay", KEY, None), {}) == "pay 50"


def marks(before: Before[str]) -> Callable[[str, str], Flow[Before[str]]]:
    def mark(body: str, operation_id: str) -> Flow[Before[str]]:
        return before
        yield Wait(0)

    return mark


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

    assert play(once(keeper, evolve(provider.task, look=failing), "pay", KEY, None), {}) == "pay 101"
    assert provider.sent == 1


def test_what_cannot_be_searched_is_unknown_at_once(keeper: Keeper) -> None:
    provider, played = Provider(), Played()
    provider.can_be_searched = False
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
    with pytest.raises(errors.OutcomeUnknown, match="exited before the response arrived"):
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
    later: Any = replace(crashed_again, state="sent", version="later", sent_at=time.time() - 1000)
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
    left: Any = replace(kept, state=state, version=f"left {state}", **changes)
    assert keeper.journal.move(kept, left)
    return kept


def test_what_was_prepared_is_sent_only_where_the_caller_says_so(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "prepared", sent_at=None)
    assert play(Keeping.pending.flow(keeping(keeper)), {}) == []
    assert again(keeper, provider, "mine", send_again=True) == "pay 101"
    assert provider.sent == 1


def test_what_was_prepared_is_closed_by_resume(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "prepared", sent_at=None)
    for _ in range(2):
        with pytest.raises(errors.InvalidRequest, match="took no effect: it was prepared and never sent"):
            again(keeper, provider, "mine")
    assert provider.sent == 0
    assert do(keeper, provider, operation_id="mine") == "pay 101"


def test_what_was_sent_when_the_process_ended_is_only_looked_for(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "sent", sent_at=time.time())
    with pytest.raises(errors.OutcomeUnknown, match="exited before the response arrived"):
        again(keeper, provider, "mine")
    assert provider.sent == 0
    provider.made.append((900, "pay"))
    assert again(keeper, provider, "mine") == "pay 900"
    assert provider.sent == 0


def test_only_the_caller_can_have_it_sent_again(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "sent", sent_at=time.time() - 1000)
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
    with pytest.raises(errors.JournalUnavailable, match=r"failed \(OSError\)") as raised:
        do(Keeper(Broken(method), "scope", 180.0), provider)
    assert provider.sent == 0
    # The words of another journal may have a key in them.
    assert "the disk is full" not in "".join(traceback.format_exception(raised.value))


class Stuck(MemoryJournal):
    """Replaces nothing, and does not say why."""

    def move(self, before: Intent, after: Intent) -> bool:
        return False


def test_a_journal_that_replaces_nothing_is_not_asked_for_ever() -> None:
    provider, keeper = Provider(), Keeper(Stuck(), "scope", 180.0)
    for _ in range(2):
        with pytest.raises(errors.JournalUnavailable, match="did not replace") as raised:
            do(keeper, provider, operation_id="mine")
        assert (raised.value.outcome, provider.sent) == ("not_sent", 0)


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
    now = 0.0
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
        now += step.seconds if isinstance(step, Wait) else 0.0
        answers[place] = step.function(*step.arguments) if isinstance(step, Do) else now
    return [results[0], results[1]]


def test_without_the_swap_of_states_both_would_send() -> None:
    class Careless(MemoryJournal):
        def move(self, before: Intent, after: Intent) -> bool:
            super().move(before, after)
            return True

    careless, sent = Careless(), set[int]()
    for order in interleavings(9):
        provider = Provider()
        race([once(Keeper(careless, order, 180.0), provider.task, "pay", KEY, "the-same") for _ in range(2)], order)
        sent.add(provider.sent)
    assert 2 in sent


def test_open_intents_are_listed_the_oldest_first(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    for name in ("b", "c", "a"):
        with pytest.raises(errors.OutcomeUnknown):
            do(keeper, provider, name, name, key=(name,))
    listed = play(Keeping.pending.flow(keeping(keeper)), {})
    assert [intent.operation_id for intent in listed] == ["b", "c", "a"]
    assert listed[0].created_at <= listed[1].created_at <= listed[2].created_at <= time.time()


# What the journal knows


def test_what_another_operation_made_is_never_taken(keeper: Keeper) -> None:
    provider = Provider()
    assert do(keeper, provider, operation_id="A") == "pay 101"
    provider.made.append((150, "other"))  # a later one, so that only the journal can tell
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    lagging = evolve(provider.task, mark=marks(Before(watermark=50)))
    with pytest.raises(errors.OutcomeUnknown):
        play(once(keeper, lagging, "pay", KEY, "B"), {})
    provider.made.append((160, "pay"))
    assert again(keeper, provider, "B") == "pay 160"


def test_the_highest_id_and_its_owners_are_told_for_each_kind(journal: Journal) -> None:
    for number, (kind, instance, id) in enumerate(
        [
            *[("pay", "", id) for id in ("9", "101", "62a", "9" * 19, "")],
            *[("pay", "m", "500"), ("roll", "", "7000")],
        ]
    ):
        one = intent(str(number), kind=kind, state="committed", id=id, instance=instance)
        assert journal.begin(one) == one
    assert [journal.highest("scope", "pay", each) for each in ("", "m", "n")] == [101, 500, 0]
    assert journal.owners("scope", "pay", "", ["9", "62a", "500", "8"]) == {"9": "0", "62a": "2"}
    assert journal.owners("another", "pay", "", ["9"]) == {}


# What was never sent


@pytest.mark.parametrize("step", range(3))
def test_what_is_cancelled_before_it_was_sent_is_closed(keeper: Keeper, step: int) -> None:
    provider = Provider()
    flow = once(keeper, provider.task, "pay", KEY, "mine")
    taken = flow.send(None)
    for _ in range(step):
        assert isinstance(taken, Do)
        taken = flow.send(taken.function(*taken.arguments))
    if isinstance(taken, Do) and step < 2:
        taken.function(*taken.arguments)  # it was done, and nobody heard of it
    flow.close()
    kept = keeper.journal.find("scope", "mine")
    assert kept is not None
    assert kept.state == ("failed" if step < 2 else "sent")
    assert provider.sent == (step == 2)


def test_what_is_cancelled_while_it_is_sent_stays_open(keeper: Keeper) -> None:
    provider = Provider()

    def sending(body: str, operation_id: str) -> Flow[str]:
        yield Wait(1)
        raise AssertionError

    flow = once(keeper, evolve(provider.task, send=sending), "pay", KEY, "mine")
    step = flow.send(None)
    while isinstance(step, Do):
        step = flow.send(step.function(*step.arguments))
    flow.close()
    assert only(keeper).state == "sent"


def test_what_cannot_be_closed_is_not_sent_later() -> None:
    provider, journal = Provider(), Broken("move")
    keeper = Keeper(journal, "scope", 180.0)
    with pytest.raises(errors.JournalUnavailable) as raised:
        do(keeper, provider, operation_id="mine")
    assert raised.value.outcome == "not_sent"
    del journal.left["move"]
    assert keeper.pending() == []
    with pytest.raises(errors.InvalidRequest):
        again(keeper, provider, "mine")
    assert provider.sent == 0


def test_what_was_prepared_gives_way_to_another_id_or_content(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "prepared", sent_at=None)
    assert do(keeper, provider, operation_id="other") == "pay 101"
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    crashed(keeper, provider, "prepared", sent_at=None)
    provider.sent = 1
    assert do(keeper, provider, "more", operation_id="mine") == "more 102"


def test_what_there_is_before_is_read_or_nothing_is_sent(keeper: Keeper) -> None:
    provider = Provider()
    provider.read_fails = errors.ServiceUnavailable("?")
    with pytest.raises(errors.ServiceUnavailable) as raised:
        do(keeper, provider, operation_id="mine")
    assert (raised.value.outcome, provider.sent, raised.value.hint) == ("not_sent", 0, "look elsewhere")
    kept = keeper.journal.find("scope", "mine")
    assert kept is not None
    assert (kept.state, kept.note) == ("failed", "nothing was sent (ServiceUnavailable)")
    provider.read_fails = None
    assert do(keeper, provider, operation_id="mine") == "pay 101"


def test_what_is_there_already_is_not_sent(keeper: Keeper) -> None:
    provider = Provider()
    there = evolve(provider.task, mark=marks(Before(watermark=0, found=["pay 77"])))
    assert [play(once(keeper, there, "pay", KEY, "mine"), {}) for _ in range(2)] == ["pay 77"] * 2
    assert provider.sent == 0


# What is refused by nobody knows whom


def refusal() -> errors.ProviderError:
    found = errors.Rejected("the email field is required")
    found.outcome = "unknown"
    return found


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_refusal_of_unknown_origin_is_looked_for_once(keeper: Keeper, *, is_wrapped: bool) -> None:
    provider, played = Provider(), Played()
    provider.fail, provider.fail_before = refusal(), True
    if is_wrapped:
        provider.fail, provider.fail.__cause__ = errors.OutcomeUnknown("?"), provider.fail
    with pytest.raises(errors.Rejected, match="email field") as raised:
        do(keeper, provider, operation_id="mine", played=played)
    assert (raised.value.outcome, provider.reads, played.waits) == ("refused", 1, [])
    provider.fail, provider.fail_before = None, False
    assert do(keeper, provider, "corrected", operation_id="mine") == "corrected 102"


def test_a_refusal_of_what_was_done_is_a_result(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail = refusal()
    assert [do(keeper, provider, operation_id="mine") for _ in range(2)] == ["pay 101"] * 2
    assert (provider.sent, provider.reads) == (1, 1)


@pytest.mark.parametrize("can_be_searched", [True, False])
def test_a_refusal_that_cannot_be_looked_for_is_unknown(keeper: Keeper, *, can_be_searched: bool) -> None:
    provider, played = Provider(), Played()
    provider.fail, provider.can_be_searched = refusal(), can_be_searched
    unreadable = evolve(provider.task, look=failing_read)
    with pytest.raises(errors.OutcomeUnknown):
        play(once(keeper, unreadable, "pay", KEY, "mine"), {}, played)
    assert (only(keeper).state, sum(played.waits)) == ("unknown", 0)


def failing_read(body: str, operation_id: str, watermark: Any) -> Flow[Sequence[str]]:
    raise errors.ServiceUnavailable("?")
    yield Wait(0)


# What is sent again


@pytest.mark.parametrize("state", ["unknown", "sent", "prepared"])
def test_of_two_that_send_again_one_sends(state: str) -> None:
    for order in interleavings(8):
        provider, own = Provider(), Keeper(MemoryJournal(), "scope", 180.0)
        crashed(own, provider, state, sent_at=None if state == "prepared" else time.time() - 1000)
        flows = [resume(own, provider.task, "mine", send_again=True) for _ in range(2)]
        assert race(flows, order) == ["pay 101", "pay 101"]
        assert provider.sent == 1


def test_what_another_sent_again_in_vain_is_not_sent_by_this_call(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "unknown", sent_at=time.time() - 1000)
    provider.fail, provider.fail_before, others = errors.TimedOut("?"), True, list[bool]()

    def meanwhile(body: str, operation_id: str, watermark: Any) -> Flow[Sequence[str]]:
        if not others:
            others.append(True)
            with pytest.raises(errors.OutcomeUnknown):
                again(keeper, provider, "mine", send_again=True)
        return []
        yield Wait(0)

    with pytest.raises(errors.OutcomeUnknown):
        play(resume(keeper, evolve(provider.task, look=meanwhile), "mine", send_again=True), {})
    assert provider.sent == 1


def test_a_read_that_fails_is_no_reason_to_send_again(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "unknown", sent_at=time.time() - 1000)
    provider.read_fails = errors.ServiceUnavailable("?")
    with pytest.raises(errors.OutcomeUnknown):
        again(keeper, provider, "mine", send_again=True)
    assert provider.sent == 0


def test_what_was_sent_just_now_is_not_sent_again(keeper: Keeper) -> None:
    provider = Provider()
    crashed(keeper, provider, "sent", sent_at=time.time())
    with pytest.raises(errors.OutcomeUnknown):
        again(keeper, provider, "mine", send_again=True)
    assert provider.sent == 0


def test_an_outcome_is_kept_though_others_gave_up_meanwhile(keeper: Keeper) -> None:
    provider = Provider()

    def slowly(body: str, operation_id: str) -> Flow[str]:
        with pytest.raises(errors.OutcomeUnknown):
            play(resume(keeper, provider.task, "mine", send_again=False), {})
        return "pay 900"
        yield Wait(0)

    assert play(once(keeper, evolve(provider.task, send=slowly), "pay", KEY, "mine"), {}) == "pay 900"
    assert do(keeper, provider, operation_id="mine") == "pay 900"


def test_a_refusal_closes_no_other_request_of_the_same_id(keeper: Keeper) -> None:
    """Dismissed and asked for again meanwhile, it is as far on as the first: only the version tells them apart."""
    provider, lost = Provider(), Provider()
    lost.fail, lost.fail_before = errors.TimedOut("?"), True

    def slowly(body: str, operation_id: str) -> Flow[str]:
        play(Keeping.dismiss.flow(keeping(keeper), "mine"), {})
        with pytest.raises(errors.OutcomeUnknown):
            do(keeper, lost, operation_id="mine")
        raise errors.Rejected("no")
        yield Wait(0)

    with pytest.raises(errors.Rejected):
        play(once(keeper, evolve(provider.task, send=slowly), "pay", KEY, "mine"), {})
    assert only(keeper).state == "unknown"


# Mocks that begin anew


def test_what_another_mock_made_begins_anew(keeper: Keeper) -> None:
    provider = Provider()
    provider.instance = "first"
    assert [do(keeper, provider, operation_id="mine") for _ in range(2)] == ["pay 101"] * 2
    assert provider.reads == 1
    provider.instance = "second"
    assert [do(keeper, provider, operation_id="mine") for _ in range(2)] == ["pay 102"] * 2
    provider.read_fails = errors.ServiceUnavailable("?")
    for ask in (do, again):
        with pytest.raises(errors.OutcomeUnknown):
            ask(keeper, provider, operation_id="mine")
    provider.read_fails, provider.instance = None, ""
    with pytest.raises(errors.InvalidRequest, match="took no effect"):
        again(keeper, provider, "mine")
    assert provider.sent == 2


def test_what_a_service_made_is_its_result_whatever_mock_answers(keeper: Keeper) -> None:
    provider = Provider()
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    provider.instance = "a mock"
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    assert (provider.sent, provider.reads) == (1, 0)


def test_a_mock_counts_its_ids_anew(keeper: Keeper) -> None:
    provider = Provider()
    provider.instance = "first"
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    again_from_the_start = Provider()
    again_from_the_start.instance, again_from_the_start.fail = "second", errors.TimedOut("?")
    assert do(keeper, again_from_the_start, operation_id="other") == "pay 101"


# Accounts


def test_former_scopes_are_looked_into(journal: Journal) -> None:
    provider = Provider()
    old = Keeper(journal, "old", 180.0)
    assert do(old, provider, operation_id="mine") == "pay 101"
    provider.fail, provider.fail_before = errors.TimedOut("?"), True
    with pytest.raises(errors.OutcomeUnknown):
        do(old, provider, operation_id="open")
    new = Keeper(journal, "new", 180.0, ("older", "old"))
    assert do(new, provider, operation_id="mine") == "pay 101"
    assert [each.operation_id for each in new.pending()] == ["open"]
    with pytest.raises(errors.IdempotencyConflict, match="another operation, open"):
        do(new, provider, operation_id="alike")
    with pytest.raises(errors.OutcomeUnknown):
        do(new, provider, operation_id="open")
    assert provider.sent == 2


# What is kept


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'"\xff"', b"{", b'"pay 7"', b"1e999"])
def test_what_cannot_be_read_back_is_known_by_its_id(keeper: Keeper, content: bytes) -> None:
    provider = Provider()
    assert do(keeper, provider, operation_id="mine") == "pay 101"
    kept = keeper.journal.find("scope", "mine")
    assert kept is not None
    assert keeper.journal.move(kept, replace(kept, result=content))
    assert do(keeper, provider, operation_id="mine") == "known by 101"
    assert again(keeper, provider, "mine") == "known by 101"


def test_a_request_that_cannot_be_read_back_is_unknown(keeper: Keeper) -> None:
    provider = Provider()
    kept = crashed(keeper, provider, "unknown", sent_at=time.time() - 1000)
    left = only(keeper)
    assert keeper.journal.move(left, replace(left, body=b"{"))
    for send_again in (False, True):
        with pytest.raises(errors.OutcomeUnknown):
            again(keeper, provider, kept.operation_id, send_again=send_again)
    assert provider.sent == 0


def test_words_with_half_a_character_are_kept(keeper: Keeper) -> None:
    provider = Provider()
    provider.fail, provider.fail_before = errors.Rejected("no \ud83c"), True
    with pytest.raises(errors.Rejected):
        do(keeper, provider, operation_id="mine")
    kept = keeper.journal.find("scope", "mine")
    assert kept is not None
    assert kept.state == "failed"


def test_a_journal_that_lacks_a_method_is_refused() -> None:
    class Old(MemoryJournal):
        owners: Any = None
        highest: Any = None

    with pytest.raises(errors.ConfigurationError, match="Old lacks owners, highest"):
        journal_of(Old())
