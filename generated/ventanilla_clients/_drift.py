"""Decodes what the spec did not foresee: keeps what came, says once where it differs, and never shows a value."""

import contextlib
import functools
import logging
import re
import types
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import attrs
import msgspec
from msgspec import UNSET, UnsetType

logger = logging.getLogger("ventanilla.drift")

# Larger bodies are lists of like rows: their ends are searched for unknown fields, not all of it.
WHOLE, END = 32_768, 4_096
REMEMBERED = 10_000
# Digits of an index.
NUMBER = 18
_KEY = re.compile(rb'"([^"\\]{1,64})"\s*:')
# What fields are called; keys and tokens have more digits.
_FIELD = re.compile(r"[\w@$#.:/ -]{1,40}")
MOST_DIGITS = 4
_reported: set[tuple[str, str, str, str]] = set()
_plain = msgspec.json.Decoder(float_hook=Decimal)


class Strictness:
    """Whether a difference from the spec raises (tests, contract runs) or is reported and survived."""

    enabled = False


def has_unknown(content: bytes, kind: Any) -> bool:
    """Return whether a body may have fields that `kind` does not declare."""
    parts = (content,) if len(content) <= WHOLE else (content[:END], content[-END:])
    names = _names(kind)
    return not all(names.issuperset(_KEY.findall(part)) for part in parts)


def lenient(content: bytes, kind: Any) -> Any:
    """Decode a JSON body as far as it can be; unknown fields of objects stay reachable as `unknown_fields`.

    Raises:
        ValueError: it is nothing of this kind at all, or in strict mode any difference.
    """
    plain = _plain.decode(content)
    if not attrs.has(kind):
        return _plain_value(plain, kind)
    if not isinstance(plain, dict):
        raise ValueError(f"Expected an object, got {_shape(plain)} - at `$`")
    fields = cast("dict[str, Any]", plain)
    required = [f.name for f in attrs.fields(kind) if f.default is attrs.NOTHING]
    if missing := [name for name in required if name not in fields]:
        raise ValueError(f"Object missing required field `{missing[0]}` - at `$`")
    return _Building(kind).object(fields, kind, "$")


def _plain_value(plain: Any, kind: Any) -> Any:
    """Build a list or a map, which are no models of their own."""
    if not isinstance(plain, get_origin(kind) or kind):
        raise ValueError(f"Expected {_name(kind)}, got {_shape(plain)} - at `$`")
    try:
        return _Building(kind).value(plain, kind, "$")
    except _Misfit as misfit:
        return misfit.kept


class _Misfit(Exception):
    """What came is not the list or object that is declared; `kept` stands in its place."""

    def __init__(self, kept: Any) -> None:
        super().__init__()
        self.kept = kept


class _Building:
    def __init__(self, root: Any) -> None:
        self.root = root

    def value(self, value: Any, hint: Any, path: str) -> Any:
        options = [*_options(hint)]
        if Any in options:
            self.remember(value)
            return value
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            for option in options:
                if attrs.has(option):
                    return self.object(fields, option, path)
                if get_origin(option) is dict:
                    self.remember(dict.fromkeys(fields))
                    return self.leaf(value, hint, path)
            if (rows := numbered(fields)) is not None and any(get_origin(option) is list for option in options):
                self.report(path, _name(hint), _shape(value))
                return self.value(rows, hint, path)
        elif isinstance(value, list):
            for option in options:
                if get_origin(option) is list:
                    return self.items(cast("Any", value), get_args(option)[0], f"{path}[]")
        return self.leaf(value, hint, path)

    def items(self, values: list[Any], hint: Any, path: str) -> list[Any]:
        kept: list[Any] = []
        for value in values:
            with contextlib.suppress(_Misfit):
                kept.append(self.value(value, hint, path))
        if len(kept) < len(values):
            raise _Misfit(kept)
        return kept

    def leaf(self, value: Any, hint: Any, path: str) -> Any:
        try:
            return msgspec.convert(value, hint)
        except msgspec.ValidationError:
            self.report(path, _name(hint), _shape(value))
        # Who reads a list or an object will go through it, so only plain values may be others than declared.
        options = [*_options(hint)]
        if any(get_origin(option) is list for option in options):
            raise _Misfit([])
        if any(attrs.has(option) for option in options):
            raise _Misfit(UNSET)
        return value

    def object(self, value: Mapping[str, Any], kind: Any, path: str) -> Any:
        hints = _hints(kind)
        found: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for field in attrs.fields(kind):
            if field.name in value:
                try:
                    found[field.name] = self.value(value[field.name], hints[field.name], f"{path}.{field.name}")
                except _Misfit as misfit:
                    found[field.name] = misfit.kept
                    unknown[field.name] = value[field.name]
            elif field.default is attrs.NOTHING:
                self.report(f"{path}.{field.name}", _name(hints[field.name]), "nothing")
                found[field.name] = UNSET
        made = kind(**found)
        for name in value.keys() - hints.keys():
            self.report(f"{path}.{_called(name)}", "no such field", _shape(value[name]))
            unknown[name] = value[name]
        if unknown:
            made.unknown_fields = unknown
        return made

    def remember(self, value: Any) -> None:
        """Take the names inside a free-form value for known, so that they do not cause another look."""
        names = _names(self.root)
        if len(names) < REMEMBERED:
            names.update(_KEY.findall(msgspec.json.encode(value)))

    def report(self, path: str, expected: str, came: str) -> None:
        if Strictness.enabled:
            raise ValueError(f"Expected {expected}, got {came} - at `{path}`")
        place = (self.root.__name__, path, expected, came.split(" of ")[0])
        if place not in _reported:
            _reported.add(place)
            logger.warning("%s at %s: expected %s, got %s", self.root.__name__, path, expected, came)


@functools.cache
def _names(kind: Any) -> set[bytes]:
    """Return every field name below a kind; grows with the names seen inside free-form values."""
    found: set[bytes] = set()
    waiting, seen = [kind], set[Any]()
    while waiting:
        for option in _options(waiting.pop()):
            waiting += get_args(option)
            if attrs.has(option) and option not in seen:
                seen.add(option)
                hints = _hints(option)
                found.update(name.encode() for name in hints)
                waiting += hints.values()
    return found


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in attrs.fields(kind)}


def _options(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        for option in get_args(hint):
            yield from _options(option)
    elif hint is not UnsetType:
        yield hint


def numbered(fields: Mapping[str, Any]) -> list[Any] | None:
    """Return the list that PHP writes as an object once its keys have gaps, in their order; None for other objects."""
    if fields and all(key.isascii() and key.isdigit() and len(key) <= NUMBER for key in fields):
        return [fields[key] for key in sorted(fields, key=int)]
    return None


def _name(hint: Any) -> str:
    return " or ".join(getattr(option, "__name__", str(option)) for option in _options(hint)).replace(
        "NoneType", "null"
    )


def _called(name: str) -> str:
    """Return the name of a field that no spec has, unless it may be a value: keys are echoed in such a place too."""
    is_name = _FIELD.fullmatch(name) is not None and sum(map(str.isdecimal, name)) < MOST_DIGITS
    return name if is_name else f"(a name of {len(name)} characters)"


def _shape(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | Decimal():
            return "number"
        case str():
            return f"text of {len(value)} characters"
        case list():
            return f"array of {len(cast(Any, value))} items"
        case _:
            return f"object of {len(value)} fields"
