"""Keeps the bodies of answers within bounds: how many bytes come, how many they become, and in which encoding.

httpx inflates whatever comes to whatever it becomes: 300 kB of gzip can be 300 MB of zeros. Here the bytes are counted
as they come and as they are inflated, and whoever sends too many is hung up on.
"""

import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, cast

import httpx
from msgspec import Struct

from ventanilla._attempts import sending
from ventanilla._http import facts
from ventanilla.errors import BodyTooLarge, ConnectionFailed, MalformedAnswer, UnexpectedAnswer, VentanillaError
from ventanilla_clients._runtime import Operation

MAX_BYTES = 20 * 2**20
MAX_FILE_BYTES = 200 * 2**20
# zlib's window: 2**15 bytes, with 16 added for gzip, negative for deflate without zlib's header.
WINDOW = zlib.MAX_WBITS
PIECE = 256 * 2**10
# Those that have a name; another may be anything that a server wants to see in a log.
NAMED = frozenset({"br", "zstd", "compress", "gzip", "deflate", "x-gzip"})


class Bounds(Struct, frozen=True):
    """What a face takes of an answer.

    Attributes:
        provider: whose answers they are.
        max_bytes: bytes of a JSON body, as it comes and once inflated.
        max_file_bytes: bytes of a file.
    """

    provider: str
    max_bytes: int = MAX_BYTES
    max_file_bytes: int = MAX_FILE_BYTES

    def bounded(self, request: httpx.Request, response: httpx.Response) -> "Meter | None":
        """Return what counts the body of an answer; None where it has none, or has been read already.

        Raises:
            BodyTooLarge: its length is known, and is too much.
            UnexpectedAnswer: it has an encoding that was not asked for.
        """
        if response.status_code == 101:
            return None  # a WebSocket, which has messages and bounds of its own
        meter = Meter(self, request, response)
        if response.is_stream_consumed:  # it was made in this process
            meter.weigh(len(response.content))
            return None
        return meter


class Meter:
    """Counts and inflates one body."""

    def __init__(self, bounds: Bounds, request: httpx.Request, response: httpx.Response) -> None:
        self._bounds, self._request, self._response = bounds, request, response
        self._is_file = _is_file(request)
        self._is_large = self._is_file or "is_bulk" in request.extensions
        self.limit = bounds.max_file_bytes if self._is_large else bounds.max_bytes
        self._inflating: Any = None  # zlib has no public name for its type
        self._came = self._became = 0
        self._start = b""
        encoding = self._head()
        self.is_encoded = encoding not in ("identity", "")
        if self.is_encoded:
            self._agree(encoding)
            self._is_gzip = encoding != "deflate"

    def _head(self) -> str:
        """Refuse a length that is too much, and return the encoding."""
        encodings: list[str] = []
        # Gone through once, for each look into httpx's headers goes through all of them.
        for name, value in self._response.headers.raw:
            match name.lower():
                case b"content-length" if value.isdigit():
                    self.weigh(int(value[:20]))
                case b"content-encoding":
                    encodings.append(value.decode("latin-1"))
                case _:
                    pass
        return ",".join(encodings).strip().lower()

    def _agree(self, encoding: str) -> None:
        if self._is_file or encoding not in ("gzip", "x-gzip", "deflate"):
            name = encoding if encoding in NAMED else "another than these"
            raise UnexpectedAnswer(f"the body is in an encoding that was not asked for: {name}", **self._facts())
        if not self._response.is_stream_consumed:
            # What httpx gets is inflated already.
            del self._response.headers["content-encoding"]
            self._response.headers.pop("content-length", None)

    def weigh(self, size: int) -> None:
        """Refuse a body of more bytes than the face takes."""
        if size > self.limit:
            setting = "max_file_bytes" if self._is_large else "max_bytes"
            raise BodyTooLarge(
                (
                    f"the body has more than the {self.limit} bytes that {setting} allows",
                    f"el contenido tiene más de los {self.limit} bytes que permite {setting}",
                ),
                limit=self.limit,
                hint=(
                    f"Ask for less at once; if so much is right, pass policy=Policy({setting}=...) to the face",
                    f"Pedir menos a la vez; si se espera tanto, pasar policy=Policy({setting}=...) al cliente",
                ),
                **self._facts(),
            )

    def take(self, chunk: bytes) -> Iterable[bytes]:
        """Return what a chunk that came becomes."""
        self._came += len(chunk)
        if self._came > self.limit:
            self.weigh(self._came)
        return self._inflated(chunk) if self.is_encoded else (chunk,)

    def end(self) -> None:
        """Refuse a body that ends before its compression does."""
        if self._came and self.is_encoded and not (self._inflating and self._inflating.eof):
            raise MalformedAnswer("the compressed body is cut off", **self._facts())

    def _facts(self) -> dict[str, Any]:
        operation = _operation(self._request)
        name = None if operation is None else operation.name
        return {**facts(self._bounds.provider, self._response), "operation": name}

    def _inflated(self, chunk: bytes) -> Iterator[bytes]:
        if self._inflating is None:
            self._start += chunk
            if len(self._start) < 2:
                return
            chunk, self._inflating = self._start, zlib.decompressobj(self._window())
        is_more = True
        while is_more and not self._inflating.eof:
            piece = self._piece(chunk)
            self._became += len(piece)
            self.weigh(self._became)
            if piece:
                yield piece
            chunk = self._inflating.unconsumed_tail
            # A full piece may not be all, even where everything was consumed: zlib keeps what had no room.
            is_more = bool(chunk) or len(piece) == PIECE

    def _window(self) -> int:
        if self._is_gzip:
            return WINDOW | 16
        # Some servers send deflate bare. RFC 1950: the method is 8, and the first two bytes are a multiple of 31.
        is_zlib = self._start[0] & 15 == 8 and int.from_bytes(self._start[:2]) % 31 == 0
        return WINDOW if is_zlib else -WINDOW

    def _piece(self, chunk: bytes) -> bytes:
        try:
            return cast(bytes, self._inflating.decompress(chunk, PIECE))
        except zlib.error:
            raise MalformedAnswer("the body is not compressed as its headers say", **self._facts()) from None


class BoundedTransport(httpx.BaseTransport):
    """Puts bounds around the answers of another transport; a request that it has handed on may have left."""

    def __init__(self, inner: httpx.BaseTransport, bounds: Bounds) -> None:
        self.inner = inner
        self.bounds = bounds
        self._is_direct = type(inner) is httpx.HTTPTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body that it returns counts itself while it is read."""
        _ask(request)
        if (call := sending.get()) is not None:
            call.hand_on(request, is_direct=self._is_direct)
            if not self._is_direct:
                request.extensions.setdefault("trace", call.saw)
        try:
            response = self.inner.handle_request(request)
        except VentanillaError as error:
            raise _not_the_providers(error) from None
        try:
            _drop_location(response)
            meter = self.bounds.bounded(request, response)
        except BaseException:
            response.close()
            raise
        if meter is not None:
            response.stream = _Body(cast(httpx.SyncByteStream, response.stream), meter)
        return response

    def close(self) -> None:
        """Close the other transport."""
        self.inner.close()


class AsyncBoundedTransport(httpx.AsyncBaseTransport):
    """Puts bounds around the answers of another transport, asynchronously."""

    def __init__(self, inner: httpx.AsyncBaseTransport, bounds: Bounds) -> None:
        self.inner = inner
        self.bounds = bounds
        self._is_direct = isinstance(inner, Direct) or type(inner) is httpx.AsyncHTTPTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body that it returns counts itself while it is read."""
        _ask(request)
        if (call := sending.get()) is not None:
            call.hand_on(request, is_direct=self._is_direct)
            if not self._is_direct:
                request.extensions.setdefault("trace", call.asaw)
        try:
            response = await self.inner.handle_async_request(request)
        except VentanillaError as error:
            raise _not_the_providers(error) from None
        try:
            _drop_location(response)
            meter = self.bounds.bounded(request, response)
        except BaseException:
            await response.aclose()
            raise
        if meter is not None:
            response.stream = _AsyncBody(cast(httpx.AsyncByteStream, response.stream), meter)
        return response

    async def aclose(self) -> None:
        """Close the other transport."""
        await self.inner.aclose()


class Direct(httpx.AsyncBaseTransport):
    """Hands each request to a transport of httpx once."""


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            yield from self._meter.take(chunk)
        self._meter.end()

    def close(self) -> None:
        self._inner.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            for piece in self._meter.take(chunk):
                yield piece
        self._meter.end()

    async def aclose(self) -> None:
        await self._inner.aclose()


def _operation(request: httpx.Request) -> Operation | None:
    return request.extensions.get("operation")


def _ask(request: httpx.Request) -> None:
    # A file is asked for as it is: its bytes are what its signature is about. For JSON the client's headers ask.
    if _is_file(request):
        request.headers["Accept-Encoding"] = "identity"


def _not_the_providers(error: VentanillaError) -> ConnectionFailed:
    """Return the error of a transport that raises one of ours: only an answer says what the provider has decided."""
    name = type(error).__name__
    return ConnectionFailed((f"the transport raised {name}", f"el transport= lanzó {name}"))


def _drop_location(response: httpx.Response) -> None:
    # httpx makes the next request even where it does not follow, and raises what the address makes it raise.
    if 300 <= response.status_code < 400:
        response.headers.pop("location", None)


def _is_file(request: httpx.Request) -> bool:
    operation = _operation(request)
    return operation is not None and operation.is_file
