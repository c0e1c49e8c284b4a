"""Makes the two faces of a provider from one set of flows, and opens and closes their httpx clients.

An operation is written once, as a generator method of a class that both faces inherit. `operation` and `listing`
tell the type checkers what each face shows (a value or a coroutine, an iterator or an asynchronous one); when a
face class is made, each becomes an ordinary function of it, so that help(), inspect and tracebacks see nothing
unusual. There is no second copy to keep in step.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from types import TracebackType
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, Self, TypeVar, overload

import httpx

from ventanilla import _http
from ventanilla._attempts import Calls
from ventanilla._clients import AsyncClient, SyncClient
from ventanilla._flow import Flow, Page, Step, aiterate, arun, iterate, run
from ventanilla._policy import Policy
from ventanilla._quiet import Quietly
from ventanilla._translation import FlowErrors
from ventanilla_clients._runtime import Client

P = ParamSpec("P")
T = TypeVar("T")


class Operations:
    """What the flows of a provider need from the face that they belong to.

    Attributes:
        raw: the generated client's view for endpoints that the facade does not cover; same guards, and the same
            errors of whatever is sent. Its functions raise errors of their own too, before a request is made
            (UnsafeSegment, UnicodeEncodeError, httpx.InvalidURL) and of its answer (UnexpectedStatus, UnexpectedBody).
        policy: deadline, retries and limits.
    """

    raw: Client
    policy: Policy

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds keys and connections, which are not pickled or copied: "
            "make one in each process, or share this one between threads"
        )


class SyncFace(Operations):
    """Turns each inherited operation into a function that does it, and holds the httpx client."""

    _client: httpx.Client

    def __init_subclass__(cls) -> None:
        _materialise(cls, _sync_operation, _sync_listing)
        _construct_quietly(cls)

    def _open(self, calls: Calls, chosen: _http.Settings, transport: httpx.BaseTransport | None) -> Client:
        self.policy = chosen.policy
        with Quietly():
            self._client = SyncClient(calls, **chosen.options(), transport=transport)
        return Client(http=self._client)

    def close(self) -> None:
        """Close the connections; the face cannot be used afterwards."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncFace(Operations):
    """Turns each inherited operation into a coroutine function, and holds the asynchronous httpx client."""

    _client: httpx.AsyncClient

    def __init_subclass__(cls) -> None:
        _materialise(cls, _async_operation, _async_listing)
        _construct_quietly(cls)

    def _open(self, calls: Calls, chosen: _http.Settings, transport: httpx.AsyncBaseTransport | None) -> Client:
        self.policy = chosen.policy
        with Quietly():
            self._client = AsyncClient(calls, **chosen.options(), transport=transport)
        return Client(async_http=self._client)

    async def aclose(self) -> None:
        """Close the connections; the face cannot be used afterwards."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


class operation(Generic[P, T]):
    """Marks a flow as one call of both faces; `.flow` is for other flows to `yield from`."""

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        self.flow = flow

    @overload
    def __get__(self, face: SyncFace, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, face: AsyncFace, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, face: Operations | None, owner: type) -> Self: ...
    def __get__(self, face: Operations | None, owner: type) -> Any:
        return self


class listing(Generic[P, T]):
    """Marks a flow that hands out pages as an iterator of both faces; `.flow` is for other flows."""

    def __init__(self, flow: Callable[Concatenate[Any, P], Generator[Step | Page[T], Any, Any]]) -> None:
        self.flow = flow

    @overload
    def __get__(self, face: SyncFace, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, face: AsyncFace, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, face: Operations | None, owner: type) -> Self: ...
    def __get__(self, face: Operations | None, owner: type) -> Any:
        return self


def _materialise(face: type, one: Callable[[Any], Any], many: Callable[[Any], Any]) -> None:
    for ancestor in face.__mro__[1:]:
        for name, member in vars(ancestor).items():
            if isinstance(member, operation | listing) and name not in vars(face):
                made = (one if isinstance(member, operation) else many)(member.flow)
                made.__qualname__ = f"{face.__qualname__}.{name}"
                setattr(face, name, made)


def _construct_quietly(face: type) -> None:
    construct: Callable[..., None] | None = vars(face).get("__init__")
    if construct is None or not face.__module__.startswith("ventanilla."):  # the caller's own frames stay
        return

    @functools.wraps(construct)
    def init(*args: Any, **kwargs: Any) -> None:
        with Quietly():
            try:
                construct(*args, **kwargs)
            finally:
                del args, kwargs  # this frame is in the traceback

    face.__init__ = init  # type: ignore[misc] # one that takes and gives the same


def _sync_operation(flow: Callable[..., Flow[T]]) -> Callable[..., T]:
    @functools.wraps(flow)
    def do(self: SyncFace, *args: Any, **kwargs: Any) -> T:
        with FlowErrors() as errors:
            try:
                return run(flow(self, *args, **kwargs), errors)
            finally:
                del self, args, kwargs  # this frame is in the traceback

    return do


def _async_operation(flow: Callable[..., Flow[T]]) -> Callable[..., Coroutine[Any, Any, T]]:
    @functools.wraps(flow)
    async def do(self: AsyncFace, *args: Any, **kwargs: Any) -> T:
        with FlowErrors() as errors:
            try:
                return await arun(flow(self, *args, **kwargs), errors)
            finally:
                del self, args, kwargs

    return do


def _sync_listing(flow: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    @functools.wraps(flow)
    def items(self: SyncFace, *args: Any, **kwargs: Any) -> Iterator[Any]:
        with FlowErrors() as errors:
            try:
                return iterate(flow(self, *args, **kwargs), errors)
            finally:
                del self, args, kwargs

    return items


def _async_listing(flow: Callable[..., Any]) -> Callable[..., AsyncIterator[Any]]:
    @functools.wraps(flow)
    def items(self: AsyncFace, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with FlowErrors() as errors:
            try:
                return aiterate(flow(self, *args, **kwargs), errors)
            finally:
                del self, args, kwargs

    return items
