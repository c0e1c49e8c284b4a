"""Knows what a comparison comes to: its counts, its exit code, and the sentences for the changelog."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from specdiff._checking import Line, TypeProblem
from specdiff._reading import rises_enough
from specdiff._uses import Found, Traced
from specdiff._values import Direction, Verdict

NAMES: Mapping[str, str] = {
    "syncfy": "Syncfy",
    "facti": "Facti",
    "facturaonline": "Factura Online",
    "mock": "the mock's control API",
}


@frozen
class Report:
    """One comparison.

    Attributes:
        revision: what the working tree is compared with.
        providers: those that were compared.
        versions: the package's version there and here.
        traced: what changed, the worst first, texts left out.
        texts: how many texts changed, by provider.
        found: what type-checking found; None if it was not asked for.
    """

    revision: str
    providers: tuple[str, ...]
    versions: tuple[str | None, str | None]
    traced: tuple[Traced, ...]
    texts: Mapping[str, int]
    found: Found | None

    @property
    def is_breaking(self) -> bool:
        """Return whether any change is breaking, or not understood."""
        return any(each.stops for each in self.traced)

    @property
    def exit_code(self) -> int:
        """Return 1 for breaking changes that the version makes no room for."""
        return 1 if self.is_breaking and not rises_enough(*self.versions) else 0

    @property
    def changed(self) -> list[str]:
        """Return the providers whose spec differs."""
        return [each for each in self.providers if self.texts.get(each) or self.of(each)]

    def of(self, provider: str) -> list[Traced]:
        """Return the changes of one provider."""
        return [each for each in self.traced if each.provider == provider]

    @property
    def unexplained(self) -> Sequence[TypeProblem]:
        """Return the lines that do not type-check with the new clients, and why no one knows."""
        return self.found.unexplained if self.found else ()

    @property
    def troubles(self) -> list[str]:
        """Return why something could not be found out."""
        if self.found is None:
            return []
        refused = [
            f"The new spec of {NAMES[provider]} does not generate, so that the lines which break are not known:\n{why}"
            for provider, why in self.found.refused.items()
        ]
        return [*refused, *([f"{self.found.failed}."] if self.found.failed else [])]

    def summary(self, provider: str) -> str:
        """Return one sentence with the number of changes of each judgement."""
        counts = Counter(each.change.verdict for each in self.of(provider))
        parts = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
        if texts := self.texts.get(provider):
            parts.append(f"{texts} {'text' if texts == 1 else 'texts'} changed")
        return f"specs/{provider}.yaml since {self.revision}: {', '.join(parts)}."

    @property
    def release(self) -> str:
        """Return what the changes ask of the version."""
        before, after = (each or "none" for each in self.versions)
        if not self.is_breaking:
            return "Nothing breaks."
        if rises_enough(*self.versions):
            return f"The version rises from {before} to {after}, which makes room for what breaks."
        part = "minor" if before.startswith("0.") else "major"
        return (
            f"What breaks needs a version whose {part} part is higher: it was {before} at {self.revision} and is "
            f"{after} in facade/ventanilla/_version.py."
        )

    @property
    def changelog(self) -> list[str]:
        """Return paragraphs of full sentences to start the changelog's from."""
        found: list[str] = []
        for provider in self.providers:
            stops = [each.change.sentence for each in self.of(provider) if each.stops]
            others = [each.change.sentence for each in self.of(provider) if not each.stops]
            if stops:
                found.append(f"Code that uses {NAMES[provider]} may have to change. {' '.join(stops)}")
            if others:
                found.append(f"{'Also in' if stops else 'In'} {NAMES[provider]}: {' '.join(others)}")
        return found


def grouped(lines: Iterable[Line]) -> str:
    """Return lines as text, those of one file together: a.py:3, 8."""
    files: dict[str, list[int]] = {}
    for line in sorted(lines):
        files.setdefault(line.file, []).append(line.number)
    return "; ".join(f"{file}:{', '.join(map(str, numbers))}" for file, numbers in files.items())


def judgements(traced: Traced) -> str:
    """Return the directions of a change, each with its judgement if they differ."""
    verdicts = traced.change.verdicts
    if len({*verdicts.values()}) == 1:
        return " and ".join(verdicts)
    return ", ".join(f"{verdict} in a {direction}" for direction, verdict in _worst_first(verdicts))


def _worst_first(verdicts: Mapping[Direction, Verdict]) -> list[tuple[Direction, Verdict]]:
    return sorted(verdicts.items(), key=lambda each: each[1].rank)
