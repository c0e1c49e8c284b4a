"""Knows what a request means: the method that it stands for, and what its body says."""

from collections.abc import Iterable
from typing import Any, cast

from ventanilla.mock import _coerce
from ventanilla.mock._encodings import pairs_of, text_of, whole_pairs
from ventanilla.mock._spec import Operation, Spec
from ventanilla.mock.wire import JSON, Request, decode

FORM = "application/x-www-form-urlencoded"
# Each takes fifty times its bytes. PHP reads 1,000.
MOST_FIELDS = 10_000
# No body that a spec describes has ten.
DEEPEST = 100


class MalformedBody(Exception):
    """The body is not what its content type says; the message words it for the caller."""


def effective_method(request: Request) -> str:
    """Return the method that a request stands for.

    The official Syncfy clients POST everything and name the method in X-Http-Method-Override; the service also
    reads `_method=` from the query (its documentation of 2016).
    """
    if request.method != "POST":
        return request.method
    override = request.headers.get("x-http-method-override") or dict(request.query).get("_method")
    return override.upper() if override else request.method


def read_body(spec: Spec, operation: Operation, request: Request) -> Any:
    """Return the decoded body, forms coerced to the spec's types; None when there is none.

    An operation without a body of its own still gets one read, because an overridden GET has its parameters there.
    """
    if not request.body.strip():
        return None
    expected, given = operation.body[0].media_type if operation.body else "", request.media_type
    if given != JSON and FORM in (given, expected):
        if expected == JSON and request.body.lstrip().startswith((b"{", b"[")):
            # What curl does with -d and nothing else.
            raise MalformedBody("JSON was sent as a form; send it with Content-Type: application/json")
        return _form(spec, operation, text_of(request.body, request.charset))
    try:
        body = _json(request)
    except ValueError:
        raise MalformedBody("the body is not well-formed JSON") from None
    if _is_deep(body, request.body):
        raise MalformedBody(f"the body is nested more than {DEEPEST} levels deep")
    return _coerce.whole(spec, operation.body[0].schema, body) if operation.body else body


def _json(request: Request) -> Any:
    """Decode JSON as it should be, or else in whatever encoding it is."""
    try:
        return decode(request.body)
    except ValueError:
        return decode(whole_pairs(text_of(request.body, request.charset)).encode())


def _is_deep(value: Any, body: bytes) -> bool:
    """Say whether there are too many levels for those that go through them: the validator, for one, ends at 255."""
    if body.count(b"{") + body.count(b"[") <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [below for each in level for below in _inside(each)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    return cast("Iterable[Any]", value) if isinstance(value, list) else ()


def _form(spec: Spec, operation: Operation, text: str) -> dict[str, Any]:
    try:
        pairs = pairs_of(text, MOST_FIELDS)
    except ValueError:
        raise MalformedBody(f"the form has more than {MOST_FIELDS} fields") from None
    fields = _coerce.form(pairs)
    if not operation.body:
        return fields
    return cast("dict[str, Any]", _coerce.coerce(spec, operation.body[0].schema, fields))
