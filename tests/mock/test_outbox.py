"""The outbox: attempts with backoff on the world's clock, faults, replays, bounds, and what a snapshot keeps of it."""

import time
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any

import pytest

from ventanilla.mock import outbox, triggers
from ventanilla.mock._packing import packed
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.faults import Fault
from ventanilla.mock.outbox import RETRIES, Delivery, shown
from ventanilla.mock.wire import encode

START = 1_700_000_000.0
URL, OTHER = "http://127.0.0.1:9/hook", "http://127.0.0.1:9/other"
DAY = 86_400.0
Receiver = Callable[[Delivery], int | None]


def empty(clock: Clock | None = None) -> Mock:
    return Mock(clock=clock or ManualClock(START), providers=[])


def put(mock: Mock, event: str = "refresh", url: str = URL, **more: Any) -> Delivery:
    return mock.world.send("sync-v1", event, url, f'"{event}"'.encode(), (("Content-Type", "text/plain"),), **more)


def failing(delivery: Delivery) -> int | None:
    return 500


def taking(delivery: Delivery) -> int | None:
    return 200


def deliver(mock: Mock, receiver: Receiver = taking) -> list[str]:
    """Make what is to be made now, and return the events in their order."""
    mock.run_due(mock.world)
    made = mock.outgoing(mock.world)
    for delivery in made:
        mock.delivered(delivery, receiver(delivery))
    return [delivery.event for delivery in made]


def travel(mock: Mock, seconds: float, receiver: Receiver = failing) -> list[tuple[str, float]]:
    """Move the clock, and return the events that were sent on the way, with the seconds since the start."""
    sent: list[tuple[str, float]] = []
    for delivery in mock.travel(mock.world, mock.world.now + seconds):
        sent.append((delivery.event, round(mock.world.now - START, 3)))
        mock.delivered(delivery, receiver(delivery))
    return sent


def break_by(mock: Mock, kind: str, effect: dict[str, Any] | None = None, **matching: Any) -> None:
    mock.world.faults.add(Fault.from_json({"effect": {"kind": kind, **(effect or {})}, **matching}), mock.world.now)


def causes(delivery: Delivery) -> list[str]:
    return [attempt.cause for attempt in delivery.attempts]


def the_longest_failure() -> bytes:
    """Return the record of a call that is never taken, as bytes."""
    mock = empty()
    delivery = put(mock)
    travel(mock, 2 * DAY)
    return encode(shown(delivery))


def test_a_frozen_clock_runs_the_27_hours_of_retries_in_no_time_and_every_time_the_same() -> None:
    begun = time.perf_counter()
    record = the_longest_failure()
    # A tenth of that is what the benchmark asks for.
    assert time.perf_counter() - begun < 1
    assert the_longest_failure() == record


def test_a_call_that_fails_is_made_again_after_the_documented_seconds() -> None:
    mock = empty()
    delivery = put(mock)
    assert travel(mock, 2 * DAY) == [("refresh", seconds) for seconds in accumulate((0, *RETRIES))]
    assert sum(RETRIES) / 3600 == pytest.approx(27.6, abs=0.05)
    assert [(one.number, one.cause) for one in delivery.attempts] == [
        (1, "event"),
        *((n, "retry") for n in range(2, 9)),
    ]
    assert (delivery.state, delivery.due) == ("failed", None)
    assert delivery.reason == "none of 8 attempts was answered with a 2xx"
    assert mock.world.next_due() is None


def test_a_call_that_is_taken_is_not_made_again() -> None:
    mock = empty()
    delivery = put(mock)
    answers = iter((None, 302, 204))
    assert travel(mock, 2 * DAY, lambda _: next(answers)) == [("refresh", 0), ("refresh", 5), ("refresh", 305)]
    assert (delivery.state, delivery.reason, delivery.due) == ("delivered", None, None)
    assert [(one.status, one.error) for one in delivery.attempts] == [(None, None), (302, None), (204, None)]


@pytest.mark.parametrize(("retries", "moments"), [((), [0]), ((10,), [0, 10]), ((0, 0), [0, 0, 0]), ([1.5], [0, 1.5])])
def test_the_schedule_is_the_worlds(retries: Iterable[float], moments: list[float]) -> None:
    mock = empty()
    mock.world.outbox.retries = retries
    delivery = put(mock)
    assert [moment for _, moment in travel(mock, DAY)] == moments
    assert delivery.state == "failed"
    mock.world.reset(0)
    assert mock.world.outbox.retries == RETRIES


@pytest.mark.parametrize("retries", [(-1.0,), (float("nan"),), (1e10,), (1.0,) * 10_001])
def test_a_schedule_that_cannot_be_kept_is_refused(retries: tuple[float, ...]) -> None:
    box = empty().world.outbox
    with pytest.raises(ValueError, match="retries are at most 10000 numbers of seconds"):
        box.retries = retries
    assert box.retries == RETRIES


def test_the_next_attempt_counts_from_the_moment_of_the_one_before() -> None:
    mock = empty(clock := ManualClock(START))
    delivery = put(mock)
    (sent,) = mock.outgoing(mock.world)
    # The receiver took its time to fail.
    clock.advance(60)
    mock.delivered(sent, 500)
    assert (delivery.attempts[0].at, delivery.due) == (START + 60, START + 65)


def test_first_attempts_leave_in_order_and_no_retry_holds_them_up() -> None:
    mock = empty()
    for event in ("first", "second"):
        put(mock, event)
    assert deliver(mock, failing) == ["first", "second"]
    mock.world.clock.advance(4)
    put(mock, "third")
    assert deliver(mock) == ["third"]
    mock.world.clock.advance(1)
    assert deliver(mock) == ["first", "second"]


def test_what_waits_leaves_before_time_goes_on() -> None:
    mock = empty()
    put(mock)
    mock.world.schedule(1, taking_nothing)
    assert travel(mock, 10, taking) == [("refresh", 0)]
    assert mock.world.now == START + 10


def taking_nothing() -> None:
    pass


def test_failures_throw_no_dice() -> None:
    """When a receiver answers is its own affair: nothing that comes later may depend on it."""

    def next_id(receiver: Receiver) -> str:
        mock = empty()
        put(mock)
        travel(mock, DAY, receiver)
        return mock.world.uuid()

    assert next_id(failing) == next_id(taking)


def test_a_lost_call_is_recorded_and_never_made() -> None:
    mock = empty()
    break_by(mock, "webhook-lost", event="refresh", times=1)
    lost, other, later = put(mock), put(mock, "other"), put(mock)
    assert travel(mock, 2 * DAY, taking) == [("other", 0), ("refresh", 0)]
    assert (lost.state, lost.reason, lost.attempts) == ("lost", "a fault lost it", [])
    assert (other.state, later.state) == ("delivered", "delivered")


def test_a_duplicate_is_the_same_call_again() -> None:
    mock = empty()
    break_by(mock, "webhook-duplicate", {"copies": 2})
    delivery = put(mock)
    taken = mock.outgoing(mock.world)
    assert taken == [delivery] * 3
    for status in (500, 200, 500):
        mock.delivered(delivery, status)
    assert causes(delivery) == ["event", "duplicate", "duplicate"]
    # One of them was taken: nobody tries again.
    assert (delivery.state, delivery.due) == ("delivered", None)


def test_duplicates_that_all_fail_are_made_again_once() -> None:
    mock = empty()
    break_by(mock, "webhook-duplicate", times=1)
    delivery = put(mock)
    assert travel(mock, 100) == [("refresh", 0), ("refresh", 0), ("refresh", 5)]
    assert causes(delivery) == ["event", "duplicate", "retry"]


def test_a_late_call_lets_all_others_go_before_it() -> None:
    mock = empty()
    break_by(mock, "webhook-late", {"seconds": 30}, nth=1)
    late = put(mock, "late")
    assert late.due == START + 30
    put(mock, "other")
    assert travel(mock, 60, taking) == [("other", 0), ("late", 30)]
    assert causes(late) == ["event"]


def test_a_reordered_call_lets_the_next_one_to_its_url_go_first() -> None:
    mock = empty()
    break_by(mock, "webhook-reorder", nth=1)
    put(mock, "held")
    assert deliver(mock) == []
    put(mock, "elsewhere", OTHER)
    assert deliver(mock) == ["elsewhere"]
    put(mock, "next")
    assert deliver(mock) == ["next", "held"]
    assert travel(mock, 60, taking) == []


def test_a_reordered_call_that_nothing_follows_goes_after_five_seconds() -> None:
    mock = empty()
    break_by(mock, "webhook-reorder")
    held = put(mock, "held")
    assert travel(mock, 60, taking) == [("held", 5)]
    assert causes(held) == ["event"]


def test_where_all_are_reordered_each_pair_is_swapped() -> None:
    mock = empty()
    break_by(mock, "webhook-reorder")
    for event in ("1", "2", "3", "4", "5"):
        put(mock, event)
    assert deliver(mock) == ["2", "1", "4", "3"]
    assert travel(mock, 60, taking) == [("5", 5)]


def test_faults_by_probability_are_the_same_every_time() -> None:
    def states() -> list[str]:
        mock = empty()
        break_by(mock, "webhook-lost", probability=0.5)
        return [put(mock).state for _ in range(40)]

    assert states() == states()
    assert set(states()) == {"lost", "waiting"}


def test_a_replay_is_the_same_call_again_by_hand() -> None:
    mock = empty()
    told: list[int | None] = []
    delivery = put(mock, settled=told.append)
    deliver(mock)
    assert triggers.replay(mock, mock.world, delivery.id, times=2) is delivery
    assert mock.outgoing() == [delivery, delivery]
    for status in (500, 200):
        mock.delivered(delivery, status)
    assert causes(delivery) == ["event", "replay", "replay"]
    # A replay that comes to nothing takes nothing back, is not made again, and is no failure of the provider's.
    assert (delivery.state, delivery.due, told) == ("delivered", None, [200])


def test_a_mock_learns_of_a_replay_only_when_told() -> None:
    """The negative control of triggers.replay(): where nobody asks the mock, it does not look by itself."""
    mock = empty()
    delivery = put(mock)
    deliver(mock)
    mock.world.outbox.replay(delivery.id)
    assert mock.outgoing() == []
    mock.run_due(mock.world)
    assert mock.outgoing() == [delivery]


def test_a_replay_that_is_taken_ends_the_retries() -> None:
    mock = empty()
    delivery = put(mock)
    deliver(mock, failing)
    mock.world.outbox.replay(delivery.id)
    deliver(mock, failing)
    assert delivery.due == START + 5
    mock.world.outbox.replay(delivery.id)
    deliver(mock)
    assert delivery.state == "delivered"
    assert travel(mock, 2 * DAY) == []


def test_a_replay_beside_the_first_attempt_leaves_the_retries_as_they_are() -> None:
    mock = empty()
    delivery = put(mock)
    mock.world.outbox.replay(delivery.id)
    assert travel(mock, 5) == [("refresh", 0), ("refresh", 0), ("refresh", 5)]
    assert causes(delivery) == ["event", "replay", "retry"]


def test_a_lost_call_can_be_replayed() -> None:
    mock = empty()
    break_by(mock, "webhook-lost")
    delivery = put(mock)
    mock.world.outbox.replay(delivery.id)
    assert deliver(mock) == ["refresh"]
    assert (delivery.state, delivery.reason) == ("delivered", None)


def test_a_replay_that_cannot_be_is_refused() -> None:
    mock = empty()
    delivery = put(mock)
    with pytest.raises(LookupError, match="there is no webhook call nothing; the last 10000 are remembered"):
        mock.world.outbox.replay("nothing")
    for times in (0, 1001):
        with pytest.raises(ValueError, match=f"1 to 1000 times, not {times}"):
            mock.world.outbox.replay(delivery.id, times)
    for _ in range(9):
        mock.world.outbox.replay(delivery.id, 1000)
    with pytest.raises(ValueError, match="9001 calls wait to be made already"):
        mock.world.outbox.replay(delivery.id, 1000)


def test_a_receiver_that_gets_nothing_any_more_gets_nothing_any_more() -> None:
    mock = empty()
    over: list[str] = []
    first = put(mock, "first", ended=lambda: over[0] if over else None)
    second = put(mock, "second", ended=lambda: over[0] if over else None)
    assert deliver(mock, failing) == ["first", "second"]
    third = put(mock, "third", ended=lambda: over[0] if over else None)
    over.append("it has had enough")
    assert travel(mock, 2 * DAY) == []
    assert {(one.state, one.reason) for one in (first, second, third)} == {("disabled", "it has had enough")}
    # By hand it can still be had.
    mock.world.outbox.replay(third.id)
    assert deliver(mock) == ["third"]


def test_a_receiver_that_ends_with_a_failure_gets_no_retry() -> None:
    mock = empty()
    over: list[str] = []

    def settled(status: int | None) -> None:
        over.append("too many failures")

    delivery = put(mock, settled=settled, ended=lambda: over[0] if over else None)
    deliver(mock, failing)
    assert delivery.state == "disabled"
    assert delivery.due is None


def test_the_oldest_settled_calls_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_KEPT", 3)
    mock = empty()
    waiting = put(mock, "waiting")
    deliver(mock, failing)
    first = put(mock, "first")
    for event in ("second", "third", "last"):
        deliver(mock)
        put(mock, event)
    assert [one.event for one in mock.world.outbox.deliveries()] == ["waiting", "third", "last"]
    assert mock.world.outbox[waiting.id] is waiting
    with pytest.raises(LookupError):
        mock.world.outbox[first.id]
    assert len(mock.world.outbox) == 3


def test_the_oldest_waiting_call_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may ever take them: neither a mock that is not asked nor a receiver that is dead makes it grow forever."""
    monkeypatch.setattr(outbox, "MOST_WAITING", 2)
    mock = empty()
    retried = put(mock, "retried")
    deliver(mock, failing)
    queued = put(mock, "queued")
    put(mock, "third")
    assert retried.state == "lost"
    assert retried.due is None
    assert retried.reason == "it gave way to newer ones: more than 2 calls waited"
    put(mock, "fourth")
    assert queued.state == "lost"
    assert deliver(mock) == ["third", "fourth"]
    assert travel(mock, DAY) == []


def test_a_dead_receiver_takes_no_more_room_however_often_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 10)
    monkeypatch.setattr(outbox, "MOST_KEPT", 20)
    mock = empty()

    def size_after(calls: int) -> int:
        for _ in range(calls):
            put(mock)
            deliver(mock, failing)
        return len(packed(mock.world))

    assert size_after(900) < size_after(100) * 1.5
    size = size_after(1000)
    monkeypatch.setattr(outbox, "MOST_WAITING", 1_000_000)
    monkeypatch.setattr(outbox, "MOST_KEPT", 1_000_000)
    assert size_after(1000) > 10 * size


def test_a_snapshot_has_what_is_under_way_wait_again() -> None:
    mock = empty()
    put(mock, "first")
    put(mock, "second")
    under_way = mock.outgoing(mock.world)
    put(mock, "third")
    mock.world.snapshots.take("now")
    for delivery in under_way:
        mock.delivered(delivery, 200)
    mock.world.snapshots.restore("now")
    mock.run_due(mock.world)
    assert [delivery.event for delivery in mock.outgoing()] == ["first", "second", "third"]
    assert under_way[0].state == "delivered"
    assert mock.world.outbox[under_way[0].id].state == "waiting"


def test_a_report_that_nobody_waits_for_changes_nothing() -> None:
    mock = empty()
    put(mock)
    mock.world.snapshots.take("now")
    (stale,) = mock.outgoing(mock.world)
    mock.world.snapshots.restore("now")
    mock.delivered(stale, 200)
    (kept,) = mock.world.outbox.deliveries()
    assert (kept.state, kept.attempts, stale.attempts) == ("waiting", [], [])
    (fresh,) = mock.outgoing(mock.world)
    mock.delivered(fresh, 200)
    mock.delivered(fresh, 500)
    assert [one.status for one in kept.attempts] == [200]


def test_a_snapshot_keeps_retries_and_what_is_held() -> None:
    mock = empty()
    break_by(mock, "webhook-reorder", nth=2)
    put(mock, "failed")
    deliver(mock, failing)
    put(mock, "held")
    mock.world.snapshots.take("now")
    expected = travel(mock, 2 * DAY)
    mock.world.snapshots.restore("now")
    assert travel(mock, 2 * DAY) == expected
    assert len(expected) == 15


def test_calls_are_found_by_profile_event_state_and_url() -> None:
    mock = empty()
    first, second = put(mock, "first"), put(mock, "second", OTHER)
    deliver(mock, lambda one: 200 if one is first else 500)
    box = mock.world.outbox
    assert box.deliveries() == [first, second]
    assert box.deliveries(event="second") == [second]
    assert box.deliveries(url=URL) == [first]
    assert box.deliveries(state="delivered", profile="sync-v1") == [first]
    assert box.deliveries(profile="sync-v3") == []


def test_a_call_is_shown_without_what_is_secret() -> None:
    mock = empty()
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("X-Mine", "s3cret"))
    url = "http://me:s3cret@127.0.0.1:9/hook?token=s3cret&page=2"
    mock.world.send("facti-ipn", "payment_notification", url, b"ipn_password=s3cret&data=1", headers)
    (delivery,) = mock.outgoing(mock.world)
    mock.delivered(delivery, None, "ConnectError")
    row = shown(delivery)
    assert "s3cret" not in encode(row).decode()
    assert row == {
        "id": delivery.id,
        "profile": "facti-ipn",
        "event": "payment_notification",
        "url": "http://‹hidden›@127.0.0.1:9/hook?token=‹hidden›&page=2",
        "at": START,
        "state": "waiting",
        "reason": None,
        "due": START + 5,
        "status": None,
        "error": "ConnectError",
        "headers": [
            {"name": "Content-Type", "value": "application/x-www-form-urlencoded"},
            {"name": "X-Mine", "value": "‹hidden›"},
        ],
        "body": "ipn_password=‹hidden›&data=1",
        "attempts": [{"number": 1, "at": START, "cause": "event", "status": None, "error": "ConnectError"}],
    }
    assert "s3cret" not in repr(delivery)


def test_only_the_last_attempts_of_a_call_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock._delivery.KEPT_ATTEMPTS", 2)
    mock = empty()
    delivery = put(mock)
    travel(mock, 2 * DAY)
    assert [attempt.number for attempt in delivery.attempts] == [7, 8]
