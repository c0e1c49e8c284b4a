"""Knows which edits of a spec make it say what was recorded; never with a value of the recording.

What comes of it is widened, loosened and added, and each place says that it was recorded. What a spec cannot say by our
house rules is left, with the reason.
"""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from ventanilla.mock._spec import Spec
from ventanilla.tapes._draft import Draft, left_out
from ventanilla.tapes._exchange import TapeError
from ventanilla.tapes._findings import Finding
from ventanilla.tapes._places import PROVIDERS
from ventanilla.tapes._sheet import Sheet


@frozen
class Patch:
    """What is to be changed in the specs.

    Attributes:
        diff: a unified diff for `git apply`; empty when there is nothing to change.
        left: what is not in it: operation, where, and why.
    """

    diff: str = ""
    left: tuple[str, ...] = ()


def specs_in(folder: Path) -> dict[str, Spec]:
    """Return the specs of a folder by provider. Raises TapeError when there is none, or one is no YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    load: Any = getattr(YAML(typ="safe"), "load")  # noqa: B009 - its argument has no type upstream
    found = dict[str, Spec]()
    for name in PROVIDERS:
        path = folder / f"{name}.yaml"
        if path.exists():
            try:
                found[name] = Spec(name, load(path.read_text(encoding="utf-8")))
            except (YAMLError, LookupError, TypeError, UnicodeDecodeError) as problem:
                raise TapeError(f"{path}: is no spec: {str(problem).splitlines()[0]}") from None
    if not found:
        raise TapeError(f"{folder}: there is no spec in it; say where specs/{PROVIDERS[0]}.yaml is with --specs")
    return found


def patch(findings: Iterable[Finding], folder: Path, specs: Mapping[str, Spec]) -> Patch:
    """Return the changes that make specs say what findings tell.

    Args:
        findings: from compare(), with the same specs.
        folder: where the specs are.
        specs: from specs_in().
    """
    diffs, left = list[str](), list[str]()
    found = [*findings]
    for name, spec in specs.items():
        own = [each for each in found if each.provider == name]
        if not own:
            continue
        path = folder / f"{name}.yaml"
        draft = Draft(spec, Sheet(path.read_text(encoding="utf-8")))
        draft.take(own)
        left += draft.left
        before, after = draft.sheet.text, draft.sheet.edited()
        where = _relative(path)
        lines = difflib.unified_diff(
            before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{where}", f"b/{where}"
        )
        diffs.append("".join(lines))
    left += [left_out(each, "no spec has this address") for each in found if each.provider is None]
    return Patch("".join(diffs), tuple(left))


def _relative(path: Path) -> str:
    path = path.resolve()
    here = Path.cwd().resolve()
    return (path.relative_to(here) if path.is_relative_to(here) else path.relative_to(path.anchor)).as_posix()
