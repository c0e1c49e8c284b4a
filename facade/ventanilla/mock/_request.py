"""Knows what a request means: the method that it stands for, and what its body says."""

from typing import Any, cast
from urllib.parse import parse_qsl

from ventanilla.mock import _coerce
from ventanilla.mock._spec import Operation, Spec
from ventanilla.mock.wire import JSON, Request, decode

FORM = "application/x-www-form-urlencoded"


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
        return _form(spec, operation, request.body)
    try:
        body = decode(request.body)
    except ValueError:
        raise MalformedBody("the body is not well-formed JSON") from None
    return _coerce.whole(spec, operation.body[0].schema, body) if operation.body else body


def _form(spec: Spec, operation: Operation, body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise MalformedBody("the form is not UTF-8") from None
    fields = _coerce.form(pairs)
    if not operation.body:
        return fields
    return cast("dict[str, Any]", _coerce.coerce(spec, operation.body[0].schema, fields))
