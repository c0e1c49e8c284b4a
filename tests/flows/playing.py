"""Plays a flow without any transport: feeds it answers and records the steps that it took."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeVar, cast

import httpx
import msgspec

from ventanilla._flow import Ask, Call, Do, Listen, Now, Page, Wait
from ventanilla.errors import VentanillaError
from ventanilla.intents import Intent
from ventanilla_clients._runtime import Response

T = TypeVar("T")
Reply = Any  # a decoded body, an exception to raise, or a list of either, one for each call of the operation


def wrong(value: object) -> Any:
    """Return a value as if it had the type that is asked for, to see that it is refused when the program runs."""
    return value


class Played:
    """The steps of a flow: operations called with their bodies and parameters, seconds waited, questions asked,
    WebSockets listened to and for how long at most, and how many messages were heard of each.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.waits: list[float] = []
        self.questions: list[Any] = []
        self.listened: list[tuple[str, float]] = []
        self.heard: list[int] = []
        self.items: list[Any] = []

    @property
    def operations(self) -> list[str]:
        """The operationIds in order."""
        return [operation for operation, _ in self.calls]

    def options(self, operation: str) -> dict[str, Any]:
        """What the only call of an operation was given."""
        (found,) = (options for name, options in self.calls if name == operation)
        return found


def play(flow: Generator[Any, Any, T], replies: Mapping[str, Reply], played: Played | None = None) -> T:
    """Run a flow to its end on the given replies; time passes only by its own waits, and by silent WebSockets.

    The replies to `listen` are those of each connection: its messages, or why there was none.
    """
    record = Played() if played is None else played
    queues = {name: [*cast(Any, reply)] for name, reply in replies.items() if isinstance(reply, list)}
    resume: Callable[[], Any] = lambda: next(flow)  # noqa: E731 - replaced below
    while True:
        try:
            step = resume()
        except StopIteration as stop:
            value: T = stop.value
            return value
        answer = _answer(step, replies, queues, record)
        resume = _thrower(flow, answer) if isinstance(answer, BaseException) else _sender(flow, answer)


def _thrower(flow: Generator[Any, Any, Any], error: BaseException) -> Callable[[], Any]:
    return lambda: flow.throw(error)


def _sender(flow: Generator[Any, Any, Any], answer: Any) -> Callable[[], Any]:
    return lambda: flow.send(answer)


def _answer(step: Any, replies: Mapping[str, Reply], queues: dict[str, list[Any]], record: Played) -> Any:
    match step:
        case Call():
            record.calls.append((step.operation, {**step.options, "path": step.arguments}))
            queue = queues.get(step.operation)
            reply = replies[step.operation] if queue is None else queue.pop(0)
            return reply if isinstance(reply, BaseException) else Response(200, b"", httpx.Headers(), reply)
        case Wait(seconds):
            record.waits.append(seconds)
        case Listen(_, path, wanted, seconds):
            record.listened.append((path, seconds))
            return _hear(queues["listen"].pop(0), wanted, seconds, record)
        case Now():
            return sum(record.waits)
        case Do(function, arguments):
            try:
                return function(*arguments)
            except Exception as problem:
                return problem
        case Ask(callback, question):
            record.questions.append(question)
            return callback(question)
        case Page():
            record.items.extend(cast(Any, step).items)
        case _:
            raise AssertionError(f"an unknown step: {step!r}")
    return None


def _hear(said: Any, wanted: Callable[[bytes], bool], seconds: float, record: Played) -> bool | VentanillaError:
    if isinstance(said, VentanillaError):
        return said
    messages = [message if isinstance(message, bytes) else msgspec.json.encode(message) for message in said]
    try:
        count = next((n for n, message in enumerate(messages, 1) if wanted(message)), 0)
    except VentanillaError as problem:
        return problem
    record.heard.append(count or len(messages))
    if not count:
        record.waits.append(seconds)
    return bool(count)


def intent(operation_id: str, **facts: Any) -> Intent:
    """Return an intent of a journal's tests."""
    given: dict[str, Any] = {"scope": "scope", "kind": "k", "key": operation_id, "fingerprint": "f", **facts}
    return Intent(operation_id=operation_id, **given)
