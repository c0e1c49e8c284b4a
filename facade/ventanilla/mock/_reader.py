"""Knows how requests are read from the bytes of one connection; it does no I/O."""

from collections import deque
from collections.abc import Mapping
from enum import Enum, auto

import httptools
from attrs import frozen

from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.wire import JSON, Lowered, Request, Response, encode


class Phase(Enum):
    """What comes next on a connection."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()
    # Nothing that is worth reading: what has been read is answered, and then the connection ends.
    OVER = auto()


@frozen
class Upgrade:
    """A request to go on with WebSocket: the bytes of its head, and those that came behind it."""

    request: Request
    head: bytes
    rest: bytes


class _Enough(Exception):
    """What comes is not worth reading."""


class Reader:
    """Reads the requests of one connection.

    What has been read lies in `items`, in order; a Response there is the refusal of what is no request. `count` says
    how many there have been, `phase` what comes next, `is_asked` that the caller waits for leave to send a body.
    """

    def __init__(self, largest_head: int) -> None:
        self.items: deque[Request | Response | Upgrade] = deque()
        self.count = 0
        self.is_asked = False
        self._largest_head = largest_head
        self._parser = httptools.HttpRequestParser(self)
        self._size = self._unseen = 0
        self.phase = Phase.NOTHING

    @property
    def is_over(self) -> bool:
        """Whether nothing more is read."""
        return self.phase is Phase.OVER

    def stop(self) -> None:
        """Read no more, and let go of the parser, which knows its reader."""
        self.phase = Phase.OVER
        self.items.clear()
        del self._parser

    def feed(self, data: bytes) -> None:
        """Read what has come."""
        if self.is_over:
            return
        before = self.count, self._size
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._change(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError:
            if not self.is_over:
                raise
        except httptools.HttpParserError as problem:
            if not self.is_over:
                self.refuse(400, f"this is not HTTP: {problem}")
        # A header is not seen before its end, and may have none.
        self._unseen = self._unseen + len(data) if before == (self.count, self._size) else 0
        if self._unseen > self._largest_head and not self.is_over:
            self._refuse_head()

    def refuse(self, status: int, message: str) -> None:
        """Have a refusal be the last answer."""
        self._end(Response(status, (("Content-Type", JSON),), encode({"error": message})))

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self.phase = Phase.HEAD
        self._url = b""
        self._headers = Lowered()
        # Not a list of its parts: there may be as many as bytes.
        self._body = bytearray()
        self._size = self._unseen = 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the request target."""
        self._url += url
        self._weigh(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, of a repeated one the last; those behind a body in chunks are not for us."""
        if self.phase is Phase.HEAD:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        self._weigh(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """See whether the body is worth reading."""
        self.phase, self._size = Phase.BODY, 0
        length = self._headers.get("content-length", "").lstrip("0")
        # As many digits as tell; int() refuses thousands of them.
        if len(length) > 7 and int(length[:20]) > LARGEST_BODY:
            self._cut()
        self.is_asked = self._headers.get("expect", "").lower() == "100-continue"

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        self.is_asked = False
        self._size += len(part)
        if self._size > LARGEST_BODY:
            self._cut()
        self._body += part

    def on_message_complete(self) -> None:
        """End with a request, unless it is one to go on with something else."""
        if self._parser.should_upgrade():
            return
        if self._parser.should_keep_alive() and self._parser.get_http_version() == "1.1":
            self.phase = Phase.NOTHING
            self._add(self._request())
        else:
            self._end(self._request())
            raise _Enough

    def _weigh(self, more: int) -> None:
        self._size += more
        if self.phase is Phase.HEAD and self._size > self._largest_head:
            self._refuse_head()
            raise _Enough

    def _request(self, *, is_cut: bool = False) -> Request:
        method = self._parser.get_method().decode("ascii")
        host, target = _target(self._url)
        if host:
            # It goes before what the header says (RFC 9112, 3.2.2).
            self._headers["host"] = host
        return Request(method, target, self._headers, bytes(self._body), is_cut=is_cut)

    def _cut(self) -> None:
        self._body.clear()
        self._end(self._request(is_cut=True))
        raise _Enough

    def _refuse_head(self) -> None:
        self.refuse(431, f"the request line and the headers are larger than {self._largest_head} bytes")

    def _add(self, item: Request | Response | Upgrade) -> None:
        self.is_asked = False
        self.count += 1
        self.items.append(item)

    def _end(self, item: Request | Response | Upgrade) -> None:
        self.phase = Phase.OVER
        self._add(item)

    def _change(self, rest: bytes) -> None:
        """Go on with WebSocket, or else as if nothing had been said of an upgrade: nobody has to know all of them."""
        method = self._parser.get_method()
        if method == b"CONNECT":
            self._end(self._request())
        elif method == b"GET" and self._headers["upgrade"].lower() == "websocket":
            self._end(Upgrade(self._request(), self._head(self._headers), rest))
        else:
            # Java's client asks for HTTP/2 like this, also with a body.
            head = self._head({name: value for name, value in self._headers.items() if name != "upgrade"})
            self._parser = httptools.HttpRequestParser(self)
            self.feed(head + rest)

    def _head(self, headers: Mapping[str, str]) -> bytes:
        lines = [f"{self._parser.get_method().decode('ascii')} {self._url.decode('latin-1')} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _target(url: bytes) -> tuple[str, str]:
    """Return the host, if it is named, and path and query, also of what was meant for a proxy: `http://host/path`."""
    text = url.decode("latin-1")
    if text.startswith("/"):
        return "", text
    _, colon, rest = text.partition("://")
    if not colon:
        return "", text
    end = next((place for place, character in enumerate(rest) if character in "/?#"), len(rest))
    return rest[:end], rest[end:] if rest[end:].startswith("/") else f"/{rest[end:]}"
