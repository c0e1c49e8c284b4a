"""Knows how requests talks to a mock in the same process: no sockets, nothing patched. Nothing else needs requests.

Each answer is read from the bytes that a socket would carry, by the code that reads sockets.
"""

import io
import time
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPResponse
from socket import socket
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict
from urllib3 import HTTPResponse as RawResponse

from ventanilla.mock import _conduct
from ventanilla.mock._errands import TooSlow, advancing, delivering, finishing, run
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import Courier, Sink
from ventanilla.mock.wire import Request, Response


class MockAdapter(HTTPAdapter):
    """Answers a requests.Session from a mock: `session.mount("http://mock.test", MockAdapter(mock))`.

    What goes wrong on purpose is acted out: the session meets the exceptions that a socket would give it. Only a delay
    that is longer than the read timeout is not waited for. A request that waits for something to happen (below
    /_mock/requests) is answered at once.

    Args:
        mock: who answers.
        sink: takes the webhook calls that fall due, after each request; they are made by HTTP when left out.
        allow_remote: whether those may go to other machines than this one.
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        super().__init__()
        self.mock = mock
        self._courier = Courier(mock, sink=sink, allow_remote=allow_remote)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer one request."""
        received, seconds = _received(request), _read_seconds(timeout)
        answer = self.mock.handle(received)
        try:
            answer = run(finishing(self.mock, received, answer, seconds), self._courier)
        except TooSlow:
            raise requests.ReadTimeout("Read timed out.", request=request) from None
        if answer.conduct.ending == "reset":
            raise requests.ConnectionError(ConnectionResetError(104, "Connection reset by peer"), request=request)
        return self.build_response(request, _read(answer, request.method or "", seconds))

    def deliver(self) -> None:
        """Do what has fallen due and make the webhook calls that wait, without a request."""
        run(delivering(self.mock), self._courier)

    def advance(self, seconds: float, namespace: str = "") -> None:
        """Move a clock on, and make the webhook calls that fall due on the way, each at its moment.

        Args:
            seconds: how far, in seconds of that clock, 0 or more.
            namespace: whose clock; the default world's when left out.

        Raises ValueError for negative seconds, and for what is no name of a namespace.
        """
        run(advancing(self.mock, seconds, namespace), self._courier)

    def close(self) -> None:
        """Close the connections that webhook calls opened."""
        super().close()
        self._courier.close()


class _Line(io.RawIOBase):
    """What comes over a line, with its pauses; it stands in for the socket too."""

    def __init__(self, slices: Iterator[tuple[float, bytes]], seconds: float | None) -> None:
        self._slices, self._seconds = slices, seconds
        self._rest = b""

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the file that http.client reads."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what comes next, 0 bytes at the end."""
        if not self._rest:
            pause, self._rest = next(self._slices, (0.0, b""))
            if self._seconds is not None and pause >= self._seconds:
                raise TimeoutError("timed out")
            time.sleep(pause)
        given = self._rest[: len(buffer)]
        buffer[: len(given)] = given
        self._rest = self._rest[len(given) :]
        return len(given)


def _received(request: requests.PreparedRequest) -> Request:
    url = urlsplit(request.url or "")
    headers = {"host": url.netloc.rpartition("@")[2]}
    headers |= {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method or "", request.path_url, headers, _content(request.body), url.scheme)


def _content(body: Any) -> bytes:
    """Return a body whole: text, bytes, a file, or parts."""
    if body is None or isinstance(body, bytes | bytearray | str):
        return body.encode() if isinstance(body, str) else bytes(body or b"")
    if hasattr(body, "read"):
        return _content(body.read())
    return b"".join(map(_content, cast("Iterable[Any]", body)))


def _read(answer: Response, method: str, seconds: float | None) -> RawResponse:
    """Have the answer read from its bytes, by whoever reads those of sockets."""
    line = _Line(_slices(answer), seconds)
    read = HTTPResponse(cast("socket", line), method=method)
    read.begin()
    return RawResponse(
        body=read,
        headers=HTTPHeaderDict(read.msg.items()),
        status=read.status,
        reason=read.reason,
        preload_content=False,
        decode_content=False,
        original_response=read,
        request_method=method,
    )


def _slices(answer: Response) -> Iterator[tuple[float, bytes]]:
    yield 0.0, _conduct.head(answer, closes=False)
    content, rate = _conduct.payload(answer), answer.conduct.drip
    yield from _conduct.dripping(content, rate) if rate else [(0.0, content)]


def _read_seconds(timeout: Any) -> float | None:
    """Return the read timeout of what requests takes for one: seconds, or a pair of them, or urllib3's own."""
    if isinstance(timeout, tuple):
        return cast("tuple[Any, float | None]", timeout)[1]
    seconds: float | None = getattr(timeout, "read_timeout", timeout)
    return seconds
