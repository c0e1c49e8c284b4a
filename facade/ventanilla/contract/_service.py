"""Knows one provider's API as a caller does: how to be let in, what to send, and what an answer means.

Facti and Factura Online put most failures inside HTTP 200, so no status tells what happened; understand() does.
"""

import copy
import json
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode, urlsplit
from zlib import crc32

import schemathesis
from attrs import frozen

from ventanilla.contract._answers import JSON, Meaning, is_list, is_mapping, media_type
from ventanilla.mock._spec import Spec
from ventanilla.mock.asgi import Message, Receive, Send, body_of, request_of
from ventanilla.mock.wire import Request, Response, decode, encode

Case = schemathesis.Case[Any]
FORM = "application/x-www-form-urlencoded"
SETTINGS = Path(__file__).with_name("schemathesis.toml")
GLANCE_SECONDS = 0.2


@frozen
class Keys:
    """What lets a call in: headers and query parameters."""

    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}


class Line(Protocol):
    """Leads to a server, and knows the time that passes there."""

    def answer(self, request: Request) -> Response:
        """Send a request and return what comes."""
        ...

    def now(self) -> float:
        """Return the seconds of a clock that the server's jobs go by."""
        ...

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        ...


def is_positive(case: Case) -> bool:
    """Say whether a case was generated to be accepted."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def left_alone(case: Case) -> bool:
    """Pick one case of four, always the same ones: they go out as generated, to things that do not exist."""
    # No body has an object of its own, whose address would be another one in each run.
    told = repr((case.path_parameters, case.query, case.body if is_mapping(case.body) else None))
    return crc32(told.encode("utf-8", "surrogatepass")) % 4 == 0


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


class Service(ABC):
    """A server that is to be one provider's API; schemathesis takes it for an ASGI application.

    Args:
        line: leads to the server.
        spec: what it has to keep to; its paths hang where the server has them.
        may_write: whether something may be made, changed and deleted there.
    """

    name: ClassVar[str]
    # Where the server is: scheme, host and port.
    origin: str = "http://localhost"
    # The ids in an answer, so those of things that exist.
    shown: ClassVar[re.Pattern[str]] = re.compile(r'"(?:uid|\w+_uid|id_\w+|token)":"([0-9a-f]{13,64})"')

    # Where to look for what an operation has made: the pointer to its id in the answer, and the target that reads it.
    made: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # The same for what an operation has ended; its id stands in the path or the body of the call.
    ended: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def __init__(self, line: Line, spec: Spec, *, may_write: bool = True) -> None:
        self.line, self.spec, self.may_write = line, spec, may_write
        self.seen = set[str]()
        self.secret_names = frozenset(_secret_names(spec.document))
        self.words = json.dumps(spec.document, ensure_ascii=False)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request: send it on, and give back what comes."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        answer = self.line.answer(request_of(scope, await body_of(receive) or b""))
        self.note(answer.status, answer.body)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def note(self, status: int, content: bytes) -> None:
        """Remember the ids that an answer shows."""
        if status == 200:
            self.seen.update(self.shown.findall(content.decode("latin-1")))

    def settings(self) -> dict[str, Any]:
        """Return how schemathesis is set up, as its configuration files say it."""
        return tomllib.loads(SETTINGS.read_text(encoding="utf-8"))

    def load(self, config: Any) -> Any:
        """Return what schemathesis tests: the spec, and this as its application."""
        # A path without a host: schemathesis sends nothing of its own accord to an application.
        document = {**copy.deepcopy({**self.spec.document}), "servers": [{"url": self.spec.mount or "/"}]}
        schema: Any = schemathesis.openapi.from_dict(document, config=config)
        schema.app = self
        return schema

    @abstractmethod
    def prepare(self) -> None:
        """Do what has to be there before the first request; raises CannotPrepare."""

    def begin(self) -> None:  # noqa: B027 - some have nothing to do
        """Do what a sequence of operations has to begin with."""

    def finish(self) -> None:  # noqa: B027 - some have nothing to do
        """Remove what prepare() and furnish() have made, as far as that can be done."""

    @abstractmethod
    def keys(self, schemes: frozenset[str]) -> Keys:
        """Return what lets in a call that asks for these security schemes; none for a call that asks for none."""

    @abstractmethod
    def variables(self) -> dict[str, str]:
        """Return what no report may show: secrets by the name of the variable that stands for them in a shell."""

    def secrets(self) -> set[str]:
        """Return what is sent all the time and must never come back."""
        return {*self.variables().values()}

    def unspoken(self) -> set[str]:
        """Return all that no report may show."""
        return self.secrets() | {*self.variables().values()}

    @abstractmethod
    def furnish(self, operation: str, case: Case) -> None:
        """Put into a generated case what must be right in it for the call to get anywhere."""

    @abstractmethod
    def meant(self, status: int, value: dict[str, Any], content: bytes) -> tuple[int, str]:
        """Return the status that a JSON answer stands for, and its message."""

    @abstractmethod
    def locked_out(self, request: Request) -> Iterator[tuple[str, Request]]:
        """Return a request again and again, with one of its credentials missing or wrong each time, and say which."""

    def understand(self, status: int, media_type: str, content: bytes) -> Meaning:
        """Say what an answer means."""
        try:
            value = decode(content) if media_type == JSON else None
        except ValueError:
            value = None
        if not is_mapping(value):
            return Meaning(status, "", value)
        meant, message = self.meant(status, value, content)
        return Meaning(meant, message, value)

    def ask(self, request: Request) -> Meaning:
        """Send a request past schemathesis and say what the answer means."""
        answer = self.line.answer(request)
        return self.understand(answer.status, media_type(dict(answer.headers)), answer.body)

    def get(self, target: str) -> Meaning:
        """Read something below the provider's paths with the right credentials."""
        path = urlsplit(target).path
        operation = self.spec.route(tuple(path.removeprefix("/").split("/")))["GET"]
        keys = self.keys(operation.security[0] if operation.security else frozenset())
        if keys.query:
            target = f"{target}{'&' if '?' in target else '?'}{urlencode(keys.query)}"
        return self.ask(Request("GET", self.spec.mount + target, keys.headers))

    def send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Meaning:
        """Send JSON below the provider's paths."""
        content = b"" if body is None else encode(body)
        return self.ask(Request(method, self.spec.mount + path, {**headers, "Content-Type": JSON}, content))

    def until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Wait for something for so many seconds at most, and say whether it has happened."""
        ends_at = self.line.now() + seconds
        while not (has := happened()) and self.line.now() < ends_at:
            self.line.wait(GLANCE_SECONDS)
        return has
