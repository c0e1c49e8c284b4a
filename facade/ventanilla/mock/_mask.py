"""Hide secrets where they stand in requests and answers; what takes their place, the subclasses say."""

import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Any, cast
from urllib.parse import quote_plus, unquote_plus

from attrs import evolve

from ventanilla._echoes import Echoes
from ventanilla._redact import IN_PATH, LONG, in_paths, is_secret
from ventanilla.mock._request import FORM
from ventanilla.mock.wire import Headers, Request, Response, decode, encode

HIDDEN = "‹hidden›"
UNREADABLE = "‹hidden: it mentions a secret and cannot be read›"
DEEPEST = 4
_READ_BYTES = 2**20
_schemes = frozenset({"api_key", "token", "bearer", "basic", "digest"})
# A credential says so by itself: its scheme, or how a JWT begins.
_scheme = re.compile(r"(?:bearer|basic|digest) [^\s]{8,}|(?:token|api_key) \w+=.+", re.IGNORECASE)
_jwt = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_base64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
# {"name": "password", "value": "…"}
_naming = frozenset({"campo", "field", "id", "key", "label", "name", "nombre", "type"})
_named = frozenset({"answer", "content", "data", "respuesta", "text", "val", "valor", "value"})
_userinfo = re.compile(r"(?<=://)[^/?#@\s]+(?=@)")
_names = re.compile(r"[\w.-]+")
_name = re.compile(r"[\w.\[\]-]+")
_form = re.compile(r"[^\s=&]+=[^\s&]*(&[^\s=&]+=[^\s&]*)*")


class Mask:
    """Hides the secrets of exchanges where they stand, and remembers them: after look() also wherever else they do."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._echoes: Echoes | None = None

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
        self._echoes = Echoes(sought, UNREADABLE) if sought else None
        return bool(sought)

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
        text = IN_PATH.sub(lambda found: self._pair(found[0], DEEPEST), in_paths(text, self.value))
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
            try:
                shown = self.json(plain, depth=depth + 1)
            except RecursionError:
                return self.value(text)
            text = text if shown == plain else encode(shown).decode()
        if _scheme.fullmatch(text):
            return self._credential(text)
        if _jwt.fullmatch(text) or (_base64.fullmatch(text) and self._has_secret(text, depth)):
            return self.value(text)
        return self.scrub(self.text(text, depth + 1) if "://" in text else text, words=True)

    def _has_secret(self, text: str, depth: int) -> bool:
        """Return whether a text is JSON in base64, with a secret in it."""
        try:
            inside = urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "==")
        except ValueError:
            return False
        plain = _json(inside) if inside.lstrip()[:1] in (b"{", b"[") else None
        try:
            return plain is not None and self.json(plain, depth=depth + 1) != plain
        except RecursionError:
            return True

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Hide the values of the headers that carry credentials."""
        return {
            name: self._credential(value) if is_secret(name) or _scheme.fullmatch(value) else self.text(value)
            for name, value in headers.items()
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
        """Hide the secrets in a body: JSON, a form, or a multipart form with nothing but text."""
        try:
            text = request.body.decode("utf-8")
            if text.lstrip()[:1] in ("{", "["):
                return self.rewritten(request.body, self.json)
            if request.media_type == "multipart/form-data":
                return "".join(self._fields(text, request.headers.get("content-type", ""))).encode()
        except (ValueError, RecursionError):
            return self.opaque(request.body)
        return self.pairs(text).encode() if self.is_form(request.media_type, text) else self.opaque(request.body)

    def is_form(self, media_type: str, text: str) -> bool:
        """Return whether a body is read as a form."""
        return media_type == FORM or _form.fullmatch(text) is not None

    def opaque(self, body: bytes) -> bytes:
        """Return what is shown of a body that is neither: nothing, if it mentions a secret in whatever encoding."""
        is_shown = not any(_mentions(each.decode("latin-1")) for each in (body, *readings(body)))
        return body if is_shown else UNREADABLE.encode()

    def _fields(self, text: str, content_type: str) -> Iterator[str]:
        """Yield the pieces of a multipart form, secrets hidden. Raises ValueError for what is none, and for files."""
        boundary = _header("content-type", content_type, "boundary")
        before, *parts = re.split(rf"(--{re.escape(boundary or '')}(?:--)?(?:\r?\n|$))", text)
        if boundary is None or before or not parts or "\0" in text:
            raise ValueError("no multipart form")
        for mark, part in zip(parts[::2], parts[1::2], strict=True):
            head, gap, value = part.partition("\r\n\r\n" if "\r\n\r\n" in part else "\n\n")
            name = _header("content-disposition", head, "name")
            if part and (name is None or _header("content-disposition", head, "filename") is not None):
                raise ValueError("a part is no field")
            plain = value.rstrip("\r\n")
            yield mark + head + gap
            yield (self.value(plain) if is_secret(name or "") else self.leaf(plain)) + value[len(plain) :]

    def rewritten(self, body: bytes, change: Callable[[Any], Any]) -> bytes:
        """Change a JSON body; one that is not changed stays as it was written. Raises ValueError for what is none."""
        plain = decode(body)
        shown = change(plain)
        return body if shown == plain else encode(shown)

    def json(self, value: Any, is_inside: bool = False, depth: int = 0) -> Any:
        """Hide the secrets in plain values: what stands below a secret's name."""
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            named = named_secrets(fields)
            return {
                name: self.json(item, is_inside or is_secret(name) or name in named, depth)
                for name, item in fields.items()
            }
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

    def scrub(self, text: str, *, words: bool = False) -> str:
        """Hide the secrets found so far wherever they stand in a text, the short ones only among `words`."""
        return text if self._echoes is None else self._echoes.hide(text, words=words)

    def scrub_bytes(self, body: bytes) -> bytes:
        """Hide the secrets found so far wherever they stand in a body that is text."""
        if self._echoes is None:
            return body
        try:
            return self.scrub(body.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return self.scrub(body.decode("latin-1")).encode("latin-1", "replace")


def named_secrets(fields: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields that have the value of a secret whose name stands in another: `name`, `value`."""
    names = (value for name, value in fields.items() if name.lower() in _naming and isinstance(value, str))
    return frozenset(name for name in fields if name.lower() in _named) if any(map(is_secret, names)) else frozenset()


def _json(text: bytes) -> Any:
    try:
        return decode(text)
    except (ValueError, RecursionError):
        return None


def _mentions(text: str) -> bool:
    return any(is_secret(name) for name in _names.findall(text))


def readings(body: bytes) -> Iterator[bytes]:
    """Yield what else a body may say, in UTF-8: compressed, or in another encoding."""
    for bits in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        with suppress(zlib.error):
            yield zlib.decompressobj(bits).decompress(body, _READ_BYTES)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp500"):
        with suppress(UnicodeDecodeError):
            yield body.decode(encoding).encode("utf-8", "replace")


def _header(name: str, text: str, parameter: str) -> str | None:
    """Return a parameter of a header, of several in a head or of one alone."""
    found = re.search(rf"^(?:{name}:)?\s*([^:\r\n]*;.*)$", text, re.IGNORECASE | re.MULTILINE)
    message = Message()
    message["x"] = "" if found is None else found[1].strip()
    value = message.get_param(parameter, header="x")
    return None if value is None else collapse_rfc2231_value(value)
