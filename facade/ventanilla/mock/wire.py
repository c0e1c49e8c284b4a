"""Knows the requests that reach the mock and the responses that leave it, free of any framework."""

import re
from collections.abc import Generator, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

import msgspec
from attrs import field, frozen

from ventanilla._redact import HIDDEN, redact
from ventanilla.mock._encodings import charset_of, pairs_of
from ventanilla.mock._light import lightly_frozen

if TYPE_CHECKING:
    from ventanilla.mock.outbox import Delivery

Headers = tuple[tuple[str, str], ...]
Ending = Literal["whole", "reset", "truncated", "broken-chunk"]
JSON = "application/json"
_userinfo = re.compile(r"(?<=://)[^/]*(?=@)")
# Writes Decimals as JSON numbers, digit by digit: 55.20 leaves as 55.20.
_encoder = msgspec.json.Encoder(decimal_format="number")
# Every double fits, also the smallest one (5e-324) with all its digits written out.
LARGEST_EXPONENT = 400


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > LARGEST_EXPONENT:
        # Few bytes that would become millions of digits as an int.
        raise ValueError(f"a number may have {LARGEST_EXPONENT} digits at most")
    return number


_decoder = msgspec.json.Decoder(float_hook=_exact)


class Lowered(dict[str, str]):
    """Headers whose names are in lower case already, from whoever reads them off a line anyway."""


def _lower(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    if isinstance(headers, Lowered):
        return headers
    pairs: dict[str, str] = dict(headers)
    return {name.lower(): value for name, value in pairs.items()}


def _printable(target: str) -> str:
    """Return a target without its query: what fails in a test is printed, and credentials come in by mistake."""
    path, mark, _ = target.partition("?")
    return repr(_userinfo.sub(HIDDEN, redact(path)) + ("?…" if mark else ""))


@lightly_frozen
class Request:
    """One request as it came off the line.

    `target` is the raw request target (path and query, still percent-encoded), so that an encoded slash stays
    inside its segment. Header names are kept in lower case; of a repeated header the last one counts. `prefix` is
    what stood before the target and chose the world: `/_ns/<name>`, or nothing. `held_by` is the id of the fault that
    made it wait already (Response.again). `is_cut` says that the body is larger than any that is taken, and not here.
    `root` is where the caller finds the mock on its host, percent-encoded: nothing, or ASGI's root_path.
    """

    method: str
    target: str = field(repr=_printable)
    headers: Mapping[str, str] = field(factory=dict[str, str], converter=_lower, repr=False)
    body: bytes = field(default=b"", repr=False)
    scheme: str = "http"
    prefix: str = ""
    held_by: str = ""
    is_cut: bool = False
    root: str = ""

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded path segments: `/users/ab` → ("users", "ab"), and `/users/ab/` as well."""
        path = self.target.split("?", 1)[0].split("#", 1)[0]
        parts = path.removeprefix("/").split("/")
        if not parts[-1] and len(parts) > 1:
            del parts[-1]
        return tuple(map(unquote, parts) if "%" in path else parts)

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The decoded query pairs, in order."""
        # Most requests have none, and then asking what is kept costs more than the answer.
        return self._pairs if "?" in self.target else ()

    @cached_property
    def _pairs(self) -> tuple[tuple[str, str], ...]:
        _, _, query = self.target.partition("?")
        return pairs_of(query)

    @property
    def base(self) -> str:
        """Where the caller finds the mock: scheme, host and root."""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}{self.root}"

    @property
    def origin(self) -> str:
        """Where the caller finds the world that was asked, for absolute links in answers."""
        return self.base + self.prefix

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset that the content type declares, in lower case; empty when it declares none."""
        return charset_of(self.headers.get("content-type", ""))


@frozen
class Conduct:
    """How a response leaves beyond its bytes; what a socket can do, an adapter without one acts out.

    - `delay`: real seconds before the first byte, whatever the world's clock says: it is the wire that is slow.
    - `ending`: whole; reset (the connection breaks before a byte is sent); truncated (the length is announced, half of
      the body comes, then the end); broken-chunk (the body comes in chunks, the second one is no chunk).
    - `drip`: bytes a second; None sends as fast as it goes.
    """

    delay: float = 0.0
    ending: Ending = "whole"
    drip: float | None = None


ORDERLY = Conduct()


@lightly_frozen
class Response:
    """One response: status, headers in order, body bytes.

    `conduct` is how it misbehaves on the wire. `errands`, when given, are webhook calls that have to be made, one by
    one, before the response leaves: each is reported to Mock.delivered() before the next one is asked for. `patience`
    is for how many real seconds the caller is ready to wait for a better answer: the same request may be handled again
    whenever something has happened meanwhile. `again`, when given, is the request to handle in place of this response
    once `conduct.delay` is over, and not at all when the caller has gone by then: nothing has been done so far.
    """

    status: int
    headers: Headers
    body: bytes
    conduct: Conduct = ORDERLY
    errands: "Generator[Delivery] | None" = field(default=None, repr=False, eq=False)
    patience: float = 0.0
    again: Request | None = field(default=None, repr=False, eq=False)

    def json(self) -> Any:
        """Decode the body; numbers with a fraction come back as Decimal."""
        return decode(self.body)


def encode(value: Any) -> bytes:
    """Encode plain values as compact JSON; Decimals become numbers, exactly."""
    return _encoder.encode(value)


def decode(body: bytes) -> Any:
    """Decode JSON; numbers with a fraction become Decimal. Raises ValueError on anything that is not JSON."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as problem:
        raise ValueError(str(problem)) from None
