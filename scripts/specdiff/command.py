"""Runs `python scripts/generate.py diff`: reads both versions, compares, asks the type checker, prints, and judges."""

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from generate import PROVIDERS
from specdiff import _printing
from specdiff._documents import compare
from specdiff._reading import Side, Unreadable, revision, working_tree
from specdiff._report import Report
from specdiff._uses import Found, Spec, Traced, trace
from specdiff._values import Verdict

DESCRIPTION = """\
Say what the changes of specs/*.yaml since another revision mean for who uses the clients.

  python scripts/generate.py diff                   since HEAD, all providers
  python scripts/generate.py diff v0.1.0 syncfy     since a tag, one provider
  python scripts/generate.py diff --markdown main   for a pull request
  python scripts/generate.py diff --no-uses         the comparison alone, without type-checking the facade
"""
EPILOG = """\
Each change is judged for its direction. What users write may be widened and what they read may be narrowed; the other
way round is breaking, and so is whatever takes away or alters a Python name or type. Schemas that are used in both
directions are judged for both. A key that no rule knows is `uncertain`, and counts as breaking until somebody has
looked. The lines of the facade are found by mypy: `breaks` do not type-check with the new clients, `used in` are the
others that use what changed.

exit code: 1 if anything breaks and the version in facade/ventanilla/_version.py does not rise in its major part (the
minor part while it is 0.x) since that revision, else 0; 2 if there is nothing to compare

--json: {"format": 1, "revision", "version": {"before", "after"}, "exit_code",
         "changes": [{"provider", "element", "sort", "kind", "judgement", "directions": {"request" | "response":
                      judgement}, "says", "pointer", "before", "after", "breaks": ["file:line"], "uses": [...]}],
         "texts": {provider: number}, "refused": {provider: why its new spec does not generate}, "unchecked": why the
         facade was not type-checked or null, "unexplained": [{"line", "message"}], "changelog": [paragraph]}
"""


def main(arguments: Sequence[str], root: Path) -> int:
    """Compare the specs below `root` with those of a revision; return the exit code."""
    options = _options(arguments)
    try:
        report = _compared(root, options.revision, options.providers, with_uses=options.uses)
    except Unreadable as problem:
        print(f"generate.py diff: {problem}", file=sys.stderr)
        return 2
    with contextlib.suppress(BrokenPipeError):  # who reads has seen enough
        _print(report, options.format)
    return report.exit_code


def _print(report: Report, shape: Callable[[Report], str] | None) -> None:
    if shape is None and sys.stdout.isatty() and report.changed:
        _printing.show(report)
    else:
        print((shape or _printing.as_text)(report), flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="generate.py diff",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("given", nargs="*", metavar="[revision] [provider ...]", help="HEAD and all if left out")
    shapes = parser.add_mutually_exclusive_group()
    shapes.add_argument("--markdown", dest="format", action="store_const", const=_printing.as_markdown)
    shapes.add_argument("--json", dest="format", action="store_const", const=_printing.as_json)
    parser.add_argument("--no-uses", dest="uses", action="store_false", help="do not type-check the facade")
    options = parser.parse_intermixed_args(arguments)
    given: list[str] = options.given
    options.revision = given.pop(0) if given and given[0] not in PROVIDERS else "HEAD"
    if unknown := [each for each in given if each not in PROVIDERS]:
        parser.error(f"unknown provider {', '.join(unknown)}; known: {', '.join(PROVIDERS)}")
    options.providers = tuple(each for each in PROVIDERS if each in given) or PROVIDERS
    return options


def _compared(root: Path, name: str, providers: Sequence[str], *, with_uses: bool) -> Report:
    old, new = revision(root, name, providers), working_tree(root, providers)
    specs = _differing(old, new, providers)
    found = [Traced(provider, change) for provider, spec in specs.items() for change in compare(spec.old, spec.new)]
    traced = [each for each in found if each.change.verdict is not Verdict.TEXT]
    texts = Counter(each.provider for each in found if each.change.verdict is Verdict.TEXT)
    traced.sort(key=lambda each: each.change.verdict.rank)
    facade = _traced(root, specs, traced) if with_uses else None
    return Report(name, tuple(providers), (old.version, new.version), tuple(traced), texts, facade)


def _differing(old: Side, new: Side, providers: Sequence[str]) -> dict[str, Spec]:
    # Most runs concern one spec, and reading YAML is what takes the time.
    changed = [each for each in providers if old.texts.get(each) != new.texts.get(each)]
    return {each: Spec(old.spec(each), new.spec(each), new.texts.get(each, "")) for each in changed}


def _traced(root: Path, specs: dict[str, Spec], traced: Sequence[Traced]) -> Found:
    if not traced:
        return Found()
    is_terminal = sys.stderr.isatty()

    def progress(text: str) -> None:
        if is_terminal:
            print(f"\r\x1b[K{text} …", end="", file=sys.stderr, flush=True)

    found = trace(root, specs, traced, progress)
    if is_terminal:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return found
