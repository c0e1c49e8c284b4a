"""Knows what secrets are called and where they hide, in URLs, in headers and in bodies, and keeps them out of logs."""

from __future__ import annotations

import functools
import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

import msgspec

if TYPE_CHECKING:
    import httpx

HIDDEN = "***"
_PLACES = re.compile(
    r"(?P<before>[?&](?P<name>[^=&?\s\"']+)=)[^&\s\"']*"
    r"|(?P<path>/sessions/)[0-9A-Za-z]{16,}"
)
# What the specs mark as secret, and what else people call such a field, a parameter or a header.
_NAMES = re.compile(
    r"(x-)?auth(orization)?|proxy-authorization|(set-)?cookie|f-plugin|client.?id|credentials?|input|twofa|headers",
    re.IGNORECASE,
)
_PARTS = re.compile(r"api.?key|secret|token|passw|contrase", re.IGNORECASE)
LONGEST_NAME = 64
# Secrets of this length are looked for inside of words too.
LONG, SHORTEST = 8, 4
_SESSION = re.compile(r"/sessions/(?P<token>[^/?#]+)")
_PLAIN = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "date", "server", "vary"}
)
_URL_SAFE = str.maketrans("+/", "-_")
# A pair of bytes as httpcore prints it; httpcore prints the head of an answer as a list of them.
_HEADER = re.compile(r"""\((?P<name>b'[^']*'), (?P<value>b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*")\)""")


def is_secret(name: str) -> bool:
    """Return whether a field, parameter or header of this name carries what nobody else should read."""
    return _is_secret(name) if len(name) <= LONGEST_NAME else _PARTS.search(name) is not None


@functools.lru_cache(1024)
def _is_secret(name: str) -> bool:
    return _NAMES.fullmatch(name) is not None or _PARTS.search(name) is not None


def redact(text: str) -> str:
    """Return `text` with the credentials in its URLs hidden.

    Facti's reads carry the key in the query; Syncfy's session operations carry the token in the path.
    """
    return _PLACES.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    if found["path"] is not None:
        return found["path"] + HIDDEN
    return found["before"] + HIDDEN if is_secret(unquote(found["name"])) else found[0]


def carried(request: httpx.Request) -> Iterator[str]:
    """Yield the secrets that a request carries: in its headers, its path, its query, its JSON or its form."""
    for name, value in request.headers.items():
        if is_secret(name):
            yield value
            yield from (part for part in re.split(r"[ =,;]", value) if len(part) >= LONG)
    yield from (found["token"] for found in _SESSION.finditer(request.url.path))
    yield from (value for name, value in request.url.params.multi_items() if is_secret(name))
    from httpx import RequestNotRead  # whoever only receives webhooks goes without it

    try:
        content = request.content
    except RequestNotRead:
        return
    try:
        yield from _inside(msgspec.json.decode(content), is_known=False)
    except (msgspec.DecodeError, RecursionError):
        fields = parse_qsl(content.decode("latin-1"))
        yield from (value for name, value in fields if is_secret(name))


def _inside(value: Any, *, is_known: bool) -> Iterator[str]:
    """Yield the texts under secret names, and what of an address may be a token."""
    if isinstance(value, dict):
        for name, each in cast("dict[str, Any]", value).items():
            yield from _inside(each, is_known=is_known or is_secret(name))
            if name == "url" and isinstance(each, str):
                parts = urlsplit(each)
                yield from (part for part in re.split(r"[/&=]", f"{parts.path}/{parts.query}") if len(part) >= LONG)
    elif isinstance(value, list):
        for each in cast("Any", value):
            yield from _inside(each, is_known=is_known)
    elif is_known and value is not None:
        yield str(value)


def forms(secret: str) -> set[str]:
    """Return a secret as it is, and as URLs, forms, JSON, XML and, if it is long enough, base64 write it."""
    quoted = {quote(secret, errors="replace"), quote(secret, safe="", errors="replace")}
    quoted.add(quote_plus(secret, errors="replace"))
    quoted |= {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), each) for each in quoted}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    escaped.add(secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))
    # In bytes that are no text, UTF-8 reads like this.
    escaped.add(secret.encode("utf-8", "replace").decode("latin-1"))
    return {secret} | quoted | escaped | (set(_in_base64(secret)) if len(secret) >= LONG else set())


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what base64 makes of a secret wherever in a text it begins, without the ends that depend on the text."""
    for before in range(3):
        plain = b"\0" * before + secret.encode("utf-8", "replace")
        text = b64encode(plain).decode()[(0, 2, 3)[before] : len(plain) * 8 // 6]
        yield text
        yield text.translate(_URL_SAFE)


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without the secrets, as they are or as URLs and JSON write them.

    Short ones are hidden where they are whole words, and those of less than four characters not at all: hiding every
    "1" would leave nothing to read.
    """
    for secret in sorted({*secrets}, key=len, reverse=True):
        for form in forms(secret):
            if len(form) >= LONG:
                text = text.replace(form, HIDDEN)
            elif len(form) >= SHORTEST:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", HIDDEN, text)
    return text


class _UrlFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(redact(str(a)) if type(a).__name__ == "URL" else a for a in record.args)
        return True


class _HeadFilter(logging.Filter):
    """Hides the headers of an answer in httpcore's account of it, but for those that say nothing of anybody."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str) and "return_value=(" in record.msg:
            record.msg = _HEADER.sub(_hidden_header, record.msg)
        return True


def _hidden_header(found: re.Match[str]) -> str:
    return found[0] if found["name"][2:-1].lower() in _PLAIN else f"({found['name']}, b'{HIDDEN}')"


def protect_logs() -> None:
    """Make httpx, which logs each URL whole at INFO, and httpcore, which logs heads at DEBUG, log no credentials.

    Safe to call again.
    """
    for name, kind in _FILTERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, kind) for each in logger.filters):
            logger.addFilter(kind())


_FILTERS: tuple[tuple[str, type[logging.Filter]], ...] = (
    ("httpx", _UrlFilter),
    ("httpcore.http11", _HeadFilter),
    ("httpcore.http2", _HeadFilter),
    ("httpcore.proxy", _HeadFilter),
)
