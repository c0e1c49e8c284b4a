"""The text of bodies, forms and queries, whatever its encoding."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from urllib.parse import parse_qsl

# By the names that are declared. No other codec of Python's is used: some are slow, some are no charsets.
_CODECS = {
    **{name: name for name in ("utf-16", "utf-16le", "utf-16be", "utf-32", "us-ascii", "iso-8859-15")},
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"), "cp1252"),
}
_charset = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE | re.ASCII)
_stray = re.compile("[\udc80-\udcff]")
# An escaped backslash, a pair of halves, or a half of its own.
_escape = re.compile(
    r"""(\\\\|\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"""
)


def charset_of(content_type: str) -> str:
    """Return the charset that a content type declares, in lower case; empty when it declares none."""
    found = _charset.search(content_type)
    return found[1].lower() if found else ""


def text_of(content: bytes, charset: str = "") -> str:
    """Return content as text, without a byte order mark; never raises.

    Args:
        content: the bytes.
        charset: what is declared. Where it does not fit, and where nothing is declared, it is UTF-16 with its mark, or
            UTF-8, in which bytes that are none are cp1252, as browsers read Latin-1.
    """
    marked = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else ""
    for codec in filter(None, (_CODECS.get(charset), marked)):
        with suppress(UnicodeDecodeError):
            return content.decode(codec).removeprefix("\ufeff")
    return _mended(content.decode("utf-8", "surrogateescape")).removeprefix("\ufeff")


def whole_pairs(json: str) -> str:
    """Return JSON in which each half of a surrogate pair without the other is U+FFFD."""
    return _escape.sub(lambda found: found[1] or r"\ufffd", json)


def pairs_of(text: str, most: int | None = None) -> tuple[tuple[str, str], ...]:
    """Return the decoded pairs of a query or a form, in order; what is percent-encoded is UTF-8, or else cp1252.

    Raises ValueError for more than `most` pairs.
    """
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=most)
    return tuple((_mended(name), _mended(value)) for name, value in pairs)


def _mended(text: str) -> str:
    return text if text.isascii() else _stray.sub(lambda found: _cp1252(ord(found[0]) - 0xDC00), text)


def _cp1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")
