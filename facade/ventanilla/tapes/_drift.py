"""Knows how services differ from their specs over whole tapes and logs: the same in many exchanges is said once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from ventanilla.mock._spec import Content, Operation, Spec
from ventanilla.tapes import _archive
from ventanilla.tapes._compare import Comparison, declared
from ventanilla.tapes._exchange import Exchange, TapeError
from ventanilla.tapes._findings import Finding, findings, strange, variant_of
from ventanilla.tapes._logs import is_log, read_log
from ventanilla.tapes._places import place_of
from ventanilla.tapes._schema import Schemas
from ventanilla.tapes.tape import Tape


@frozen
class Drift:
    """How services differ from their specs.

    Attributes:
        findings: the differences, those of one operation together.
        exchanges: how many exchanges have been looked at.
        cut: how many of these have bodies of which nothing can be said.
        log_lines: how many lines of logs tell of a difference.
        unseen: what the specs have and the tapes do not: for each provider and operation the fields that never came;
            for one that was never called, nothing.
    """

    findings: tuple[Finding, ...] = ()
    exchanges: int = 0
    cut: int = 0
    log_lines: int = 0
    unseen: Mapping[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        names = ("kind", "provider", "operation", "status", "path", "expected", "came", "count", "example")
        return {
            "findings": [{name: getattr(each, name) for name in names} for each in self.findings],
            "exchanges": self.exchanges,
            "cut": self.cut,
            "log_lines": self.log_lines,
            "unseen": {name: list(paths) for name, paths in self.unseen.items()},
        }


def compare(
    tapes: Iterable[Tape],
    *,
    spec: str | None = None,
    specs: Mapping[str, Spec] | None = None,
    logs: Sequence[Path] = (),
) -> Drift:
    """Hold tapes, and logs of `ventanilla.drift`, against the specs.

    Args:
        tapes: what was recorded.
        spec: whose spec it is (syncfy, facti, facturaonline), for exchanges that do not say so.
        specs: other specs than those that are installed, by provider.
        logs: files with what the logger `ventanilla.drift` has said.

    Raises TapeError for a log that cannot be read.
    """
    run = _Run(spec, specs or {})
    for tape in tapes:
        for exchange in tape:
            run.add(exchange, tape.name)
    for path in logs:
        run.add_log(path)
    return run.drift()


def tapes_and_logs(paths: Iterable[Path]) -> tuple[list[Tape], list[Path]]:
    """Tell tapes from logs: folders and JSON archives are tapes. Raises TapeError that names the file and the field."""
    tapes, logs = list[Tape](), list[Path]()
    for path in paths:
        try:
            is_tape = path.is_dir() or path.suffix == ".har" or _is_archive(path.read_bytes())
        except OSError as problem:
            raise TapeError(f"{path}: cannot be read ({problem.strerror})") from None
        if is_tape:
            tapes.append(Tape.read(path))
        else:
            logs.append(path)
    return tapes, logs


def _is_archive(content: bytes) -> bool:
    plain = _archive.as_plain(content)
    return isinstance(plain, dict) and "log" in plain


class _Run:
    """What has been found so far."""

    def __init__(self, spec: str | None, specs: Mapping[str, Spec]) -> None:
        self._spec, self._specs = spec, specs
        self._found: dict[Any, Finding] = {}
        self._schemas: dict[str, Schemas] = {}
        self._comparisons: dict[tuple[str, str], Comparison] = {}
        self._variants: dict[tuple[str, str], set[str]] = {}
        self._exchanges = self._cut = self._lines = 0

    def add(self, exchange: Exchange, tape: str) -> None:
        self._exchanges += 1
        self._cut += exchange.is_cut
        base = None if exchange.provider is None else exchange.base
        place = place_of(exchange.origin, exchange.request, exchange.provider or self._spec, base, self._specs)
        if place is None or place.operation is None:
            self._note([strange(exchange, place)])
            return
        schemas = self._schemas.setdefault(place.spec.name, Schemas(place.spec))
        called = place.spec.name, place.operation.id
        comparison = self._comparisons.setdefault(called, Comparison(schemas))
        self._mark(called, place.spec, place.operation, exchange)
        source = f"{tape}, {datetime.fromtimestamp(exchange.at, UTC):%Y-%m-%d}"
        found = _once(findings(place.spec, place.operation, exchange, comparison))
        self._note(evolve(each, source=source) for each in found)

    def _mark(self, called: tuple[str, str], spec: Spec, operation: Operation, exchange: Exchange) -> None:
        """Remember which of its answers an operation has given, so that only their fields are missed."""
        contents: Mapping[str, Content] = operation.responses.get(str(exchange.response.status), {})
        if (content := contents.get(exchange.media_type)) is not None and exchange.is_json and not exchange.is_cut:
            pointer = variant_of(spec, content, exchange)
            if pointer is not None:
                self._variants.setdefault(called, set()).add(pointer)

    def add_log(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                found = [*read_log(lines, path.name)]
                if not found and not (lines.seek(0) == 0 and is_log(lines)):
                    raise TapeError(f"{path}: is neither a tape, an HTTP archive nor a log")
        except OSError as problem:
            raise TapeError(f"{path}: cannot be read ({problem.strerror})") from None
        self._lines += len({each.example for each in found})
        self._note(found)

    def _note(self, found: Iterable[Finding]) -> None:
        for each in found:
            before = self._found.get(each.key)
            self._found[each.key] = each if before is None else _together(before, each)

    def drift(self) -> Drift:
        order = sorted(self._found.values(), key=lambda each: (each.provider or "", each.operation))
        return Drift(tuple(order), self._exchanges, self._cut, self._lines, self._unseen())

    def _unseen(self) -> dict[str, tuple[str, ...]]:
        found = dict[str, tuple[str, ...]]()
        for provider, schemas in sorted(self._schemas.items()):
            for operation in schemas.spec.operations:
                called = provider, operation
                if called not in self._comparisons:
                    found[f"{provider}.{operation}"] = ()
                    continue
                seen = self._comparisons[called].seen
                paths = (path for pointer in self._variants.get(called, ()) for path in declared(schemas, pointer))
                if missing := tuple(sorted({path for path in paths if path not in seen})):
                    found[f"{provider}.{operation}"] = missing
        return found


def _once(found: Iterable[Finding]) -> Iterable[Finding]:
    """Put together what is the same in one exchange, and count it once."""
    by_key = dict[Any, Finding]()
    for each in found:
        before = by_key.get(each.key)
        by_key[each.key] = each if before is None else evolve(_together(before, each), count=1)
    return by_key.values()


def _together(first: Finding, second: Finding) -> Finding:
    shape = first.shape if second.shape is None else second.shape if first.shape is None else first.shape | second.shape
    came = first.came if shape is None else shape.text
    is_failure = first.is_failure and second.is_failure
    return evolve(first, count=first.count + second.count, shape=shape, came=came, is_failure=is_failure)
