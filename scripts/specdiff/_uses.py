"""Finds the lines of the facade that use what has changed, and those that break, by type-checking it twice.

With the old client, in which the changed elements are marked, mypy names the uses; with the new client it names what
breaks. Neither run is made for a change whose names no file of the facade holds.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from ruamel.yaml.error import YAMLError

import generate
from specdiff import _marking
from specdiff._blame import blamed, marked
from specdiff._checking import CheckFailed, Line, TypeProblem, type_problems
from specdiff._mentions import mentions, scopes
from specdiff._reach import reach
from specdiff._targets import facade_words, names_of, targets, words_of
from specdiff._values import Change, Element, Kind, Mapped

CLIENTS = "ventanilla_clients"
Progress = Callable[[str], object]


@define(eq=False)
class Traced:
    """A change with the lines of the facade that it concerns."""

    provider: str
    change: Change
    targets: frozenset[Element] = frozenset()
    uses: frozenset[Line] = frozenset()
    breaks: frozenset[Line] = frozenset()

    @property
    def stops(self) -> bool:
        """Return whether it is breaking."""
        return self.change.verdict.stops

    @property
    def names(self) -> frozenset[str]:
        """Return the names by which mypy speaks of it."""
        after = {self.change.element.member} - {""}
        return frozenset(name for each in self.targets for name in names_of(each)) | after


@frozen
class Spec:
    """A spec before and after; `text` is the new one as written, for the house rules to name its lines."""

    old: Mapped
    new: Mapped
    text: str


@define
class Found:
    """What type-checking found beside the lines of single changes.

    Attributes:
        unexplained: lines that do not type-check with the new clients, with what mypy says, and no change explains.
        refused: why the new spec of a provider does not generate, by provider.
        failed: why there was no type-checking; None if there was.
    """

    unexplained: list[TypeProblem] = field(factory=list[TypeProblem])
    refused: dict[str, str] = field(factory=dict[str, str])
    failed: str | None = None


def trace(root: Path, specs: Mapping[str, Spec], changes: Sequence[Traced], progress: Progress) -> Found:
    """Fill in the lines of each change and return what else there is to say."""
    found = Found()
    for provider, spec in specs.items():
        reached = reach(spec.old)
        for each in changes:
            if each.provider == provider:
                each.targets = frozenset(targets(each.change, spec.old, reached))
    concerned = _concerned(root, changes)
    with tempfile.TemporaryDirectory(prefix="specdiff-") as folder:
        try:
            new = _new_clients(root, specs, Path(folder) / "new", found, progress)
            if concerned:
                progress("type-checking the facade against the old clients, for what uses them")
                _find_uses(root, specs, concerned, Path(folder) / "old")
                if not found.refused:
                    progress("type-checking the facade against the new clients, for what breaks")
                    _find_breaks(root, type_problems(root, new), concerned, found)
        except CheckFailed as failure:
            found.failed = str(failure)
    _find_mentions(root, changes)
    return found


def _concerned(root: Path, changes: Sequence[Traced]) -> list[Traced]:
    """Return the changes whose words stand in the facade; no line can use the others."""
    words = facade_words(root)
    return [each for each in changes if any(words_of(target) & words for target in each.targets)]


def _new_clients(root: Path, specs: Mapping[str, Spec], folder: Path, found: Found, progress: Progress) -> Path:
    _copied(root, folder)
    for provider, spec in specs.items():
        progress(f"generating the new client of {provider}")
        shutil.rmtree(folder / CLIENTS / provider, ignore_errors=True)
        try:
            lined: Any = generate.load(spec.text, "rt")
            path = generate.SPECS / f"{provider}.yaml"
            generate.write_client(lined, spec.new, path, folder / CLIENTS / provider)
            generate.tidy(folder / CLIENTS, [provider])
        except generate.GenerationFailed as failure:
            found.refused[provider] = str(failure)
        except (YAMLError, LookupError, TypeError, ValueError, AttributeError) as failure:
            # A spec of another shape than the rules expect stops them in the middle.
            found.refused[provider] = f"specs/{provider}.yaml: {type(failure).__name__}: {failure}"
    return folder


def _copied(root: Path, folder: Path) -> None:
    committed = root / "generated" / CLIENTS
    if not committed.is_dir():
        raise CheckFailed(f"there are no generated clients in {committed} for the facade to be checked with")
    shutil.copytree(committed, folder / CLIENTS, ignore=shutil.ignore_patterns("__pycache__", ".generating-*"))


def _find_uses(root: Path, specs: Mapping[str, Spec], concerned: Sequence[Traced], folder: Path) -> None:
    _copied(root, folder)
    marks = sorted({(each.provider, target) for each in concerned for target in each.targets})
    clients = {provider: _old_client(provider, spec.old, folder) for provider, spec in specs.items()}
    for number, (provider, element) in enumerate(marks):
        _marking.mark(clients[provider], element, number)
    lines: dict[int, set[Line]] = {number: set() for number in range(len(marks))}
    for problem in type_problems(root, folder):
        if (mark := marked(problem)) is not None:
            lines[mark].add(problem.line)
    for each in concerned:
        wanted = {(each.provider, target) for target in each.targets}
        each.uses = frozenset(line for number, key in enumerate(marks) if key in wanted for line in lines[number])


def _old_client(provider: str, spec: Mapped, folder: Path) -> _marking.Client:
    client = folder / CLIENTS / provider
    shutil.rmtree(client, ignore_errors=True)
    if warnings := generate.generated(spec, Path(f"{provider}.yaml"), client):
        raise CheckFailed(f"the old spec of {provider} does not generate: {' '.join(warnings[0].split())}")
    generate.tidy(folder / CLIENTS, [provider])
    return _marking.opened(client)


def _find_breaks(root: Path, problems: Sequence[TypeProblem], concerned: Sequence[Traced], found: Found) -> None:
    files = {problem.line.file for problem in problems}
    functions = {file: scopes(root / file) for file in files}
    for problem in problems:
        blame = blamed(problem, concerned, functions)
        for index in blame:
            concerned[index].breaks |= {problem.line}
        if not blame:
            found.unexplained.append(problem)


def _find_mentions(root: Path, changes: Sequence[Traced]) -> None:
    """Add the lines that name an operation, where it goes or gets another name."""
    renamed = [
        each
        for each in changes
        if each.change.element.sort == "operation" and each.change.kind in (Kind.REMOVED, Kind.RENAMED)
    ]
    for provider in {each.provider for each in renamed}:
        own = [each for each in renamed if each.provider == provider]
        lines = mentions(root, provider, {each.change.element.owner for each in own})
        for each in own:
            each.uses |= lines[each.change.element.owner]
