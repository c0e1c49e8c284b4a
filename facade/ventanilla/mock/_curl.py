"""Knows how to write a request as a command line for curl."""

import shlex
from base64 import b64encode

from ventanilla.mock._entry import Entry
from ventanilla.mock._views import text_of
from ventanilla.mock.wire import Request

# What curl says of its own accord, for this address and this body.
_own = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect", "te", "keep-alive"}
)


def command(entry: Entry, base_url: str) -> str:
    """Return a command line for a POSIX shell that makes a masked request again."""
    return _remark(entry) + command_line(entry.request, base_url)


def command_line(request: Request, base_url: str) -> str:
    """Return a command line for a POSIX shell that makes a request again, as it stands."""
    parts = ["curl", *_options(request), base_url.rstrip("/") + request.prefix + request.target, *_headers(request)]
    body, before = text_of(request.body), ""
    if body is None:
        before = f"printf %s {b64encode(request.body).decode()} | base64 -d | "
        parts += ["--data-binary", "@-"]
    elif body:
        # Not --data-binary, which reads a file when the text begins with @.
        parts += ["--data-raw", body]
    return before + shlex.join(parts)


def _options(request: Request) -> list[str]:
    method, target = request.method, request.target
    usual = "POST" if request.body else "GET"
    options = ["--head"] if method == "HEAD" else [] if method == usual else ["-X", method]
    # Brackets and braces are patterns to curl, dots are directories.
    options += ["--globoff"] if any(character in target for character in "[]{}") else []
    return options + (["--path-as-is"] if "/." in target else [])


def _headers(request: Request) -> list[str]:
    headers = {name: value for name, value in request.headers.items() if name not in _own}
    if request.body and "content-type" not in headers:
        # Empty, it keeps curl from calling the body a form.
        return [*_each(headers), "-H", "content-type:"]
    return _each(headers)


def _each(headers: dict[str, str]) -> list[str]:
    return [part for name, value in headers.items() for part in ("-H", f"{name}: {value}" if value else f"{name};")]


def _remark(entry: Entry) -> str:
    """Say, in a way that a shell can run, that the body is not the whole one."""
    size = entry.request_size
    if size is not None and size <= len(entry.request.body):
        return ""
    whole = "too large to be taken" if size is None else f"{size} bytes"
    return f": {shlex.quote(f'the body was {whole}; this is the beginning')}; "
