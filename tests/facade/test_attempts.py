"""What is sent again, when, and who is told of it: over both faces and `.raw`, as the wire sees it."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import anyio
import httpx
import pytest
from dripping import dripping

from proving.connecting import cannot_connect
from ventanilla import (
    AsyncFacti,
    AsyncSyncfy,
    Facti,
    Policy,
    Syncfy,
    _deadline,
    _flow,
    _limiter,
    _sockets,
    errors,
)
from ventanilla.instrument import Attempt
from ventanilla.testing import without_waiting
from ventanilla_clients.facti import api, models

KEYS: dict[str, Any] = {"client_id": "d09168b32f80", "api_key": "26b413ah0ba6", "company_id": 5}
FOUND: dict[str, Any] = {"result": 1, "msg": "", "payments": []}
MARKED = models.PaymentUpdate(payed="1")
Reply = httpx.Response | Exception


def page(status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, content=b"<html>gateway</html>", headers={"content-type": "text/html", **headers})


class Script(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Plays the replies in turn, the last again and again, and counts the requests."""

    def __init__(self, *replies: Reply) -> None:
        self.replies: list[Reply] = [*replies]
        self.sent: list[httpx.Request] = []
        self.is_closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            # A new one each time, for what it says is taken from it on the way.
            if isinstance(reply, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
                cannot_connect(request, type(reply), str(reply))
            raise type(reply)(*reply.args)
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.handle_request(request)

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.close()


def facti(to: Script | None, options: Mapping[str, Any]) -> Facti:
    chosen: dict[str, Any] = {**KEYS, "base_url": "https://127.0.0.1", "transport": to, **options}
    return Facti(**chosen)


def async_facti(to: Script | None, options: Mapping[str, Any]) -> AsyncFacti:
    chosen: dict[str, Any] = {**KEYS, "base_url": "https://127.0.0.1", "transport": to, **options}
    return AsyncFacti(**chosen)


def http(face: Facti | AsyncFacti) -> Any:
    """Return httpx's client of a face."""
    return face.raw.http or face.raw.async_http


def search(to: Script | None, **options: Any) -> None:
    with facti(to, options) as face:
        list(face.payments())


def async_search(to: Script | None, **options: Any) -> None:
    async def go() -> None:
        async with async_facti(to, options) as face:
            [each async for each in face.payments()]

    anyio.run(go)


def mark(to: Script, **options: Any) -> None:
    with facti(to, options) as face:
        api.payments.mark_payment_paid.sync_detailed("7", client=face.raw, body=MARKED)


def async_mark(to: Script, **options: Any) -> None:
    async def go() -> None:
        async with async_facti(to, options) as face:
            await api.payments.mark_payment_paid.asyncio_detailed("7", client=face.raw, body=MARKED)

    anyio.run(go)


Do = Callable[..., None]
READS = pytest.mark.parametrize("read", [search, async_search])
WRITES = pytest.mark.parametrize("write", [mark, async_mark])
OK = httpx.Response(200, json=FOUND)


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with without_waiting():
        yield


@READS
@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("?"), httpx.ReadError("?"), httpx.ReadTimeout("?"), page(503), page(522), page(429), page()],
)
def test_reads_are_made_again_until_they_succeed(read: Do, failure: Reply) -> None:
    script = Script(failure, failure, OK)
    read(script)
    assert len(script.sent) == 3


@READS
def test_reads_end_with_the_last_failure_after_the_retries_of_the_policy(read: Do) -> None:
    script = Script(page(503))
    with pytest.raises(errors.ServiceUnavailable) as raised:
        read(script, policy=Policy(retries=2))
    assert len(script.sent) == 3
    assert (raised.value.operation, raised.value.provider) == ("search_payments", "Facti")


@READS
def test_a_body_that_cannot_be_unpacked_is_read_again(read: Do) -> None:
    script = Script(httpx.DecodingError("?"), OK)
    read(script)
    assert len(script.sent) == 2


def test_what_no_operation_has_made_is_taken_for_a_write() -> None:
    script = Script(httpx.ReadError("?"))
    with facti(script, {}) as face, pytest.raises(errors.ConnectionFailed) as raised:
        http(face).get("/v1/anything")
    assert len(script.sent) == 1
    assert (raised.value.operation, raised.value.provider) == ("request", "Facti")


def test_successes_fill_the_quota_again() -> None:
    script = Script(page(503))
    with facti(script, {"policy": Policy(retries=1000, deadline=1e6)}) as face:
        for reply, calls, sent in ((page(503), 1, 101), (OK, 5, 5), (page(503), 1, 2)):
            script.replies = [reply]
            script.sent.clear()
            for _ in range(calls):
                with contextlib.suppress(errors.ServiceUnavailable):
                    list(face.payments())
            assert len(script.sent) == sent


def test_the_providers_own_name_stays_in_an_error() -> None:
    script = Script(httpx.Response(200, json={"result": 0, "msg": "No"}))
    with pytest.raises(errors.Rejected) as raised:
        search(script)
    assert str(raised.value).startswith("Facti search_payments: No")


@WRITES
def test_an_error_says_what_httpx_said(write: Do) -> None:
    with pytest.raises(errors.TimedOut) as raised:
        write(Script(httpx.ReadTimeout("?")))
    assert isinstance(raised.value.__cause__, httpx.ReadTimeout)


@pytest.mark.parametrize(("make", "bounded"), [(facti, "BoundedTransport"), (async_facti, "AsyncBoundedTransport")])
def test_proxies_of_the_environment_keep_to_deadlines_and_limits_too(
    monkeypatch: pytest.MonkeyPatch, make: Callable[..., Facti | AsyncFacti], bounded: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.mx")
    mounts: dict[Any, Any] = http(make(None, {}))._mounts
    assert {type(mounted).__name__ for mounted in mounts.values()} == {"NoneType", bounded}


def stream(to: Script) -> int:
    with facti(to, {}) as face, http(face).stream("GET", "/v1/anything", follow_redirects=True) as response:
        return int(response.status_code)


def async_stream(to: Script) -> int:
    async def go() -> int:
        async with (
            async_facti(to, {}) as face,
            http(face).stream("GET", "/v1/anything", follow_redirects=True) as response,
        ):
            return int(response.status_code)

    return anyio.run(go)


STREAMS = pytest.mark.parametrize("open_stream", [stream, async_stream])


@STREAMS
def test_who_opens_a_stream_is_given_whatever_the_first_answer_is(open_stream: Callable[[Script], int]) -> None:
    for status in (200, 302, 503):
        script = Script(page(status, location="https://127.0.0.1/elsewhere"))
        assert open_stream(script) == status
        assert len(script.sent) == 1


@STREAMS
def test_a_stream_that_cannot_be_opened_is_asked_for_once(open_stream: Callable[[Script], int]) -> None:
    script = Script(httpx.ConnectError("?"))
    with pytest.raises(errors.ConnectionFailed) as raised:
        open_stream(script)
    assert len(script.sent) == 1
    assert isinstance(raised.value.__cause__, httpx.ConnectError)


@READS
def test_a_redirect_is_not_followed_whoever_asks_for_it(read: Do) -> None:
    script = Script(page(302, location="https://127.0.0.1/elsewhere"), OK)
    with pytest.raises(errors.UnexpectedAnswer, match="redirect"):
        read(script)
    assert len(script.sent) == 1


def test_an_asynchronous_call_ends_with_its_deadline_whatever_keeps_it() -> None:
    class Silent(Script):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await anyio.sleep_forever()
            raise AssertionError("it never ends")

    with pytest.raises(errors.TimedOut) as raised:
        async_search(Silent(OK), policy=Policy(deadline=0.05, retries=0))
    assert isinstance(raised.value.__cause__, TimeoutError)


@READS
def test_a_face_that_is_closed_closes_its_connections(read: Do) -> None:
    script = Script(OK)
    read(script)
    assert script.is_closed


@READS
def test_refusals_are_not_asked_again(read: Do) -> None:
    script = Script(httpx.Response(200, json={"result": 0, "msg": "No"}))
    with pytest.raises(errors.Rejected):
        read(script)
    assert len(script.sent) == 1


@WRITES
@pytest.mark.parametrize(
    "failure",
    [httpx.ReadError("?"), httpx.ReadTimeout("?"), httpx.RemoteProtocolError("?"), page(502), page(408), page()],
)
def test_writes_whose_answer_is_lost_are_sent_once(write: Do, failure: Reply) -> None:
    script = Script(failure)
    with pytest.raises(errors.VentanillaError) as raised:
        write(script)
    assert len(script.sent) == 1
    assert raised.value.outcome == "unknown"
    assert raised.value.operation == "mark_payment_paid"


@WRITES
@pytest.mark.parametrize("failure", [httpx.ConnectError("?"), httpx.PoolTimeout("?"), page(429)])
def test_writes_that_never_arrived_are_sent_again(write: Do, failure: Reply) -> None:
    script = Script(failure, httpx.Response(200, json={"result": 0, "msg": "No"}))
    with pytest.raises(errors.Rejected) as raised:
        write(script)
    assert len(script.sent) == 2
    assert raised.value.outcome == "refused"


@READS
def test_an_outage_is_not_answered_by_a_storm(read: Do) -> None:
    script = Script(page(503))
    with facti(script, {}) as face:
        for _ in range(200):
            with pytest.raises(errors.ServiceUnavailable):
                list(face.payments())
    assert len(script.sent) == 200 + 100  # of the 600 retries that the policy allows, the quota pays for a hundred


def test_retry_after_is_waited_for() -> None:
    told: list[Attempt] = []
    search(Script(page(429, **{"retry-after": "7"}), OK), instrument=told.append)
    assert [each.will_retry_after for each in told] == [7.0, None]
    assert all(0 <= each.seconds < 1 for each in told)  # the pause belongs to neither


@READS
def test_a_wait_that_is_too_long_is_the_callers_to_decide(read: Do) -> None:
    script = Script(page(429, **{"retry-after": "3600"}))
    with pytest.raises(errors.RateLimited) as raised:
        read(script)
    assert len(script.sent) == 1
    assert raised.value.retry_after == 60
    assert "asked to wait 3600 seconds" in str(raised.value)


@READS
def test_retries_end_with_the_deadline(read: Do) -> None:
    script = Script(page(503, **{"retry-after": "20"}))
    with pytest.raises(errors.ServiceUnavailable):
        read(script, policy=Policy(deadline=50, retries=10))
    assert len(script.sent) == 3  # at 0, 20 and 40 seconds


@READS
def test_each_attempt_is_told_without_a_secret(read: Do, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Attempt] = []
    with caplog.at_level(logging.DEBUG):
        read(Script(page(503, **{"x-request-id": "r-1"}), OK), instrument=told.append)
    first, second = told
    assert (first.operation, first.method, first.attempt, first.outcome) == ("search_payments", "POST", 1, "unknown")
    assert (first.status_code, first.request_id, first.error) == (503, "r-1", "ServiceUnavailable")
    assert (second.attempt, second.outcome, second.error, second.will_retry_after) == (2, "done", None, None)
    ours = [record for record in caplog.records if record.name == "ventanilla.facti"]
    assert [record.levelname for record in ours] == ["WARNING", "DEBUG"]
    assert "search_payments attempt 1: ServiceUnavailable HTTP 503 request r-1" in ours[0].getMessage()
    assert not any(secret in caplog.text + repr(told) for secret in ("d09168b32f80", "26b413ah0ba6"))


@WRITES
@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (httpx.Response(200, json={"result": 0, "msg": "No"}), "refused"),
        (httpx.ConnectError("?"), "not_sent"),
        (httpx.ReadError("?"), "unknown"),
    ],
)
def test_an_attempt_says_what_its_failure_proves(write: Do, failure: Reply, outcome: str) -> None:
    told: list[Attempt] = []
    with pytest.raises(errors.VentanillaError):
        write(Script(failure), instrument=told.append, policy=Policy(retries=0))
    assert [each.outcome for each in told] == [outcome]


@WRITES
def test_who_was_not_connected_is_told_in_both_languages_that_nothing_was_sent(write: Do) -> None:
    with pytest.raises(errors.ConnectionFailed) as raised:
        write(Script(httpx.ConnectError("?")), policy=Policy(retries=0))
    assert str(raised.value).endswith("Check the network and the base URL; nothing was sent")
    assert raised.value.explain("es").endswith("Revisar la red y la URL base; no se envió nada.")


def test_an_instrument_that_fails_undoes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(attempt: Attempt) -> None:
        raise RuntimeError("api_key=26b413ah0ba6")

    search(Script(OK), instrument=broken)
    assert "the instrument raised RuntimeError" in caplog.text
    assert "26b413ah0ba6" not in caplog.text


USER = {
    **{"id_user": "5e06694b93f4a91cb218f28f", "id_external": "", "name": "A", "dt_create": 1577478475},
    "dt_modify": None,
}
USERS = {"rid": "r", "code": 200, "errors": None, "status": True, "message": None, "response": [USER]}
CREDENTIAL = ("5e06694b93f4a91cb218f28f", "56cf5728784806f72b8b4568", {"username": "test", "password": "test"})


def test_a_write_whose_session_could_not_be_opened_is_sent_again() -> None:
    script = Script(httpx.ReadError("?"), page(503), httpx.ReadTimeout("?"))
    with (
        Syncfy(api_key="7767a4a04f99", base_url="https://127.0.0.1/v1", transport=script) as face,
        pytest.raises(errors.TimedOut) as raised,
    ):
        face.create_credential(*CREDENTIAL)
    assert {request.url.path for request in script.sent} == {"/v1/sessions"}
    assert len(script.sent) == 4
    assert raised.value.outcome == "not_sent"


def test_syncfys_five_requests_a_second_are_kept_over_all_faces_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_limiter, "DOCUMENTED", {"Syncfy": 5.0})
    script, moments = Script(httpx.Response(200, json=USERS)), list[float]()
    options: dict[str, Any] = {"api_key": "a-key-of-this-test", "base_url": "https://127.0.0.1/v1"}

    def told(attempt: Attempt) -> None:
        moments.append(_flow.waiting.now())

    async def other() -> None:
        async with AsyncSyncfy(**options, transport=script, instrument=told) as second:
            for _ in range(10):
                await second.find_user("x")

    with Syncfy(**options, transport=script, instrument=told) as face:
        for _ in range(10):
            face.find_user("x")
        anyio.run(other)
        assert len(moments) == 20
        assert all(late - early >= 1.0 for early, late in zip(moments, moments[5:], strict=False))
    with Syncfy(**options, transport=script, policy=Policy(requests_per_second=float("inf"))) as face:
        started = _flow.waiting.now()
        for _ in range(20):
            face.find_user("x")
        assert _flow.waiting.now() - started < 1


@pytest.mark.parametrize("asked", ["600", "999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_pause_is_capped_and_of_one_key_and_host(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setattr(_limiter, "DOCUMENTED", {"Syncfy": 5.0})
    script = Script(page(429, **{"retry-after": asked}), httpx.Response(200, json=USERS))
    options: dict[str, Any] = {"api_key": f"key-{asked[:3]}", "transport": script}
    impatient = Policy(deadline=50)
    with (
        Syncfy(**options, base_url="https://127.0.0.1/v1", policy=impatient) as face,
        Syncfy(**options, base_url="https://127.0.0.1:8443/v1", policy=impatient) as elsewhere,
        Syncfy(**options, base_url="https://127.0.0.1/v1") as patient,
    ):
        for message in ("too many requests", "the key may send its next request in 60.0"):
            with pytest.raises(errors.RateLimited, match=message) as raised:
                face.find_user("x")
            assert raised.value.retry_after == pytest.approx(60, abs=1)
        assert len(script.sent) == 1
        started = _flow.waiting.now()
        elsewhere.find_user("x")
        assert _flow.waiting.now() - started < 1
        patient.find_user("x")
        assert 55 < _flow.waiting.now() - started < 61
    assert len(script.sent) == 3


def test_being_refused_without_a_time_to_wait_keeps_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_limiter, "DOCUMENTED", {"Syncfy": 1000.0})
    script = Script(page(429))
    options: dict[str, Any] = {"api_key": "a-third-key", "base_url": "https://127.0.0.1/v1", "transport": script}
    with Syncfy(**options, policy=Policy(retries=0)) as face:
        started = _flow.waiting.now()
        for _ in range(3):
            with pytest.raises(errors.RateLimited):
                face.find_user("x")
        assert _flow.waiting.now() - started < 0.9
    assert len(script.sent) == 3


def test_sockets_know_when_the_call_ends() -> None:
    left: list[float] = []

    class Looking(Script):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert _deadline.call.ends_at is not None
            left.append(_deadline.call.ends_at - time.monotonic())
            return super().handle_request(request)

    search(Looking(OK), policy=Policy(deadline=40))
    assert 30 < left[0] <= 40
    assert _deadline.call.ends_at is None


@pytest.mark.parametrize("where", ["headers", "body", "chunk"])
@pytest.mark.parametrize("read", [search, async_search])
def test_a_server_that_drips_cannot_hold_a_call(read: Do, where: str) -> None:
    with dripping(where) as port:
        started = time.monotonic()
        with pytest.raises(errors.TimedOut):
            read(None, policy=Policy(deadline=0.4, retries=0), base_url=f"http://127.0.0.1:{port}")
        assert 0.35 < time.monotonic() - started < 1.4


def test_without_the_deadline_under_the_sockets_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    def unbounded(timeout: float | None, problem: object) -> float | None:
        return timeout

    monkeypatch.setattr(_sockets, "_bounded", unbounded)
    with dripping("headers", lasts=1.0) as port:
        started = time.monotonic()
        with pytest.raises(errors.ConnectionFailed):
            search(None, policy=Policy(deadline=0.1, retries=0), base_url=f"http://127.0.0.1:{port}")
        assert time.monotonic() - started > 0.9
