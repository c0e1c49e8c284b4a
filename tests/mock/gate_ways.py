"""Knows every way from a story to a mock, and how webhook calls are received at the end of each."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import httpx
import requests
from attrs import define, field, frozen
from gate_story import Ask, Steps, Told, Views

from ventanilla.mock import AsyncMockTransport, Mock, MockTransport
from ventanilla.mock.asgi import App
from ventanilla.mock.deliveries import Courier
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.requests_adapter import MockAdapter
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request, encode

ORIGIN = "http://mock.test"
BROKEN = Told(0, b"")
# Seconds after which a call over a socket is given up: no story is about that.
PATIENCE = 60.0
# How often receivers fail before they take what they are sent.
FAILURES = {"ok": 0, "flaky": 1, "twice": 2, "dead": 1000}
Send = Callable[[Ask], Told]


@define
class Receiver:
    """Takes webhook calls, by HTTP at `url` or as a sink, and notes them by path in their order."""

    url: str = ""
    received: dict[str, list[bytes]] = field(factory=dict[str, list[bytes]])
    _met: Counter[tuple[str, bytes]] = field(factory=Counter[tuple[str, bytes]])
    _lock: Lock = field(factory=Lock)

    def take(self, path: str, body: bytes) -> int:
        """Note a call and return the status to answer, which depends on nothing but how often this call has come."""
        with self._lock:
            self.received.setdefault(path, []).append(body)
            self._met[path, body] += 1
            return 503 if self._met[path, body] <= FAILURES[path.rpartition("/")[2]] else 200

    def sink(self, delivery: Delivery) -> int:
        return self.take(httpx.URL(delivery.url).path, delivery.body)

    def forget(self) -> None:
        self.received.clear()
        self._met.clear()

    def of(self, mark: str) -> dict[str, list[bytes]]:
        """Return what was received for a part."""
        return {path: bodies for path, bodies in sorted(self.received.items()) if path.startswith(f"/{mark}/")}


@contextmanager
def receiving(own: Receiver | None = None) -> Generator[Receiver]:
    """Receive webhook calls by HTTP while the block runs."""
    receiver = own or Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = receiver.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        # As many as may come at once: a connection that waits outside is tried again after a second.
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@frozen
class Played:
    """What a story met: every answer, what it looked at in the end, and the webhook calls that were received."""

    told: Sequence[Told]
    views: Views
    received: Mapping[str, Sequence[bytes]] = field(factory=dict[str, Sequence[bytes]])

    @property
    def digest(self) -> str:
        whole = [(told.status, told.body) for told in self.told]
        calls = {path: list(bodies) for path, bodies in self.received.items()}
        return hashlib.sha256(encode([whole, calls])).hexdigest()


def play_all(stories: Sequence[Steps[Views]], send: Send) -> list[Played]:
    """Play stories beside each other, each a request at a time."""
    told: list[list[Told]] = [[] for _ in stories]
    ends: dict[int, Played] = {}
    while len(ends) < len(stories):
        for number, story in enumerate(stories):
            if number not in ends:
                try:
                    ask = story.send(told[number][-1]) if told[number] else next(story)
                except StopIteration as end:
                    ends[number] = Played(told[number], end.value)
                else:
                    told[number].append(send(ask))
    return [ends[number] for number in range(len(stories))]


def play(story: Steps[Views], send: Send) -> Played:
    return play_all([story], send)[0]


def by_hand(mock: Mock, story: Steps[Views]) -> Played:
    """Nothing but Mock.handle(), with what its caller has to do for it."""
    courier = Courier(mock)

    def send(ask: Ask) -> Told:
        response = mock.handle(Request(ask.method, ask.target, ask.headers, ask.body))
        for delivery in response.errands or ():
            courier.deliver_one(delivery)
        if response.again is not None:
            response = mock.handle(response.again)
        mock.run_due()
        courier.deliver()
        return Told(response.status, response.body) if response.conduct.ending == "whole" else BROKEN

    try:
        return play(story, send)
    finally:
        courier.close()


def sender(client: httpx.Client, base: str = ORIGIN) -> Send:
    """Return what sends requests by a client just as they are, with no header of the client's own."""

    def send(ask: Ask) -> Told:
        request = httpx.Request(ask.method, base + ask.target, headers=ask.headers, content=ask.body)
        try:
            answer = client.send(request)
        except httpx.TransportError:
            return BROKEN
        return Told(answer.status_code, answer.content)

    return send


def by_httpx(mock: Mock, story: Steps[Views]) -> Played:
    with httpx.Client(transport=MockTransport(mock)) as client:
        return play(story, sender(client))


def by_async_httpx(mock: Mock, story: Steps[Views]) -> Played:
    return asyncio.run(_awaited(AsyncMockTransport(mock), story))


def by_asgi(mock: Mock, story: Steps[Views]) -> Played:
    return asyncio.run(_awaited(httpx.ASGITransport(App(mock)), story))


def by_living_asgi(mock: Mock, story: Steps[Views]) -> Played:
    """The application between its lifespan events, as under a server."""

    async def lived() -> Played:
        app = App(mock)
        async with alive(app):
            return await _awaited(httpx.ASGITransport(app), story)

    return asyncio.run(lived())


@asynccontextmanager
async def alive(app: App) -> AsyncGenerator[None]:
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    done: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan"}, events.get, done.put))
    await events.put({"type": "lifespan.startup"})
    await done.get()
    try:
        yield
    finally:
        await events.put({"type": "lifespan.shutdown"})
        await life


async def _awaited(transport: httpx.AsyncBaseTransport, story: Steps[Views]) -> Played:
    told: list[Told] = []
    async with httpx.AsyncClient(transport=transport, timeout=PATIENCE) as client:
        while True:
            try:
                ask = story.send(told[-1]) if told else next(story)
            except StopIteration as end:
                return Played(told, end.value)
            request = httpx.Request(ask.method, ORIGIN + ask.target, headers=ask.headers, content=ask.body)
            try:
                answer = await client.send(request)
                told.append(Told(answer.status_code, answer.content))
            except (httpx.TransportError, ConnectionError):
                told.append(BROKEN)


def by_requests(mock: Mock, story: Steps[Views]) -> Played:
    with requests.Session() as session:
        session.mount(ORIGIN, MockAdapter(mock))
        return play(story, _by_session(session, ORIGIN))


def by_socket(mock: Mock, story: Steps[Views]) -> Played:
    with running(mock=mock) as base, httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        return play(story, sender(client, base))


def by_requests_and_socket(mock: Mock, story: Steps[Views]) -> Played:
    with running(mock=mock) as base, requests.Session() as session:
        session.trust_env = False
        return play(story, _by_session(session, base))


def _by_session(session: requests.Session, base: str) -> Send:
    def send(ask: Ask) -> Told:
        prepared = requests.Request(ask.method, base + ask.target, data=ask.body or None).prepare()
        prepared.headers.clear()
        prepared.headers.update(ask.headers)
        try:
            answer = session.send(prepared, allow_redirects=False)
        except requests.RequestException:
            return BROKEN
        return Told(answer.status_code, answer.content)

    return send


Way = Callable[[Mock, Steps[Views]], Played]
WAYS: tuple[Way, ...] = (
    by_hand,
    by_httpx,
    by_async_httpx,
    by_asgi,
    by_living_asgi,
    by_requests,
    by_socket,
    by_requests_and_socket,
)
