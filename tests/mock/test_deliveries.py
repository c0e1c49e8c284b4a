"""How webhook calls leave: to sinks that may fail, over HTTP to this machine alone, held up by no receiver."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from attrs import field, frozen
from receiving import receiver

from ventanilla.mock import deliveries
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Courier, Sink
from ventanilla.mock.outbox import Attempt, Delivery
from ventanilla.mock.server import running

START = 1_700_000_000.0
AWAY = "http://example.mx/hook"
HEADERS = (("Content-Type", "application/json"), ("X-Mine", "yes"))
# Makes one call and returns what became of it.
Deliver = Callable[..., Attempt]


def waiting(url: str) -> tuple[Mock, Delivery]:
    mock = Mock(clock=ManualClock(), providers=[])
    return mock, mock.world.send("sync-v1", "refresh", url, b"{}", HEADERS)


def blocking(url: str = AWAY, **options: Any) -> Attempt:
    mock, delivery = waiting(url)
    courier = Courier(mock, **options)
    courier.deliver(mock.world)
    courier.close()
    (attempt,) = delivery.attempts
    return attempt


def awaited(url: str = AWAY, **options: Any) -> Attempt:
    mock, delivery = waiting(url)

    async def story() -> None:
        courier = AsyncCourier(mock, **options)
        await courier.deliver(mock.world)
        await courier.close()

    asyncio.run(story())
    (attempt,) = delivery.attempts
    return attempt


either = pytest.mark.parametrize("deliver", [blocking, awaited])


@frozen
class Line:
    """Where a receiver listens, and the requests that came."""

    port: int
    received: list[bytes] = field(factory=list[bytes])


@contextmanager
def answering(*parts: bytes, until_gone: bool = False, pause: float = 0) -> Generator[Line]:
    """Answer each connection with these bytes, the last ones again and again if it is until the caller has gone.

    `pause` are the seconds before each answer and each repetition.
    """
    server = socket.create_server(("127.0.0.1", 0))
    line = Line(server.getsockname()[1])

    def serve() -> None:
        # Closing the listening socket ends it.
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    line.received.append(_request(connection))
                    time.sleep(pause)
                    for part in parts:
                        connection.sendall(part)
                    while until_gone:
                        time.sleep(pause)
                        connection.sendall(parts[-1])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def _request(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"}") and (more := connection.recv(65_536)):
        received += more
    return received


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@either
def test_a_call_arrives_as_it_was_put_in(deliver: Deliver) -> None:
    with answering(OK) as line:
        attempt = deliver(f"http://127.0.0.1:{line.port}/hook?a=1")
    assert (attempt.status, attempt.error) == (200, None)
    head, _, body = line.received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert {b"Content-Type: application/json", b"X-Mine: yes"} <= set(head.split(b"\r\n"))
    assert body == b"{}"


@either
def test_a_name_below_localhost_leads_here_whatever_name_servers_say(deliver: Deliver) -> None:
    with answering(OK) as line:
        assert deliver(f"http://shop.localhost:{line.port}/hook").status == 200
    assert f"host: shop.localhost:{line.port}".encode() in line.received[0].lower()


@either
def test_no_redirect_is_followed(deliver: Deliver) -> None:
    with answering(OK) as other:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{other.port}/\r\nContent-Length: 0\r\n\r\n"
        with answering(moved.encode()) as line:
            assert deliver(f"http://127.0.0.1:{line.port}/hook").status == 307
    assert (len(line.received), other.received) == (1, [])


@either
def test_no_proxy_of_the_environment_is_used(deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(OK) as proxy, answering(OK) as line:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert deliver(f"http://127.0.0.1:{line.port}/hook").status == 200
        # The negative control: whoever trusts the environment goes through it.
        with httpx.Client(trust_env=True) as client:
            client.post(f"http://127.0.0.1:{line.port}/hook", content=b"{}")
    assert (len(line.received), len(proxy.received)) == (1, 1)


CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"


@either
def test_an_answer_without_end_is_not_read_to_its_end(deliver: Deliver) -> None:
    begun = time.monotonic()
    with answering(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n", until_gone=True) as line:
        assert deliver(f"http://127.0.0.1:{line.port}/").status == 201
    assert time.monotonic() - begun < deliveries.TIMEOUT


@either
@pytest.mark.parametrize("rest", [b"5\r\nab", b"no chunk\r\n"])
def test_a_body_that_breaks_off_leaves_the_status_as_it_was(deliver: Deliver, rest: bytes) -> None:
    with answering(CHUNKED, rest) as line:
        assert deliver(f"http://127.0.0.1:{line.port}/").status == 201


@either
def test_a_receiver_that_never_answers_is_given_up(deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        attempt = deliver(f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert (attempt.status, attempt.error) == (None, "ReadTimeout")


def test_a_receiver_that_answers_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "TIMEOUT", 0.1)
    with answering(b"HTTP/1.1 200 OK", until_gone=True, pause=0.02) as line:
        assert awaited(f"http://127.0.0.1:{line.port}/").error == "TimeoutError"


@either
@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:9/closed", "ConnectError"),
        ("http://127.0.0.1:99999/", "refused: not a URL"),
        ("ftp://127.0.0.1/", "UnsupportedProtocol"),
        ("http://[::1", "refused: not a URL"),
        ("http://127.0.0.1\\@example.mx/", "refused: example.mx is not this machine; allow_remote permits it"),
        ("http://127.0.0.1@example.mx/", "refused: example.mx is not this machine; allow_remote permits it"),
        ("http://127.1/", "refused: 127.1 is not this machine; allow_remote permits it"),
        ("http://0.0.0.0/", "refused: 0.0.0.0 is not this machine; allow_remote permits it"),
        ("http://169.254.169.254/", "refused: 169.254.169.254 is not this machine; allow_remote permits it"),
    ],
)
def test_an_address_that_cannot_be_called_is_a_failed_attempt(deliver: Deliver, url: str, error: str) -> None:
    attempt = deliver(url)
    assert (attempt.status, attempt.error) == (None, error)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[httpx.URL]:
    """Let nothing leave, and note what would have."""
    urls: list[httpx.URL] = []

    def note(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        urls.append(request.url)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    async def note_too(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        urls.append(request.url)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", note)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", note_too)
    return urls


@either
def test_other_machines_are_not_called_unless_allowed(
    deliver: Deliver, called: list[httpx.URL], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deliver().error == "refused: example.mx is not this machine; allow_remote permits it"
    assert called == []
    assert deliver(allow_remote=True).status == 200
    assert called == [httpx.URL(AWAY)]
    # The negative control: nothing but the guard had kept it here.
    monkeypatch.setattr(deliveries, "refusal", no_reason)
    assert deliver().status == 200
    assert called == [httpx.URL(AWAY)] * 2


def no_reason(url: str) -> None:
    return None


@either
def test_a_name_that_leads_here_only_for_now_is_refused(
    deliver: Deliver, called: list[httpx.URL], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def here(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", here)
    assert str(deliver("http://rebound.example.mx/").error).startswith("refused: rebound.example.mx")
    assert (called, asked) == ([], [])


def broken(delivery: Delivery) -> int:
    raise ZeroDivisionError("the application under test has a defect")


def nothing(delivery: Delivery) -> None:
    return None


def unavailable(delivery: Delivery) -> int:
    return 503


def wrong(delivery: Delivery) -> Any:
    return "200"


@either
def test_a_sink_may_say_nothing_or_break(deliver: Deliver) -> None:
    taken: list[Delivery] = []
    assert deliver(sink=taken.append).status == 200
    assert deliver(sink=nothing).status == 200
    assert deliver(sink=unavailable).status == 503
    attempt = deliver(sink=broken)
    assert (attempt.status, attempt.error) == (None, "ZeroDivisionError")
    assert deliver(sink=wrong).error == "TypeError"
    assert [one.url for one in taken] == [AWAY]


def test_an_asynchronous_sink_is_for_an_asynchronous_courier() -> None:
    async def late(delivery: Delivery) -> int:
        await asyncio.sleep(0)
        return 202

    async def later(delivery: Delivery) -> None:
        await asyncio.sleep(0)
        raise KeyError

    assert awaited(sink=late).status == 202
    assert awaited(sink=later).error == "KeyError"
    # Nor does it leave a coroutine behind that nobody awaits, which would be a warning.
    assert blocking(sink=late).error == "TypeError"


def test_a_call_that_is_broken_off_is_a_failed_attempt() -> None:
    async def never(delivery: Delivery) -> int:
        await asyncio.Event().wait()
        return 200

    async def story(sink: Sink) -> Delivery:
        mock, delivery = waiting(AWAY)
        task = asyncio.create_task(AsyncCourier(mock, sink=sink).deliver(mock.world))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return delivery

    delivery = asyncio.run(story(never))
    assert (delivery.attempts[0].error, delivery.state) == ("CancelledError", "waiting")
    assert delivery.due is not None


@either
def test_an_ordinary_server_receives_it(deliver: Deliver) -> None:
    with receiver(204) as hook:
        assert deliver(hook.url).status == 204
    assert hook.received == [b"{}"]


async def at_once(*_: Any) -> None:
    """Wait for nothing."""


@pytest.mark.parametrize("waits", [True, False])
def test_time_goes_on_only_after_what_is_under_way(waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server calls receivers beside its requests: a slow one must not fail after the clock has moved."""
    if not waits:
        monkeypatch.setattr("ventanilla.mock._pulse.Pulse._reported", at_once)
    mock = Mock(clock=ManualClock(START))
    with (
        running(mock=mock) as base,
        answering(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", pause=0.1) as line,
        httpx.Client(base_url=f"{base}/_mock") as client,
    ):
        event = {"event": "credential_create", "url": f"http://127.0.0.1:{line.port}/"}
        client.post("/events", json=event).raise_for_status()
        until = time.monotonic() + 5
        while not line.received and time.monotonic() < until:
            time.sleep(0.005)
        (delivery,) = mock.world.outbox.deliveries()
        assert (mock.world.outbox.is_under_way, delivery.attempts) == (True, [])
        client.post("/clock/advance", json={"seconds": 400}, timeout=10).raise_for_status()
        while not delivery.attempts and time.monotonic() < until:
            time.sleep(0.005)
    moments = [attempt.at - START for attempt in delivery.attempts]
    assert moments == ([0, 5, 305] if waits else [400])
