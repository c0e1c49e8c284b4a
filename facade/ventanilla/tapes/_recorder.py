"""Passes requests on to one service, and keeps what comes of them before anybody else sees it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
from attrs import evolve

from ventanilla.mock.provider import Look
from ventanilla.mock.wire import JSON, Request, Response, encode
from ventanilla.tapes._blanks import blank
from ventanilla.tapes._exchange import Exchange
from ventanilla.tapes._folder import Folder
from ventanilla.tapes._places import Place, place_of
from ventanilla.tapes._scrub import Scrubber
from ventanilla.tapes._upstream import Unreachable, Upstream

# Bytes of a body that stay on the tape.
KEPT_BYTES = 4 * 2**20
# In place of an answer that has to be fetched first.
_LATER = Response(502, (), b"", patience=1.0)


class Recorder:
    """Passes requests on to one service, and keeps what comes of it before the caller sees it."""

    def __init__(
        self,
        upstream: httpx.URL,
        folder: Folder,
        spec: str | None = None,
        values: bool = True,
        say: Callable[[str], object] = lambda line: None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.folder, self.upstream = folder, Upstream(upstream, transport)
        self.lost = self.failed = 0
        self._base, self._spec, self._values, self._say = upstream, spec, values, say
        self._scrubber = Scrubber()

    def handle(self, request: Request) -> Response:
        """Say that the answer has to be fetched first."""
        return _LATER

    def look(self, request: Request) -> Look | Response:
        """Refuse a WebSocket: tapes have none, and clients ask by HTTP then."""
        return _refusal(501, "a recorder has no WebSockets; ask by HTTP")

    def touched(self) -> None:
        """Do nothing: all that happens is answers."""

    async def tell(self, request: Request, look: Look, say: Callable[[str], Awaitable[None]]) -> int:
        """Never be asked for, as there are no WebSockets."""
        raise NotImplementedError("a recorder has no WebSockets")

    async def settled(self, request: Request, response: Response) -> Response:
        """Fetch the answer and keep it, and only then give it out."""
        if request.is_cut:
            return _refusal(413, "the body is larger than a recorder passes on")
        number, at = self.folder.number(), time.time()
        try:
            answer = await self.upstream.fetch(request)
        except Unreachable as problem:
            self.failed += 1
            self._say(f"{number:04} not answered: {problem}")
            return _refusal(502, f"ventanilla record: {problem}")
        await self._keep(number, at, request, answer)
        return answer

    async def _keep(self, number: int, at: float, request: Request, answer: Response) -> None:
        exchange, place = self._shown(number, at, request, answer)
        operation = None if place is None or place.operation is None else place.operation.id
        try:
            name = await asyncio.to_thread(self.folder.keep, exchange, operation)
        except OSError as problem:
            self.lost += 1
            self._say(f"{number:04} not kept: {problem.strerror}")
        else:
            self._say(f"{name}  {answer.status}")

    def _shown(self, number: int, at: float, request: Request, answer: Response) -> tuple[Exchange, Place | None]:
        """Return an exchange as it may be written down, and where it belongs."""
        url = self._base
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        whole = Request(
            request.method, url.path.rstrip("/") + request.target, request.headers, request.body, url.scheme
        )
        place = place_of(origin, whole, self._spec)
        exchange = Exchange(
            number,
            "",
            at,
            origin,
            whole,
            answer,
            provider=None if place is None else place.spec.name,
            base="" if place is None else place.base,
        )
        spec, operation = (None, None) if place is None else (place.spec, place.operation)
        # The whole bodies are looked through, so that a secret behind the cut is known too.
        scrubbed = self._scrubber.exchange(exchange, spec, operation)
        shown = scrubbed if self._values else blank(scrubbed, place)
        return _cut(shown), place


def _cut(exchange: Exchange) -> Exchange:
    """Return an exchange whose bodies are no larger than a tape keeps."""
    request, response = exchange.request, exchange.response
    return evolve(
        exchange,
        request=evolve(request, body=request.body[:KEPT_BYTES]),
        response=evolve(response, body=response.body[:KEPT_BYTES]),
        is_cut=exchange.is_cut or len(response.body) > KEPT_BYTES,
        is_request_cut=exchange.is_request_cut or len(request.body) > KEPT_BYTES,
    )


def _refusal(status: int, message: str) -> Response:
    return Response(status, (("Content-Type", JSON),), encode({"error": message}))
