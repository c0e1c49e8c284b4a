"""What the server makes of the bytes that come: requests, refusals, and what is not worth reading."""

import pytest

from ventanilla.mock._reader import Phase, Reader, Upgrade
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.wire import Request, Response

LARGEST_HEAD = 1_000
POST = b"POST /a?b=%2F HTTP/1.1\r\nHost: mock.test\r\nX-One: 1\r\nx-one: 2\r\nContent-Length: 3\r\n\r\nabc"
GET = b"GET /b HTTP/1.1\r\nHost: mock.test\r\n\r\n"
UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\n"


def read(*parts: bytes) -> Reader:
    reader = Reader(LARGEST_HEAD)
    for part in parts:
        reader.feed(part)
    return reader


def only(reader: Reader) -> Request:
    (item,) = reader.items
    assert isinstance(item, Request)
    return item


def refusal(reader: Reader) -> tuple[int, str]:
    *_, item = reader.items
    assert isinstance(item, Response)
    assert reader.is_over
    return item.status, str(item.json()["error"])


@pytest.mark.parametrize("size", [1, 2, 7, len(POST)])
def test_a_request_is_read_from_pieces_of_any_size(size: int) -> None:
    reader = read(*(POST[start : start + size] for start in range(0, len(POST), size)))
    headers = {"host": "mock.test", "x-one": "2", "content-length": "3"}
    assert only(reader) == Request("POST", "/a?b=%2F", headers, b"abc")
    assert reader.phase is Phase.NOTHING


def test_requests_that_come_together_are_read_in_their_order() -> None:
    reader = read(POST + GET * 2 + GET[:10])
    assert [item.target for item in reader.items if isinstance(item, Request)] == ["/a?b=%2F", "/b", "/b"]
    assert (reader.count, reader.phase) == (3, Phase.HEAD)


def test_a_body_in_chunks_is_put_together_and_its_trailer_is_no_header() -> None:
    head = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    request = only(read(head, b"2\r\nab\r\n1;x=y\r\nc\r\n0\r\nAuthorization: mine\r\n\r\n"))
    assert (request.body, "authorization" in request.headers) == (b"abc", False)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"http://mock.test:80/a?b", "/a?b"),
        (b"http://mock.test", "/"),
        (b"*", "*"),
        (b"//a//b", "//a//b"),
    ],
)
def test_a_target_that_was_meant_for_a_proxy_is_its_path(target: bytes, path: str) -> None:
    method = b"OPTIONS" if target == b"*" else b"GET"
    assert only(read(method + b" " + target + b" HTTP/1.1\r\n\r\n")).target == path


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /a HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        b"GET /a HTTP/1.1\r\nNo colon\r\n\r\n",
        b"GET /\xc3\xb1 HTTP/1.1\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nContent-Length: -3\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_nothing_more_is_read(data: bytes) -> None:
    reader = read(data, GET)
    status, message = refusal(reader)
    assert (status, len(reader.items)) == (400, 1)
    assert message.startswith("this is not HTTP: ")


def test_what_came_before_the_nonsense_is_still_answered() -> None:
    reader = read(GET + b"nonsense\r\n\r\n")
    assert isinstance(reader.items[0], Request)
    assert refusal(reader)[0] == 400


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /a HTTP/1.1\r\nX: " + b"a" * LARGEST_HEAD + b"\r\n\r\n"],
        [b"GET /" + b"a" * LARGEST_HEAD + b" HTTP/1.1\r\n\r\n"],
        [b"GET /a HTTP/1.1\r\n" + b"X: 1234567\r\n" * 130 + b"\r\n"],
        [b"GET /a HTTP/1.1\r\nX: ", *[b"a" * 100] * 12],
        [b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"0\r\nX: ", *[b"a" * 100] * 12],
    ],
    ids=["a header", "a target", "many headers", "a header without end", "a trailer without end"],
)
def test_a_head_that_is_too_large_is_refused(parts: list[bytes]) -> None:
    assert refusal(read(*parts, GET)) == (431, "the request line and the headers are larger than 1000 bytes")


def test_a_head_of_the_largest_size_is_taken() -> None:
    rest = LARGEST_HEAD - len("/aX")
    head = b"GET /a HTTP/1.1\r\nX: %b\r\n\r\n"
    assert only(read(head % (b"a" * rest))).headers["x"] == "a" * rest
    assert refusal(read(head % (b"a" * (rest + 1))))[0] == 431


def test_a_body_that_is_announced_too_large_is_not_waited_for() -> None:
    head = b"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    reader = read(head % (LARGEST_BODY + 1), b"abc")
    assert (only(reader).is_cut, only(reader).body) == (True, b"")
    assert (reader.is_over, reader.is_asked) == (True, False)
    reader = read(head % LARGEST_BODY, b"abc")
    assert (len(reader.items), reader.phase) == (0, Phase.BODY)


def test_a_length_of_thousands_of_digits_is_a_length() -> None:
    reader = Reader(100_000)
    reader.feed(b"POST /a HTTP/1.1\r\nContent-Length: %b3\r\n\r\nabc" % (b"0" * 9_000))
    assert (only(reader).body, only(reader).is_cut) == (b"abc", False)


def test_a_body_in_chunks_that_is_too_large_is_not_kept() -> None:
    reader = read(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % (LARGEST_BODY + 1))
    for _ in range(LARGEST_BODY // 65_536):
        reader.feed(b"a" * 65_536)
    assert not reader.items
    reader.feed(b"a")
    assert (only(reader).is_cut, only(reader).body) == (True, b"")


def test_whoever_asks_for_leave_to_send_a_body_is_given_it_once() -> None:
    reader = read(b"POST /a HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
    assert reader.is_asked
    reader.feed(b"a")
    assert not reader.is_asked
    reader.feed(b"bc")
    assert only(reader).body == b"abc"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /a HTTP/1.0\r\n\r\n",
        b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ],
)
def test_the_last_request_of_a_connection_is_the_last(head: bytes) -> None:
    reader = read(head + GET, GET)
    assert (only(reader).target, reader.is_over) == ("/a", True)


@pytest.mark.parametrize("size", [1, 1_000])
def test_an_upgrade_that_is_not_known_is_left_aside_body_and_all(size: int) -> None:
    # Java's HttpClient asks for HTTP/2 in this way by default.
    head = b"POST /a HTTP/1.1\r\nHost: mock.test\r\n" + UPGRADE % b"h2c" + b"Content-Length: 3\r\n\r\n"
    data = head + b"abc" + GET
    reader = read(*(data[start : start + size] for start in range(0, len(data), size)))
    first, second = reader.items
    assert isinstance(first, Request)
    assert isinstance(second, Request)
    assert (first.target, first.body, second.target) == ("/a", b"abc", "/b")


def test_a_websocket_takes_the_connection_over() -> None:
    reader = read(b"GET /a HTTP/1.1\r\nHost: mock.test\r\n" + UPGRADE % b"WebSocket" + b"\r\nrest")
    (item,) = reader.items
    assert isinstance(item, Upgrade)
    assert (item.request.target, item.rest, reader.is_over) == ("/a", b"rest", True)
    assert item.head.startswith(b"GET /a HTTP/1.1\r\nhost: mock.test\r\n")


def test_connect_is_a_request_like_others_and_the_last_one() -> None:
    reader = read(b"CONNECT mock.test:443 HTTP/1.1\r\nHost: mock.test\r\n\r\n\x16\x03\x01")
    assert (only(reader).method, reader.is_over) == ("CONNECT", True)
