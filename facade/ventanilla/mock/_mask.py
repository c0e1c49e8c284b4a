"""Knows where secrets stand in requests and answers, and puts something else there; what and which, its kinds say."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from urllib.parse import quote_plus, unquote_plus

from attrs import evolve

from ventanilla._redact import LONG, forms, is_secret
from ventanilla.mock._request import FORM
from ventanilla.mock.wire import Headers, Request, Response, decode, encode

HIDDEN = "‹hidden›"
UNREADABLE = "‹hidden: it mentions a secret and cannot be read›"
DEEPEST = 4
_schemes = frozenset({"api_key", "token", "bearer", "basic", "digest"})
_session = re.compile(r"(?<=/sessions/)[^/?#]+")
_userinfo = re.compile(r"(?<=://)[^/?#@\s]+(?=@)")
_names = re.compile(r"[\w.-]+")
_name = re.compile(r"[\w.\[\]-]+")
_form = re.compile(r"[^\s=&]+=[^\s&]*(&[^\s=&]+=[^\s&]*)*")


class Mask:
    """Hides the secrets of exchanges where they stand, and remembers them: after look() also wherever else they do."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._covers: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._words: re.Pattern[str] | None = None

    def spares(self, text: str) -> bool:
        """Return whether a value that stands where secrets do is known to be none."""
        return False

    def seeks(self, text: str) -> bool:
        """Return whether a secret is looked for elsewhere: hiding every "test" leaves nothing to read."""
        return len(text) >= LONG

    def cover(self, text: str) -> str:
        """Return what is put in the place of a secret."""
        return HIDDEN

    def number(self, value: Any) -> Any:
        """Return what is put in the place of a number that is a secret."""
        return HIDDEN

    def look(self) -> bool:
        """From now on hide the secrets found so far wherever they stand; return whether there are any."""
        sought = {secret: cover for secret, cover in self._found.items() if self.seeks(secret)}
        self._covers = {form: cover for secret, cover in sought.items() for form in forms(secret)}
        self._pattern = _any_of(form for form in self._covers if len(form) >= LONG)
        # Short ones are hidden where they are a whole value or a whole word of one.
        self._words = _any_of((form for form in self._covers if len(form) < LONG), r"(?<!\w)(?:{})(?!\w)")
        return bool(self._covers)

    def request(self, request: Request) -> Request:
        """Hide the secrets of a request."""
        headers = {name: self.scrub(value) for name, value in self.headers(request.headers).items()}
        target, body = self.scrub(self.text(request.target)), self.scrub_bytes(self.body(request))
        return evolve(request, target=target, headers=headers, body=body)

    def value(self, text: str) -> str:
        """Hide a value that stands where secrets do, unless it is known to be none."""
        if not text or self.spares(text):
            return text
        if (cover := self._found.get(text)) is None:
            cover = self._found[text] = self.cover(text)
        return cover

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
            shown = self.leaf(value, depth)
            return part if shown == value else f"{quote_plus(name)}={quote_plus(shown)}"
        if not sign or not _name.fullmatch(name):
            return self.value(part)
        shown = self.value(value)
        return part if shown == value else f"{part.partition('=')[0]}={shown}"

    def leaf(self, text: str, depth: int = 0) -> str:
        """Hide the secrets in a value that may be a URL, which may have a URL in its query, and so on; or JSON."""
        if depth >= DEEPEST:
            return self.value(text) if _mentions(text) else text
        if text.startswith(("{", "[")) and (plain := _json(text.encode("utf-8", "replace"))) is not None:
            shown = self.json(plain, depth=depth + 1)
            text = text if shown == plain else encode(shown).decode()
        text = self.scrub(self.text(text, depth + 1) if "://" in text else text)
        return text if self._words is None else self._words.sub(self._covered, text)

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
                return self.rewritten(request.body, self.json)
        except (ValueError, RecursionError):
            return self._opaque(request.body)
        if request.media_type == FORM or _form.fullmatch(text):
            return self.pairs(text).encode()
        return self._opaque(request.body)

    def rewritten(self, body: bytes, change: Callable[[Any], Any]) -> bytes:
        """Change a JSON body; one that is not changed stays as it was written. Raises ValueError for what is none."""
        plain = decode(body)
        shown = change(plain)
        return body if shown == plain else encode(shown)

    def _opaque(self, body: bytes) -> bytes:
        return UNREADABLE.encode() if _mentions(body.decode("latin-1")) else body

    def json(self, value: Any, is_inside: bool = False, depth: int = 0) -> Any:
        """Hide the secrets in plain values: what stands below a secret's name."""
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            return {name: self.json(item, is_inside or is_secret(name), depth) for name, item in fields.items()}
        if isinstance(value, list):
            return [self.json(item, is_inside, depth) for item in cast("Iterable[Any]", value)]
        return self.secret(value) if is_inside else self.leaf(value, depth) if isinstance(value, str) else value

    def secret(self, value: Any) -> Any:
        """Hide a plain value that stands where secrets do. Yes, no and nothing are none; a number may be one."""
        if isinstance(value, str):
            return self.value(value)
        if value is None or isinstance(value, bool):
            return value
        return value if self.value(str(value)) == str(value) else self.number(value)

    def response(self, response: Response) -> Response:
        """Hide what came back of the secrets; what the answer says of its own accord is taken for none."""
        headers: Headers = tuple((name, self.scrub(value)) for name, value in response.headers)
        return evolve(response, headers=headers, body=self.scrub_bytes(response.body))

    def scrub(self, text: str) -> str:
        """Hide the secrets found so far wherever they stand in a text."""
        return text if self._pattern is None else self._pattern.sub(self._covered, text)

    def scrub_bytes(self, body: bytes) -> bytes:
        """Hide the secrets found so far wherever they stand in a body that is text."""
        if self._pattern is None:
            return body
        try:
            return self.scrub(body.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return self.scrub(body.decode("latin-1")).encode("latin-1", "replace")

    def _covered(self, found: re.Match[str]) -> str:
        return self._covers[found[0]]


def _any_of(texts: Iterable[str], around: str = "{}") -> re.Pattern[str] | None:
    # The longest first: one may begin like another.
    ordered = sorted(texts, key=len, reverse=True)
    return re.compile(around.replace("{}", "|".join(map(re.escape, ordered)))) if ordered else None


def _json(text: bytes) -> Any:
    try:
        return decode(text)
    except (ValueError, RecursionError):
        return None


def _mentions(text: str) -> bool:
    return any(is_secret(name) for name in _names.findall(text))
