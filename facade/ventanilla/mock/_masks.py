"""Knows which parts of an exchange may be somebody's real secret, and returns the exchange without them.

The mock lets in nothing but the credentials that are published with it, so any other that arrives is there by mistake.
"""

import functools
import json
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, cast
from urllib.parse import quote, quote_plus, unquote_plus

from attrs import evolve

from ventanilla._redact import is_secret
from ventanilla.mock._entry import Entry
from ventanilla.mock._request import FORM
from ventanilla.mock.wire import Headers, Request, Response, decode, encode

HIDDEN = "‹hidden›"
UNREADABLE = "‹hidden: it mentions a secret and cannot be read›"
# What is shorter is hidden where it stands, but not looked for elsewhere: hiding every "test" leaves nothing to read.
LONG = 8
LONGEST_SESSION = 1024
DEEPEST = 4
_schemes = frozenset({"api_key", "token", "bearer", "basic", "digest"})
_session = re.compile(r"(?<=/sessions/)[^/?#]+")
_userinfo = re.compile(r"(?<=://)[^/?#@\s]+(?=@)")
_token = re.compile(rb'"token":"([0-9a-f]{32,64})"')
_names = re.compile(r"[\w.-]+")
_name = re.compile(r"[\w.\[\]-]+")
_form = re.compile(r"[^\s=&]+=[^\s&]*(&[^\s=&]+=[^\s&]*)*")
# Hashes of the credentials that came, in a refusal of Factura Online's.
_hashes = re.compile(rb'("(?:Data|Secret)":)"[^"]*"')


@functools.cache
def published() -> frozenset[str]:
    """Return the credentials and the logins that are printed in documents and open nothing but a sandbox."""
    # Imported late: the providers know the core, so the core cannot know them first.
    from ventanilla.mock.facti import access as facti
    from ventanilla.mock.facturaonline import access as facturaonline
    from ventanilla.mock.scenarios import table
    from ventanilla.mock.syncfy._auth import API_KEY

    keys = {API_KEY, facti.CLIENT_ID, facti.API_KEY, facturaonline.PLUGIN}
    keys |= {facturaonline.API_KEY, facturaonline.SECRET_KEY}
    return frozenset(keys | {row.value for row in table()})


def issued(response: Response) -> list[str]:
    """Return the session tokens that an answer gives out."""
    # Looked at for every exchange: the search for a few letters in a short text is what most of them cost.
    if len(response.body) > LONGEST_SESSION or b'"token":"' not in response.body:
        return []
    return [found.decode() for found in _token.findall(response.body)]


def masked(entry: Entry, issued: Container[str] = ()) -> Entry:
    """Return the exchange as it may be shown.

    `issued` are the session tokens that the mock itself gave out: they are shown, whoever repeats a request needs them.
    """
    mask = _Mask(issued)
    request = mask.request(entry.request)
    if mask.look():
        # Once more, now that all are known: what is a secret here may stand there under another name.
        request = mask.request(entry.request)
    response, problems = mask.response(entry.response), tuple(mask.scrub(problem) for problem in entry.problems)
    return evolve(entry, request=request, response=response, problems=problems)


class _Mask:
    """Hides the secrets of one exchange, and remembers them so that they are hidden wherever else they stand."""

    def __init__(self, issued: Container[str]) -> None:
        self._issued = issued
        self._found: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def look(self) -> bool:
        """From now on hide the secrets found so far wherever they stand; return whether there are any."""
        ways = {way for secret in self._found if len(secret) >= LONG for way in _ways(secret)}
        # The longest first: one may begin like another.
        ordered = sorted(ways, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        return self._pattern is not None

    def request(self, request: Request) -> Request:
        """Hide the secrets of a request."""
        headers = {name: self.scrub(value) for name, value in self.headers(request.headers).items()}
        target, body = self.scrub(self.text(request.target)), self.scrub_bytes(self.body(request))
        return evolve(request, target=target, headers=headers, body=body)

    def value(self, text: str) -> str:
        """Hide a value that stands where secrets do, unless it is known to be none."""
        if not text or text in published() or text in self._issued:
            return text
        self._found.add(text)
        return HIDDEN

    def text(self, text: str, depth: int = 0) -> str:
        """Hide the secrets in a URL, or in a text that may be one."""
        text = _session.sub(lambda found: self.value(found[0]), text)
        text = _userinfo.sub(lambda found: self.value(found[0]), text)
        path, mark, query = text.partition("?")
        return f"{path}?{self.pairs(query, depth)}" if mark else text

    def pairs(self, text: str, depth: int = 0) -> str:
        """Hide the secrets in `name=value&…`; what is none stays as it was written."""
        return "&".join(self._pair(part, depth) for part in text.split("&"))

    def _pair(self, part: str, depth: int) -> str:
        name, sign, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        if not _mentions(name):
            shown = self._leaf(value, depth)
            return part if shown == value else f"{quote_plus(name)}={quote_plus(shown)}"
        if not sign or not _name.fullmatch(name):
            return self.value(part)
        return part if self.value(value) == value else f"{part.partition('=')[0]}={HIDDEN}"

    def _leaf(self, text: str, depth: int = 0) -> str:
        """Hide the secrets in a value that may be a URL, which may have a URL in its query, and so on."""
        if depth >= DEEPEST:
            return self.value(text) if _mentions(text) else text
        return self.scrub(self.text(text, depth + 1) if "://" in text else text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Hide the values of the headers that carry credentials."""
        return {
            name: self._credential(value) if is_secret(name) else self.text(value) for name, value in headers.items()
        }

    def _credential(self, value: str) -> str:
        """Hide the values of `scheme name=value, name=value`; of anything else the whole."""
        scheme, space, rest = value.strip().partition(" ")
        if not space or scheme.lower() not in _schemes:
            return self.value(value.strip())
        return f"{scheme} {','.join(self._part(part.strip()) for part in rest.split(','))}"

    def _part(self, part: str) -> str:
        name, sign, value = part.partition("=")
        # In base64 an equals sign is padding.
        if not sign or not value.strip("="):
            return self.value(part)
        return part if name == "id_user" else f"{name}={self.value(value)}"

    def body(self, request: Request) -> bytes:
        """Hide the secrets in a body, as JSON or as a form; one that is neither goes whole if it mentions any."""
        try:
            text = request.body.decode("utf-8")
            if text.lstrip()[:1] in ("{", "["):
                plain = decode(request.body)
                shown = self._json(plain)
                return request.body if shown == plain else encode(shown)
        except (ValueError, RecursionError):
            return self._opaque(request.body)
        if request.media_type == FORM or _form.fullmatch(text):
            return self.pairs(text).encode()
        return self._opaque(request.body)

    def _opaque(self, body: bytes) -> bytes:
        return UNREADABLE.encode() if _mentions(body.decode("latin-1")) else body

    def _json(self, value: Any, is_inside: bool = False) -> Any:
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            return {name: self._json(item, is_inside or is_secret(name)) for name, item in fields.items()}
        if isinstance(value, list):
            return [self._json(item, is_inside) for item in cast("Iterable[Any]", value)]
        if isinstance(value, str):
            return self.value(value) if is_inside else self._leaf(value)
        # Yes, no and nothing are no secrets; a number may be one.
        if not is_inside or value is None or isinstance(value, bool):
            return value
        return value if self.value(str(value)) != HIDDEN else HIDDEN

    def response(self, response: Response) -> Response:
        """Hide what came back of the secrets; what the mock says of its own accord is none."""
        headers: Headers = tuple((name, self.scrub(value)) for name, value in response.headers)
        body = _hashes.sub(rb'\1"' + HIDDEN.encode() + b'"', self.scrub_bytes(response.body))
        return evolve(response, headers=headers, body=body)

    def scrub(self, text: str) -> str:
        """Hide the secrets found so far wherever they stand in a text."""
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)

    def scrub_bytes(self, body: bytes) -> bytes:
        """Hide the secrets found so far wherever they stand in a body that is text."""
        if self._pattern is None:
            return body
        try:
            return self.scrub(body.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return self.scrub(body.decode("latin-1")).encode("latin-1", "replace")


def _ways(secret: str) -> tuple[str, ...]:
    """Return a secret as it is, and as URLs, forms and JSON write it."""
    escaped = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    return secret, quote(secret), quote(secret, safe=""), quote_plus(secret), *escaped


def _mentions(text: str) -> bool:
    return any(is_secret(name) for name in _names.findall(text))
