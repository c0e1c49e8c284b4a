"""The drivers take each step when it is due, hand on errors, and read ahead by one page and no more."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from playing import wrong

from ventanilla._flow import Ask, Call, Do, Flow, Listen, Listing, Now, Page, Wait, aiterate, arun, iterate, run
from ventanilla._waiting import Patience, until
from ventanilla.errors import ConnectionFailed, NotFound, WaitTimeout
from ventanilla_clients._runtime import Response, UnexpectedStatus

MODULE = """
def sync_detailed(value=None):
    return made(answer(value))


async def asyncio_detailed(value=None):
    return sync_detailed(value)
"""


def endpoint(answer: Callable[[Any], Any]) -> Any:
    """A module as the generator writes them, whose two functions return what `answer` makes of their argument."""

    def made(value: Any) -> Response[Any]:
        return Response(200, b"", httpx.Headers(), value)

    module: dict[str, Any] = {"__name__": "made.up.look_up", "made": made, "answer": answer}
    exec(MODULE, module)
    return module["sync_detailed"]


def both(flow: Callable[[], Flow[Any]]) -> list[Any]:
    return [run(flow()), anyio.run(arun, flow())]


def test_both_drivers_do_every_step(tmp_path: Path) -> None:
    double = endpoint(lambda value: value * 2)

    def flow() -> Flow[Any]:
        before: float = yield Now()
        yield Wait(0.01)
        after: float = yield Now()
        yield Do((tmp_path / "file").write_bytes, (b"content",))
        asked: str = yield Ask(lambda question: f"{question}!", "why")
        answer: Response[int] = yield Call(double, (21,))
        return (after - before >= 0.01, (tmp_path / "file").read_bytes(), asked, answer.parsed)

    assert both(flow) == [(True, b"content", "why!", 42)] * 2


def test_both_drivers_listen() -> None:
    class Lines:
        def listen(self, path: str, wanted: Callable[[bytes], bool], seconds: float) -> bool:
            return wanted(f"{path} {seconds}".encode())

        async def alisten(self, path: str, wanted: Callable[[bytes], bool], seconds: float) -> bool:
            return self.listen(path, wanted, seconds)

    def flow() -> Flow[bool]:
        one: bool = yield Listen(wrong(Lines()), "status/1", lambda message: message == b"status/1 2.5", 2.5)
        return one

    assert both(flow) == [True, True]


def test_awaitable_answers_are_for_asynchronous_faces() -> None:
    async def answer(question: str) -> str:
        return f"{question}!"

    def flow() -> Flow[str]:
        said: str = yield Ask(answer, "why")
        return said

    assert anyio.run(arun, flow()) == "why!"
    with pytest.raises(TypeError, match="asynchronous face"):
        run(flow())


def test_errors_reach_the_flow_with_the_operation_that_failed() -> None:
    def fail(value: Any) -> Any:
        raise ConnectionFailed("reset") if value else UnexpectedStatus(520, b"secret")

    lookup = endpoint(fail)

    def flow() -> Flow[str]:
        told: list[str] = []
        for value in (1, 0):
            try:
                yield Call(lookup, (value,))
            except Exception as error:
                told.append(f"{type(error).__name__}: {error}")
        return " | ".join(told)

    (one, other) = both(flow)
    assert one == other
    assert one.startswith("ConnectionFailed: look_up: reset")
    assert "UnexpectedAnswer: look_up: HTTP 520" in one
    assert "secret" not in one


def listing(read: Any, pages: int, *, ahead: bool) -> Listing[int]:
    for page in range(pages):
        answer: Response[list[int]] = yield Call(read, (page,))
        yield Page(answer.parsed, ahead=ahead)


@pytest.mark.parametrize("ahead", [False, True])
def test_pages_are_read_one_at_a_time(ahead: bool) -> None:
    taken: list[int] = []
    second = threading.Event()

    def page(number: int) -> list[int]:
        taken.append(number)
        if number == 1:
            second.set()
        return [number * 10, number * 10 + 1]

    read = endpoint(page)
    items = iterate(listing(read, 3, ahead=ahead))
    assert taken == []
    assert next(items) == 0
    assert second.wait(5 if ahead else 0.05) == ahead
    assert taken == [0, 1][: 1 + ahead]
    assert [*items] == [1, 10, 11, 20, 21]
    assert taken == [0, 1, 2]

    async def collect() -> list[int]:
        return [item async for item in aiterate(listing(read, 3, ahead=ahead))]

    assert anyio.run(collect) == [0, 1, 10, 11, 20, 21]


@pytest.mark.parametrize("ahead", [False, True])
def test_a_page_that_fails_raises_after_the_items_before_it(ahead: bool) -> None:
    def page(number: int) -> list[int]:
        if number:
            raise NotFound("gone")
        return [1, 2]

    read = endpoint(page)
    seen: list[int] = []

    def consume() -> None:
        seen.extend(iterate(listing(read, 2, ahead=ahead)))

    with pytest.raises(NotFound):
        consume()

    async def aconsume() -> None:
        async for item in aiterate(listing(read, 2, ahead=ahead)):
            seen.append(item)

    with pytest.raises(NotFound):
        anyio.run(aconsume)
    assert 1 in seen
    assert 2 in seen


def test_leaving_early_ends_the_reader() -> None:
    read = endpoint(lambda number: [number])
    items = iterate(listing(read, 100, ahead=True))
    next(items)
    wrong(items).close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ventanilla-prefetch")]

    async def leave() -> None:
        asynchronous = wrong(aiterate(listing(read, 100, ahead=True)))
        await anext(asynchronous)
        await asynchronous.aclose()

    anyio.run(leave)


def test_waiting_ends_on_a_clock_that_cannot_move_by_so_little() -> None:
    """A clock that counts from 1970 has steps of a quarter of a microsecond: what is left must not be less than one."""
    clock = 1_790_000_000.1

    def never() -> Flow[int | None]:
        return None
        yield Now()

    def wait() -> None:
        nonlocal clock
        answer: Any = None
        flow = until(never, Patience(deadline=20.3, first=1.1), waiting_for="nothing", go_on="")
        for _ in range(200):
            step = flow.send(answer)
            clock += step.seconds if isinstance(step, Wait) else 0.0
            answer = clock if isinstance(step, Now) else None

    with pytest.raises(WaitTimeout):
        wait()
    assert clock == pytest.approx(1_790_000_020.4)
