"""No answer takes more memory than the face allows, however it is packed, and whoever sends more is hung up on."""

import functools
import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from wires import OK, chunk, whole, wire

from ventanilla import AsyncSyncfy, FacturaOnline, Policy, Syncfy, errors
from ventanilla._bodies import AsyncBoundedTransport, BoundedTransport, Bounds
from ventanilla_clients._runtime import Operation

HERE = Path(__file__).parent
KEY = "7767a4a04f990e9231bafc949e8ca08a"
USER, ATTACHMENT = "5e06694b93f4a91cb218f28f", "5e06694b93f4a91cb218f290"
TRUE = b'{"rid":"r","code":200,"errors":null,"status":true,"message":null,"response":true}'
MIB = 2**20
CAP, ALLOWED, MUCH = 20 * MIB, 32.0, 96.0
BOMB_MIB = 300
ENDLESS_MIB = 128


@functools.cache
def bomb() -> bytes:
    """300 MiB of zeros in about 300 kB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(MIB)
    return b"".join([packer.compress(zeros) for _ in range(BOMB_MIB)] + [packer.flush()])


def endless() -> Iterator[bytes]:
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    piece = chunk(b" " * 65536)
    for _ in range(ENDLESS_MIB * 16):
        yield piece
    yield chunk(b"")


def grown(kind: str, answer: Callable[[bytes], Iterable[bytes]]) -> tuple[float, str, int]:
    """Return by how many MiB a process of its own grew when it read an answer, how that ended, and what was sent."""

    def say(request: bytes) -> Iterable[bytes]:
        # The first one warms up: imports, buffers, TLS contexts.
        return answer(request) if b"/users" in request else [whole(TRUE)]

    with wire(say) as server:
        command = [sys.executable, str(HERE / "measured.py"), kind, server.origin]
        path = os.pathsep.join(map(str, sys.path))
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60, check=True
        )
        figure, _, ending = done.stdout.partition(" ")
        return float(figure), ending, server.sent[-1]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_gzip_bomb_is_not_inflated(kind: str) -> None:
    packed = bomb()
    assert len(packed) < 0.4 * MIB
    figure, ending, _ = grown(kind, lambda _: [whole(packed, b"Content-Encoding: gzip")])
    assert figure < ALLOWED
    assert ending.startswith("BodyTooLarge")
    assert str(CAP) in ending
    assert "list_users" in ending
    assert "Policy(max_bytes=" in ending


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_body_without_end_is_hung_up_on(kind: str) -> None:
    figure, ending, sent = grown(kind, lambda _: endless())
    assert figure < ALLOWED
    assert ending.startswith("BodyTooLarge")
    # What was on the way when the other side hung up lies in the buffers of the system.
    assert sent < CAP + 12 * MIB


def test_control_without_bounds_both_fill_the_memory() -> None:
    packed = bomb()
    assert grown("bare", lambda _: [whole(packed, b"Content-Encoding: gzip")])[0] > MUCH
    assert grown("bare", lambda _: endless())[0] > MUCH


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces that knows how far it was read, and whether it was closed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.read, self.is_closed = pieces, 0, False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.read += 1
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.read += 1
            yield piece

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.is_closed = True


def fetched(
    stream: Stream | bytes, headers: dict[str, str] | None = None, *, asynchronous: bool, is_file: bool = False
) -> tuple[bytes, httpx.Request]:
    """Return what a client with bounds reads of a body, and its request."""
    asked: list[httpx.Request] = []
    bounds = Bounds("Syncfy", max_bytes=1000, max_file_bytes=2000)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given: dict[str, Any] = {"content": stream} if isinstance(stream, bytes) else {"stream": stream}
        return httpx.Response(200, headers=headers, **given)

    extensions = {"operation": Operation("get_it", "read", is_file)}
    if not asynchronous:
        with httpx.Client(transport=BoundedTransport(httpx.MockTransport(answer), bounds)) as client:
            return client.get("http://127.0.0.1/", extensions=extensions).content, asked[0]

    async def get() -> bytes:
        async with httpx.AsyncClient(transport=AsyncBoundedTransport(httpx.MockTransport(answer), bounds)) as client:
            return (await client.get("http://127.0.0.1/", extensions=extensions)).content

    return anyio.run(get), asked[0]


def bare_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


TEXT = b"Quincena 21. " * 70
GZIP = gzip.compress(TEXT, mtime=0)
PACKED = {"gzip": GZIP, "x-gzip": GZIP, "deflate": zlib.compress(TEXT), "": TEXT}
both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@both
@pytest.mark.parametrize("size", [1, 7, 5000])
@pytest.mark.parametrize("packed", [*PACKED.items(), ("deflate", bare_deflate(TEXT))])
def test_what_is_within_bounds_arrives_whole(packed: tuple[str, bytes], size: int, asynchronous: bool) -> None:
    encoding, content = packed
    pieces = [content[place : place + size] for place in range(0, len(content), size)]
    headers = {"Content-Encoding": encoding} if encoding else {}
    found, _ = fetched(Stream(pieces), headers, asynchronous=asynchronous)
    assert found == TEXT


MUCH_OF: list[tuple[dict[str, str], list[bytes]]] = [
    ({}, [b"x" * 500] * 9),
    ({"Content-Encoding": "gzip"}, [gzip.compress(b"x" * 1001, mtime=0)] * 2),
    ({"Content-Encoding": "deflate"}, [zlib.compress(b"x" * 10**6)] * 2),
]


@both
@pytest.mark.parametrize(("headers", "pieces"), MUCH_OF)
def test_more_is_refused_and_the_rest_is_not_read(
    headers: dict[str, str], pieces: list[bytes], asynchronous: bool
) -> None:
    stream = Stream(pieces)
    with pytest.raises(errors.BodyTooLarge, match="more than the 1000 bytes that max_bytes allows") as error:
        fetched(stream, headers, asynchronous=asynchronous)
    assert stream.is_closed
    assert stream.read <= 3
    assert (error.value.limit, error.value.operation, error.value.status_code) == (1000, "get_it", 200)
    assert "Policy(max_bytes=...)" in str(error.value)


@both
def test_a_length_that_is_too_much_is_refused_before_reading(asynchronous: bool) -> None:
    stream = Stream([b"x"])
    with pytest.raises(errors.BodyTooLarge):
        fetched(stream, {"Content-Length": "1001"}, asynchronous=asynchronous)
    assert (stream.read, stream.is_closed) == (0, True)


@both
@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,identity", "canary-of-the-server", "compress"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str, asynchronous: bool) -> None:
    stream = Stream([b"x"])
    with pytest.raises(errors.UnexpectedAnswer, match="not asked for") as error:
        fetched(stream, {"Content-Encoding": encoding}, asynchronous=asynchronous)
    assert (stream.read, stream.is_closed) == (0, True)
    assert "canary" not in str(error.value)


@both
def test_a_file_comes_as_it_is_or_not_at_all(asynchronous: bool) -> None:
    found, request = fetched(Stream([b"x" * 1500]), asynchronous=asynchronous, is_file=True)
    assert (len(found), request.headers["accept-encoding"]) == (1500, "identity")
    with pytest.raises(errors.UnexpectedAnswer, match="not asked for: gzip"):
        fetched(Stream([PACKED["gzip"]]), {"Content-Encoding": "gzip"}, asynchronous=asynchronous, is_file=True)
    with pytest.raises(errors.BodyTooLarge, match="2000 bytes that max_file_bytes allows"):
        fetched(Stream([b"x" * 2001]), asynchronous=asynchronous, is_file=True)


@both
@pytest.mark.parametrize("damaged", [GZIP[:-9], GZIP[:1], b"no" + GZIP], ids=["cut", "begun", "no"])
def test_a_damaged_compression_is_malformed(damaged: bytes, asynchronous: bool) -> None:
    with pytest.raises(errors.MalformedAnswer, match="compressed"):
        fetched(Stream([damaged]), {"Content-Encoding": "gzip"}, asynchronous=asynchronous)


@both
def test_what_was_made_in_this_process_is_weighed_too(asynchronous: bool) -> None:
    assert fetched(TEXT, asynchronous=asynchronous)[0] == TEXT
    with pytest.raises(errors.BodyTooLarge):
        fetched(b"x" * 1001, asynchronous=asynchronous)


def test_the_faces_ask_for_files_as_they_are_and_for_json_compressed() -> None:
    asked: dict[str, str] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        asked[request.url.path] = request.headers["accept-encoding"]
        if request.url.path.endswith("/xml"):
            return httpx.Response(200, content=b"<?xml version='1.0'?><a/>")
        session = TRUE.replace(b"true}", b'{"token":"%b"}}' % (b"0" * 32)) if request.method == "POST" else TRUE
        return httpx.Response(200, content=session, headers={"content-type": "application/json"})

    with Syncfy(api_key=KEY, base_url="http://127.0.0.1/v1", transport=httpx.MockTransport(answer)) as face:
        face.attachment(USER, ATTACHMENT)
        face.verify_session("0" * 32)
    base, transport = "http://127.0.0.1/api", httpx.MockTransport(answer)
    with FacturaOnline(api_key="mock", secret_key="mock", base_url=base, transport=transport) as factura:
        factura.xml("6206f3702bcdd")
    assert asked == {
        "/v1/sessions": "gzip, deflate",
        f"/v1/attachments/{ATTACHMENT}": "identity",
        f"/v1/sessions/{'0' * 32}/verify": "gzip, deflate",
        "/api/payroll/6206f3702bcdd/item/xml": "identity",
    }


def test_the_proxies_of_the_environment_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.mx")
    for face in (Syncfy(api_key=KEY), AsyncSyncfy(api_key=KEY)):
        client: Any = face.raw.http or face.raw.async_http
        chosen = client._transport_for_url(httpx.URL("https://opendata-api.syncfy.com/v1"))
        direct = client._transport_for_url(httpx.URL("https://example.mx"))
        for transport in (chosen, direct):
            assert isinstance(transport, BoundedTransport | AsyncBoundedTransport)
        assert chosen is not direct


def test_the_bounds_are_those_of_the_policy() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(TRUE)))
    for allowed in (len(TRUE), len(TRUE) - 1):
        policy = Policy(max_bytes=allowed)
        with Syncfy(api_key=KEY, base_url="http://127.0.0.1/v1", transport=transport, policy=policy) as face:
            if allowed == len(TRUE):
                face.verify_session("0" * 32)
                continue
            with pytest.raises(errors.BodyTooLarge, match="max_bytes"):
                face.verify_session("0" * 32)
