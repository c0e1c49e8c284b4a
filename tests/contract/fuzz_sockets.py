"""Knows a mock that another process serves: what is asked of it goes over a socket, and it is begun anew from here."""

from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from fuzz_stages import JSON, STEP, TOKEN
from receiving import Hook, receiver

from ventanilla.mock.clock import Clock
from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, Response, decode, encode

__all__ = ["Distant", "Line", "calls", "receiver"]
NAMESPACE = "fuzz"
SECONDS = 30.0
# The connection says these itself.
OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
NOTHING = Response(0, (), b"")


class Line:
    """A connection to a server, to be closed in the end: by `with`, or close()."""

    def __init__(self, base: str) -> None:
        address = urlsplit(base)
        self.base = base
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Send a request; what breaks off has no status. Raises ConnectionRefusedError when nobody is there."""
        own = {name: value for name, value in headers.items() if name.lower() not in OWN}
        try:
            self._connection.request(method, target, body, own)
            answer = self._connection.getresponse()
            return Response(answer.status, tuple(answer.getheaders()), answer.read())
        except ConnectionRefusedError:
            raise
        except (HTTPException, ConnectionError):
            # A fault has it so, as some of them are there to do.
            self.close()
            return NOTHING

    def close(self) -> None:
        """End the connection; another one begins when it is used again."""
        self._connection.close()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class Distant(Mock):
    """A mock at the end of a line; making one makes its world anew.

    The world is a namespace, so that several can be tested beside each other; the default one where `is_default`, as
    the control governs all of them. Its clock stands still, and follows `clock` before whatever is asked.
    """

    def __init__(self, line: Line, clock: Clock, *, is_default: bool = False) -> None:
        super().__init__(clock=clock, pace=STEP, token=TOKEN)
        self._line = line
        self._prefix = "" if is_default else f"/_ns/{NAMESPACE}"
        self.url = line.base + self._prefix
        self._at = self.world.clock.now()
        beginning = {"seed": self.seed, "pace": STEP, "clock": {"at": self._at, "rate": 0}}
        if is_default:
            self._empty()
            self._does("POST", "/_mock/reset", beginning)
        else:
            self._does("PUT", f"/_mock/namespaces/{NAMESPACE}", beginning)

    def handle(self, request: Request) -> Response:
        """Send a request, once the clock is where it should be; as Line.ask()."""
        now = self.world.clock.now()
        if now > self._at:
            # At the end of time, where a world may have been sent meanwhile, this is refused.
            self._ask("POST", f"{self._prefix}/_mock/clock/advance", {"seconds": now - self._at})
            self._at = now
        is_complete = request.target.startswith(f"{self._prefix}/")
        target = request.target if is_complete and self._prefix else self._prefix + request.target
        return self._line.ask(request.method, target, request.headers, request.body)

    def _empty(self) -> None:
        """Remove what outlasts a reset."""
        for kind, key in (("namespaces", "name"), ("snapshots", "id")):
            for row in self._does("GET", f"/_mock/{kind}"):
                self._does("DELETE", f"/_mock/{kind}/{row[key]}")

    def _does(self, method: str, target: str, body: Any = None) -> Any:
        answer = self._ask(method, target, body)
        assert answer.status == 200, (method, target, answer)
        return decode(answer.body)

    def _ask(self, method: str, target: str, body: Any = None) -> Response:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": JSON}
        return self._line.ask(method, target, headers, b"" if body is None else encode(body))


def calls(hook: Hook) -> Iterator[Delivery]:
    """Return the webhook calls that were received, each under the profile that it looks like."""
    for body in hook.received:
        yield Delivery("", _profile(body), "", hook.url, (), body, 0.0)


def _profile(body: bytes) -> str:
    if not body.startswith(b"{"):
        return "facti-ipn"
    return "sync-v3" if "events" in decode(body) else "sync-v1"
