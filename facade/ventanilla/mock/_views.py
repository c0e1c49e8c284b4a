"""Knows how an exchange reads: as plain values for JSON, and in one line of text."""

from base64 import b64encode
from collections.abc import Container
from datetime import UTC, datetime
from typing import Any

from ventanilla.mock._entry import Entry
from ventanilla.mock._masks import masked

LONGEST_PATH = 100


def shown(entry: Entry) -> dict[str, Any]:
    """Return a masked exchange as plain values."""
    request, response = entry.request, entry.response
    conduct = response.conduct
    return {
        "id": entry.id,
        "at": entry.at,
        "provider": entry.provider,
        "operation": entry.operation,
        "request": {
            "method": request.method,
            "path": request.prefix + request.target,
            "headers": dict(sorted(request.headers.items())),
            **_content(request.body, entry.request_size),
        },
        "response": {
            "status": response.status,
            "headers": dict(response.headers),
            **_content(response.body, entry.response_size),
            "delay": conduct.delay,
            "ending": conduct.ending,
            "drip": conduct.drip,
        },
        "problems": list(entry.problems),
        "fault": entry.fault,
    }


def line(entry: Entry, issued: Container[str] = ()) -> str:
    """Return an exchange in one line, masked: when, what, its status, what was noticed."""
    entry = masked(entry, issued)
    path = entry.request.prefix + entry.request.target
    path = path if len(path) <= LONGEST_PATH else path[: LONGEST_PATH - 1] + "…"
    parts = [moment(entry.at), entry.request.method, path, str(entry.response.status)]
    parts += [] if entry.operation is None else [entry.operation]
    parts += [f"broken: {'; '.join(entry.problems)}"] if entry.problems else []
    parts += [] if entry.fault is None else [f"fault: {entry.fault}"]
    # Whoever asks for something with a line break in it gets no line of their own here.
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in " ".join(parts))


def moment(at: float) -> str:
    """Return unix seconds as UTC, to the millisecond; after the year 9999 they stay what they are."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return f"{at:.3f}"


def text_of(body: bytes) -> str | None:
    """Return a body that is text, None when it is anything else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _content(body: bytes, size: int | None) -> dict[str, Any]:
    text = text_of(body)
    return {
        "body": b64encode(body).decode() if text is None else text,
        "encoding": "base64" if text is None else "utf-8",
        "size": size,
    }
