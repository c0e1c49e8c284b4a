"""Fields of a posted body, whatever its encoding, as JSON.

JSON and forms begin with ASCII, so the bytes tell their encoding; what a header declares of it is often wrong.
"""

import codecs
import math
import re
import zlib
from typing import Any, TypeGuard, cast
from urllib.parse import parse_qsl

import msgspec
from msgspec import Raw

MAX_BYTES, MAX_FIELDS = 8 * 2**20, 100
# Far below what decoding bears, which depends on who asks: what has been kept can always be read.
MAX_DEPTH = 50
Fields = dict[str, Raw]
_OF_FORMS = ("ipn_password", "ipn_type", "event")
_COMPRESSED = (b"\x1f\x8b", b"x\x01", b"x^", b"x\x9c", b"x\xda")
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
# Possessive, and with an optional end: the time that they take grows with the text, whatever it is.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|-?(?:NaN|Infinity)|-?[0-9][-+.0-9eE]*+', re.DOTALL)
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.|([\0-\x1f])", re.DOTALL)
_DELIMITER = re.compile(rb"^--([^\r\n]{1,200})", re.MULTILINE)
_PART = re.compile(rb"[ \t]*\r?\n(?P<head>.*?)\r?\n\r?\n(?P<value>.*?)\r?", re.DOTALL)
_NAME = re.compile(rb'[;\s]name=(?:"([^"\r\n]*)"|([^;\s]*))', re.IGNORECASE)


def inflated(body: bytes, most: int) -> bytes:
    """Return a compressed body inflated, to `most` bytes and one; as it came where it is none, or is cut off."""
    if not body.startswith(_COMPRESSED):
        return body
    stream = zlib.decompressobj(zlib.MAX_WBITS + 32)
    try:
        found = stream.decompress(body, most + 1)
    except zlib.error:
        return body
    return found if len(found) > most or (stream.eof and not stream.unused_data) else body


def text(content: bytes) -> str:
    """Decode UTF-8 or UTF-16, with or without its mark; bytes that are neither are Windows' Latin-1."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:2]:
        return content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace")
    return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "ventanilla.latin")


def fields(content: bytes, content_type: str | None = None) -> tuple[bytes, Fields]:
    """Return the body as JSON, and its fields: of an object, a form, or a form in several parts, as PHP nests them.

    Raises ValueError: it is none of these. Any text can be read as a form, so one has to have a field of the providers.
    """
    document = text(content).encode()
    start = document.lstrip()[:2]
    if start.startswith(b"{"):
        document = readable(document)
        return document, msgspec.json.decode(document, type=Fields)
    in_parts = start == b"--" or "multipart" in (content_type or "").lower()
    found, nested = Fields(), dict[str, dict[str, str]]()
    for name, value in _parts(document) if in_parts else _pairs(document):
        outer, bracket, inner = name.partition("[")
        if bracket:
            nested.setdefault(outer, {})[inner.rstrip("]").replace("][", ".")] = value
        else:
            found[name] = Raw(msgspec.json.encode(value))
    found = {name: Raw(msgspec.json.encode(each)) for name, each in nested.items()} | found
    if found.keys().isdisjoint(_OF_FORMS):
        raise ValueError("the body is no form of a provider")
    return msgspec.json.encode(found), found


def readable(document: bytes) -> bytes:
    """Return JSON that can be decoded: as it is, or with what JSON does not have replaced or as text.

    These are halves of surrogate pairs and bare control characters in texts, NaN, and numbers too large for any use.
    Raises ValueError: it is no JSON all the same.
    """
    try:
        try:
            msgspec.json.decode(document)
        except ValueError:
            document = _TOKEN.sub(_mended, document.decode()).encode()
            msgspec.json.decode(document)
    except RecursionError:
        raise ValueError("the JSON is too deep") from None
    return document


def decoded(document: bytes) -> Any:
    """Decode JSON. Raises ValueError: it is none, or has more than 50 levels."""
    try:
        found = msgspec.json.decode(document)
    except RecursionError:
        raise ValueError("the JSON is too deep") from None
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [each for one in level for each in _inside(one)]
        if not level:
            return found
    raise ValueError("the JSON is too deep")


def _inside(value: Any) -> list[Any]:
    return [*cast("dict[str, Any]", value).values()] if isinstance(value, dict) else value if is_list(value) else []


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Say whether a decoded value is a list."""
    return isinstance(value, list)


def _mended(token: re.Match[str]) -> str:
    found = token[0]
    if found.startswith('"'):
        return _ESCAPE.sub(_escaped, found)
    try:
        return found if len(found) <= 300 and math.isfinite(float(found)) else f'"{found}"'
    except ValueError:
        return found


def _escaped(found: re.Match[str]) -> str:
    return "\\ufffd" if found[1] else f"\\u{ord(found[2]):04x}" if found[2] else found[0]


def _pairs(document: bytes) -> list[tuple[str, str]]:
    # As Latin-1 a character is a byte, escaped or not; together they are text.
    pairs = parse_qsl(document.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MAX_FIELDS)
    return [(text(name.encode("latin-1")), text(value.encode("latin-1"))) for name, value in pairs]


def _parts(document: bytes) -> list[tuple[str, str]]:
    # The first line is believed: headers have been seen to quote a boundary, to cut it, and to have none.
    delimiter = _DELIMITER.search(document)
    if delimiter is None:
        raise ValueError("the body has no part")
    pieces = (b"\n" + document).split(b"\n--" + delimiter[1].rstrip(), MAX_FIELDS + 1)[1:]
    found = [_PART.fullmatch(each) for each in pieces]
    named = [(_NAME.search(b";" + part["head"]), part["value"]) for part in found if part is not None]
    return [(text(name[1] or name[2] or b""), text(value)) for name, value in named if name is not None]


def _latin(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    if _HALF.match(problem.object, problem.start):
        return "�", problem.start + 3
    return problem.object[problem.start : problem.end].decode("cp1252", "replace"), problem.end


codecs.register_error("ventanilla.latin", _latin)
