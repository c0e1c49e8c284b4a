"""Whether something is sent again is decided by what the failure proves, the policy, the quota and the clock."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ventanilla import _limiter, _retry, errors
from ventanilla._limiter import MARGIN, Limiter
from ventanilla._policy import Policy
from ventanilla._retry import MOST_PATIENT, Quota, may_repeat, pause, retry_after

POLICY = Policy(retries=3, deadline=30)
REFUSALS = [
    errors.Rejected("no"),
    errors.NotFound("no"),
    errors.PermissionDenied("no"),
    errors.AuthenticationFailed("no"),
    errors.InvalidRequest("no"),
    errors.UnexpectedAnswer("a redirect"),
]
LOST = [
    *(errors.TimedOut("?"), errors.ConnectionFailed("?"), errors.ServiceUnavailable("?")),
    *(errors.HtmlAnswer("?"), errors.MalformedAnswer("?")),
]


# Before the tests are hurried.
FIRST, DOCUMENTED = _retry.FIRST, dict(_limiter.DOCUMENTED)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_retry, "FIRST", 0.5)


@pytest.mark.parametrize("failure", REFUSALS)
def test_refusals_and_mistakes_are_not_asked_again(failure: errors.VentanillaError) -> None:
    assert not may_repeat(failure, is_read=True)
    assert not may_repeat(failure, is_read=False)


@pytest.mark.parametrize("failure", LOST)
def test_lost_answers_are_read_again_and_not_written_again(failure: errors.VentanillaError) -> None:
    assert may_repeat(failure, is_read=True)
    assert not may_repeat(failure, is_read=False)


def test_too_many_requests_may_be_sent_again() -> None:
    assert may_repeat(errors.RateLimited("slowly"), is_read=False)


@pytest.mark.parametrize(("attempt", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0)])
def test_pauses_grow_and_are_jittered_in_full(attempt: int, longest: float) -> None:
    assert pause(LOST[0], attempt, 30, POLICY, lambda: 1.0) == longest
    assert pause(LOST[0], attempt, 30, POLICY, lambda: 0.0) == 0.0


def test_pauses_have_a_longest_and_attempts_an_end() -> None:
    patient = Policy(retries=10)
    assert pause(LOST[0], 10, 90, patient, lambda: 1.0) == _retry.LONGEST == 8.0
    assert FIRST == 0.5
    assert pause(LOST[0], 11, 90, patient, lambda: 1.0) is None
    assert pause(LOST[0], 1, 90, Policy(retries=0), lambda: 1.0) is None


def test_no_pause_goes_beyond_the_deadline() -> None:
    assert pause(LOST[0], 1, 0.5, POLICY, lambda: 1.0) is None
    assert pause(LOST[0], 1, 0.51, POLICY, lambda: 1.0) == 0.5


def test_retry_after_is_honoured_and_what_is_too_long_ends_the_call() -> None:
    failure = errors.RateLimited("slowly")
    failure.retry_after = 4.0
    assert pause(failure, 1, 30, POLICY, lambda: 0.0) == 4.0
    assert pause(failure, 1, 30, POLICY, lambda: 1.0) == 4.5
    failure.retry_after = 60.0
    assert pause(failure, 1, 1000, POLICY, lambda: 0.0) == 60.0
    failure.retry_after = 60.1
    assert pause(failure, 1, 1000, POLICY, lambda: 0.0) is None
    assert MOST_PATIENT == 60.0


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2026 12:00:30 -0000", 30.0),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("\u0663", None),
        ("1e3", None),
        *((said, None) for said in ("1e309", "-1", "nan", "inf", "1,5", "9" * 5000 + "x", "\ud800", "٣")),
        ("Mon, 02 Mar 2026 12:00:30 +" + "9" * 20, None),
        ("Mon, 02 Mar 99999 12:00:30 GMT", None),
        ("9" * 400, 999999999.0),
    ],
)
def test_retry_after_is_read_in_both_forms(said: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": said}, lambda: datetime(2026, 3, 2, 12, tzinfo=UTC)) == seconds


def test_quota_stops_a_storm_and_fills_again_with_successes() -> None:
    quota = Quota()
    assert sum(quota.take() for _ in range(1000)) == Quota.FULL // Quota.COST
    for _ in range(Quota.COST):
        assert not quota.take()
        quota.succeeded()
    assert quota.take()
    assert not quota.take()


def test_limiter_lets_no_second_have_more_than_its_rate() -> None:
    paced, sent, now = Limiter(5), list[float](), 100.0
    for step in range(200):
        taken, wait = paced.reserve(now, float("inf"))
        assert taken
        sent.append(now + wait)
        now += (step % 7) * 0.05
    assert sent == sorted(sent)
    assert all(late - early >= 1.0 for early, late in zip(sent, sent[5:], strict=False))
    assert sent[:5] == [100.0, *[pytest.approx(x) for x in sent[1:5]]]


def test_limiter_takes_no_moment_that_comes_too_late() -> None:
    paced = Limiter(1)
    assert paced.reserve(0.0, 10.0) == (True, 0.0)
    assert paced.reserve(0.0, 0.5) == (False, 1 + MARGIN)
    assert Limiter(1).reserve(3.0, 3.0) == (True, 0.0)
    assert MARGIN == 0.05
    assert paced.reserve(0.0, 10.0) == (True, 1 + MARGIN)
    paced.hold(50.0)
    assert paced.reserve(10.0, 100.0) == (True, 40.0)


def test_limiters_are_shared_by_key_provider_and_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._limiter.DOCUMENTED", {"Syncfy": 5.0})
    here, there = (b"https", b"api.example", None), (b"https", b"api.example", 8443)

    def limiter(provider: str, key: str, rate: float | None, host: Any = here) -> Limiter | None:
        return _limiter.limiter(provider, host, key, rate)

    one = limiter("Syncfy", "a key", None)
    assert one is not None
    assert limiter("Syncfy", "a key", None) is one
    assert limiter("Syncfy", "a key", 5.0) is one
    assert limiter("Syncfy", "another", None) is not one
    assert limiter("Syncfy", "a key", None, there) not in (one, None)
    assert limiter("Facti", "a key", None) is None
    assert limiter("Syncfy", "a key", 6.0) is not one
    assert limiter("Facti", "a key", 5.0) not in (one, None)
    assert DOCUMENTED == {"Syncfy": 5.0}
    assert limiter("Syncfy", "a key", float("inf")) is None


@pytest.mark.parametrize("name", ["deadline", "retries", "settle", "max_bytes", "requests_per_second"])
def test_policies_that_make_no_sense_are_refused(name: str) -> None:
    values: dict[str, Any] = {name: -1}
    with pytest.raises(errors.ConfigurationError, match=name):
        Policy(**values)
