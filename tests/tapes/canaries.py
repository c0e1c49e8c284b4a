"""Looks for secrets in the files of a tape, in whatever way they may be written."""

from collections.abc import Iterable
from pathlib import Path

from ventanilla._redact import forms


def leaks(folder: Path, secrets: Iterable[str]) -> list[str]:
    """Return which secrets stand in which files, hidden files included."""
    ways = {secret: forms(secret) for secret in secrets}
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files, "there is nothing to look through"
    return [
        f"{file.name}: {secret}"
        for file in files
        for secret, written in ways.items()
        if any(way in file.read_text(encoding="utf-8") for way in written)
    ]
