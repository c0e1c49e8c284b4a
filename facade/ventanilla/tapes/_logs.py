"""Knows what the logger `ventanilla.drift` has said, whatever a logging format puts before and behind its words."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import frozen

from ventanilla.mock._spec import load
from ventanilla.tapes._compare import Kind
from ventanilla.tapes._findings import Finding
from ventanilla.tapes._places import PROVIDERS

_line = re.compile(
    r"(?P<model>[A-Za-z_]\w*) at (?P<path>\$.*?): expected (?P<expected>.+?), "
    r"got (?P<came>nothing|null|boolean|number|text of \d+ characters|array of \d+ items|object of \d+ fields)"
)
_TYPES = {"text": "string"}
# How lines of logs begin: with a time or a level, or as JSON that has one.
_entry = re.compile(
    r"[\W_]{0,3}(\d{4}-\d\d-\d\d|\d{1,2}[/ ][A-Z][a-z]{2}|[A-Z][a-z]{2} +\d{1,2} |\d\d:\d\d|\d{10}[.\d]* )"
    r"|.{0,80}\[\d\d/[A-Z][a-z]{2}/\d{4}:|.{0,40}\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b"
    r'|\{.*"(level|levelname|severity|msg|message|time|timestamp|asctime|event)"\s*:'
)
_LOOKED_AT, _ONE_IN = 1000, 5


@frozen
class _Use:
    provider: str
    operation: str


def read_log(lines: Iterable[str], name: str) -> Iterator[Finding]:
    """Yield what a log tells, once for each operation whose answers are of the model that it names."""
    uses = _uses()
    for number, line in enumerate(lines, start=1):
        for found in _line.finditer(line):
            came = found["came"].split(" of ")[0]
            kind = _kind(found["expected"], came)
            model = found["model"]
            for use in uses.get(model, [None]):
                yield Finding(
                    kind,
                    None if use is None else use.provider,
                    model if use is None else use.operation,
                    None,
                    found["path"],
                    found["expected"],
                    _TYPES.get(came, came),
                    1,
                    f"{name}:{number}",
                )


def is_log(lines: Iterable[str]) -> bool:
    """Return whether a text looks like a log, of whatever: lines that go on from others are many, other texts none."""
    first = [line for line in islice(lines, _LOOKED_AT) if line.strip()]
    return not any("\0" in line for line in first) and _ONE_IN * sum(map(bool, map(_entry.match, first))) > len(first)


def _kind(expected: str, came: str) -> Kind:
    if expected == "no such field":
        return "unknown-field"
    return "missing-field" if came == "nothing" else "null" if came == "null" else "type"


def _uses() -> dict[str, list[_Use | None]]:
    """Return, for each model, whose operations answer with it."""
    found: dict[str, list[_Use | None]] = {}
    for provider in PROVIDERS:
        spec = load(provider)
        for operation in spec.operations.values():
            for content in operation.responses.get("200", {}).values():
                success = content.variants[0]
                if success is not None:
                    model = spec.follow(success)[1].rpartition("/")[2]
                    found.setdefault(model, []).append(_Use(provider, operation.id))
    return found
