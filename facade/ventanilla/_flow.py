"""Drives workflows: generators that say what to do next, and the only two places where anything is done.

A flow yields steps and receives what came of them, like `httpx.Auth.auth_flow`:

    def rename(client: Client, id_user: str, name: str) -> Flow[User]:
        answer = yield from call(update_user.sync_detailed, id_user, client=client, body=UserUpdate(name=name))
        return answer.response

`run` sends, sleeps, listens and asks synchronously, `arun` asynchronously; the flow cannot tell. `call` checks the
arguments against the generated function, so a regenerated signature that breaks a flow is a type error there.
"""

import contextlib
import inspect
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any, ParamSpec, TypeVar

from ventanilla._steps import Ask, Call, Do, Flow, Listen, Listing, Now, Page, Step, Wait
from ventanilla._translation import FlowErrors, TypedErrors
from ventanilla.errors import ConfigurationError, UnexpectedAnswer, Words
from ventanilla_clients._runtime import Response

# The steps are at hand here too: a flow that is written needs both them and `call`.
__all__ = [
    "Ask",
    "Call",
    "Do",
    "Flow",
    "Listen",
    "Listing",
    "Now",
    "Page",
    "Step",
    "Wait",
    "Waiting",
    "aiterate",
    "arun",
    "call",
    "exchange",
    "gathered",
    "iterate",
    "run",
]

P = ParamSpec("P")
T = TypeVar("T")
FORKED = (
    "an iterator that reads ahead does not go on in a forked process: begin it there",
    "un iterador que lee por adelantado no sigue en un proceso bifurcado (fork): empezarlo ahí",
)
UNREADABLE: Words = "a row of the list cannot be read", "un registro de la lista no se puede leer"


def exchange(endpoint: Callable[P, Response[T]], *args: P.args, **kwargs: P.kwargs) -> Flow[Response[T]]:
    """Send one request and return the whole answer, where its bytes say more than the decoded body."""
    answer: Response[T] = yield Call(endpoint, args, kwargs)
    return answer


def call(endpoint: Callable[P, Response[T]], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
    """Send one request and return the decoded body."""
    return (yield from exchange(endpoint, *args, **kwargs)).parsed


def gathered(listing: Listing[T]) -> Flow[list[T]]:
    """Read a listing to its end and return all that it gives; raise if a row could not be read, which may matter."""
    items: list[T] = []
    answer: Any = None
    while True:
        try:
            step = listing.send(answer)
        except StopIteration as stop:
            if stop.value:
                raise UnexpectedAnswer(UNREADABLE) from None
            return items
        if isinstance(step, Page):
            items.extend(step.items)
            answer = None
        else:
            answer = yield step


class Waiting:
    """Sleeps and reads the clock. Tests put another one in `_flow.waiting` to make time pass at once.

    Attributes:
        paced: whether requests keep to the number that a provider allows in a second.
    """

    paced = True

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep in this thread."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Sleep in this task."""
        import anyio  # only asynchronous programs pay for it

        await anyio.sleep(seconds)


waiting = Waiting()


def _perform(step: Step, errors: FlowErrors) -> Any:
    match step:
        case Call():
            with errors.follow(TypedErrors(step.operation, writes=step.writes)):
                return step.endpoint(*step.arguments, **step.options)
        case Wait(seconds):
            return waiting.sleep(seconds)
        case Listen(lines, path, wanted, seconds):
            return lines.listen(path, wanted, seconds)
        case Do(function, arguments):
            return function(*arguments)
        case Ask(callback, question):
            answer = callback(question)
            if inspect.isawaitable(answer):
                if inspect.iscoroutine(answer):
                    answer.close()  # it will not run, and must not be complained of
                raise TypeError("the callback is asynchronous: use the asynchronous face")
            return answer
        case Now():
            return waiting.now()


async def _aperform(step: Step, errors: FlowErrors) -> Any:
    match step:
        case Call():
            # The module that the endpoint stands in.
            endpoint = step.endpoint.__globals__["asyncio_detailed"]
            with errors.follow(TypedErrors(step.operation, writes=step.writes)):
                return await endpoint(*step.arguments, **step.options)
        case Wait(seconds):
            return await waiting.asleep(seconds)
        case Listen(lines, path, wanted, seconds):
            return await lines.alisten(path, wanted, seconds)
        case Do(function, arguments):
            import anyio.to_thread  # only asynchronous programs pay for it

            # The disk may take its time; other tasks go on meanwhile.
            return await anyio.to_thread.run_sync(function, *arguments)
        case Ask(callback, question):
            answer = callback(question)
            return await answer if inspect.isawaitable(answer) else answer
        case Now():
            return waiting.now()


def run(flow: Flow[T], errors: FlowErrors | None = None) -> T:
    """Do each step of a flow synchronously and return its value.

    Args:
        flow: what to do.
        errors: is told what is sent and what the caller's own functions raise.
    """
    value: T = _driven(flow, errors or FlowErrors())
    return value


async def arun(flow: Flow[T], errors: FlowErrors | None = None) -> T:
    """Do each step of a flow asynchronously and return its value, as `run` does."""
    value: T = await _adriven(flow, errors or FlowErrors())
    return value


def _driven(flow: Flow[Any] | Listing[Any], errors: FlowErrors) -> Any:
    """Do the steps of a flow; return its value, or the next page that it hands out."""
    resume: Callable[[], Step | Page[Any]] = partial(next, flow)
    while True:
        try:
            step = resume()
        except StopIteration as stop:
            return stop.value
        if isinstance(step, Page):
            return step
        try:
            answer = _perform(step, errors)
        except Exception as error:  # the flow decides: it may know what to do about it
            if isinstance(step, Ask | Do):
                errors.own = error
            resume = partial(flow.throw, error)
        except BaseException:
            flow.close()  # now, not when the traceback goes: it may have something to undo
            raise
        else:
            resume = partial(flow.send, answer)


async def _adriven(flow: Flow[Any] | Listing[Any], errors: FlowErrors) -> Any:
    resume: Callable[[], Step | Page[Any]] = partial(next, flow)
    while True:
        try:
            step = resume()
        except StopIteration as stop:
            return stop.value
        if isinstance(step, Page):
            return step
        try:
            answer = await _aperform(step, errors)
        except Exception as error:
            if isinstance(step, Ask | Do):
                errors.own = error
            resume = partial(flow.throw, error)
        except BaseException:
            flow.close()
            raise
        else:
            resume = partial(flow.send, answer)


def iterate(listing: Listing[T], errors: FlowErrors | None = None) -> Iterator[T]:
    """Yield the items of a listing, doing its steps only as items are asked for, or one page ahead if it says so."""
    errors = errors or FlowErrors()
    page = _next_page(listing, errors)
    with contextlib.ExitStack() as stack:
        while page is not None and not page.ahead:
            yield from page.items
            page = None  # it must not live on while the next page is read
            page = _next_page(listing, errors)
        if page is None:
            return
        from concurrent.futures import ThreadPoolExecutor  # only who reads ahead pays for it

        # One thread: it reads a page while the one before is used, so that two are in memory and never more.
        reader, process = stack.enter_context(ThreadPoolExecutor(1, "ventanilla-prefetch")), os.getpid()
        while page is not None:
            coming = reader.submit(_next_page, listing, errors)
            yield from page.items
            if os.getpid() != process:
                raise ConfigurationError(FORKED)
            page = coming.result()


async def aiterate(listing: Listing[T], errors: FlowErrors | None = None) -> AsyncIterator[T]:
    """Yield the items of a listing asynchronously, as `iterate` does; ahead in a task of asyncio."""
    import asyncio  # only asynchronous programs pay for it

    errors = errors or FlowErrors()
    page = await _anext_page(listing, errors)
    coming: asyncio.Task[Page[T] | None] | None = None
    try:
        while page is not None:
            coming = asyncio.create_task(_anext_page(listing, errors)) if page.ahead else None
            for item in page.items:
                yield item
            page = await (coming or _anext_page(listing, errors))
    finally:
        if coming is not None:
            coming.cancel()


def _next_page(listing: Listing[T], errors: FlowErrors) -> Page[T] | None:
    with errors:
        step: Page[T] | int | None = _driven(listing, errors)
        return step if isinstance(step, Page) else None  # at its end a listing returns how many rows were odd


async def _anext_page(listing: Listing[T], errors: FlowErrors) -> Page[T] | None:
    with errors:
        step: Page[T] | int | None = await _adriven(listing, errors)
        return step if isinstance(step, Page) else None
