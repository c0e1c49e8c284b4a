"""Makes mocks that have a bug on purpose."""

from collections.abc import Callable
from typing import Any

from attrs import evolve
from fuzz_stages import STEP

from ventanilla.mock.clock import Clock
from ventanilla.mock.core import Mock
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.registry import every_provider
from ventanilla.mock.wire import Request, Response, decode, encode
from ventanilla.mock.world import World

Making = Callable[[Clock], Mock]
Tamper = Callable[[Request, Response], Response]


def with_provider(name: str, **changes: Any) -> Making:
    """Return a mock of one provider with some of its parts replaced; `handlers` are merged."""

    def make(clock: Clock) -> Mock:
        provider = next(each for each in every_provider() if each.name == name)
        handlers = {**provider.handlers, **changes.get("handlers", {})}
        return Mock(clock=clock, pace=STEP, providers=[evolve(provider, **{**changes, "handlers": handlers})])

    return make


def with_answers(name: str, path: str, tamper: Tamper) -> Making:
    """Return a mock of one provider whose answers below a path are changed behind its back."""

    class Tampering(Mock):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return tamper(request, answer) if f"/{name}" in request.target and path in request.target else answer

    return lambda clock: Tampering(clock=clock, pace=STEP, providers=[p for p in every_provider() if p.name == name])


def body(change: Callable[[Any], Any]) -> Tamper:
    """Change the decoded body of an answer."""
    return lambda request, answer: evolve(answer, body=encode(change(decode(answer.body))))


def syncfy(response: Any) -> Reply:
    """Return a success of Syncfy."""
    return Reply({"rid": "1", "code": 200, "errors": None, "status": True, "message": None, "response": response})


def webhook_lost(world: World, call: Call) -> Reply:
    times = {"delay": 0, "dt_created": 1, "dt_modified": None}
    return syncfy({"id_webhook": world.object_id(), "id_user": None, **times, **call.body})


def group_lost(world: World, call: Call) -> Reply:
    return Reply({"response": "success", "uid": "1"})


def kept(world: World, call: Call) -> Reply:
    return syncfy(True)
