"""Writes downloads where the caller wants them."""

import re
from pathlib import Path

from ventanilla._flow import Flow, Save


def save(content: bytes, to: str | Path, *, name: str) -> Flow[Path]:
    """Write a download and return its path.

    Args:
        content: the bytes.
        to: a folder that exists, to use the download's own name, or the path of the file.
        name: the download's own name; only its letters, digits, dots, dashes and underscores are used.
    """
    path = Path(to)
    if path.is_dir():
        path = path / plain_name(name)
    yield Save(path, content)
    return path


def plain_name(name: str) -> str:
    """Return a file name that stays in its folder, whatever the provider calls the file."""
    return re.sub(r"[^0-9A-Za-z._-]+", "_", name).strip("._") or "download"
