"""Find secrets in a text, however it writes them.

A text is read as it is, unescaped as often as there is something to unescape, and out of base64 and hex; each reading
says where in the text its letters come from. Case, accents and the forms of Unicode make no difference.
"""

import binascii
import html
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from unicodedata import category, normalize

from ventanilla._redact import LONG, SHORTEST

# Secrets of CUT_FROM are found without up to CUT letters of either end too.
CUT_FROM, CUT = 16, 4
# A text that still reads otherwise after so many turns, or that takes so much more to read, is hidden whole.
TURNS, NESTED, WORK = 8, 3, 64
# What is longer than this, in base64, is a file.
FILE = 4096
# Words that services say of their own accord.
_ORDINARY = re.compile(
    "access|admin|clave|code|cuenta|demo|error|false|invalid|login|name|nombre|none|null|pass|password|prueba|result|"
    "secret|status|success|test|token|true|user|username|usuario|value"
)
_ESCAPE = re.compile(
    r"\\+(?:u\{(?P<u1>[0-9a-f]{1,6})\}|u(?P<u2>000[0-9a-f]{5}|[0-9a-f]{4})|x(?P<u3>[0-9a-f]{2})|(?P<octal>[0-3][0-7]{2})"
    r"|(?P<line>n)|(?P<space>[rtbfv])|(?P<same>.?))"
    r"|%(?:25)*(?:u(?P<u4>[0-9a-f]{4})|(?P<u5>[0-9a-f]{2}))"
    r"|&(?:amp;|#0*38;|#x0*26;)*(?P<entity>#x?[0-9a-f]{1,8}|[a-z][a-z0-9]{1,31});?"
    r"|(?<=[\w+/-]{40})\r?\n[ \t]{0,8}(?=[\w+/-])",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
# UTF-8 that was read as Latin-1 or Windows-1252.
_WINDOWS = {ord(bytes([n]).decode("cp1252", "replace")): n for n in range(0x80, 0xA0)}
_HIGH = "\x80-\xbf" + "".join(map(chr, _WINDOWS))
_UTF8 = re.compile(f"[\xc2-\xdf][{_HIGH}]|[\xe0-\xef][{_HIGH}]{{2}}|[\xf0-\xf4][{_HIGH}]{{3}}")
_NOTHING = re.compile("\0+")
_SPACES = dict.fromkeys(map(ord, "+\t\n\v\f\r"), " ")
_BASE64, _HEX, _ALL = re.compile(r"[A-Za-z0-9+/_-]{11,}"), re.compile(r"[0-9A-Fa-f]{16,}"), re.compile("(?s:.+)")
# In a file: ASCII, UTF-8, and here and there a letter of Latin-1.
_TEXT = re.compile(r"(?:[\0\t\n\r -~]|[\xc2-\xf4][\x80-\xbf]{1,3}|[\x80-\xff](?=[ -~])){7,}")
# A reading, and where each of its letters begins in the text; the end of the text comes last.
_Reading = tuple[str, "array[int]"]


class Echoes:
    """Looks for secrets in texts and puts something else there.

    Args:
        covers: what takes the place of each secret.
        unreadable: what takes the place of a text that cannot be read to its end.
    """

    def __init__(self, covers: Mapping[str, str], unreadable: str) -> None:
        self._unreadable = unreadable
        self._long: dict[str, tuple[int, int, str]] = {}
        self._short: dict[str, tuple[re.Pattern[str], str]] = {}
        for secret in sorted(covers, key=len, reverse=True):
            for form in _forms(secret):
                needle = _plain(form)
                is_plain = len(needle) < SHORTEST or _ORDINARY.fullmatch(needle) is not None
                if len(needle) >= LONG and not is_plain:
                    self._long.setdefault(needle, (*_ends(form), covers[secret]))
                elif len(needle) > 1:
                    self._short.setdefault(needle, (_whole(needle, is_plain=is_plain), covers[secret]))

    def hide(self, text: str, *, words: bool = True) -> str:
        """Return a text without the secrets; without short ones only if `words` are looked at."""
        found = list[tuple[int, int, str]]()
        for reading in _readings(text) if self._long or (words and self._short) else ():
            if reading is None:
                return self._unreadable
            plain, places = _folded(reading)
            for start, end, cover in self._found(plain, words):
                while end < len(plain) and places[end] == places[end - 1]:
                    end += 1
                found.append((places[start], places[end], cover))
        pieces, last = list[str](), 0
        for start, end, cover in sorted(found, key=lambda each: (each[0], -each[1])):
            if start >= last:
                pieces += (text[last:start], cover)
            last = max(last, end)
        return "".join([*pieces, text[last:]])

    def _found(self, text: str, words: bool) -> Iterator[tuple[int, int, str]]:
        last = len(text.rstrip(" .?!"))
        for needle, (head, tail, cover) in self._long.items():
            core = needle[head : len(needle) - tail]
            at = text.find(core)
            while at >= 0:
                before = next(n for n in range(head, -1, -1) if text.endswith(needle[head - n : head], 0, at))
                after = at + len(core)
                after += next(
                    n for n in range(tail, -1, -1) if text.startswith(needle[len(needle) - tail :][:n], after)
                )
                yield at - before, after, cover
                at = text.find(core, at + 1)
            # A text that ends amid a secret.
            at = text.find(needle[:LONG], max(0, last - len(needle)), last) if head else -1
            while at >= 0:
                if needle.startswith(text[at:last]):
                    yield at, last, cover
                at = text.find(needle[:LONG], at + 1, last)
        for needle, (whole, cover) in self._short.items() if words else ():
            if needle in text:
                yield from ((*each.span(1), cover) for each in whole.finditer(text))


def _forms(secret: str) -> list[str]:
    """Return what to look for: a secret as it is, as it reads unescaped, and where what is not ASCII is lost."""
    forms = [secret, *(reading[0] for _, reading in zip(range(TURNS), _turns(_first(secret)), strict=False))]
    if not secret.isascii():
        forms += [secret.encode("ascii", how).decode() for how in ("replace", "ignore")]
        forms.append(secret.encode("utf-8", "replace").decode("ascii", "replace"))
    return [normalize("NFC", each) for each in dict.fromkeys(forms)]


def _ends(form: str) -> tuple[int, int]:
    """Return how many letters may be missing at both ends of what is looked for."""
    head, tail = (len(_plain(form[:CUT])), len(_plain(form[-CUT:]))) if len(form) >= CUT_FROM else (0, 0)
    return (head, tail) if len(_plain(form)) - head - tail >= LONG else (0, 0)


def _whole(needle: str, *, is_plain: bool) -> re.Pattern[str]:
    """Return what finds a short secret as a word; or only as a value, as there are so many of the same letters."""
    if is_plain:
        return re.compile(rf"[=:>\"'] {{0,3}}[\"']?({re.escape(needle)})(?= {{0,3}}(?:$|[\"'<,;&}})\]|]|\.(?: |$)))")
    return re.compile(rf"(?<!\w)({re.escape(needle)})(?!\w)")


def _readings(text: str) -> Iterator[_Reading | None]:
    """Yield the readings of a text; None when there is more to it than is read."""
    left, seen, waiting = WORK * (len(text) + 64), set[str](), [(_first(text), 0)]
    while waiting:
        first, depth = waiting.pop()
        reading = first
        for turn, reading in enumerate(_turns(first)):
            if (left := left - len(reading[0])) < 0 or (turn == TURNS and not depth):
                yield None
                return
            if reading[0] in seen or turn == TURNS:
                break
            seen.add(reading[0])
            yield reading
            waiting += [(each, depth + 1) for each in _decoded(reading)] if depth < NESTED else []
        if (other := _replaced(reading, _UTF8, _from_utf8)) is not reading:
            waiting.append((other, depth))


def _first(text: str) -> _Reading:
    return text, array("I", range(len(text) + 1))


def _turns(reading: _Reading) -> Iterator[_Reading]:
    """Yield a reading, and unescape it until it stays the same."""
    before = None
    while reading[0] != before:
        yield reading
        before = reading[0]
        reading = _replaced(_replaced(reading, _NOTHING, lambda found: ""), _ESCAPE, _unescaped)


def _replaced(reading: _Reading, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> _Reading:
    (text, places), pieces, begun, last = reading, list[str](), array("I"), 0
    for found in pattern.finditer(text):
        if (new := change(found)) != found[0]:
            start, end = found.span()
            pieces += (text[last:start], new)
            begun += places[last:start] + places[start : start + 1] * len(new)
            last = end
    return ("".join([*pieces, text[last:]]), begun + places[last:]) if pieces else reading


def _decoded(reading: _Reading) -> Iterator[_Reading]:
    """Yield what stands in a reading in base64 and in hex, wherever in it that begins; of files only what is text."""
    text, places = reading
    for pattern, many, of, decode in ((_BASE64, 4, 3, _from_base64), (_HEX, 2, 1, _from_hex)):
        runs = [found.span() for found in pattern.finditer(text)]
        for step in range(many if runs else 0):
            pieces, begun = list[str](), array("I")
            for start, end in runs:
                piece = decode(text[start + step : end])
                for found in (_TEXT if end - start > FILE else _ALL).finditer(piece):
                    begun.extend(places[start + step + n * many // of] for n in range(*found.span()))
                    begun.append(places[min(start + step - -found.end() * many // of, end)])
                    pieces += (found[0], "\n")
            yield "".join(pieces), begun + places[-1:]


def _from_base64(text: str) -> str:
    text = text[: len(text) - (len(text) % 4 == 1)].replace("-", "+").replace("_", "/")
    return binascii.a2b_base64(text + "==").decode("latin-1")


def _from_hex(text: str) -> str:
    return bytes.fromhex(text[: len(text) // 2 * 2]).decode("latin-1")


def _unescaped(found: re.Match[str]) -> str:
    """Return what an escape of JSON and other languages, of URLs, HTML and XML stands for."""
    groups = found.groupdict()
    if digits := next((each for name, each in groups.items() if each and name[0] == "u"), groups["octal"]):
        number = int(digits, 8 if groups["octal"] else 16)
        return chr(number) if number < 0x110000 else found[0]
    if groups["entity"] is None:
        return "\n" if groups["line"] else " " if groups["space"] else groups["same"] or ""
    text = f"&{groups['entity']}{';' * found[0].endswith(';')}"
    read = html.unescape(text).replace("\ufffd", "")  # of 0, which is no letter
    return read if read != text else html.unescape(text.lower())


def _from_utf8(found: re.Match[str]) -> str:
    try:
        return found[0].translate(_WINDOWS).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return found[0]


def _folded(reading: _Reading) -> _Reading:
    reading = reading[0].translate(_LETTERS), reading[1]
    return reading if reading[0].isascii() else _replaced(reading, _OTHERS, lambda found: _plain(found[0]))


def _plain(text: str) -> str:
    """Return a text without case, accents, invisible signs and the forms of Unicode; a lost letter is a `?`."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "?")
    letters = normalize("NFKD", normalize("NFKD", text).upper().casefold())
    return "".join(each for each in letters if category(each) not in ("Mn", "Cf")).translate(_SPACES)


# The letters of Latin-1 that are one letter then too; the others are looked at one by one.
_LETTERS = {n: each for n in range(256) if len(each := _plain(chr(n))) == 1}
_OTHERS = re.compile(f"[^{re.escape(''.join(map(chr, _LETTERS)))}\0-\x1f]+")
