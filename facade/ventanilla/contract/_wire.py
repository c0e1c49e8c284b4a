"""Sends requests to the server that is tested: nowhere else, nothing that may not be sent, no faster than allowed."""

import importlib
import re

import httpx
from requests.exceptions import ConnectionError as RequestsError

from ventanilla import _flow
from ventanilla._attempts import UNKNOWN, Calls
from ventanilla._clients import SyncClient
from ventanilla._http import ENCODINGS, Settings
from ventanilla._retry import retry_after
from ventanilla.errors import TransportError, VentanillaError
from ventanilla.mock._spec import Spec
from ventanilla.mock.wire import Request, Response
from ventanilla_clients._runtime import Operation

# The connection says these itself; the faces' client inflates what it has asked for.
OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
INFLATED = frozenset({"content-encoding", "transfer-encoding", "connection"})
# Changes what a request does, at Syncfy.
OVERRIDE = "x-http-method-override"
# It gives a CLABE to whoever has none yet, so made-up customers would get some.
NOT_QUITE_READS = frozenset({"get_client_clabes"})
# So many requests without an answer, one after the other, are a server that has gone.
PATIENCE = 5
# What is nested deeper breaks readers of JSON, schemathesis' among them.
DEEPEST = 100
_bracket = re.compile(rb"[\[\]{}]")


class Unsent(RequestsError):
    """A request got no answer, or was not sent; schemathesis knows what to make of it."""


def operation_of(spec: Spec, name: str) -> Operation:
    """Return an operation as the generated client has it, with its effect."""
    tag = spec.operations[name].tag
    found: Operation = importlib.import_module(f"ventanilla_clients.{spec.name}.api.{tag}.{name}").OPERATION
    return found


def reads(spec: Spec) -> frozenset[str]:
    """Return the operations of a spec that change nothing, whatever is sent to them."""
    found = {name for name in spec.operations if operation_of(spec, name).effect == "read"}
    return frozenset(found - NOT_QUITE_READS)


class Wire:
    """The line to a server.

    Args:
        chosen: where it is, checked; how long an answer is waited for, and how many requests a second there may be.
        spec: what it has to keep to.
        key: what it counts requests by.
        may_write: whether anything but operations that read may be sent.
        most_requests: how many requests are sent at most; None for no bound.
        seconds: for how long requests are sent at most; None for no bound.
        transport: an httpx transport, for tests and proxies.
    """

    def __init__(
        self,
        chosen: Settings,
        spec: Spec,
        *,
        key: str,
        may_write: bool,
        most_requests: int | None = None,
        seconds: float | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._chosen, self._spec, self._may_write = chosen, spec, may_write
        self._calls = Calls(chosen, key, None)
        self._client = SyncClient(self._calls, **chosen.options(), transport=transport)
        self._reads = reads(spec)
        self._most, self._seconds, self._began = most_requests, seconds, self.now()
        self._silent = 0
        self.count = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def now(self) -> float:
        """Return the seconds of the clock that all waiting goes by."""
        return _flow.waiting.now()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        _flow.waiting.sleep(seconds)

    def enough(self) -> str:
        """Return why no more requests are sent; nothing as long as they are."""
        if self._most is not None and self.count >= self._most:
            return f"after {self.count} requests, as many as it may be"
        if self._seconds is not None and self.now() - self._began >= self._seconds:
            return f"after {self._seconds:g} seconds, as many as it may be"
        return f"the server did not answer {self._silent} requests, one after the other" if self.is_cut else ""

    @property
    def is_cut(self) -> bool:
        """Whether nobody answers any more."""
        return self._silent >= PATIENCE

    def unbind(self) -> None:
        """Let more be sent than was allowed: what removes again what the tests began with."""
        self._most = self._seconds = None

    def answer(self, request: Request) -> Response:
        """Send a request and return what comes; raises Unsent when nothing does, and when it may not be sent."""
        if reason := self.enough():
            raise Unsent(f"not sent: {reason}")
        operation = self._operation(request)
        if not self._may_write and operation.name not in self._reads:
            raise Unsent(f"not sent: {request.method} may write, and the server may only be read")
        self.count += 1
        try:
            with_body = self._client.send(self._written(request, operation))
        except TransportError as failure:
            self._silent += 1
            raise Unsent(failure.message) from None
        except VentanillaError as failure:
            raise Unsent(failure.message) from None
        self._silent = 0
        if with_body.status_code == 429 and self._calls.limiter is not None:
            self._calls.limiter.hold(self._calls.now() + (retry_after(with_body.headers) or 0.0))
        if _is_deep(with_body.content):
            raise Unsent(f"the answer is nested more than {DEEPEST} times, which no reader has to bear")
        return _received(with_body)

    def _operation(self, request: Request) -> Operation:
        """Return what a request does, as far as the spec knows; what it does not know may write."""
        if OVERRIDE in request.headers:
            return UNKNOWN
        path = request.target.partition("?")[0].removeprefix(self._spec.mount)
        found = self._spec.route(Request("GET", path).segments).get(request.method)
        return UNKNOWN if found is None else operation_of(self._spec, found.id)

    def _written(self, request: Request, operation: Operation) -> httpx.Request:
        base = self._chosen.base_url
        url = base.copy_with(raw_path=request.target.encode("latin-1"))
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port) or not self._is_below(url):
            raise Unsent("not sent: the address is not below the base URL")
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers.items()
            if name not in OWN
        ]
        headers.append((b"Accept-Encoding", b"identity" if operation.is_file else ENCODINGS.encode()))
        extensions = {"operation": operation, "timeout": httpx.Timeout(self._chosen.timeout).as_dict()}
        return httpx.Request(request.method, url, headers=headers, content=request.body, extensions=extensions)

    def _is_below(self, url: httpx.URL) -> bool:
        return url.raw_path.decode("latin-1").startswith(f"{self._spec.mount}/")


def _received(answer: httpx.Response) -> Response:
    """Return an answer as it would have come without compression and chunks."""
    pairs = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
    headers = tuple((name, value) for name, value in pairs if name.lower() not in INFLATED)
    return Response(answer.status_code, headers, answer.content)


def _is_deep(content: bytes) -> bool:
    """Say whether JSON is nested too deeply; brackets in its texts count, too, for they come in pairs as a rule."""
    if not content.startswith((b"{", b"[")) or content.count(b"[") + content.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for found in _bracket.finditer(content):
        depth += 1 if found[0] in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False
