"""Programs that are interrupted: a task that is cancelled at any await, Ctrl-C at any step or line."""

import asyncio
import linecache
import sys
import types
from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from types import FrameType
from typing import Any

import httpx

from proving.odd_stage import Harness, Stream, client, respond, response
from proving.odd_story import Broken, Stories, Story, is_ours, judge, key_of, pending, recover
from proving.places import ROOT
from proving.recipes import RECIPES, Recipe
from proving.scripted import Answer, ScriptedServer
from proving.stage import Ended

MOST_AWAITS = 80
LINES, SMALL_LINES = 160, 6
OURS = (str(ROOT / "facade"), str(ROOT / "generated"))


class Slow(httpx.AsyncBaseTransport):
    """Gives others their turn before it carries a request out, after, and in the middle of the answer."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        body = await request.aread()
        await asyncio.sleep(0)
        answer = respond(self._server, request, body)
        await asyncio.sleep(0)
        stream: Any = answer.stream
        answer.stream = _SlowStream(stream)
        return answer


class _SlowStream(Stream):
    def __init__(self, inner: Stream) -> None:
        super().__init__(b"")
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            half = len(part) // 2
            yield part[:half]
            await asyncio.sleep(0)
            yield part[half:]


class Cut:
    """Counts the awaits of a coroutine, and cancels its task at one of them."""

    def __init__(self, at: int | None) -> None:
        self.at, self.awaits = at, 0

    @types.coroutine
    def run(self, coroutine: Any) -> Generator[Any, Any, Any]:
        """Run a coroutine to its end."""
        waiting = coroutine.__await__()
        step: Callable[[], Any] = partial(next, waiting)
        while True:
            try:
                awaited = step()
            except StopIteration as stop:
                return stop.value
            self.awaits += 1
            if self.awaits == self.at:
                task = asyncio.current_task()
                if task is not None:
                    task.cancel()
            try:
                value = yield awaited
            except BaseException as error:
                step = partial(waiting.throw, error)
            else:
                step = partial(waiting.send, value)


def writes(*, is_small: bool) -> list[Recipe]:
    """Return the writes that are interrupted."""
    found = [each for each in RECIPES if each.write is not None and each.limit != 0]
    return [each for each in found if each.is_keyed or each.provider == "syncfy"][::4] if is_small else found


def stories(*, is_small: bool) -> Stories:
    """Yield one for each write × await, and for each write × step and line of a plain program."""
    for recipe in writes(is_small=is_small):
        for at in range(1, MOST_AWAITS + 1, 5 if is_small else 1):
            yield Story(f"cancel/{recipe.name}/{at}", partial(_cancelled, recipe, at))
    for recipe in writes(is_small=is_small):
        for at in range(1, 12):
            yield Story(f"interrupt/{recipe.name}/{at}", partial(_interrupted, recipe, at))
        if recipe.is_keyed:
            for part in range(SMALL_LINES if is_small else LINES):
                share = SMALL_LINES if is_small else LINES
                yield Story(f"interrupt line/{recipe.name}/{part}of{share}", partial(_line, recipe, part, share))


_AWAITS: dict[str, int] = {}


def _awaits(recipe: Recipe, harness: Harness) -> int:
    if recipe.name not in _AWAITS:
        cut, server = Cut(None), ScriptedServer()
        _cut_call(recipe, server, cut, harness)
        _AWAITS[recipe.name] = cut.awaits
    return _AWAITS[recipe.name]


def _cut_call(recipe: Recipe, server: ScriptedServer, cut: Cut, harness: Harness) -> tuple[Any, Ended | BaseException]:
    face = client(recipe.provider, "async", transport=Slow(server), **recipe.options)

    async def run() -> Any:
        return await asyncio.create_task(_awaited(cut.run(recipe.do(face))))

    try:
        return face, Ended(harness.runner.run(run()))
    except asyncio.CancelledError as cancelled:
        return face, cancelled
    except Exception as error:
        return face, Ended(error=error)


async def _awaited(running: Any) -> Any:
    return await running


def _cancelled(recipe: Recipe, at: int, harness: Harness, broken: Broken) -> None:
    if at > _awaits(recipe, harness):
        return
    server = ScriptedServer()
    face, ended = _cut_call(recipe, server, Cut(at), harness)
    _afterwards(recipe, server, face, ended, f" (cancelled at await {at})", harness, broken)


def _afterwards(
    recipe: Recipe,
    server: ScriptedServer,
    face: Any,
    ended: Ended | BaseException,
    said: str,
    harness: Harness,
    broken: Broken,
) -> None:
    """What a program does afterwards: nothing is made that was not, and then each thing once."""
    write = recipe.write or ""
    endings = [ended] if isinstance(ended, Ended) else []
    judge(server, write, endings, broken, said=said)
    if recipe.limit is not None:
        asked, done = server.requests(write), server.effects(write)
        if recipe.is_keyed:
            for intent in pending(harness, face):
                resumed = harness.end(partial(face.resume, key_of(intent)))
                if not is_ours(resumed.error):
                    broken("not ours", f"resume: {type(resumed.error).__name__}: {resumed.error}{said}"[:200])
            if not asked and server.requests(write):
                broken("sent later", f"never sent, and `resume` of what is pending sent it{said}")
            endings += recover(harness, face, partial(recipe.do, face))
        else:
            endings += [harness.end(partial(recipe.do, face))]
        judge(server, write, endings, broken, said=said)
        if recipe.is_keyed and done and endings[-1].error is not None:
            broken("not found again", f"it was done, and then {endings[-1]}: {endings[-1].error}{said}"[:200])
    harness.close(face)


class Stepping(httpx.BaseTransport):
    """Raises KeyboardInterrupt at a step: before a request is carried out, after, within the answer."""

    def __init__(self, server: ScriptedServer, at: int) -> None:
        self._server, self._at, self.steps = server, at, 0

    def step(self) -> None:
        """Take a step."""
        self.steps += 1
        if self.steps == self._at:
            raise KeyboardInterrupt

    def disarm(self) -> None:
        """Raise no more."""
        self._at = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        body = request.read()
        self.step()
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self._server.answer(request.method, request.url.raw_path.decode(), headers, body)
        self.step()
        found = response(answer)
        found.stream = _SteppingStream(answer, self)
        return found


class _SteppingStream(Stream):
    def __init__(self, answer: Answer, transport: Stepping) -> None:
        super().__init__(answer.body)
        self._transport = transport

    def __iter__(self) -> Any:
        yield self._body[:1]
        self._transport.step()
        yield self._body[1:]


def _interrupted(recipe: Recipe, at: int, harness: Harness, broken: Broken) -> None:
    server = ScriptedServer()
    transport = Stepping(server, at)
    face = client(recipe.provider, "sync", transport=transport, **recipe.options)
    ended = _ended(lambda: harness.settled(recipe.do(face)))
    is_interrupted = transport.steps >= at
    transport.disarm()
    if is_interrupted and isinstance(ended, Ended):
        broken("not ours", f"KeyboardInterrupt became {ended} (at step {at})")
    _afterwards(recipe, server, face, ended, f" (interrupted at step {at})", harness, broken)


def _ended(do: Callable[[], Any]) -> Ended | BaseException:
    try:
        return Ended(do())
    except KeyboardInterrupt as interrupt:
        return interrupt
    except Exception as error:
        return Ended(error=error)


_LINES: dict[str, int] = {}


class Tracing:
    """Counts the lines of ours that run, and raises KeyboardInterrupt at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.lines = at, 0

    def __call__(self, frame: FrameType, event: str, value: object) -> Any:
        """Trace one event, as `sys.settrace` has it."""
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            self.lines += 1
            # Python itself lets no signal in between a `with` and what it guards; tracing would.
            if self.at and self.lines >= self.at and not _is_with(frame):
                self.at = 0
                raise KeyboardInterrupt
        return self

    def during(self, do: Callable[[], Any]) -> Ended | BaseException:
        """Do something meanwhile."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return _ended(do)
        finally:
            sys.settrace(before)


def _is_with(frame: FrameType) -> bool:
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip()
    return line.startswith(("with ", "async with ", "yield", "finally"))


def _line(recipe: Recipe, part: int, share: int, harness: Harness, broken: Broken) -> None:
    from proving.odd_stage import ScriptedTransport

    def begun() -> tuple[ScriptedServer, Any]:
        server = ScriptedServer()
        return server, client(recipe.provider, "sync", transport=ScriptedTransport(server), **recipe.options)

    if recipe.name not in _LINES:
        for _ in range(2):  # the first call imports
            tracing = Tracing(0)
            tracing.during(partial(recipe.do, begun()[1]))
            _LINES[recipe.name] = tracing.lines
    at = max(1, _LINES[recipe.name] * part // share)
    server, face = begun()
    ended = Tracing(at).during(partial(recipe.do, face))
    _afterwards(recipe, server, face, ended, f" (interrupted at line {at})", harness, broken)
