"""Make one line of text for people from a provider's message."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

_NAMES = (
    "a|abbr|article|b|big|blockquote|body|br|button|center|code|dd|del|div|dl|dt|em|font|footer|form|h[1-6]|head|header"
    "|hr|html|i|img|input|ins|kbd|label|li|link|main|mark|meta|nav|ol|p|pre|s|samp|script|section|small|span|strike"
    "|strong|style|sub|sup|svg|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var"
)
# These are compiled when they are needed: most programs never meet such a message.
# The tags of HTML only: SAT's messages name nodes such as <Receptor>, and people write <name@example.mx>.
_TAG = rf"(?i)<(?P<end>/?)(?P<name>{_NAMES})(?:[\s/][^<>]*)?>"
_PIECE = r"(<[^<>]*>)"
# Those that part no words.
_INLINE = r"a|abbr|b|big|code|del|em|font|i|ins|kbd|mark|s|samp|small|span|strike|strong|sub|sup|tt|u|var"
_ESCAPE = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b.?"
# What Windows' Latin-1 shows in place of a byte that Latin-1 has for control characters.
_NARROW = {ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0xA0)}
# Some messages are objects, and repeat there what they were sent.
_NOT_SAID = frozenset({"data", "secret", "status"})
DEEPEST = 8


def texts(message: Any, depth: int = DEEPEST) -> Iterator[str]:
    """Yield the texts of a message, whatever its shape."""
    if isinstance(message, str):
        if message.strip():
            yield message
    elif isinstance(message, int) and not isinstance(message, bool):
        yield str(message)
    elif depth and isinstance(message, dict):
        for name, value in cast("Mapping[str, Any]", message).items():
            if name.lower() not in _NOT_SAID:
                yield from texts(value, depth - 1)
    elif depth and isinstance(message, list):
        for value in cast("Sequence[Any]", message):
            yield from texts(value, depth - 1)


def readable(text: str) -> str:
    """Return a text without markup, entities, mojibake and control characters, in one line."""
    import html

    for _ in range(2):  # some escape twice
        text = html.unescape(_untagged(text))
    text = _demojibaked(_demojibaked(_untagged(text)))
    return "".join(filter(str.isprintable, " ".join(re.sub(_ESCAPE, "", text).split())))


def _untagged(text: str) -> str:
    if "<" not in text:
        return text
    kept, is_code = list[str](), False
    for piece in re.split(_PIECE, text):
        tag = re.fullmatch(_TAG, piece)
        if tag is None:
            kept.append("" if is_code or piece.startswith(("<!--", "<!DOC", "<!doc")) else piece)
        elif tag["name"].lower() in ("script", "style"):
            is_code = not tag["end"]
        else:
            kept.append("" if re.fullmatch(_INLINE, tag["name"].lower()) else " ")
    return "".join(kept)


def _demojibaked(text: str) -> str:
    """Read a text again whose UTF-8 was read as Latin-1; only if all of it is valid UTF-8, which is no coincidence."""
    if text.isascii():
        return text
    try:
        return text.translate(_NARROW).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
