"""Tells a story on either face: a generator that yields what a face returned and receives its value.

A sync face returns values and iterators, an async one awaitables and asynchronous iterators; the story is the same.
"""

import inspect
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import Any, TypeAlias, cast

import anyio
from attrs import frozen

Story: TypeAlias = Generator[Any, Any, None]
Say: TypeAlias = Callable[[str, str], None]
PAUSE = 0.05


@frozen
class Until:
    """Yielded to wait for what arrives from outside, at most ten seconds."""

    happened: Callable[[], bool]
    what: str

    def pauses(self) -> Iterator[float]:
        """Yield pauses in seconds until it has happened; raise TimeoutError if it does not."""
        for _ in range(round(10 / PAUSE)):
            if self.happened():
                return
            yield PAUSE
        raise TimeoutError(f"{self.what} did not arrive within ten seconds")


def tell(story: Story) -> None:
    """Tell a story on a synchronous face."""
    value: Any = None
    while True:
        try:
            step = story.send(value)
        except StopIteration:
            return
        if isinstance(step, Until):
            for pause in step.pauses():
                time.sleep(pause)
        value = [*cast(Any, step)] if isinstance(step, Iterator) else step


async def atell(story: Story) -> None:
    """Tell a story on an asynchronous face."""
    resume: Callable[[], Any] = partial(next, story)
    while True:
        try:
            step = resume()
        except StopIteration:
            return
        try:
            resume = partial(story.send, await _value(step))
        except Exception as error:  # the story may expect it
            resume = partial(story.throw, error)


async def _value(step: Any) -> Any:
    if isinstance(step, Until):
        for pause in step.pauses():
            await anyio.sleep(pause)
        return None
    if isinstance(step, AsyncIterator):
        return [item async for item in cast(Any, step)]
    return await cast(Any, step) if inspect.isawaitable(step) else step
