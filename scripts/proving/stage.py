"""Knows how a face stands before a mock whose time is in the harness's hands, and what the mock says was done."""

import asyncio
import inspect
import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

import httpx
from attrs import define, field, frozen

from proving.passing_time import passing
from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Policy, Syncfy
from ventanilla.errors import OutcomeUnknown, VentanillaError
from ventanilla.intents import MemoryJournal
from ventanilla.mock import ManualClock, Mock, MockTransport
from ventanilla.mock.journal import Entry

Way = Literal["sync", "async"]
WAYS: tuple[Way, ...] = ("sync", "async")
ORIGIN = "http://127.0.0.1"
PATHS = {"syncfy": "/syncfy/v1", "facti": "/facti", "facturaonline": "/facturaonline/api"}
FACES: dict[tuple[str, Way], type[Any]] = {
    ("syncfy", "sync"): Syncfy,
    ("syncfy", "async"): AsyncSyncfy,
    ("facti", "sync"): Facti,
    ("facti", "async"): AsyncFacti,
    ("facturaonline", "sync"): FacturaOnline,
    ("facturaonline", "async"): AsyncFacturaOnline,
}
# Time is free here: nobody need wait for what a provider allows, and no deadline is near that a slow machine may miss.
UNLIMITED = Policy(requests_per_second=math.inf, deadline=600.0)
# Those that the providers print in their documents; the mock takes no others.
KEYS: dict[str, dict[str, Any]] = {
    "syncfy": {"api_key": "7767a4a04f990e9231bafc949e8ca08a"},
    "facti": {
        "client_id": "d09168b32f80ai8ba24c416916y304n8",
        "api_key": "26b413ah0ba67543c7642069a91h743t",
        "company_id": 5,
        "from_rfc": "EKU9003173C9",
    },
    "facturaonline": {"api_key": "mock-api-key", "secret_key": "mock-secret-key"},
}


@frozen
class Ended:
    """How a call ended: with a value, or with an error."""

    value: Any = None
    error: Exception | None = None

    def __str__(self) -> str:
        return f"returned {type(self.value).__name__}" if self.error is None else type(self.error).__name__


@define
class Stage:
    """One mock, its clock, and the faces before it, for one case."""

    mock: Mock
    clock: ManualClock
    runner: asyncio.Runner = field(repr=False)

    def face(self, provider: str, way: Way, transport: Any = None, *, origin: str = ORIGIN, **options: Any) -> Any:
        """Return a face; without a transport it goes over the network to `origin`."""
        return of_origin(provider, way, origin, transport=transport, **options)

    def plain(self, provider: str, **options: Any) -> Any:
        """Return a synchronous face with which nothing goes wrong."""
        return self.face(provider, "sync", MockTransport(self.mock), **options)

    def end(self, do: Callable[[], Any]) -> Ended:
        """Do something on a face of either kind and return how it ended."""
        try:
            result = do()
            return Ended(self.runner.run(result) if inspect.iscoroutine(result) else result)
        except Exception as error:
            return Ended(error=error)

    def resumed(self, face: Any, ended: Ended) -> Ended | None:
        """Resume an operation whose outcome is unknown; None where there is none, or it keeps no intent."""
        error = ended.error
        if not isinstance(error, OutcomeUnknown) or error.operation_id is None:
            return None
        return self.end(partial(face.resume, error.operation_id))

    def close(self, face: Any) -> None:
        """Close a face of either kind."""
        if hasattr(face, "aclose"):
            self.runner.run(face.aclose())
        else:
            face.close()

    def effects(self, provider: str, operation: str, since: int) -> int:
        """Return how often the mock has done an operation, by its own journal, after the exchange `since`."""
        found = self.mock.world.journal.find(provider=provider, operation=operation, since=since)
        return sum(map(was_done, found))

    @property
    def last(self) -> int:
        """The id of the last exchange."""
        found = self.mock.world.journal.find(limit=1)
        return found[0].id if found else 0


def was_done(entry: Entry) -> bool:
    """Return whether the mock did what an exchange asked for, by what it meant to answer."""
    if entry.response.status != 200 or entry.response.body[:1] != b"{":
        return False
    said = entry.response.json()
    match entry.provider:
        case "syncfy":
            return bool(said["status"])
        case "facti":
            return str(said["result"]) == "1"
        case _:
            return "success" in (said.get("status"), said.get("response"))


def of_origin(provider: str, way: Way, origin: str, **options: Any) -> Any:
    """Return a face that finds its provider at `origin`; unless told otherwise it asks as fast as it likes, and keeps
    its intents to itself, whatever the environment says.
    """
    options.setdefault("policy", UNLIMITED)
    if provider != "syncfy":
        options.setdefault("journal", MemoryJournal())
    return FACES[provider, way](**KEYS[provider], base_url=origin + PATHS[provider], **options)


@contextmanager
def staged(runner: asyncio.Runner, *, seed: int = 0) -> Generator[Stage]:
    """Make a mock with a clock of its own; while the block runs the faces' waits pass at once, on that clock."""
    clock = ManualClock()
    with passing(clock):
        yield Stage(Mock(clock=clock, seed=seed), clock, runner)


def is_ours(ended: Ended) -> bool:
    """Return whether a call ended as the documents promise: with a value or one of ventanilla's errors."""
    return ended.error is None or isinstance(ended.error, VentanillaError)


def transport_of(way: Way, answer: Callable[[httpx.Request], httpx.Response]) -> Any:
    """Return an httpx transport of either kind that answers from one plain function."""
    return _Transport(answer) if way == "sync" else _AsyncTransport(answer)


class _Transport(httpx.BaseTransport):
    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request)


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)
