"""Knows where a flow does what blocks, as an inbox does: in place when it is synchronous, in a thread otherwise."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from ventanilla._steps import Ask

T = TypeVar("T")
Place: TypeAlias = Callable[[Callable[[], Any]], Ask]


def here(work: Callable[[], Any]) -> Ask:
    """Return the step that does a piece of work where the flow runs."""
    return Ask(_called, work)


def aside(work: Callable[[], Any]) -> Ask:
    """Return the step that does a piece of work in a thread; the flow has to run asynchronously."""
    return Ask(_in_thread, work)


def _called(work: Callable[[], T]) -> T:
    return work()


def _in_thread(work: Callable[[], T]) -> Awaitable[T]:
    import anyio.to_thread  # only asynchronous programs pay for it

    return anyio.to_thread.run_sync(work)
