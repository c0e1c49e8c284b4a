"""What goes wrong on purpose, as a raw client sees it on the wire."""

import re
import socket
import struct
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
from raw_caller import USER, Wayward, answer, everything, exchange, line, request
from syncfy_caller import KEY

from ventanilla.mock import ManualClock, Mock, _conduct, syncfy
from ventanilla.mock._effects import Latency, Reset, When
from ventanilla.mock.faults import Fault
from ventanilla.mock.server import running
from ventanilla.mock.wire import Conduct, Request, Response

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def wayward(conduct: Conduct) -> Generator[tuple[str, Wayward]]:
    mock = Wayward(clock=ManualClock(), providers=[syncfy.provider()])
    mock.conduct = conduct
    with running(mock=mock) as base:
        yield base, mock


def whole_body() -> bytes:
    with running(mock=Mock(clock=ManualClock(), providers=[syncfy.provider()])) as base, line(base) as opened:
        opened.sendall(request())
        return answer(opened)[1]


def unnamed(head: bytes) -> bytes:
    """Return a head without the name of the mock's instance."""
    return re.sub(rb"X-Ventanilla-Instance: [0-9a-f]{32}\r\n", b"", head)


def test_a_reset_breaks_the_connection_before_a_byte_is_sent() -> None:
    with wayward(Conduct(ending="reset")) as (base, _), line(base) as opened:
        opened.sendall(request())
        with pytest.raises(ConnectionResetError):
            opened.recv(1)


def test_a_truncated_body_ends_in_the_middle_of_what_was_announced() -> None:
    body = whole_body()
    with wayward(Conduct(ending="truncated")) as (base, _):
        head, _, part = exchange(base, request()).partition(b"\r\n\r\n")
    assert unnamed(head) == HEAD + b"Content-Length: %d\r\nConnection: close" % len(body)
    assert part == body[: len(body) // 2]


def test_of_an_empty_body_something_is_missing_too() -> None:
    assert _conduct.headers(Response(200, (), b"", Conduct(ending="truncated"))) == (("Content-Length", "1"),)


def test_a_broken_chunk_follows_a_good_one() -> None:
    body = whole_body()
    with wayward(Conduct(ending="broken-chunk")) as (base, _):
        said = exchange(base, request())
    head, _, chunks = said.partition(b"\r\n\r\n")
    assert unnamed(head) == HEAD + b"Transfer-Encoding: chunked\r\nConnection: close"
    half = len(body) // 2
    assert chunks == b"%x\r\n%b\r\nthis is no chunk\r\n" % (half, body[:half])


@pytest.mark.parametrize(
    ("conduct", "error"),
    [
        (Conduct(ending="reset"), httpx.ReadError),
        (Conduct(ending="truncated"), httpx.RemoteProtocolError),
        (Conduct(ending="broken-chunk"), httpx.RemoteProtocolError),
    ],
)
def test_clients_meet_an_error_and_the_server_goes_on(conduct: Conduct, error: type[Exception]) -> None:
    with wayward(conduct) as (base, mock), httpx.Client(base_url=base, headers={"Authorization": KEY}) as client:
        with pytest.raises(error):
            client.post("/syncfy/v1/users", json=USER)
        mock.conduct = Conduct()
        users = client.get("/syncfy/v1/users").json()["response"]
    # The handler had run: what was asked is done, only the answer went wrong.
    assert [user["name"] for user in users] == ["Ñandú"]


def test_a_drip_takes_its_time_and_loses_nothing() -> None:
    body = whole_body()
    seconds = 0.2
    with wayward(Conduct(drip=len(body) / seconds)) as (base, mock), line(base) as opened:
        opened.sendall(request())
        begun = time.monotonic()
        arrived: list[float] = []
        said = b""
        while not said.endswith(body):
            said += opened.recv(65_536)
            arrived.append(time.monotonic() - begun)
        mock.conduct = Conduct()
        # The connection stays good for more.
        opened.sendall(request("GET", "/_mock/health", None))
        assert answer(opened)[1] == b'{"status":"ok"}'
    assert len(arrived) >= 3
    assert seconds * 0.9 <= arrived[-1] < 10 * seconds


def test_a_drip_stops_when_the_caller_goes() -> None:
    with wayward(Conduct(drip=1)) as (base, mock):
        with line(base) as opened:
            opened.sendall(request())
            opened.recv(16)
        mock.conduct = Conduct()
        # Leaving the block would wait for nobody; that later requests are answered shows that nothing hangs.
        assert httpx.get(f"{base}/_mock/health").json() == {"status": "ok"}
        begun = time.monotonic()
    assert time.monotonic() - begun < 1


def test_a_delay_passes_before_the_first_byte_and_later_requests_wait_their_turn() -> None:
    with wayward(Conduct(delay=0.15)) as (base, mock), line(base) as opened:
        begun = time.monotonic()
        opened.sendall(request())
        time.sleep(0.05)
        mock.conduct = Conduct()
        opened.sendall(request("GET", "/_mock/health", None))
        first = answer(opened)
        passed = time.monotonic() - begun
        assert b'"name":"\xc3\x91and\xc3\xba"' in first[1]
        assert answer(opened)[1] == b'{"status":"ok"}'
    assert 0.15 <= passed < 2


@pytest.mark.parametrize("stays", [True, False])
def test_what_a_latency_holds_is_done_only_for_a_caller_who_waits(stays: bool) -> None:
    mock = Mock(clock=ManualClock(), providers=[syncfy.provider()])
    mock.world.faults.add(Fault(Latency(seconds=0.15), operation="create_user", when="before"))
    with running(mock=mock) as base:
        with line(base) as opened:
            opened.sendall(request())
            if stays:
                assert b'"status":true' in answer(opened)[1]
        time.sleep(0.3)
        users = httpx.get(f"{base}/syncfy/v1/users", headers={"Authorization": KEY}).json()["response"]
    assert len(users) == int(stays)


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_a_reset_of_a_fault_comes_before_or_after_what_was_asked_is_done(when: When, done: int) -> None:
    mock = Mock(clock=ManualClock(), providers=[syncfy.provider()])
    mock.world.faults.add(Fault(Reset(), operation="create_user", when=when))
    with running(mock=mock) as base:
        with line(base) as opened:
            opened.sendall(request())
            with pytest.raises(ConnectionResetError):
                opened.recv(1)
        users = httpx.get(f"{base}/syncfy/v1/users", headers={"Authorization": KEY}).json()["response"]
    assert len(users) == done


def test_what_is_broken_off_does_not_answer_what_was_piped_behind_it() -> None:
    with wayward(Conduct(ending="truncated")) as (base, _):
        said = exchange(base, request() * 3)
    assert said.count(b"HTTP/1.1 ") == 1


def test_a_caller_who_resets_harms_nobody() -> None:
    with wayward(Conduct(delay=0.05)) as (base, mock):
        with line(base) as opened:
            opened.sendall(request())
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        mock.conduct = Conduct()
        assert httpx.get(f"{base}/_mock/health").status_code == 200


def test_an_orderly_answer_is_what_the_others_are_compared_with() -> None:
    body = whole_body()
    with wayward(Conduct()) as (base, _), line(base) as opened:
        opened.sendall(request(headers={"Connection": "close"}))
        said = everything(opened)
    assert unnamed(said) == HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)


def test_an_answer_without_a_body_announces_none() -> None:
    assert _conduct.head(Response(204, (), b""), closes=False) == b"HTTP/1.1 204 No Content\r\n\r\n"
    # A status of their own is what some servers in front of the providers answer with.
    assert _conduct.head(Response(522, (), b""), closes=False) == b"HTTP/1.1 522 \r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "a\rb"])
def test_no_header_makes_another_one(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        _conduct.head(Response(200, (("X", value),), b""), closes=False)


def test_a_defect_before_an_answer_ends_its_connection_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Mock):
        """Fails once an answer has been waited for."""

        def handle(self, request: Request) -> Response:
            if request.held_by:
                raise RuntimeError("out of order")
            return super().handle(request)

    mock = Broken(clock=ManualClock(), providers=[syncfy.provider()])
    mock.world.faults.add(Fault(Latency(seconds=0), operation="create_user", when="before"))
    with running(mock=mock) as base:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{base}/syncfy/v1/users", json=USER, headers={"Authorization": KEY})
        assert httpx.get(f"{base}/_mock/health").status_code == 200
    assert "the mock failed to send an answer" in caplog.text
