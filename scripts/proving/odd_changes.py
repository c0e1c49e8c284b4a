"""Changes of answers: of one place of the JSON, of the body, of a header, of the encoding."""

import gzip
import html
import json
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any, TypeAlias

from proving import canaries
from proving.scripted import Answer, Headers, Json, Turn, echo, fields_of, items_of
from proving.scripted_syncfy import envelope

Path: TypeAlias = tuple[str | int, ...]
Make: TypeAlias = Callable[[Turn], Answer]
MISSING = object()
OTHER = object()
KEYED = object()
CHANGES: dict[str, Any] = {
    "null": None,
    "text": "drift",
    "empty": "",
    "word": "Cancelado ",
    "number": -1,
    "fraction": 0.5,
    "large": 10**30,
    "vast": 10**400,
    "bool": True,
    "list": [],
    "list of null": [None],
    "object": {},
    "nested": {"0": {"a": [None]}},
    "keyed": KEYED,
    "missing": MISSING,
    "other": OTHER,
}
CORE = ("null", "text", "number", "large", "bool", "list", "object", "missing", "keyed")
LONGEST_LIST = 2


def places(said: Json, path: Path = ()) -> Iterator[Path]:
    """Yield every place of a JSON value, of lists the first items alone."""
    yield path
    for name, value in (fields_of(said) or {}).items():
        yield from places(value, (*path, name))
    for number, value in enumerate((items_of(said) or [])[:LONGEST_LIST]):
        yield from places(value, (*path, number))


def at(said: Json, path: Path) -> Json:
    """Return what stands at a place."""
    for step in path:
        said = said[step]
    return said


def is_there(said: Json, path: Path) -> bool:
    """Return whether there is such a place."""
    try:
        at(said, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def applies(change: str, value: Json, path: Path) -> bool:
    """Return whether a change says something new about a value."""
    if CHANGES[change] is KEYED:
        return isinstance(value, list)
    if CHANGES[change] is OTHER:
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return not (CHANGES[change] is MISSING and not path)


def changed(said: Json, path: Path, change: str) -> Json:
    """Return a copy with one place changed."""
    if not path:
        return _new(said, CHANGES[change])
    first, rest = path[0], path[1:]
    fields = fields_of(said)
    copy: Any = list(items_of(said) or []) if fields is None else dict(fields)
    if not rest and CHANGES[change] is MISSING:
        del copy[first]
    else:
        copy[first] = changed(copy[first], rest, change)
    return copy


def _new(value: Json, change: Any) -> Json:
    if change is KEYED:
        return {str(number): each for number, each in enumerate(value)}
    if change is not OTHER:
        return change
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1") if value else "0"
    return value + 1


def changing(path: Path, change: str) -> Make:
    """Return a maker of the documented answer with one place changed, where there is that place."""

    def make(turn: Turn) -> Answer:
        said = turn.said
        if is_there(said, path):
            said = changed(said, path, change)
        return Answer(turn.status, [(b"Content-Type", turn.content_type)], encoded(said))

    return make


def encoded(said: Json) -> bytes:
    """Return JSON, or a file as it is."""
    return said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()


# Bodies: of a status that says this or that. The first argument is the documented answer.
def _echo(form: str) -> str:
    return " ".join(echo(form, number) for number in range(len(canaries.SECRETS)))


def _facti(result: Json, msg: str = "") -> Json:
    return {"result": result, "msg": msg}


def bodies() -> dict[str, Callable[[Turn], bytes]]:
    """Return bodies that an answer may have in place of its own, by name."""
    plain: dict[str, bytes] = {
        "empty": b"",
        "blank": b" \r\n\t ",
        "html": b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>",
        "html that echoes": f"<html><body><pre>{_echo('plain')}</pre></body></html>".encode(),
        "html with entities": f"<html><body>{_echo('entities')} {_echo('hex entities')}</body></html>".encode(),
        "text": b"upstream connect error or disconnect/reset before headers",
        "xml": b'<?xml version="1.0"?><error><code>403</code></error>',
        "syncfy refusal": encoded(envelope(None, code=400, message="Bad request")),
        "syncfy 401": encoded(envelope(None, code=401, message="Unauthorized")),
        "syncfy 408": encoded(envelope(None, code=408, message="Timeout")),
        "syncfy 429": encoded(envelope(None, code=429, message="Too many")),
        "syncfy 503": encoded(envelope(None, code=503, message="Maintenance")),
        "syncfy false": encoded({**envelope(None), "status": False}),
        "facti refusal": encoded(_facti(0, "El folio ya existe")),
        "facti refusal as text": encoded(_facti("0", "El folio ya existe")),
        "facti bare success": encoded(_facti(1)),
        "factura refusal": encoded({"response": "error", "message": "La serie no existe"}),
        "factura hashes": encoded(
            {"status": "error", "message": f"La cuenta no existe {canaries.HASH}", "Data": canaries.HASH}
        ),
        "refusals that echo": encoded(
            {**envelope(None, code=400, message=_echo("plain")), **_facti(0, _echo("hex")), "response": "error"}
        ),
        "refusals that echo as url": encoded(
            {**envelope(None, code=400, message=_echo("twice quoted")), **_facti(0, _echo("all quoted"))}
        ),
        "refusals that echo cut": encoded(
            {**envelope(None, code=400, message=_echo("cut before")), **_facti(0, _echo("cut behind"))}
        ),
        "refusals that echo loudly": encoded(
            {**envelope(None, code=400, message=_echo("upper")), **_facti(0, _echo("lower"))}
        ),
        "laravel": encoded({"message": "The given data was invalid.", "errors": {"serie": ["es requerido"]}}),
        "error": encoded({"error": "Unauthorized", "code": 17}),
        "problem": encoded({"type": "about:blank", "title": "Conflict", "detail": _echo("plain"), "status": 409}),
        "null": b"null",
        "true": b"true",
        "zero": b"0",
        "word": b'"ok"',
        "list": b"[]",
        "list of lists": b"[[[[]]]]",
        "object": b"{}",
        "deep": b"[" * 3000 + b"]" * 3000,
        "nul": b"\x00" * 64,
        "latin-1": '{"result": 0, "message": "petición inválida", "msg": "petición inválida"}'.encode("latin-1"),
        "gzip garbage": b"\x1f\x8b\x08\x00garbage that is no gzip",
        "bytes": bytes(range(256)),
        "duplicate keys": b'{"result": 1, "result": 0, "status": true, "status": false, "response": "success"}',
        "not a number": b'{"result": NaN, "status": Infinity, "code": -Infinity}',
        "long": encoded({"message": "x" * 70_000, "msg": "y" * 70_000}),
    }
    found: dict[str, Callable[[Turn], bytes]] = {name: partial(_fixed, body) for name, body in plain.items()}
    found["success"] = lambda turn: turn.body
    found["success with a BOM"] = lambda turn: b"\xef\xbb\xbf" + turn.body
    found["truncated"] = lambda turn: turn.body[: max(1, len(turn.body) // 2)]
    found["last byte missing"] = lambda turn: turn.body[:-1]
    found["success twice"] = lambda turn: turn.body + turn.body
    found["success in a list"] = lambda turn: b"[" + turn.body + b"]" if not isinstance(turn.said, bytes) else turn.body
    found["success in a text"] = lambda turn: json.dumps(turn.body.decode("latin-1")).encode()
    found["success with a notice"] = lambda turn: b"<br />\n<b>Notice</b>: Undefined index<br />\n" + turn.body
    return found


def _fixed(body: bytes, turn: Turn) -> bytes:
    return body


BODIES = bodies()
# What a client may rightly take for done, although nothing was: nobody can tell a lie from the truth.
SUCCESSES = ("success", "success with a BOM", "success with a notice")


def with_body(status: int, body: str) -> Make:
    """Return a maker of one status and one body; the type is what fits the body."""
    make = BODIES[body]

    def answer(turn: Turn) -> Answer:
        content_type = b"text/html; charset=utf-8" if body.startswith("html") else turn.content_type
        return Answer(status, [(b"Content-Type", content_type)], make(turn))

    return answer


# Verdicts.
VERDICTS: dict[str, Json] = {
    "null": None,
    "ok": "ok",
    "two": 2,
    "object": {},
    "list": [],
    "missing": MISSING,
    "true": True,
    "false": False,
    "text true": "true",
    "text false": "false",
    "text zero": "0",
    "text one": "1",
    "zero": 0,
    "one": 1,
    "zero point zero": 0.0,
    "one point zero": 1.0,
    "error": "error",
    "error and a blank": "ERROR ",
    "failed": "failed",
    "success": "success",
    "success and a blank": "success ",
    "loud success": "SUCCESS",
    "minus one": -1,
    "empty": "",
    "in a list": ["success"],
    "in an object": {"success": True},
    "exito": "éxito",
    "queued": "queued",
    "huge": 10**30,
    "create": "create",
}
VERDICT_KEYS = {"syncfy": ("status",), "facti": ("result",), "facturaonline": ("response", "status")}


def with_verdict(provider: str, verdict: str, *, is_whole: bool, status: int = 200) -> Make:
    """Return a maker of an answer with another verdict, with the rest of a success or with a message alone."""

    def make(turn: Turn) -> Answer:
        said = dict(fields_of(turn.said) or {})
        kept: dict[str, Any] = (
            said if is_whole else {"rid": "x", "code": said.get("code", 200), "message": "?", "msg": "?"}
        )
        for key in VERDICT_KEYS[provider]:
            if key in said:
                kept[key] = VERDICTS[verdict]
        kept = {name: value for name, value in kept.items() if value is not MISSING}
        return Answer(status, [(b"Content-Type", turn.content_type)], encoded(kept))

    return make


# Headers.
_LONG = b"a" * 70_000
GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "blank": b"   ",
    "word": b"garbage",
    "long": _LONG,
    "latin-1": "petición".encode("latin-1"),
    "utf-8": "petición 🎂".encode(),
    "minus": b"-1",
    "large": b"9" * 400,
    "nul": b"a\x00b",
    "quotes": b'";\\";=,',
    "json": b'{"a": [1]}',
    "control": b"\x01\x02\x7f",
    "fraction": b"1e400",
    "nan": b"nan",
    "echo": _echo("plain").encode(),
}
HEADERS = (
    "Location",
    "Retry-After",
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Transfer-Encoding",
    "Set-Cookie",
    "Date",
    "Connection",
    "ETag",
    "Request-ID",
    "cf-ray",
    "x-request-id",
    "WWW-Authenticate",
    "Content-Disposition",
    "Link",
    "X-Ventanilla-Instance",
    "Server",
)
_TYPES = (
    "application/json; charset=latin-1",
    "application/json; charset=utf-16",
    "application/json; charset=no-such-thing",
    "application/json; charset=",
    'application/json; charset="',
    "application/json; charset=idna",
    "application/json; charset=rot13",
    "application/json; charset=base64",
    "application/json; charset=unicode_escape",
    "application/json; charset=utf-8; charset=ascii",
    "text/html",
    "text/plain",
    "text/html; charset=iso-8859-1",
    "application/octet-stream",
    "multipart/form-data; boundary=",
    ";;;",
    "a" * 300,
)
_MORE: dict[str, tuple[str, ...]] = {
    "Content-Type": _TYPES,
    "Content-Encoding": ("gzip", "deflate", "br", "zstd", "identity", "gzip, gzip", "x-gzip", "gzip;q=1", "a,b,c", ","),
    "Transfer-Encoding": ("chunked", "gzip", "identity"),
    "Retry-After": (
        "999999999",
        "0",
        "1.5",
        "-5",
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 9999 07:28:00 GMT",
        "Wed, 99 Oct 2015 99:99:99 GMT",
        "Mon, 01 Jan 0001 00:00:00 +9999",
        "Wed, 21 Oct 2015 07:28:00 -2360",
        "٣",
        "²",
        "1_000",
        "infinity",
    ),
    "Set-Cookie": ("a=b; Domain=.mx", "=", "a=b; expires=never", "a=\x80; Path=/"),
    "Content-Length": ("0", "1", "99999"),
    "Date": ("yesterday", "Wed, 99 Oct 9999 99:99:99 GMT"),
}


def header_values(name: str) -> dict[str, bytes]:
    """Return the garbage for one header, by name."""
    more = {text[:40]: text.encode("utf-8") for text in _MORE.get(name, ())}
    return GARBAGE | more


def with_header(name: str, value: bytes, *, twice: bool = False, status: int | None = None) -> Make:
    """Return a maker of the documented answer with one header replaced, or twice there."""

    def make(turn: Turn) -> Answer:
        headers: Headers = [(b"Content-Type", turn.content_type)]
        headers = [each for each in headers if each[0].lower() != name.lower().encode()]
        headers += [(name.encode(), value)] * (2 if twice else 1)
        return Answer(turn.status if status is None else status, headers, turn.body)

    return make


def locations(dice: Random, count: int) -> list[bytes]:
    """Return forms of Location: those that break readers of URLs, and some by chance."""
    known = [
        *("http:x", "http:", "http://", "//", "///", "////x", "http:///x", "https://[", "http://[::1", "http://]"),
        *("http://a b", "http://a:b", "http://a:99999", "http://a:-1", "http://a:", "http://:80", "http://@"),
        *(
            "http://\u2603",
            "http://xn--",
            "http://xn--a",
            "http://a..b",
            "http://.",
            "http://..",
            "http://" + 300 * "a",
        ),
        *("javascript:alert(1)", "data:,x", "file:///etc/passwd", "ftp://a", "ws://a", "mailto:a@b.mx", "?", "#", "?#"),
        *("..", "../..", "../../../x", "/", "/x", "x", "", " ", "\t", "http:\\\\a", "\\\\a", "http:/a", "http:a/b"),
        *("http://a/%", "http://a/%zz", "http://a/%00", "http://a/\x7f", "http://a/\x00", "http://256.256.256.256"),
        *(
            "http://1",
            "http://0x7f.1",
            "http://127.1",
            "http://[::ffff:1.2.3.4]",
            "http://[fe80::1%25lo]",
            "http://[v1.x]",
        ),
        *(
            "http://a?b=\ud83c",
            "http://\ud83c",
            "HTTP://127.0.0.1",
            "http://127.0.0.1:80:80",
            "http://\uff0e",
            "http://ß",
        ),
        *("http://user:password@127.0.0.1/", "http://127.0.0.1\r\nSet-Cookie: a=b", "http://a\u0130", "//127.0.0.1"),
        *(
            "1",
            "0",
            "http",
            "://",
            ":",
            "::",
            ":80",
            "[",
            "]",
            "[]",
            "{}",
            "null",
            "%",
            "%%",
            "\u202e",
            "http://\u00ad",
        ),
    ]
    letters = "htp:/\\[]@?#%.xX019 \t-_~!$&'()*+,;=\u00e9\u2603\ud83c"
    while len(known) < count:
        known.append("".join(dice.choice(letters) for _ in range(dice.randint(1, 12))))
        known.append("http://" + "".join(dice.choice(letters) for _ in range(dice.randint(1, 10))))
    return [text.encode("utf-8", "surrogatepass") for text in dict.fromkeys(known)][:count]


# Encodings.
ACCENTS = "Petición inválida: niño 🎂"


def _accented(said: Json) -> Json:
    """Put accents into every text that is there for people."""
    if (fields := fields_of(said)) is not None:
        return {name: _spoken(name, value) for name, value in fields.items()}
    items = items_of(said)
    return said if items is None else [_accented(each) for each in items]


_SPOKEN = ("message", "msg", "name", "description", "descripcion", "nombre", "to_email", "label", "serie")


def _spoken(name: str, value: Json) -> Json:
    is_text = name in _SPOKEN and (value is None or isinstance(value, str))
    return f"{value or ''}{ACCENTS}" if is_text else _accented(value)


def _text(turn: Turn) -> str:
    return json.dumps(_accented(turn.said), ensure_ascii=False) if not isinstance(turn.said, bytes) else ""


ENCODINGS: dict[str, Callable[[Turn], bytes]] = {
    "utf-8": lambda turn: _text(turn).encode(),
    "latin-1": lambda turn: _text(turn).replace("🎂", "").encode("latin-1"),
    "cp1252": lambda turn: _text(turn).replace("🎂", "€").encode("cp1252"),
    "utf-8 with a BOM": lambda turn: b"\xef\xbb\xbf" + _text(turn).encode(),
    "two BOMs": lambda turn: b"\xef\xbb\xbf" * 2 + _text(turn).encode(),
    "utf-16": lambda turn: _text(turn).encode("utf-16"),
    "utf-16-be": lambda turn: _text(turn).encode("utf-16-be"),
    "utf-32": lambda turn: _text(turn).encode("utf-32"),
    "half a pair": lambda turn: _text(turn).replace("🎂", "\\ud83c").encode(),
    "other half": lambda turn: _text(turn).replace("🎂", "\\udf82").encode(),
    "surrogates in utf-8": lambda turn: _text(turn).replace("🎂", "\ud83c").encode("utf-8", "surrogatepass"),
    "overlong": lambda turn: _text(turn).encode().replace(b"i", b"\xc1\xa9", 1),
    "mojibake": lambda turn: _text(turn).encode().decode("latin-1").encode(),
    "html entities": lambda turn: json.dumps(turn.said).replace("i", html.escape("&#105;"), 1).encode(),
    "nul inside": lambda turn: _text(turn).replace("niño", "\\u0000").encode(),
    "raw control": lambda turn: _text(turn).replace("niño", "\x0b").encode(),
    "cut inside a letter": lambda turn: _text(turn).encode()[: _text(turn).encode().find(b"\xc3") + 1],
    "gzip": lambda turn: gzip.compress(_text(turn).encode(), mtime=0),
    "deflate": lambda turn: zlib.compress(_text(turn).encode()),
}
DECLARED = (
    "application/json",
    "application/json; charset=utf-8",
    "application/json; charset=latin-1",
    "application/json; charset=utf-16",
    "application/json; charset=windows-1252",
    "application/json; charset=nonsense",
    "text/html",
    "text/plain; charset=iso-8859-1",
    "",
)


def in_encoding(encoding: str, declared: str, status: int | None = None) -> Make:
    """Return a maker of the documented answer in other bytes, under a type that may not fit."""
    encode = ENCODINGS[encoding]

    def make(turn: Turn) -> Answer:
        if isinstance(turn.said, bytes):
            is_wide = encoding.startswith("utf-16")
            body = turn.said.decode("latin-1").encode("utf-16") if is_wide else b"\xff" + turn.said
        else:
            body = encode(turn)
        headers: Headers = [(b"Content-Type", declared.encode())] if declared else []
        if encoding in ("gzip", "deflate"):
            headers.append((b"Content-Encoding", encoding.encode()))
        return Answer(turn.status if status is None else status, headers, body)

    return make
