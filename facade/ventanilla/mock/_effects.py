"""Knows what a fault does to an answer: each effect by its `kind`, with its fields."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from attrs import evolve
from msgspec import Meta, Struct

from ventanilla.mock._webhook_effects import WebhookDuplicate, WebhookLate, WebhookLost, WebhookReorder
from ventanilla.mock.provider import Provider, Reply
from ventanilla.mock.wire import JSON, Ending, Response, encode

if TYPE_CHECKING:
    from ventanilla.mock.world import World

When = Literal["before", "after"]
# The descriptions say what is allowed, in the sentence that refuses anything else.
Seconds = Annotated[float, Meta(ge=0, le=3600, description="seconds, 0 to 3600")]
HeaderText = Annotated[str, Meta(pattern=r"^[ -~]{1,200}\Z", description="1 to 200 characters of printable ASCII")]
# The server's own say how a message is framed, and a fault must not make two of one.
HeaderName = Annotated[
    str,
    Meta(
        pattern=r"^(?!(?i:content-length|transfer-encoding|connection)\Z)[A-Za-z0-9-]{1,100}\Z",
        description="1 to 100 letters, digits or hyphens, and not Content-Length, Transfer-Encoding or Connection",
    ),
]
Pointer = Annotated[
    str, Meta(pattern=r"^(/|\Z)", max_length=500, description="a JSON pointer such as /response/0/amount, or nothing")
]
Member = Annotated[str, Meta(pattern="^/", max_length=500, description="a JSON pointer such as /response/0/amount")]


class AnswerEffect(Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong with an answer. `moments` are the values of `when` that make sense, the usual one first."""

    moments: ClassVar[tuple[When, ...]] = ("after",)

    def instead(self, world: "World", provider: Provider) -> Reply | None:
        """Return what is answered in place of the handler's reply; None leaves that as it is."""
        return None

    def bend(self, response: Response) -> Response:
        """Return the response as it leaves. Raises LookupError when it has nothing that could be bent so."""
        return response


class Latency(AnswerEffect, frozen=True, tag="latency"):
    """The answer comes late. `seconds` of the wall, 0 to 3600, whatever the world's clock does.

    After: what was asked is done at once. Before: it is done only then, and only if the caller is still there.
    """

    moments: ClassVar[tuple[When, ...]] = ("after", "before")
    seconds: Seconds

    def bend(self, response: Response) -> Response:
        """Delay it."""
        return _conducted(response, delay=self.seconds)


class Status(AnswerEffect, frozen=True, tag="status"):
    """A failure with an HTTP status, in the provider's own words.

    `status` is 400 to 599. `retry_after` goes out as Retry-After: seconds, or any text (a date, or what no client
    expects). `message` replaces the usual reason phrase.
    """

    moments: ClassVar[tuple[When, ...]] = ("before", "after")
    status: Annotated[int, Meta(ge=400, le=599, description="a whole number, 400 to 599")]
    retry_after: Annotated[int, Meta(ge=0, le=10**9, description="whole seconds")] | HeaderText | None = None
    message: Annotated[str, Meta(min_length=1, max_length=1000, description="1 to 1000 characters")] | None = None

    def instead(self, world: "World", provider: Provider) -> Reply:
        """Refuse as the provider does; the HTTP status is the fault's, also where the provider's own would be 200."""
        reply = provider.refuse(world, self.status, self.message or _phrase(self.status))
        waiting = () if self.retry_after is None else (("Retry-After", str(self.retry_after)),)
        return evolve(reply, status=self.status, headers=(*reply.headers, *waiting))


class Reset(AnswerEffect, frozen=True, tag="reset"):
    """The connection is reset before a byte of the answer is sent."""

    moments: ClassVar[tuple[When, ...]] = ("before", "after")

    def instead(self, world: "World", provider: Provider) -> Reply:
        """Answer what nobody will see: something has to stand in for the handler's reply."""
        return provider.refuse(world, 503, "the connection is reset")

    def bend(self, response: Response) -> Response:
        """Break the connection."""
        return _conducted(response, ending="reset")


class Truncated(AnswerEffect, frozen=True, tag="truncated"):
    """The length is announced, half of the body comes, then the connection ends."""

    def bend(self, response: Response) -> Response:
        """Cut it off."""
        return _conducted(response, ending="truncated")


class BrokenChunk(AnswerEffect, frozen=True, tag="broken-chunk"):
    """The body comes in chunks, and the second one is no chunk."""

    def bend(self, response: Response) -> Response:
        """Break the framing."""
        return _conducted(response, ending="broken-chunk")


class Drip(AnswerEffect, frozen=True, tag="drip"):
    """The body comes slowly: `bytes_per_second`, more than 0."""

    bytes_per_second: Annotated[float, Meta(gt=0, le=1e9, description="a number above 0")]

    def bend(self, response: Response) -> Response:
        """Slow it down."""
        return _conducted(response, drip=self.bytes_per_second)


class MalformedJson(AnswerEffect, frozen=True, tag="malformed-json"):
    """The last byte of the JSON is another one, so that it is none any more."""

    def bend(self, response: Response) -> Response:
        """Spoil it."""
        if not _is_json(response) or not response.body:
            raise LookupError("the answer is not JSON")
        return evolve(response, body=response.body[:-1] + b"!")


class ContentType(AnswerEffect, frozen=True, tag="content-type"):
    """The answer says that it is something else: `value` is its Content-Type."""

    value: HeaderText

    def bend(self, response: Response) -> Response:
        """Rename it."""
        rest = [(name, value) for name, value in response.headers if name.lower() != "content-type"]
        return evolve(response, headers=(("Content-Type", self.value), *rest))


class Header(AnswerEffect, frozen=True, tag="header"):
    """The answer has a header `name` of this `value`, in the place of any other; without a value it has none."""

    name: HeaderName
    value: HeaderText | None = None

    def bend(self, response: Response) -> Response:
        """Set it, or take it away."""
        rest = tuple((name, value) for name, value in response.headers if name.lower() != self.name.lower())
        if self.value is None and len(rest) == len(response.headers):
            raise LookupError("the answer has no such header")
        return evolve(response, headers=rest if self.value is None else (*rest, (self.name, self.value)))


class Change(AnswerEffect, frozen=True, tag="change"):
    """What stands at `pointer` (RFC 6901) in the JSON of the answer is `value`; a field that is not there is added."""

    pointer: Pointer
    value: Any

    def __post_init__(self) -> None:
        """Refuse what cannot be written as JSON."""
        try:
            encode(self.value)
        except (TypeError, ValueError, RecursionError) as problem:
            raise ValueError(f"effect.value: must be JSON: {problem}") from None

    def bend(self, response: Response) -> Response:
        """Put the value there."""
        document = _document(response)
        if not self.pointer:
            return evolve(response, body=encode(self.value))
        holder, key = _place(document, self.pointer)
        holder[key] = self.value
        return evolve(response, body=encode(document))


class Remove(AnswerEffect, frozen=True, tag="remove"):
    """What stands at `pointer` (RFC 6901) in the JSON of the answer is missing."""

    pointer: Member

    def bend(self, response: Response) -> Response:
        """Take it out."""
        document = _document(response)
        holder, key = _place(document, self.pointer)
        del holder[key]
        return evolve(response, body=encode(document))


Effect = (
    Latency
    | Status
    | Reset
    | Truncated
    | BrokenChunk
    | MalformedJson
    | ContentType
    | Header
    | Drip
    | Change
    | Remove
    | WebhookLost
    | WebhookDuplicate
    | WebhookReorder
    | WebhookLate
)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        # Gateways have statuses of their own, 522 for one.
        return f"Error {status}"


def _conducted(
    response: Response, *, delay: float = 0.0, ending: Ending = "whole", drip: float | None = None
) -> Response:
    return evolve(response, conduct=evolve(response.conduct, delay=delay, ending=ending, drip=drip))


def _is_json(response: Response) -> bool:
    kind = next((value for name, value in response.headers if name.lower() == "content-type"), "")
    return kind.split(";")[0].strip().lower() == JSON


def _document(response: Response) -> Any:
    if not _is_json(response) or not response.body:
        raise LookupError("the answer is not JSON")
    return response.json()


def _place(document: Any, pointer: str) -> tuple[Any, str | int]:
    """Return the object or list that holds what `pointer` names, and its key or index there."""
    *steps, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for step in steps:
        document = document[_key(document, step)]
    return document, _key(document, last)


def _key(holder: Any, step: str) -> str | int:
    if isinstance(holder, dict):
        return step
    length = len(cast("Sequence[Any]", holder)) if isinstance(holder, list) else 0
    if not (step.isascii() and step.isdigit() and int(step) < length):
        raise LookupError("the answer has no such place")
    return int(step)
