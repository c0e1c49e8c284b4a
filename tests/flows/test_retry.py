"""Whether something is sent again is decided by what the failure proves, the policy, the quota and the clock."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ventanilla import _limiter, _retry, errors
from ventanilla._attempts import NOT_SENT, in_our_words
from ventanilla._limiter import MARGIN, Limiter, limiter
from ventanilla._policy import Policy
from ventanilla._retry import MOST_PATIENT, Quota, may_repeat, pause, retry_after
from ventanilla_clients._runtime import Operation

WRITE, READ = Operation("create_request", "write"), Operation("search_payments", "read")
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


# Written out once more: each was tried on real sockets, with a server that counted what it did.
NEVER_LEFT = [
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
    *(httpx.UnsupportedProtocol, httpx.LocalProtocolError),
]


@pytest.mark.parametrize("kind", NEVER_LEFT)
def test_what_never_left_proves_that_nothing_was_done(kind: type[httpx.TransportError]) -> None:
    failure = in_our_words(kind("refused"), WRITE)
    assert failure.outcome == "not_sent"
    assert may_repeat(failure, is_read=False)
    assert "nothing was sent" in str(failure)


@pytest.mark.parametrize(
    "kind",
    [
        *(httpx.ReadError, httpx.ReadTimeout, httpx.WriteError, httpx.WriteTimeout, httpx.CloseError),
        *(httpx.RemoteProtocolError, httpx.ProxyError, httpx.DecodingError),
    ],
)
def test_what_may_have_arrived_is_never_written_again_but_read_again(kind: type[httpx.RequestError]) -> None:
    failure = in_our_words(kind("Server disconnected without sending a response."), WRITE)
    assert failure.outcome == "unknown"
    assert not may_repeat(failure, is_read=False)
    assert may_repeat(failure, is_read=True)


def test_every_transport_error_of_httpx_is_judged() -> None:
    def below(kind: type[httpx.TransportError]) -> set[type[httpx.TransportError]]:
        return {kind, *(deeper for each in kind.__subclasses__() for deeper in below(each))}

    unknown = {kind for kind in below(httpx.TransportError) if in_our_words(kind("?"), WRITE).outcome == "unknown"}
    assert below(httpx.TransportError) - unknown == {*NEVER_LEFT} == {*NOT_SENT}


def test_a_session_that_could_not_be_opened_means_that_the_write_was_not_sent() -> None:
    opening = httpx.Request("POST", "https://127.0.0.1/v1/sessions", extensions={"operation": READ})
    itself = httpx.Request("POST", "https://127.0.0.1/v1/credentials", extensions={"operation": WRITE})
    assert in_our_words(httpx.ReadTimeout("?", request=opening), WRITE).outcome == "not_sent"
    assert in_our_words(httpx.ReadTimeout("?", request=itself), WRITE).outcome == "unknown"


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


def test_limiters_are_shared_by_key_and_provider_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._limiter.DOCUMENTED", {"Syncfy": 5.0})
    one = limiter("Syncfy", "a key", None)
    assert one is not None
    assert limiter("Syncfy", "a key", None) is one
    assert limiter("Syncfy", "a key", 5.0) is one
    assert limiter("Syncfy", "another", None) is not one
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
