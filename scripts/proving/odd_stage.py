"""Clients before the scripted server, in the same process, and how a call on them ends."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, cast

import httpx
from attrs import frozen

import ventanilla
from proving import canaries
from proving.recipes import CLASSES, policy
from proving.scripted import Answer, ScriptedServer, fields_of
from proving.stage import Ended, Way

PREFIXES = {"syncfy": "/syncfy/v1", "facti": "/facti", "facturaonline": "/facturaonline/api"}
KEYS: dict[str, dict[str, Any]] = {
    "syncfy": {"api_key": canaries.SYNCFY_KEY},
    "facti": {
        "client_id": canaries.FACTI_CLIENT,
        "api_key": canaries.FACTI_KEY,
        "company_id": 5,
        "from_rfc": "EKU9003173C9",
    },
    "facturaonline": {"api_key": canaries.FACTURA_KEY, "secret_key": canaries.FACTURA_SECRET},
}
# Values are looked into so deep: a list of models, their fields, and what those have.
DEEP = 4


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The bytes of an answer as they came, which httpx adds no header to."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def respond(server: ScriptedServer, request: httpx.Request, body: bytes) -> httpx.Response:
    """Answer one request of httpx."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = server.answer(request.method, request.url.raw_path.decode(), headers, body)
    return response(answer)


def response(answer: Answer) -> httpx.Response:
    """Return the response of httpx for an answer."""
    return httpx.Response(answer.status, headers=answer.headers, stream=Stream(answer.body))


class ScriptedTransport(httpx.BaseTransport):
    """Asks the scripted server without a socket."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        return respond(self._server, request, request.read())


class AsyncScriptedTransport(httpx.AsyncBaseTransport):
    """Likewise, asynchronously."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        return respond(self._server, request, await request.aread())


def transport_of(server: ScriptedServer, way: Way) -> Any:
    """Return a transport of either kind."""
    return ScriptedTransport(server) if way == "sync" else AsyncScriptedTransport(server)


def client(provider: str, way: Way, origin: str = "http://127.0.0.1", **options: Any) -> Any:
    """Return a client with the canary keys; without a transport it goes over the network to `origin`."""
    kind = getattr(ventanilla, ("" if way == "sync" else "Async") + CLASSES[provider])
    options.setdefault("policy", policy())
    if provider != "syncfy":
        options.setdefault("journal", None)
    return kind(**{**KEYS[provider], "base_url": origin + PREFIXES[provider], **options})


@frozen
class Harness:
    """Calls clients of either kind as if there were one."""

    runner: asyncio.Runner

    def end(self, do: Callable[[], Any]) -> Ended:
        """Do something on a client, use what comes of it, and return how it ended."""
        try:
            value = self.settled(do())
            use(value)
        except Exception as error:
            return Ended(error=error)
        return Ended(value)

    def settled(self, value: Any) -> Any:
        """Wait for a coroutine, and read a listing to its end."""
        if inspect.iscoroutine(value):
            return self.runner.run(value)
        if hasattr(value, "__aiter__"):
            return self.runner.run(_gathered(value))
        if isinstance(value, Iterator):
            return [*cast("Iterable[Any]", value)]
        return value

    def close(self, face: Any) -> None:
        """Close a client of either kind."""
        if hasattr(face, "aclose"):
            self.runner.run(face.aclose())
        else:
            face.close()


async def _gathered(listing: Any) -> list[Any]:
    return [each async for each in listing]


def use(value: Any, depth: int = 0) -> None:
    """Use a value as a program would: its repr, its public attributes, its explanations, what is in it."""
    if value is None or isinstance(value, str | bytes | int | float) or depth > DEEP:
        return
    repr(value)
    if isinstance(value, dict | list | tuple | set):
        items = fields_of(value)
        for each in cast("Iterable[Any]", value) if items is None else items.values():
            use(each, depth + 1)
        return
    if type(value).__module__.split(".")[0] not in ("ventanilla", "ventanilla_clients"):
        return
    for name in _names(value.__class__):
        found = getattr(value, name)
        if name == "explain":
            found("en")
            found("es")
        elif name == "to_json" or (name == "to_dict" and depth == 0):
            found()
        elif not callable(found):
            use(found, depth + 1)


_KNOWN: dict[type, list[str]] = {}


def _names(kind: type) -> list[str]:
    if kind not in _KNOWN:
        _KNOWN[kind] = [name for name in dir(kind) if not name.startswith("_")]
    return _KNOWN[kind]
