"""Read JSON in other bytes than clean UTF-8: another charset, a BOM, padding, half a surrogate pair.

Nobody pays for this whose bytes are clean: it is loaded and tried once the ordinary decoder has failed.
"""

import codecs
import json
import re
from collections.abc import Iterator

import msgspec

PADDING = "\ufeff\0 \t\r\n\v\f\xa0"
_DECLARED = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
# No others: Python has codecs that take quadratic time, and some that are no charsets.
_CHARSETS = re.compile(
    r"utf-?(?:16|32)(?:-?[bl]e)?|iso-?8859-?[0-9]{1,2}|latin-?[0-9]|(?:windows|cp)-?125[0-9]", re.IGNORECASE
)
_ESCAPED_HALF = re.compile(
    r"(?<!\\)(?P<before>(?:\\\\)*)"
    r"(?:(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_RAW_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_HALF = re.compile("[\ud800-\udfff]")
# Anything: whether a text is JSON is all that is asked.
_json = msgspec.json.Decoder(msgspec.Raw)


def mend(content: bytes, content_type: str) -> bytes | None:
    """Return the JSON of a body as clean UTF-8; None if it is no JSON in any encoding.

    UTF-8 goes before the charset that is declared, as in the ordinary decoder: what is valid UTF-8 is hardly ever
    anything else. Bytes that are no UTF-8, of which no charset is declared, are taken for Windows' Latin-1.

    Args:
        content: the body.
        content_type: the header, or several joined by commas.
    """
    for text in _readings(content, content_type):
        whole = _ESCAPED_HALF.sub(_kept, text.strip(PADDING))
        if _HALF.search(whole):
            # UTF-16 joins the halves that belong together, which some write as two characters of UTF-8.
            whole = whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        mended = whole.encode()
        try:
            _json.decode(mended)
        except (msgspec.DecodeError, RecursionError):
            continue
        return mended
    return None


def _readings(content: bytes, content_type: str) -> Iterator[str]:
    charsets = ["utf-8", *filter(_CHARSETS.fullmatch, _DECLARED.findall(content_type)), json.detect_encoding(content)]
    for charset in dict.fromkeys(charsets):
        try:
            yield content.decode(charset)
        except (UnicodeError, LookupError):
            continue
    yield content.decode("utf-8", "ventanilla-mixed")


def _kept(found: re.Match[str]) -> str:
    return found["before"] + (found["pair"] or "\\ufffd")


def _mixed(problem: UnicodeError) -> tuple[str, int]:
    """Read a byte that is no UTF-8 as Windows' Latin-1, and half a surrogate pair as what it is."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    content, start = problem.object, problem.start
    if _RAW_HALF.match(content, start):
        return content[start : start + 3].decode("utf-8", "surrogatepass"), start + 3
    return content[start : start + 1].decode("cp1252", "replace"), start + 1


codecs.register_error("ventanilla-mixed", _mixed)
