"""Knows how to listen to a WebSocket over the face's own httpx client: its TLS, its proxies, its origin, no redirect.

httpx makes the handshake, a GET without credentials, and hands over the connection. The protocol is that of the
`websockets` package, which does no I/O here; it is an extra, so only who listens imports this module.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import httpcore
import httpx
from websockets.client import ClientProtocol
from websockets.frames import DATA_OPCODES, Frame
from websockets.protocol import State
from websockets.uri import parse_uri

from ventanilla._fork import after_fork
from ventanilla._translation import where
from ventanilla.errors import ConnectionFailed, UnexpectedAnswer, VentanillaError
from ventanilla_clients._runtime import Client

H = TypeVar("H", httpx.Client, httpx.AsyncClient)
Wanted = Callable[[bytes], bool]
Talk = Generator[tuple[bytes, float], bytes, bool]

OPEN_SECONDS = 5.0
GOODBYE_SECONDS = 1.0
READ_BYTES = 65536
# A challenge may carry pictures, in base64.
LARGEST_MESSAGE = 2**20
# Half of the connections that a face keeps: however many it listens to, its requests find one free.
MOST = 50
# No authentication, not even one of the client's; and a redirect could lead to another host.
ALONE: dict[str, Any] = {"stream": True, "auth": None, "follow_redirects": False}


class Lines:
    """The WebSockets of one face. Each is open for as long as one `listen` lasts, and nothing is said on it.

    Args:
        client: the face's generated client, whose base URL says where.
        transport: the face's transport, if its user gave it one.

    Attributes:
        can_open: whether the transport has connections to hand over; the mock in the same process has none.
    """

    def __init__(self, client: Client, transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None) -> None:
        self.can_open = transport is None or isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport)
        self._client = client
        self._renew()
        after_fork(self, Lines._renew)

    def _renew(self) -> None:
        self._places = threading.BoundedSemaphore(MOST)

    def listen(self, path: str, wanted: Wanted, seconds: float) -> bool:
        """Wait until a message is wanted, and say whether one came in time.

        Args:
            path: where, below the base URL.
            wanted: receives each message whole; what it raises ends the listening.
            seconds: how long in all.

        Raises:
            TransportError: no connection came about, or it ended.
            UnexpectedAnswer: the server did not open a WebSocket.
        """
        until = time.monotonic() + seconds
        protocol, http = _protocol(), _of_this_face(self._client.http)
        with self._place(), _in_our_words():
            response = http.send(_handshake(http, path, protocol, seconds), **ALONE)
            try:
                stream = _accepted(response, protocol)
                heard = _hold(stream, _talk(protocol, wanted, until))
                with suppress(httpcore.NetworkError, httpcore.TimeoutException):
                    stream.write(_goodbye(protocol), timeout=GOODBYE_SECONDS)
            finally:
                response.close()
        return heard

    async def alisten(self, path: str, wanted: Wanted, seconds: float) -> bool:
        """Wait as `listen` does, asynchronously."""
        until = time.monotonic() + seconds
        protocol, http = _protocol(), _of_this_face(self._client.async_http)
        with self._place(), _in_our_words():
            response = await http.send(_handshake(http, path, protocol, seconds), **ALONE)
            try:
                stream = _accepted(response, protocol)
                heard = await _ahold(stream, _talk(protocol, wanted, until))
                with suppress(httpcore.NetworkError, httpcore.TimeoutException):
                    await stream.write(_goodbye(protocol), timeout=GOODBYE_SECONDS)
            finally:
                await response.aclose()
        return heard

    @contextmanager
    def _place(self) -> Generator[None]:
        if not self._places.acquire(blocking=False):
            raise ConnectionFailed(f"{MOST} WebSockets of this face are open already")
        try:
            yield
        finally:
            self._places.release()


def _of_this_face(http: H | None) -> H:
    if http is None:
        raise RuntimeError("this client belongs to the other face")
    return http


@contextmanager
def _in_our_words() -> Generator[None]:
    try:
        yield
    except VentanillaError:
        raise
    except Exception as error:
        raise ConnectionFailed(f"the WebSocket broke ({where(error)})") from None


def _protocol() -> ClientProtocol:
    # The address would serve for two headers alone, Host and Authorization: httpx writes the one, nobody the other.
    return ClientProtocol(parse_uri("ws://localhost/"), max_size=LARGEST_MESSAGE)


def _handshake(http: H, path: str, protocol: ClientProtocol, seconds: float) -> httpx.Request:
    headers = [(name, value) for name, value in protocol.connect().headers.raw_items() if name != "Host"]
    return http.build_request("GET", path, headers=headers, timeout=min(seconds, OPEN_SECONDS))


def _accepted(response: httpx.Response, protocol: ClientProtocol) -> Any:
    """Return the connection that the server hands over, if its answer is the one that the protocol asks for."""
    if response.status_code == 101:
        head = (b"HTTP/1.1 101 Switching Protocols", *map(b": ".join, response.headers.raw), b"", b"")
        protocol.receive_data(b"\r\n".join(head))
        protocol.events_received()
    if protocol.state is not State.OPEN:
        raise UnexpectedAnswer("the server did not open a WebSocket", status_code=response.status_code)
    return response.extensions["network_stream"]


def _talk(protocol: ClientProtocol, wanted: Wanted, until: float) -> Talk:
    """Say what to send and how many seconds to wait; be sent what comes, which is empty once the server hangs up."""
    message = bytearray()
    while True:
        for event in protocol.events_received():
            if isinstance(event, Frame) and event.opcode in DATA_OPCODES:
                message += event.data
                if event.fin:
                    whole, message = bytes(message), bytearray()
                    if wanted(whole):
                        return True
        if protocol.state is not State.OPEN:
            raise ConnectionFailed("the WebSocket was closed")
        left = until - time.monotonic()
        if left <= 0:
            return False
        came = yield b"".join(protocol.data_to_send()), left
        if came:
            protocol.receive_data(came)
        else:
            protocol.receive_eof()


def _hold(stream: httpcore.NetworkStream, talk: Talk) -> bool:
    try:
        said, left = next(talk)
        while True:
            if said:
                stream.write(said, left)
            said, left = talk.send(stream.read(READ_BYTES, left))
    except StopIteration as end:
        heard: bool = end.value
        return heard
    except httpcore.ReadTimeout:
        return False


async def _ahold(stream: httpcore.AsyncNetworkStream, talk: Talk) -> bool:
    try:
        said, left = next(talk)
        while True:
            if said:
                await stream.write(said, left)
            said, left = talk.send(await stream.read(READ_BYTES, left))
    except StopIteration as end:
        heard: bool = end.value
        return heard
    except httpcore.ReadTimeout:
        return False


def _goodbye(protocol: ClientProtocol) -> bytes:
    if protocol.state is State.OPEN:
        protocol.send_close(1000)
    return b"".join(protocol.data_to_send())
