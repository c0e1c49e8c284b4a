"""Reads the specs and the version, of the working tree and of another revision."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from generate import load
from specdiff._place import is_map
from specdiff._values import Mapped

VERSION_FILE = "facade/ventanilla/_version.py"
_version = re.compile(r'^VERSION = "([^"]+)"', re.MULTILINE)


class Unreadable(Exception):
    """There is nothing to compare: says in one sentence why."""


@frozen
class Side:
    """One of the two versions.

    Attributes:
        texts: the spec of each provider that has one, as it is written.
        version: the package's version; None where it has none.
    """

    texts: Mapping[str, str]
    version: str | None
    where: str

    def spec(self, provider: str) -> Mapped:
        """Return a provider's spec as plain JSON, empty where there is none."""
        text = self.texts.get(provider)
        return {} if text is None else parsed(text, f"specs/{provider}.yaml{self.where}")


def working_tree(root: Path, providers: Sequence[str]) -> Side:
    """Read what is on disk."""
    paths = {provider: root / "specs" / f"{provider}.yaml" for provider in providers}
    texts = {provider: path.read_text(encoding="utf-8") for provider, path in paths.items() if path.exists()}
    version = root / VERSION_FILE
    return Side(texts, _found(version.read_text(encoding="utf-8") if version.exists() else None), "")


def revision(root: Path, name: str, providers: Sequence[str]) -> Side:
    """Read what is in a revision of git.

    Raises:
        Unreadable: there is no git, no checkout, or no such revision.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree") is None:
        raise Unreadable(f"{root} is no git checkout, so that there is no other revision to compare with.")
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if commit is None:
        raise Unreadable(f"There is no revision {name!r} in this checkout: give a commit, a branch or a tag.")
    found = {each: _git(root, "show", f"{commit.strip()}:./specs/{each}.yaml") for each in providers}
    texts = {provider: text for provider, text in found.items() if text is not None}
    return Side(texts, _found(_git(root, "show", f"{commit.strip()}:./{VERSION_FILE}")), f" at {name}")


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)  # noqa: S607
    except FileNotFoundError:
        raise Unreadable("git is not installed, so that no other revision can be read.") from None
    return None if done.returncode else done.stdout.decode("utf-8")


def _found(text: str | None) -> str | None:
    found = _version.search(text or "")
    return found[1] if found else None


def parsed(text: str, where: str) -> Mapped:
    """Return a spec as the JSON that it is compiled to.

    Raises:
        Unreadable: it is no YAML, or nothing that JSON can say.
    """
    try:
        compiled: Any = json.loads(json.dumps(load(text, "safe")))
    except MarkedYAMLError as problem:
        marked: Any = problem  # its attributes have no types upstream
        line = f" in line {marked.problem_mark.line + 1}" if marked.problem_mark else ""
        raise Unreadable(f"{where} does not parse{line}: {' '.join(str(marked.problem).split())}.") from None
    except (YAMLError, TypeError, ValueError) as problem:
        raise Unreadable(f"{where} does not parse: {' '.join(str(problem).split())}.") from None
    if not is_map(compiled):
        raise Unreadable(f"{where} is no spec: it holds no mapping.")
    return compiled


def rises_enough(before: str | None, after: str | None) -> bool:
    """Return whether a version makes room for what breaks: its major part rises, or while it is 0 the minor part."""
    old, new = _parts(before), _parts(after)
    return old is not None and new is not None and (new[0] > old[0] or (new[0] == old[0] == 0 and new[1] > old[1]))


def _parts(version: str | None) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", version or "")
    return (int(found[1]), int(found[2])) if found else None
