"""Secrets that are unique strings, and where nothing of them may show up: errors, logs, pickles."""

import base64
import logging
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import cast
from urllib.parse import quote

from proving.places import ROOT
from proving.scripted import fields_of
from proving.scripted_syncfy import SESSION

# Long, so that a few letters cut off either end leave enough of them to be known by.
SYNCFY_KEY = "cAnArYsYnCfY7f3a9b2e5d1c8f60"
FACTI_KEY = "cAnArYfAcTiKeY4e8b1d6a9c3f27"
FACTI_CLIENT = "cAnArYfAcTiClIeNt5b7d2e9f10"
FACTURA_KEY = "cAnArYfAcTuRaKeY8d3f6b1e9a4c"
FACTURA_SECRET = "cAnArYfAcTuRaSeCrEt2c7e4a9d5b"  # noqa: S105 - a secret of nothing
PASSWORD = "cAnArYpAsSwOrD3e6c9f2b5d8a"  # noqa: S105 - likewise
TWOFA = "cAnArYtWoFaAnSwEr739158264"
HASH = "$2y$10$cAnArYhAsH8o8WeiRhPh1YT6bnXun6uPs1ZdiZBUHjGwSqn3X44m"
SECRETS = (
    SYNCFY_KEY,
    FACTI_KEY,
    FACTI_CLIENT,
    FACTURA_KEY,
    FACTURA_SECRET,
    PASSWORD,
    TWOFA,
    HASH,
    # The end differs from one session to the next.
    SESSION[:-4],
)
CUT = 4
DEEPEST, MOST = 7, 4000
OURS = (str(ROOT / "facade"), str(ROOT / "generated"))


def forms(secret: str) -> dict[str, str]:
    """Return the ways in which a service may echo a secret, by name."""
    return {
        "plain": secret,
        "upper": secret.upper(),
        "lower": secret.lower(),
        "entities": "".join(f"&#{ord(letter)};" for letter in secret),
        "hex entities": "".join(f"&#x{ord(letter):x};" for letter in secret),
        "hex": secret.encode().hex(),
        "base64": base64.b64encode(secret.encode()).decode(),
        "twice quoted": quote(quote(secret, safe=""), safe=""),
        "all quoted": "".join(f"%{ord(letter):02X}" for letter in secret),
        "escaped": "".join(f"\\u{ord(letter):04x}" for letter in secret),
        "cut before": secret[CUT:],
        "cut behind": secret[:-CUT],
    }


def _needles() -> Iterator[str]:
    for secret in SECRETS:
        core = secret[CUT:-CUT]
        yield core
        yield core.lower()
        yield core.upper()
        yield core.encode().hex()
        yield "".join(f"&#{ord(letter)};" for letter in core)
        yield "".join(f"&#x{ord(letter):x};" for letter in core)
        yield "".join(f"%{ord(letter):02X}" for letter in core)
        yield "".join(f"\\u{ord(letter):04x}" for letter in core)
        yield quote(quote(core, safe=""), safe="")
        # The middle of what base64 makes of it, at the offset where it begins.
        yield base64.b64encode(secret.encode()).decode()[4:-8]


NEEDLES = tuple(dict.fromkeys(_needles()))
BYTES = tuple(needle.encode() for needle in NEEDLES)


def in_text(text: str) -> str | None:
    """Return the secret that a text shows, in whatever form; None where it shows none."""
    return next((needle for needle in NEEDLES if needle in text), None)


def in_bytes(data: bytes) -> str | None:
    """Return the secret that bytes show."""
    return next((needle.decode() for needle in BYTES if needle in data), None)


def in_error(error: BaseException) -> Iterator[str]:
    """Yield where an error shows a secret: its words, its attributes, those of its causes, our frames, its pickle."""
    seen: set[int] = set()
    waiting: list[tuple[str, BaseException | None]] = [("", error)]
    while waiting:
        where, each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        at = f"{where}{type(each).__name__}"
        yield from (f"{what} of {at}" for what, text in _words(each) if in_text(text))
        yield from (f"{path} of {at}" for path in _in_graph(vars(each), "attribute "))
        yield from (f"{name} in a frame of {at}" for name in _in_frames(each.__traceback__))
        waiting += [(f"cause of {at}: ", each.__cause__), (f"context of {at}: ", each.__context__)]
        held = [value for value in vars(each).values() if isinstance(value, BaseException)]
        waiting += [(f"attribute of {at}: ", value) for value in held]
    try:
        pickled = pickle.dumps(error)
    except Exception:
        return  # what cannot be pickled shows nothing that way
    if in_bytes(pickled):
        yield "its pickle"


def _words(error: BaseException) -> Iterator[tuple[str, str]]:
    yield "str", str(error)
    yield "repr", repr(error)
    yield "args", repr(error.args)
    yield "notes", repr(getattr(error, "__notes__", ""))
    explain = getattr(error, "explain", None)
    if explain is not None:
        yield "explain", explain("en") + explain("es")


def _in_frames(traceback: TracebackType | None) -> Iterator[str]:
    """Yield the locals of our own frames whose repr shows a secret, as a report of a crash would print it."""
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_filename.startswith(OURS):
            for name, value in frame.f_locals.items():
                if in_text(_shown(value)):
                    yield f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}:{name}"
        traceback = traceback.tb_next


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:
        return ""


def _in_graph(root: object, name: str) -> Iterator[str]:
    """Yield the paths in what an object refers to, attributes and items, at which a secret stands."""
    seen: set[int] = set()
    waiting: list[tuple[str, object, int]] = [(name, root, 0)]
    while waiting and len(seen) < MOST:
        path, value, depth = waiting.pop()
        if id(value) in seen or depth > DEEPEST:
            continue
        seen.add(id(value))
        if isinstance(value, str):
            if in_text(value):
                yield path
        elif isinstance(value, bytes | bytearray):
            if in_bytes(bytes(value)):
                yield path
        else:
            waiting += [(f"{path}{part}", each, depth + 1) for part, each in _parts(value)]


def _parts(value: object) -> Iterable[tuple[str, object]]:
    if (fields := fields_of(value)) is not None:
        return [(f".{key}", each) for key, each in fields.items()] + [("(key)", key) for key in fields]
    if isinstance(value, list | tuple | set | frozenset):
        return [("[]", each) for each in cast("Iterable[object]", value)]
    if isinstance(value, type | int | float | BaseException) or value is None or callable(value):
        return []
    found = [(f".{key}", each) for key, each in getattr(value, "__dict__", {}).items()]
    slots = [slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ()) if isinstance(slot, str)]
    return found + [(f".{slot}", getattr(value, slot)) for slot in slots if hasattr(value, slot)]


class Listener(logging.Handler):
    """Listens to every logger at DEBUG, and keeps the places of what shows a secret."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.shown: list[str] = []
        self._loggers: dict[logging.Logger, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record."""
        try:
            text = record.getMessage()
        except Exception as problem:  # a broken call of a logger is a fault of its own
            self.shown.append(f"a record of {record.name} that cannot be formatted: {type(problem).__name__}")
            return
        if in_text(text) or (record.args and in_text(_shown(record.args))):
            self.shown.append(f"a record of {record.name}: {record.msg}"[:120])
        if record.exc_info and record.exc_info[1] is not None:
            self.shown += [f"a record of {record.name}: {place}" for place in in_error(record.exc_info[1])]

    def __enter__(self) -> "Listener":
        root = logging.getLogger()
        named = [each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
        known = {logging.getLogger(name) for name in ("httpx", "httpcore", "ventanilla", "asyncio")}
        for logger in {root, *named, *known}:
            self._loggers[logger] = logger.level
            logger.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *problem: object) -> None:
        logging.getLogger().removeHandler(self)
        for logger, level in self._loggers.items():
            logger.setLevel(level)

    def taken(self) -> list[str]:
        """Return what was seen since the last time."""
        shown, self.shown = self.shown, []
        return shown
