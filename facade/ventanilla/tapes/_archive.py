"""Knows how exchanges stand in files: as HTTP Archives (HAR 1.2), which any browser opens, and out of them again.

What HAR has no word for stands under `_tape`: whose spec it is, where its paths hang, which bodies are cut.
"""

import binascii
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from ventanilla.mock import _har
from ventanilla.mock._entry import Entry
from ventanilla.mock.wire import Headers, Lowered, Request, Response
from ventanilla.tapes._exchange import Exchange, TapeError


class _Pair(Struct):
    name: str
    value: str


class _Posted(Struct, rename="camel"):
    mime_type: str = ""
    text: str = ""
    encoding: str | None = field(name="_encoding", default=None)


class _Content(Struct, rename="camel"):
    size: int = 0
    mime_type: str = ""
    text: str = ""
    encoding: str | None = None


class _Request(Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Pair]
    post_data: _Posted | None = None


class _Response(Struct):
    status: int
    headers: list[_Pair]
    content: _Content


class _Note(Struct):
    provider: str | None = None
    base: str = ""
    cut: list[str] = field(default_factory=list[str])
    values: bool = True


class _Entry(Struct, rename="camel"):
    started_date_time: str
    request: _Request
    response: _Response
    note: _Note | None = field(name="_tape", default=None)


class _Log(Struct):
    entries: list[_Entry]


class _Archive(Struct):
    log: _Log


_decoder = msgspec.json.Decoder(_Archive)


def written(exchange: Exchange, operation: str | None) -> bytes:
    """Return the file of one exchange, which has no secrets in it any more."""
    request, response = exchange.request, exchange.response
    entry = Entry(
        exchange.number,
        exchange.at,
        request,
        response,
        exchange.provider,
        operation,
        request_size=len(request.body),
        response_size=len(response.body),
    )
    archive = _har.archive([entry], exchange.origin)
    (found,) = archive["log"]["entries"]
    cut = [name for name, is_cut in _cuts(exchange) if is_cut]
    found["_tape"] = {"provider": exchange.provider, "base": exchange.base, "cut": cut, "values": exchange.has_values}
    return msgspec.json.format(msgspec.json.encode(archive), indent=1) + b"\n"


def _cuts(exchange: Exchange) -> tuple[tuple[str, bool], ...]:
    return ("request", exchange.is_request_cut), ("response", exchange.is_cut)


def read(path: Path, first: int = 1) -> list[Exchange]:
    """Return the exchanges of one file, numbered from `first`.

    Raises TapeError that names the file and the field.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise TapeError(f"{path}: cannot be read ({problem.strerror})") from None
    return exchanges(content, path, first)


def exchanges(content: bytes, path: Path, first: int = 1) -> list[Exchange]:
    """Return the exchanges of an archive. Raises TapeError that names the file and the field."""
    try:
        entries = _decoder.decode(content).log.entries
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise TapeError(f"{path}: {_worded(str(problem))}") from None
    return [
        _exchange(entry, _Where(path, index, len(entries)), first + index)
        for index, entry in enumerate(entries)
        if entry.response.status  # browsers write 0 for what had no answer
    ]


def _worded(problem: str) -> str:
    """Put the field first, as msgspec does not."""
    text, _, place = problem.partition(" - at `$")
    where = place.strip(".`")
    return f"{where or 'the file'}: {text[0].lower()}{text[1:]}"


class _Where(Struct):
    """Where an entry stands, for what is wrong with it."""

    path: Path
    index: int
    count: int

    def error(self, field: str, what: str) -> TapeError:
        return TapeError(f"{self.path}: log.entries[{self.index}].{field}: {what}")

    @property
    def name(self) -> str:
        return self.path.name if self.count == 1 else f"{self.path.name}#{self.index + 1}"


def _exchange(entry: _Entry, where: _Where, number: int) -> Exchange:
    note, content = entry.note or _Note(), entry.response.content
    try:
        url = urlsplit(entry.request.url)
    except ValueError:
        url = urlsplit("")
    if not url.scheme or not url.netloc:
        raise where.error("request.url", "is not the whole address of something")
    answer = _bytes(content.text, content.encoding, where, "response.content")
    posted = entry.request.post_data
    asked = b"" if posted is None else _bytes(posted.text, posted.encoding, where, "request.postData")
    headers = Lowered((pair.name.lower(), pair.value) for pair in entry.request.headers)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    # What others have written says by its length that it has been left out or cut off.
    is_short = entry.note is None and content.size > len(answer)
    return Exchange(
        number,
        where.name,
        _moment(entry.started_date_time, where),
        f"{url.scheme}://{url.netloc}",
        Request(entry.request.method, target, headers, asked, url.scheme),
        Response(entry.response.status, _headers(entry.response), answer),
        provider=_provider(note, where),
        base=note.base,
        is_cut="response" in note.cut or is_short,
        is_request_cut="request" in note.cut,
        has_values=note.values,
    )


def _headers(response: _Response) -> Headers:
    pairs = tuple((pair.name, pair.value) for pair in response.headers)
    if response.content.mime_type and not any(name.lower() == "content-type" for name, _ in pairs):
        return (("Content-Type", response.content.mime_type), *pairs)
    return pairs


def _provider(note: _Note, where: _Where) -> str | None:
    from ventanilla.tapes._places import PROVIDERS

    if note.provider is not None and note.provider not in PROVIDERS:
        raise where.error("_tape.provider", f"must be one of {', '.join(PROVIDERS)}, or null")
    return note.provider


def _bytes(text: str, encoding: str | None, where: _Where, field: str) -> bytes:
    if encoding is None:
        return text.encode("utf-8", "surrogatepass")
    if encoding != "base64":
        raise where.error(field, f"has an encoding that is none of HAR's, {encoding[:20]!r}; there is base64")
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise where.error(f"{field}.text", "is not base64, as it is said to be") from None


def _moment(text: str, where: _Where) -> float:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise where.error("startedDateTime", "is no moment of ISO 8601") from None


def as_plain(content: bytes) -> Any:
    """Return what a file has if it is JSON; None if it is not."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
