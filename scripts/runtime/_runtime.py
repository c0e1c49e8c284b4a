"""Runs the generated clients: the client view, the codec, and the guard for path segments."""

import functools
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar, cast
from urllib.parse import quote, urlencode

import httpx
import msgspec
from attrs import evolve, field, frozen
from msgspec import UNSET
from msgspec import UnsetType as Unset

from . import _drift

T = TypeVar("T")
# Longer numbers are no ids, and Python refuses to write them.
LARGEST = 10**64
_EMPTY = httpx.ByteStream(b"")

__all__ = [
    "UNSET",
    "Client",
    "FixedPath",
    "Model",
    "Operation",
    "Response",
    "UnexpectedBody",
    "UnexpectedStatus",
    "UnsafeSegment",
    "Unset",
    "decode",
    "decoder",
    "encode_form",
    "encode_json",
    "from_dict",
    "mend",
    "mended",
    "segment",
    "to_dict",
    "utc",
]


class _Unexpected(Exception):
    # A slot, so that what prints or pickles an error's attributes does not find the body: it may echo secrets.
    __slots__ = ("content",)

    def __init__(self, message: str, status_code: int, content: bytes) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.content = content

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (type(self), str(self), self.status_code)


def _revived(kind: type[_Unexpected], message: str, status_code: int) -> _Unexpected:
    error = kind.__new__(kind)
    _Unexpected.__init__(error, message, status_code, b"")
    return error


class UnexpectedStatus(_Unexpected):
    """The answer has another status than 200 to 203, the successes that have a body."""

    __slots__ = ()

    def __init__(self, status_code: int, content: bytes) -> None:
        message = f"HTTP {status_code} is no success with a body ({len(content)} bytes of body)"
        super().__init__(message, status_code, content)


class UnexpectedBody(_Unexpected):
    """The body does not have the documented shape; the message says where, never the value."""

    __slots__ = ()

    def __init__(self, problem: str, status_code: int, content: bytes) -> None:
        super().__init__(f"the body is not as documented: {problem}", status_code, content)


class UnsafeSegment(ValueError):
    """A value cannot be a segment of a path; nothing was sent.

    Attributes:
        name: the parameter.
    """

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class Operation(msgspec.Struct, frozen=True):
    """What each request of an operation carries in its `extensions`, for the client that sends it.

    Attributes:
        name: the spec's operationId.
        effect: `read`, which may be sent again, or `write`, which may not.
        is_file: whether the answer is a file and no JSON.
    """

    name: str
    effect: Literal["read", "write"]
    is_file: bool = False


class FixedPath(str):
    """A path without parameters."""

    __slots__ = ()


@frozen
class Response(Generic[T]):
    """An answer: HTTP status (a plain integer, since 520-527 exist), raw body, headers, decoded body."""

    status_code: int
    content: bytes = field(repr=False)
    headers: httpx.Headers = field(repr=False)
    parsed: T


@frozen
class Client:
    """A view of a long-lived httpx client that sends with one authentication.

    Views share the connection pool and change nothing in it, so that two users' tokens never meet.
    """

    http: httpx.Client | None = field(default=None, repr=False)
    async_http: httpx.AsyncClient | None = field(default=None, repr=False)
    auth: httpx.Auth | None = field(default=None, repr=False)
    _urls: dict[str, httpx.URL] = field(factory=dict[str, httpx.URL], repr=False, eq=False, alias="urls")

    def with_auth(self, auth: httpx.Auth) -> "Client":
        """Return another view of the same pool that authenticates with `auth`."""
        return evolve(self, auth=auth)

    def request(self, **kwargs: Any) -> httpx.Response:
        """Send one request on the synchronous client."""
        http = self.http
        if http is None:
            raise RuntimeError("this client is asynchronous: call the asyncio functions of the endpoint")
        try:
            return _released(http.send(http.build_request(**self._own(kwargs, http.base_url)), auth=self._auth()))
        finally:
            kwargs.clear()  # an error's traceback shows what its frames hold

    async def arequest(self, **kwargs: Any) -> httpx.Response:
        """Send one request on the asynchronous client."""
        http = self.async_http
        if http is None:
            raise RuntimeError("this client is synchronous: call the sync functions of the endpoint")
        try:
            return _released(await http.send(http.build_request(**self._own(kwargs, http.base_url)), auth=self._auth()))
        finally:
            kwargs.clear()

    def _auth(self) -> Any:
        return httpx.USE_CLIENT_DEFAULT if self.auth is None else self.auth

    def _own(self, kwargs: dict[str, Any], base: httpx.URL) -> dict[str, Any]:
        path = kwargs["url"]
        if isinstance(path, FixedPath):
            # Parsing and merging URLs is a quarter of a small call; paths with ids in them are not kept.
            url = self._urls.get(path)
            if url is None:
                url = self._urls[path] = base.copy_with(raw_path=base.raw_path.rstrip(b"/") + path.encode())
            kwargs["url"] = url
        return kwargs


def _released(response: httpx.Response) -> httpx.Response:
    """Return a response that has been read without the stream that holds it in a cycle.

    Else its body would live until the garbage collector comes by: megabytes for each page of a list.
    """
    response.stream = _EMPTY
    return response


def segment(name: str, value: str | int, pattern: str) -> str:
    """Return `value` as one safe path segment, or raise UnsafeSegment before anything is sent.

    The server would resolve `..` to another operation, so a value outside the id's documented pattern never
    reaches the path. The error names the parameter and the value's length, not the value: ids may be tokens.
    """
    if isinstance(value, bool) or not isinstance(cast(Any, value), str | int):
        raise UnsafeSegment(f"{name} must match {pattern}; got no text but {type(value).__name__}", name)
    text = str(value) if isinstance(value, str) or abs(value) < LARGEST else ""
    if text in ("", ".", "..") or not re.fullmatch(pattern, text):
        raise UnsafeSegment(f"{name} must match {pattern}; got {len(text)} characters that do not", name)
    return quote(text, safe="")


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_making = threading.RLock()


def decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    """Return the decoder of a type, made once.

    msgspec (0.22) keeps what it has learned of a class while it is still learning, and a second thread that meets the
    class then crashes the process. So classes are met one at a time, here; decoding needs no lock.
    """
    found = _decoders.get(type_)
    if found is None:
        with _making:
            found = _decoders.setdefault(type_, msgspec.json.Decoder(cast(Any, type_)))
    return found


@functools.cache
def _encoder(decimals: Literal["number", "string"]) -> msgspec.json.Encoder:
    return msgspec.json.Encoder(decimal_format=decimals)


def decode(response: httpx.Response, type_: type[T]) -> T:
    """Decode a JSON body, once, straight into `type_`; numbers become exact Decimals where declared.

    A body that differs from the spec is decoded again, leniently: see _drift. One that is not clean UTF-8 is mended
    first: see _encodings.
    """
    try:
        return _decoded(response.content, type_)
    except (ValueError, RecursionError) as problem:  # msgspec.DecodeError and UnicodeDecodeError among them
        said = _problem(problem)
    content = mended(response)
    if content is not None:
        try:
            return _decoded(content, type_)
        except (ValueError, RecursionError) as problem:
            said = _problem(problem)
    del content  # the frames of an error hold no body; nor does what led to it, which is why it is raised here
    raise UnexpectedBody(said, response.status_code, response.content)


def _decoded(content: bytes, type_: type[T]) -> T:
    try:
        decoded = decoder(type_).decode(content)
    except msgspec.ValidationError:
        return cast(T, _drift.lenient(content, type_))
    return cast(T, _drift.lenient(content, type_)) if _drift.has_unknown(content, type_) else decoded


def _problem(problem: Exception) -> str:
    return str(problem) if isinstance(problem, ValueError) else "it is nested too deeply"


def mended(response: httpx.Response) -> bytes | None:
    """Return the JSON of an answer as clean UTF-8; None if it is that already, or is no JSON in any encoding."""
    found = mend(response.content, response.headers.get("content-type", ""))
    return None if found == response.content else found


def mend(content: bytes, content_type: str = "") -> bytes | None:
    """Return the JSON that a body stands for as clean UTF-8; None if it is no JSON in any encoding."""
    from . import _encodings  # hardly any answer needs it

    return _encodings.mend(content, content_type)


class Model:
    """What all models share.

    Attributes:
        unknown_fields: what came beside the fields that the spec declares, by wire name.
    """

    __slots__ = ("_unknown",)

    _unknown: dict[str, Any]

    @property
    def unknown_fields(self) -> dict[str, Any]:
        """Return what came beside the declared fields; empty as long as the service keeps to the spec."""
        return getattr(self, "_unknown", {})

    @unknown_fields.setter
    def unknown_fields(self, fields: dict[str, Any]) -> None:
        self._unknown = fields


def encode_json(value: Any, *, decimals: Literal["number", "string"]) -> bytes:
    """Encode a JSON body; unset fields are left out, Decimals are written exactly."""
    return _encoder(decimals).encode(value)


def encode_form(value: Any) -> bytes:
    """Encode a form body in the way of PHP: `conceptos[0][quantity]=2`."""
    return urlencode([pair for key, item in to_dict(value).items() for pair in _pairs(key, item)]).encode()


def _pairs(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in cast("Mapping[str, Any]", value).items():
            yield from _pairs(f"{key}[{name}]", item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _pairs(f"{key}[{index}]", item)
    elif isinstance(value, Decimal):
        yield key, format(value, "f")
    elif isinstance(value, bool):
        yield key, str(int(value))
    elif value is not None:
        yield key, str(value)


def to_dict(value: Any) -> dict[str, Any]:
    """Return a model as plain dicts and lists, Decimals kept, unset fields left out."""
    plain: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(Decimal,))
    return plain


def from_dict(type_: type[T], value: Mapping[str, Any]) -> T:
    """Build a model from plain dicts and lists, checking types."""
    decoder(type_)  # meets the class
    return msgspec.convert(value, type_)


def utc(seconds: object) -> datetime | None:
    """Return unix seconds as an aware UTC time; None where they are no whole number, or beyond any calendar."""
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # milliseconds, for one
        return None
