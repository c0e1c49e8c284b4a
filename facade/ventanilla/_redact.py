"""Hide secrets by their names, in URLs, headers, bodies and logs."""

from __future__ import annotations

import functools
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from unicodedata import normalize
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

if TYPE_CHECKING:
    import httpx

HIDDEN = "***"
LONGEST_NAME = 64
# Secrets of LONG are found inside of words too.
LONG, SHORTEST = 8, 4
# Letters of an echo that are read; what is shown of it is shorter by far.
LONGEST_ECHO = 2**14
_PARAMETER = re.compile(r"(?P<before>[?&#;](?P<name>[^=&?#;\s\"']+)=)[^&#;\s\"']*|(?<=://)[^/?#@\s]+(?=@)")
# A parameter in the place of a segment; no name goes over a slash, so that long paths are read once.
IN_PATH = re.compile(r"(?P<before>(?<=/)(?P<name>[\w.%\[\]-]+)=)[^/?&#;\s\"']+")
_SEGMENT = re.compile(r"/(?P<segment>[^/?#\s\"']+)")
# What the specs mark as secret, and what else people call such a field, a parameter, a header or a cookie; in words.
_NAMES = re.compile(
    r"client ?id|credentials?|input|twofa|headers|f plugin"
    r"|x (access|user|vault)|(x )?session|two ?factor|card number|ps?w|psswd|sign|e? ?firma|fiel|llave|frase|hmac|salt"
    r"|sk|d ?po ?p"
    r"|(.* )?(o?auth|keys?|pass|otps?|nips?|pins?|cv[cv]|sig|[cx]srf|sid|mfa|totp|bearer)[ 0-9]*( .*)?"
)
_PARTS = re.compile(
    r"api ?key|secret|token|passw|passphrase|(access|otp|pass|pin|security|sms|verification) ?code|x credential|pwd|jwt"
    r"|ciec|contrase|signature|authorization"
    r"|cookie|sess(ion)? ?id|clave ?(de ?)?(acceso|privada|secreta)"
)
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
# In a path these lead to what is no secret.
_LEADING_ON = re.compile(r"credentials?|input|twofa|headers|o?auth|keys", re.IGNORECASE)
_PLAIN = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "date", "server", "vary"}
)
# A pair of bytes as httpcore prints it; httpcore prints the head of an answer as a list of them, after the status.
_BYTES = r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\""""
_HEADER = re.compile(rf"\((?P<name>b'[^']*'), (?P<value>{_BYTES})\)|(?<=, \d\d\d, )(?P<reason>{_BYTES})(?=, \[)")
_CONFIDED = re.compile(r"(?<=\bauth=)\(.*\)|(?<=ProtocolError\().*(?=\))", re.DOTALL)
_PHRASES = frozenset(each.phrase for each in HTTPStatus)


def is_secret(name: str) -> bool:
    """Return whether a field, parameter or header of this name carries what nobody else should read."""
    return _is_secret(name) if len(name) <= LONGEST_NAME else _is_secret.__wrapped__(name)


@functools.lru_cache(1024)
def _is_secret(name: str) -> bool:
    # credentials[password], and words however they are put together: session_id, sessionId, X-Session-ID.
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    parts = [_WORD_ENDS.sub(" ", part).strip().lower() for part in re.split(r"[][.]+", plain)]
    return any(_NAMES.fullmatch(part) or _PARTS.search(part) for part in parts)


def redact(text: str) -> str:
    """Return `text` with the credentials in its URLs hidden.

    Facti's reads carry the key in the query; Syncfy's session operations carry the token in the path.
    """
    text = IN_PATH.sub(_hidden, in_paths(text, lambda segment: HIDDEN))
    return _PARAMETER.sub(_hidden, text)


def in_paths(text: str, hide: Callable[[str], str]) -> str:
    """Return a URL, or a text with URLs, with each segment of a path changed that stands after the name of a secret."""
    name, last = "", -1

    def segment(found: re.Match[str]) -> str:
        nonlocal name, last
        before, at, name, last = name, last, unquote(found["segment"]), found.end()
        is_hidden = at == found.start() and _leads_to_secret(before) and not _is_only_name(name)
        return f"/{hide(found['segment'])}" if is_hidden else found[0]

    return _SEGMENT.sub(segment, text)


def _leads_to_secret(name: str) -> bool:
    return name == "sessions" or (is_secret(name) and not _LEADING_ON.fullmatch(name))


def _is_only_name(segment: str) -> bool:
    return (_NAMES.fullmatch(segment) or _PARTS.fullmatch(segment)) is not None


def _hidden(found: re.Match[str]) -> str:
    if found["name"] is None:
        return HIDDEN
    return found["before"] + HIDDEN if is_secret(unquote(found["name"])) else found[0]


def carried(request: httpx.Request) -> Iterator[str]:
    """Yield the secrets that a request carries: in its headers, its path, its query, its JSON or its form."""
    for name, value in request.headers.items():
        if is_secret(name):
            yield value
            yield from (part for part in re.split(r"[ =,;]", value) if len(part) >= LONG)
    segments = list[str]()
    in_paths(request.url.path, lambda segment: segments.append(segment) or segment)  # type: ignore[func-returns-value] # append() says None
    yield from segments
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
    elif is_known and value is not None and not isinstance(value, bool):
        yield str(value)


# Factura Online echoes the keys as hashes; the document's own second sample is shorter than a whole one.
_BCRYPT = re.compile(r"\$2[abxy]?\$[0-9]{2}\$[./0-9A-Za-z]*")


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without the secrets, however it writes them; of a long one, its beginning.

    Short ones are hidden where they are whole words, the shortest and those that are words like others only where a
    value stands: hiding every "1" would leave nothing to read. Hashes of keys are hidden whoever sends them.
    """
    from ventanilla._echoes import Echoes  # only errors need it

    return _BCRYPT.sub(HIDDEN, Echoes(dict.fromkeys(secrets, HIDDEN), HIDDEN).hide(text[:LONGEST_ECHO]))


class _Filter(logging.Filter):
    """Hides what httpx logs of URLs, and httpcore of heads, of a proxy's login and of what breaks the protocol."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and record.args:
            record.args = tuple(redact(str(each)) if type(each).__name__ == "URL" else each for each in record.args)
            if len(record.args) == _ANSWERED and record.args[-1] not in _PHRASES:  # the server's own choice
                record.args = (*record.args[:-1], HIDDEN)
        elif isinstance(record.msg, str):
            record.msg = _CONFIDED.sub(HIDDEN, _HEADER.sub(_hidden_header, record.msg))
        return True


def _hidden_header(found: re.Match[str]) -> str:
    if found["name"] is None:
        return found[0] if found["reason"][2:-1] in _PHRASES else f"b'{HIDDEN}'"
    return found[0] if found["name"][2:-1].lower() in _PLAIN else f"({found['name']}, b'{HIDDEN}')"


def protect_logs() -> None:
    """Keep credentials out of what the HTTP library in use logs: URLs at INFO, heads at DEBUG.

    Safe to call again. A filter does not see what the logger's children log, so each logger has its own.
    """
    roots = {*_LIBRARIES, *(sys.modules[name].__name__ for name in _LIBRARIES if name in sys.modules)}
    known = {f"{root}{child}" for root in roots for child in _CHILDREN}
    for name in known | {each for each in [*logging.root.manager.loggerDict] if each.partition(".")[0] in roots}:
        logger = logging.getLogger(name)
        if not any(isinstance(each, _Filter) for each in logger.filters):
            logger.addFilter(_Filter())


# httpx2.alias_httpx() puts its own modules under the names of the others.
_LIBRARIES = ("httpx", "httpcore", "httpx2", "httpcore2")
_CHILDREN = ("", ".connection", ".http11", ".http2", ".proxy", ".socks")
# Method, URL, version, status and reason.
_ANSWERED = 5
