"""Acts the faults out in the same process: the client meets the exceptions that a socket would give it."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from random import Random

import httpcore
import httpx
from attrs import define, field

from proving import faults
from proving.connecting import cannot_connect
from proving.faults import Fault
from proving.stage import Stage
from ventanilla.mock.wire import Request, Response

# Up to twice the time for which the faces look whether a write took effect.
LATEST_SECONDS = 360.0
READ_SECONDS = 30.0


@define
class Sabotage:
    """Stands between a face and the mock, and lets requests of one operation go wrong.

    Args:
        stage: who answers.
        provider: whose operation.
        operation: the write whose requests are struck.
        plan: what strikes its first request, its second one …; None spares one, and so does the end of the plan.
        dice: how late a late commit is, and which reads fail.
        read_chance: how likely any other request fails, 0 to 1.
        meanwhile: what others do while the first request that is struck is under way.
        late_seconds: how late the request of a `late commit` reaches the server; thrown where left out.
    """

    stage: Stage
    provider: str
    operation: str
    plan: Sequence[Fault | None]
    dice: Random = field(factory=lambda: Random(0))
    read_chance: float = 0.0
    late_seconds: float | None = None
    meanwhile: Callable[[], object] | None = None
    injected: int = 0
    sent: int = 0
    _limbo: list[tuple[float, Request]] = field(factory=list[tuple[float, Request]])

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, or raise what a socket would make of it."""
        self.arrive()
        fault = self._fault(request)
        if fault is None:
            return _sent(self._serve(request))
        self.injected += 1
        if self.meanwhile is not None and self.injected == 1:
            self.meanwhile()
        answer = faults.canned(fault, self.provider)
        if answer is not None:
            if fault.executed == "yes":
                self._serve(request)
            return _sent(Response(answer.status, answer.headers, answer.body))
        return _ACTS[fault.name](self, request)

    def arrive(self) -> None:
        """Let the late requests whose time has come reach the server."""
        now = self.stage.clock.now()
        due = [request for moment, request in self._limbo if moment <= now]
        self._limbo = [late for late in self._limbo if late[0] > now]
        for request in due:
            self.stage.mock.handle(request)

    def settle(self) -> None:
        """Let time pass until nothing is under way any more."""
        for moment, _ in sorted(self._limbo, key=lambda late: late[0]):
            self.stage.clock.move(moment)
            self.arrive()

    def late(self, request: httpx.Request) -> None:
        """Hold a request back, so that it reaches the server some time after its caller has given up."""
        seconds = self.dice.uniform(0, LATEST_SECONDS) if self.late_seconds is None else self.late_seconds
        self.hang(request, self.stage.clock.now() + seconds)

    def hang(self, request: httpx.Request, due: float | None = None) -> None:
        """Let the caller wait for as long as it is ready to."""
        if due is not None:
            self._limbo.append((due, received(request)))
        seconds: float | None = request.extensions.get("timeout", {}).get("read")
        self.stage.clock.advance(READ_SECONDS if seconds is None else seconds)

    def _fault(self, request: httpx.Request) -> Fault | None:
        if operation_of(self.stage, self.provider, request) == self.operation:
            self.sent += 1
            return self.plan[self.sent - 1] if self.sent <= len(self.plan) else None
        if self.dice.random() < self.read_chance:
            return self.dice.choice([each for each in faults.FAULTS if each.name != "late commit"])
        return None

    def _serve(self, request: httpx.Request) -> Response:
        return self.stage.mock.handle(received(request))

    def serve(self, request: httpx.Request) -> httpx.Response:
        """Have the server do what is asked."""
        return _sent(self._serve(request))


def operation_of(stage: Stage, provider: str, request: httpx.Request) -> str | None:
    """Return the operationId of a request by its method and path, whatever the client says of it."""
    spec, segments = stage.mock.providers[provider].spec, received(request).segments
    found = spec.route(segments[len(spec.mount.strip("/").split("/")) :]).get(request.method)
    return None if found is None else found.id


def received(request: httpx.Request) -> Request:
    """Return a request as the mock takes it."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
    return Request(request.method, request.url.raw_path.decode("ascii"), headers, request.content, request.url.scheme)


def _sent(answer: Response) -> httpx.Response:
    return httpx.Response(answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body))


class _Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The first half of a body, then an error in httpx's words."""

    def __init__(self, content: bytes, words: str) -> None:
        self._half, self._words = content[: len(content) // 2], words

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise httpx.RemoteProtocolError(self._words)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


def _raising(kind: type[httpx.TransportError], words: str, *, executes: bool = False) -> "Act":
    def act(sabotage: Sabotage, request: httpx.Request) -> httpx.Response:
        if executes:
            sabotage.serve(request)
        raise kind(words) from getattr(httpcore, kind.__name__)(words)

    return act


def _not_connecting(kind: type[httpx.TransportError], words: str) -> "Act":
    def act(sabotage: Sabotage, request: httpx.Request) -> httpx.Response:
        cannot_connect(request, kind, words)

    return act


def _hanging(*, executes: bool) -> "Act":
    def act(sabotage: Sabotage, request: httpx.Request) -> httpx.Response:
        if executes:
            sabotage.serve(request)
        sabotage.hang(request)
        raise httpx.ReadTimeout("timed out")

    return act


def _late(sabotage: Sabotage, request: httpx.Request) -> httpx.Response:
    sabotage.late(request)
    raise httpx.ReadTimeout("timed out")


def _breaking(words: str) -> "Act":
    def act(sabotage: Sabotage, request: httpx.Request) -> httpx.Response:
        answer = sabotage.serve(request)
        headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
        return httpx.Response(answer.status_code, headers=headers, stream=_Broken(answer.read(), words))

    return act


def _slow(sabotage: Sabotage, request: httpx.Request) -> httpx.Response:
    sabotage.stage.clock.advance(3.0)
    return sabotage.serve(request)


Act = Callable[[Sabotage, httpx.Request], httpx.Response]
_RESET = "[Errno 104] Connection reset by peer"
_ACTS: dict[str, Act] = {
    "refused": _not_connecting(httpx.ConnectError, "[Errno 111] Connection refused"),
    "connect timeout": _not_connecting(httpx.ConnectTimeout, "timed out"),
    "pool timeout": _not_connecting(httpx.PoolTimeout, "timed out"),
    "closed on accept": _raising(httpx.RemoteProtocolError, "Server disconnected without sending a response."),
    "reset while sending": _raising(httpx.WriteError, "[Errno 32] Broken pipe"),
    "reset before executing": _raising(httpx.ReadError, _RESET),
    "hang before executing": _hanging(executes=False),
    "closed after executing": _raising(
        httpx.RemoteProtocolError, "Server disconnected without sending a response.", executes=True
    ),
    "reset after executing": _raising(httpx.ReadError, _RESET, executes=True),
    "hang after executing": _hanging(executes=True),
    "truncated": _breaking("peer closed connection without sending complete message body"),
    "broken chunk": _breaking("illegal chunk header: bytearray(b'this is no chunk\\r\\n')"),
    "garbage": _raising(httpx.RemoteProtocolError, "illegal status line: bytearray(b'garbage')", executes=True),
    "slow head": _slow,
    "slow body": _slow,
    "late commit": _late,
}
