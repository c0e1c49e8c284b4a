"""Knows one exchange: as callers see it, and as it is kept in few bytes."""

import sys
from typing import Any

import msgspec
from attrs import field, frozen

from ventanilla.mock.wire import ORDERLY, Conduct, Ending, Headers, Request, Response

# What is longer is cut: one big body must not push a thousand exchanges out.
LONGEST_BODY = 64 * 1024
LONGEST_PROBLEM = 500
# at, provider, operation, method, status, problems, fault, and the rest packed.
Row = tuple[float, str | None, str | None, str, int, tuple[str, ...], str | None, bytes]
_Content = tuple[
    str, str, str, dict[str, str], bytes, int, bool, Headers, bytes, int, tuple[float, Ending, float | None] | None
]
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(_Content).decode


@frozen(repr=False)
class Entry:
    """One exchange: the request, the response as the mock meant it, and what was noticed on the way.

    `id` counts from 1 in each world and is never used twice; `at` is the world's time in unix seconds. `operation` is
    the operationId, None where the path is nobody's. `problems` say field by field which rules of the spec the
    request broke, `fault` is the id of the fault that struck. Bodies are kept up to 64 KiB; `request_size` and
    `response_size` are their whole lengths in bytes (None: larger than any that is taken).

    `request` is what came, secrets and all. Everything that shows an entry, its repr too, hides them.
    """

    id: int
    at: float
    request: Request
    response: Response
    provider: str | None
    operation: str | None
    problems: tuple[str, ...] = ()
    fault: str | None = None
    request_size: int | None = field(default=0, kw_only=True)
    response_size: int = field(default=0, kw_only=True)

    def __repr__(self) -> str:
        # Imported late: what shows entries knows them.
        from ventanilla.mock._views import line

        return f"<Entry {self.id}: {line(self)}>"


def row(
    at: float,
    request: Request,
    response: Response,
    provider: str | None,
    operation: str | None,
    problems: tuple[str, ...],
    fault: str | None,
) -> Row:
    """Return an exchange as it is kept."""
    if problems:
        problems = tuple(problem[:LONGEST_PROBLEM] for problem in problems)
    try:
        content = _packed(request, response)
    except UnicodeEncodeError:
        content = _packed(_writable(request), response)
    # Interned, so that ten thousand entries share one POST.
    return at, provider, operation, sys.intern(str(request.method)), response.status, problems, fault, content


def entry(id: int, row: Row) -> Entry:
    """Return what is kept as callers see it."""
    at, provider, operation, method, status, problems, fault, content = row
    target, prefix, scheme, headers, body, size, is_cut, sent, answer, answer_size, wire = _unpack(content)
    request = Request(method, target, headers, body, scheme, prefix, is_cut=is_cut)
    conduct = ORDERLY if wire is None else Conduct(*wire)
    return Entry(
        id,
        at,
        request,
        Response(status, sent, answer, conduct),
        provider,
        operation,
        problems,
        fault,
        request_size=None if is_cut else size,
        response_size=answer_size,
    )


def path_of(row: Row) -> str:
    """Return the path that was asked for, as it came, without its query and without its namespace."""
    target: str = _unpack(row[-1])[0]
    return target.partition("?")[0].partition("#")[0]


def _packed(request: Request, response: Response) -> bytes:
    body, answer, conduct = request.body, response.body, response.conduct
    content: tuple[Any, ...] = (
        request.target,
        request.prefix,
        request.scheme,
        request.headers,
        body[:LONGEST_BODY],
        len(body),
        request.is_cut,
        response.headers,
        answer[:LONGEST_BODY],
        len(answer),
        None if conduct is ORDERLY else (conduct.delay, conduct.ending, conduct.drip),
    )
    # A copy, because what msgspec returns keeps half as much again in reserve.
    return memoryview(_pack(content)).tobytes()


def _writable(request: Request) -> Request:
    """Return a request without lone surrogates, which only a caller in the same process can send."""
    headers = {_written(name): _written(value) for name, value in request.headers.items()}
    return Request(
        request.method,
        _written(request.target),
        headers,
        request.body,
        _written(request.scheme),
        _written(request.prefix),
    )


def _written(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
