"""Knows how to write exchanges as an HTTP Archive, HAR 1.2 (w3c.github.io/web-performance/specs/HAR)."""

import re
from base64 import b64encode
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from ventanilla._version import VERSION
from ventanilla.mock._entry import Entry
from ventanilla.mock._views import moment, text_of

# What a path and a query may have in them as it is (RFC 3986).
_plain = "%/:?@!$&'()*+,;=-._~"
_stray = re.compile("%(?![0-9A-Fa-f]{2})")


def archive(entries: Iterable[Entry], base_url: str) -> dict[str, Any]:
    """Return masked exchanges as the object that a .har file holds.

    Durations are 0: the mock takes none. What was noticed stands under names with an underscore, as HAR allows.
    """
    creator = {"name": "ventanilla", "version": VERSION}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(each, base_url) for each in entries]}}


def _entry(entry: Entry, base_url: str) -> dict[str, Any]:
    return {
        "startedDateTime": moment(entry.at),
        "time": 0,
        "request": _request(entry, base_url),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_id": entry.id,
        "_operation": entry.operation,
        "_problems": list(entry.problems),
        "_fault": entry.fault,
    }


def _request(entry: Entry, base_url: str) -> dict[str, Any]:
    request = entry.request
    found: dict[str, Any] = {
        "method": request.method,
        "url": base_url.rstrip("/") + _written(request.prefix + request.target),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request.headers.items()),
        "queryString": _pairs(request.query),
        "headersSize": -1,
        "bodySize": -1 if entry.request_size is None else entry.request_size,
    }
    if request.body:
        kind = request.headers.get("content-type", "")
        # HAR has no word for the encoding of what was posted.
        content = {"_encoding" if name == "encoding" else name: text for name, text in _text(request.body).items()}
        found["postData"] = {"mimeType": kind, **content}
    return found


def _response(entry: Entry) -> dict[str, Any]:
    response = entry.response
    kind = next((value for name, value in response.headers if name.lower() == "content-type"), "")
    return {
        "status": response.status,
        "statusText": _phrase(response.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(response.headers),
        "content": {"size": entry.response_size, "mimeType": kind, **_text(response.body)},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": entry.response_size,
    }


def _written(target: str) -> str:
    """Return a request target as a URL writes it; what came encoded stays so."""
    return quote(_stray.sub("%25", target), safe=_plain)


def _text(body: bytes) -> dict[str, str]:
    text = text_of(body)
    return {"text": b64encode(body).decode(), "encoding": "base64"} if text is None else {"text": text}


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
