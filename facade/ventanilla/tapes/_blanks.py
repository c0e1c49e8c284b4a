"""Knows how an exchange looks without any value: each is replaced by a placeholder of its type.

Names stay, and so does what tells a success from a failure, true and false, and the media types.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

from attrs import evolve

from ventanilla.mock._request import FORM
from ventanilla.mock.wire import Headers, Request, Response, decode, encode
from ventanilla.tapes._exchange import Exchange
from ventanilla.tapes._places import Place

TEXT = "text"
_number = re.compile(r"-?\d+(\.\d+)?")
_date = re.compile(r"\d{4}-\d\d-\d\d")
_time = re.compile(r"\d\d:\d\d:\d\d")
_digits = re.compile(r"\d")
_hexadecimal = re.compile(r"[0-9a-fA-F]{16,}")
# What decides over success and failure at the top of an answer, and the words that do.
_VERDICTS = frozenset({"status", "result", "code", "response"})
_WORDS = frozenset({"success", "error", "create", "0", "1", ""})
_PLAIN = frozenset({"content-type", "content-encoding", "accept", "accept-encoding", "x-http-method-override"})


def blank(exchange: Exchange, place: Place | None) -> Exchange:
    """Return an exchange without values. Of a body that is neither JSON nor a form nothing is left."""
    request, response = exchange.request, exchange.response
    answer, is_lost = blank_answer(response)
    asked = _asked(request)
    return evolve(
        exchange,
        request=Request(
            request.method,
            blank_target(request.target, place),
            {name: _header(name, value) for name, value in request.headers.items()},
            b"" if asked is None else asked,
            request.scheme,
        ),
        response=answer,
        is_cut=exchange.is_cut or is_lost,
        is_request_cut=exchange.is_request_cut or asked is None,
        has_values=False,
    )


def blank_answer(response: Response) -> tuple[Response, bool]:
    """Return an answer without values, and whether nothing is left of its body."""
    body = _json(response.body, is_answer=True)
    return Response(response.status, _headers(response), body or b""), body is None


def blank_target(target: str, place: Place | None) -> str:
    """Return a path and query whose parameters have no values."""
    path, mark, query = target.partition("?")
    pairs = urlencode([(name, _text(value)) for name, value in parse_qsl(query, keep_blank_values=True)])
    return shape_of(path, place) + (f"?{pairs}" if mark else "")


def shape_of(path: str, place: Place | None) -> str:
    """Return a path with placeholders for its parameters; of one that nobody knows, for what looks like an id."""
    if place is None or place.operation is None:
        return "/".join(part if re.fullmatch(r"[A-Za-z_.-]{0,30}|v\d", part) else "0" for part in path.split("/"))
    segments = [quote(segment, safe="") for segment in place.segments]
    for index, _ in place.operation.places:
        segments[index] = _hidden_id(segments[index])
    return f"{place.base}/{'/'.join(segments)}"


def _hidden_id(text: str) -> str:
    return "0" * len(text) if _hexadecimal.fullmatch(text) else re.sub(r"[A-Za-z]", "x", _digits.sub("0", text))[:40]


def _asked(request: Request) -> bytes | None:
    """Return a body without values; None when nothing is left of it."""
    if not request.body:
        return b""
    if request.media_type != FORM:
        return _json(request.body, is_answer=False)
    pairs = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return urlencode([(name, _text(value)) for name, value in pairs]).encode()


def _json(body: bytes, *, is_answer: bool) -> bytes | None:
    if not body:
        return b""
    try:
        plain = decode(body)
    except ValueError:
        return None
    if is_answer and isinstance(plain, dict):
        fields = cast("Mapping[str, Any]", plain)
        return encode({name: item if _is_verdict(name, item) else _value(item) for name, item in fields.items()})
    return encode(_value(plain))


def _is_verdict(name: str, value: Any) -> bool:
    is_word = isinstance(value, int) or (isinstance(value, str) and value in _WORDS)
    return name in _VERDICTS and is_word


def _value(value: Any) -> Any:
    match value:
        case dict():
            return {name: _value(item) for name, item in cast("dict[str, Any]", value).items()}
        case list():
            return [_value(item) for item in cast("Iterable[Any]", value)]
        case str():
            return _text(value)
        case None | bool():
            return value
        case Decimal():
            return Decimal("0.5")
        case _:
            return 0


def _text(text: str) -> str:
    """Return a text of the same kind: a number, a date, a time, or any."""
    if not text:
        return text
    if _number.fullmatch(text):
        return _digits.sub("0", text)
    if _date.match(text):
        return _time.sub("00:00:00", _date.sub("2000-01-01", text))[:19]
    return TEXT


def _headers(response: Response) -> Headers:
    return tuple((name, _header(name, value)) for name, value in response.headers)


def _header(name: str, value: str) -> str:
    return value if name.lower() in _PLAIN else TEXT
