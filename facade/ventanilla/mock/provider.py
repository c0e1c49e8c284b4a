"""Knows what a provider brings to the mock: its spec, its way to authenticate and refuse, and its handlers."""

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from ventanilla.mock._light import lightly_frozen
from ventanilla.mock._spec import Operation, Spec
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Headers, Request

if TYPE_CHECKING:
    from ventanilla.mock._replay import Reel

    # The world knows the faults, and these how a provider refuses.
    from ventanilla.mock.world import World


@lightly_frozen
class Reply:
    """A handler's answer: JSON (plain dicts, lists, str, int, bool, None, Decimal) or, with `content`, a file.

    `failed` marks a failure that the spec describes as the last alternative (`Failure`) of a 200 answer; the mock
    checks successes and failures against their own schemas. `sent` goes out in place of `body`, which alone is
    checked: a list narrowed to some `fields` cannot have what its schema requires. `errands` and `patience` as in
    Response.
    """

    body: Any = None
    status: int = 200
    failed: bool = False
    sent: Any = None
    content: bytes | None = field(default=None, repr=False)
    media_type: str = "application/json"
    headers: Headers = ()
    errands: Generator[Delivery] | None = field(default=None, repr=False, eq=False)
    patience: float = 0.0

    @classmethod
    def file(cls, content: bytes, media_type: str, headers: Headers = ()) -> "Reply":
        """Answer with raw bytes; `media_type` goes out as the Content-Type, parameters included."""
        return cls(content=content, media_type=media_type, headers=headers)


class Refused(Exception):
    """A handler or the authentication says no; the provider's refuse() words it, unless `reply` already does."""

    def __init__(self, status: int, message: str, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reply = reply


@define
class Call:
    """One request after routing, decoded and coerced to the spec's types.

    `body` is the decoded JSON or form, None when there is none. `principal` is whatever authenticate() returned, which
    is why this is not frozen: it is asked about a call that is whole but for that.
    `mount` is where the provider's paths hang in its world.
    """

    operation: Operation
    request: Request
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    mount: str
    now: float
    principal: Any = None

    @property
    def base_url(self) -> str:
        """Where the provider's paths hang for the caller, e.g. http://127.0.0.1:8765/syncfy/v1."""
        return self.request.origin + self.mount


Handler = Callable[["World", Call], Reply]


@frozen
class Look:
    """What whoever listens to a process by WebSocket finds by now.

    `rows` are all that it has reached, in order: one frame of JSON each. `is_over` says that there will be no more,
    `again` that looking again at once may well find more: each look counts as a poll, and polls drive it.
    """

    rows: Sequence[Mapping[str, Any]]
    is_over: bool
    again: bool = False


@frozen
class Provider:
    """One provider of the mock, served below /<name> plus the path of its spec's first server.

    - `authenticate(world, call)` returns the principal or raises Refused; it is asked before anything is validated,
      for every operation, also those whose `call.operation.security` is empty.
    - `refuse(world, status, message)` words a refusal: 400 invalid request (the message names the field), 401, 404
      unknown path or id, 405, 413, 500 (a defect of the mock). It may answer with another HTTP status.
    - `handlers` has one function per operationId.
    - `override` says that POST with X-Http-Method-Override (or `_method=` in the query) stands for another method.
    - `reel`, when given, has all that it answers: what a service once did, in the handlers' place.
    - `listen(world, segments)` looks at the process whose WebSocket has this path, decoded and without the mount; it
      returns None where no WebSocket has such a path, and raises Refused for an unknown id.
    - `is_recorded` says that its exchanges are counted, written into the journal and struck by faults.
    """

    name: str
    spec: Spec
    authenticate: Callable[["World", Call], Any]
    refuse: Callable[["World", int, str], Reply]
    handlers: Mapping[str, Handler]
    override: bool = False
    is_recorded: bool = True
    listen: Callable[["World", tuple[str, ...]], Look | None] | None = None
    reel: "Reel | None" = None

    def check(self) -> None:
        """Raise ValueError when an operation of the spec has no handler."""
        if missing := [] if self.reel is not None else sorted(self.spec.operations.keys() - self.handlers.keys()):
            raise ValueError(f"the mock of {self.name} has no handler for {', '.join(missing)}")

    @cached_property
    def mount(self) -> tuple[str, ...]:
        """The path segments below which the provider lives."""
        return tuple(self.spec.mount.removeprefix("/").split("/"))
