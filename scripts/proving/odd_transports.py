"""Transports that carry a request out and then raise whatever there is to raise."""

import asyncio
import errno
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import httpcore
import httpx

from proving.odd_stage import Harness, Stream, client
from proving.odd_story import Broken, Stories, Story, is_ours, is_over, judge, recover
from proving.recipes import RECIPES, Recipe
from proving.scripted import ScriptedServer
from proving.stage import WAYS, Way
from ventanilla.errors import VentanillaError

Make = Callable[[], BaseException]
CHOSEN = (
    *("facti.request_payment", "facti.mark_paid", "facti.delete", "facturaonline.create_payroll"),
    *("facturaonline.cancel_item", "facturaonline.email", "syncfy.create_credential", "syncfy.create_job"),
    *("syncfy.create_user", "syncfy.create_webhook"),
)
KEYED = ("facti.request_payment", "facturaonline.create_payroll")


def exceptions() -> dict[str, Make]:
    """Return all that a transport may raise, by name."""
    found: dict[str, Make] = {}
    for module in (httpx, httpcore):
        for name in sorted(vars(module)):
            kind = vars(module)[name]
            if isinstance(kind, type) and issubclass(kind, Exception) and _can_be_made(kind):
                found[f"{module.__name__}.{name}"] = partial(_made, kind)
    for number in (errno.ECONNRESET, errno.ECONNREFUSED, errno.EPIPE, errno.ENOSPC, errno.EMFILE, errno.ETIMEDOUT):
        found[f"OSError {errno.errorcode[number]}"] = partial(OSError, number, "as the system says")
    plain: tuple[type[Exception], ...] = (
        *(ValueError, RuntimeError, AttributeError, MemoryError, TypeError, KeyError, IndexError, EOFError),
        *(ArithmeticError, LookupError, AssertionError, NotImplementedError, RecursionError, StopAsyncIteration),
        *(TimeoutError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError, InterruptedError),
        *(asyncio.InvalidStateError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, zlib.error, struct.error),
        *(ssl.SSLError, ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.CertificateError, ImportError, Exception),
    )
    for kind in plain:
        if _can_be_made(kind):
            found[kind.__name__] = partial(_made, kind)
    found["UnicodeDecodeError"] = lambda: UnicodeDecodeError("utf-8", b"\xf3", 0, 1, "invalid start byte")
    found["UnicodeEncodeError"] = lambda: UnicodeEncodeError("latin-1", "\u2603", 0, 1, "not in range")
    found["ExceptionGroup"] = lambda: ExceptionGroup("two", [httpx.ConnectError("one"), OSError("other")])
    found["ConnectError with httpcore's"] = _connect_error
    return found


def _connect_error() -> BaseException:
    error = httpx.ConnectError("[Errno 111] Connection refused")
    error.__cause__ = httpcore.ConnectError("[Errno 111] Connection refused")
    return error


def _can_be_made(kind: type[BaseException]) -> bool:
    try:
        _made(kind)
    except TypeError:
        return False
    return True


def _made(kind: type[BaseException]) -> BaseException:
    if issubclass(kind, httpx.HTTPStatusError):
        request = httpx.Request("POST", "http://127.0.0.1/")
        return kind("500", request=request, response=httpx.Response(500, request=request))
    if kind is asyncio.IncompleteReadError:
        return asyncio.IncompleteReadError(b"", 4)
    if kind is asyncio.LimitOverrunError:
        return asyncio.LimitOverrunError("too much", 4)
    return kind("it broke")


PLACES = ("after it", "in the body", "before it")


class Raising(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Raises once, at the write: before it was carried out, after, or while its answer is read."""

    def __init__(self, server: ScriptedServer, recipe: Recipe, make: Make, place: str) -> None:
        self._server, self._write, self._make, self._place = server, recipe.write, make, place
        self.raised = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or raise."""
        request.read()
        return self._handle(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or raise."""
        await request.aread()
        return self._handle(request)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        from proving.odd_stage import response

        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = self._server.requests(self._write or "")
        before = self._server.effects()
        arguments = (request.method, request.url.raw_path.decode(), headers, request.content)
        if self._place == "before it" and not self.raised and _is_write(self._server, self._write, arguments):
            self.raised += 1
            raise self._make()
        answer = self._server.answer(*arguments)
        is_ours = self._server.requests(self._write or "") > asked and self._server.effects() > before
        if is_ours and not self.raised:
            self.raised += 1
            if self._place == "after it":
                raise self._make()
            return httpx.Response(answer.status, headers=answer.headers, stream=Breaking(answer.body, self._make))
        return response(answer)


def _is_write(server: ScriptedServer, write: str | None, arguments: tuple[Any, ...]) -> bool:
    """Return whether a request would do the write, by asking another server that counts for nobody."""
    other = ScriptedServer()
    other.answer(*arguments)
    return bool(other.requests(write or ""))


class Breaking(Stream):
    """Half of a body, and then an exception."""

    def __init__(self, body: bytes, make: Make) -> None:
        super().__init__(body[: len(body) // 2])
        self._make = make

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        raise self._make()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        raise self._make()


def stories(*, is_small: bool) -> Stories:
    """Yield one for each exception × place × write × kind of client."""
    recipes = [each for each in RECIPES if each.name in (KEYED if is_small else CHOSEN)]
    number = 0
    for name, make in exceptions().items():
        for recipe in recipes:
            for place in PLACES:
                number += 1
                way = WAYS[number % 2]
                tell = partial(_raised, recipe, way, name, make, place)
                yield Story(f"transport/{recipe.name}/{name}/{place}/{way}", tell)


def _raised(recipe: Recipe, way: Way, name: str, make: Make, place: str, harness: Harness, broken: Broken) -> None:
    server = ScriptedServer()
    transport = Raising(server, recipe, make, place)
    face = client(recipe.provider, way, transport=transport, **recipe.options)
    first = harness.end(partial(recipe.do, face))
    done = server.effects(recipe.write)
    if not transport.raised:
        broken("nothing shown", f"{name} was not raised")
    if not is_ours(first.error):
        broken("not ours", f"{type(first.error).__name__}: {first.error}"[:160])
    elif done and isinstance(first.error, VentanillaError) and is_over(first):
        broken("false not sent", f"{type(first.error).__name__} is {first.error.outcome}, and it was done")
    endings = [first]
    if recipe.is_keyed:
        endings += recover(harness, face, partial(recipe.do, face))
    judge(server, recipe.write or "", endings, broken)
    sent = server.requests(recipe.write or "") + (place == "before it")
    if recipe.is_keyed and not is_over(first) and sent > 1:
        broken("sent again", f"{sent} requests for one key; {first}")
    harness.close(face)


def retrying(*, is_small: bool) -> Stories:
    """Yield the transports of others that try again by themselves."""
    for recipe in RECIPES:
        if recipe.name in (KEYED if is_small else CHOSEN):
            for way in WAYS:
                yield Story(f"retrying/{recipe.name}/{way}", partial(_retried, recipe, way))


class Retrying(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Tries once more what was lost, at an address where nobody listens."""

    def __init__(self, inner: Raising) -> None:
        self._inner, self._sync, self._async = inner, httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Try, and try again."""
        try:
            return self._inner.handle_request(request)
        except httpx.ReadError:
            return self._sync.handle_request(_nowhere(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Try, and try again."""
        try:
            return await self._inner.handle_async_request(request)
        except httpx.ReadError:
            return await self._async.handle_async_request(_nowhere(request))


def _nowhere(request: httpx.Request) -> httpx.Request:
    # Port 1 of this machine, where nothing listens.
    return httpx.Request(request.method, "http://127.0.0.1:1/", content=request.content, extensions={"timeout": {}})


def _retried(recipe: Recipe, way: Way, harness: Harness, broken: Broken) -> None:
    server = ScriptedServer()
    inner = Raising(server, recipe, partial(httpx.ReadError, "lost"), "after it")
    face = client(recipe.provider, way, transport=Retrying(inner), **recipe.options)
    first = harness.end(partial(recipe.do, face))
    if is_over(first):
        broken("false not sent", f"{type(first.error).__name__}: the first try was executed, the second had no server")
    endings = [first]
    if recipe.is_keyed:
        endings += recover(harness, face, partial(recipe.do, face))
    judge(server, recipe.write or "", endings, broken)
    harness.close(face)
