"""Knows the mock of one provider as a caller does: how to be let in, what to send, and what an answer means.

Facti and Factura Online put most failures inside HTTP 200, so no status tells what happened; understand() does.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeGuard
from urllib.parse import urlencode, urlsplit
from zlib import crc32

import schemathesis
from attrs import frozen

from ventanilla.mock._spec import Spec
from ventanilla.mock.asgi import App, Message, Receive, Send
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, decode, encode

Case = schemathesis.Case[Any]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# Sent among the secrets of every kind, and long enough that no answer has it by chance.
CANARY = "canario-que-nadie-debe-oir"
# Whoever controls a mock that has a token knows this one; others do not look at it.
TOKEN = "el-que-manda-en-la-ventanilla"
# Nobody listens there, and in process nobody needs to.
HOOK = "http://localhost:9/hook"
# Every request moves the clock by one step of a job: the steps in between are seen, and the last ones too.
STEP = 0.2
_id = re.compile(r'"(?:uid|\w+_uid|id_\w+|token)":"([0-9a-f]{13,64})"')


@frozen
class Meaning:
    """What an answer means: the HTTP status that would say so, its message, and the decoded JSON if it has any."""

    status: int
    message: str
    value: Any

    @property
    def is_success(self) -> bool:
        """Whether the caller got what was asked for."""
        return 200 <= self.status < 300


@frozen
class Keys:
    """What lets a call in: headers and query parameters."""

    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}


def is_positive(case: Case) -> bool:
    """Say whether a case was generated to be accepted."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def left_alone(case: Case) -> bool:
    """Pick one case of four, always the same ones: they go out as generated, to things that do not exist."""
    # No body has an object of its own, whose address would be another one in each run.
    told = repr((case.path_parameters, case.query, case.body if is_mapping(case.body) else None))
    return crc32(told.encode("utf-8", "surrogatepass")) % 4 == 0


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Say whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Say whether a value is a JSON array."""
    return isinstance(value, list)


def _secret_names(node: Any) -> Iterator[str]:
    """Return the names of the properties that a spec marks as secret."""
    if is_mapping(node):
        for name, child in node.items():
            if is_mapping(child) and child.get("x-secret"):
                yield name
            yield from _secret_names(child)
    elif is_list(node):
        for child in node:
            yield from _secret_names(child)


class Stage:
    """One mock of one provider, which schemathesis takes for an ASGI application."""

    name: ClassVar[str]

    def __init__(
        self, make: Callable[[Clock], Mock] = lambda clock: Mock(clock=clock, pace=STEP), hook: str = HOOK
    ) -> None:
        self._make, self.hook = make, hook
        self.deliveries: list[Delivery] = []
        self.restart()
        self.secret_names = frozenset(_secret_names(self.spec.document))

    def restart(self) -> None:
        """Begin again with a new mock."""
        self.clock = ManualClock()
        self.mock = self._make(self.clock)
        self.spec = self.served()
        # The ids that answers have shown, so those of things that exist.
        self.seen = set[str]()
        self._app = App(self.mock, sink=self._receive)
        self.prepare()

    def served(self) -> Spec:
        """Return the spec that the requests come from."""
        return self.mock.providers[self.name].spec

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request; lifespan is declined, so that webhooks leave right after the request that caused them."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        status = 0

        async def overheard(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            self.note(status, message.get("body", b""))
            await send(message)

        self.clock.advance(STEP)
        await self._app(scope, receive, overheard)

    def note(self, status: int, content: bytes) -> None:
        """Remember the ids that an answer shows."""
        if status == 200:
            self.seen.update(_id.findall(content.decode("latin-1")))

    def _receive(self, delivery: Delivery) -> int:
        self.deliveries.append(delivery)
        return 200

    def prepare(self) -> None:
        """Do what has to be there before the first request."""

    def keys(self, schemes: frozenset[str]) -> Keys:
        """Return what lets in a call that asks for these security schemes; none for a call that asks for none."""
        raise NotImplementedError

    def secrets(self) -> set[str]:
        """Return what is sent all the time and must never come back."""
        raise NotImplementedError

    def furnish(self, operation: str, case: Case) -> None:
        """Put into a generated case what must be right in it for the call to get anywhere."""

    def meant(self, status: int, value: dict[str, Any]) -> tuple[int, str]:
        """Return the status that a JSON answer stands for, and its message."""
        raise NotImplementedError

    def locked_out(self, request: Request) -> Iterator[Request]:
        """Return a request again and again, with one of its credentials missing or wrong each time."""
        raise NotImplementedError

    def understand(self, status: int, media_type: str, content: bytes) -> Meaning:
        """Say what an answer means."""
        try:
            value = decode(content) if media_type == JSON else None
        except ValueError:
            value = None
        if not is_mapping(value):
            return Meaning(status, "", value)
        meant, message = self.meant(status, value)
        return Meaning(meant, message, value)

    def ask(self, request: Request) -> Meaning:
        """Send a request past schemathesis and say what the answer means."""
        answer = self.mock.handle(request)
        return self.understand(answer.status, dict(answer.headers)["Content-Type"], answer.body)

    def get(self, target: str) -> Meaning:
        """Read something below the provider's paths with the right credentials."""
        path = urlsplit(target).path
        operation = self.spec.route(tuple(path.removeprefix("/").split("/")))["GET"]
        keys = self.keys(operation.security[0] if operation.security else frozenset())
        if keys.query:
            target = f"{target}{'&' if '?' in target else '?'}{urlencode(keys.query)}"
        return self.ask(Request("GET", self.spec.mount + target, keys.headers))

    def control(self, target: str, body: Any) -> None:
        """Use one of the mock's own operations."""
        headers = {"Content-Type": JSON, "Authorization": f"Bearer {TOKEN}"}
        answer = self.mock.handle(Request("POST", f"/_mock{target}", headers, encode(body)))
        assert answer.status == 200, answer.body
