"""Knows the requests that reach the mock and the responses that leave it, free of any framework."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec
from attrs import field, frozen

Headers = tuple[tuple[str, str], ...]
JSON = "application/json"
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


def _lower(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    pairs = dict[str, str](headers)
    return {name.lower(): value for name, value in pairs.items()}


@frozen
class Request:
    """One request as it came off the line.

    `target` is the raw request target (path and query, still percent-encoded), so that an encoded slash stays
    inside its segment. Header names are kept in lower case; of a repeated header the last one counts.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(factory=dict[str, str], converter=_lower)
    body: bytes = b""
    scheme: str = "http"

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The decoded path segments: `/users/ab` → ("users", "ab")."""
        path = self.target.split("?", 1)[0].split("#", 1)[0]
        return tuple(unquote(part) for part in path.removeprefix("/").split("/"))

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The decoded query pairs, in order."""
        _, _, query = self.target.partition("?")
        return tuple(parse_qsl(query, keep_blank_values=True))

    @property
    def origin(self) -> str:
        """Scheme and host that the caller used, for absolute links in answers."""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}"

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@frozen
class Response:
    """One response: status, headers in order, body bytes."""

    status: int
    headers: Headers
    body: bytes

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
