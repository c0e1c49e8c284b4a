"""Writes downloads where the caller wants them: under a name that stays in its folder, whole or not at all."""

import contextlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path

from ventanilla._steps import Do, Flow

# Bytes of a name, in UTF-8. Most systems allow 255, some of those that encrypt fewer; synchronisers add to them.
LONGEST = 200
# Those of an extension; what is longer is none.
LONGEST_EXTENSION = 16
# Windows takes these for devices, whatever extension follows.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")})


def save(content: bytes, to: str | Path, *, name: str) -> Flow[Path]:
    """Write a download and return its path.

    A file of the same name is replaced, as what is downloaded again is the same thing. The name begins with its id, so
    that no other is.

    Args:
        content: the bytes.
        to: a folder that exists, to use the download's own name, or the path of the file.
        name: the download's own name, of which `plain_name` is used.
    """
    path: Path = yield Do(_saved, (content, Path(to), plain_name(name)))
    return path


def named(identity: str, name: str) -> str:
    """Return `<identity>__<slug>`: the id tells files of one name apart, and no id has two underscores."""
    return f"{identity}__{slug(name)}"


def plain_name(name: str) -> str:
    """Return a file name that stays in its folder on every system, whatever the provider calls the file."""
    plain = slug(name)
    return f"_{plain}" if plain.partition(".")[0].lower() in DEVICES else plain


def slug(text: str) -> str:
    """Return the letters, digits, dots, dashes and underscores of a text, composed, in 200 bytes at most."""
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    # Not \w alone: it has digits and letters of every script, and marks that are not composed are left out.
    plain = re.sub(r"[^\w.-]+", "_", composed).strip("._- ")
    return _shortened(re.sub(r"\.{2,}", ".", plain)) or "download"


def _shortened(text: str) -> str:
    if len(text.encode()) <= LONGEST:
        return text
    stem, dot, extension = text.rpartition(".")
    ending = f"{dot}{extension}" if stem and len(extension.encode()) <= LONGEST_EXTENSION else ""
    kept = (stem if ending else text).encode()[: LONGEST - len(ending.encode())]
    return kept.decode("utf-8", "ignore").rstrip("._- ") + ending


def _saved(content: bytes, to: Path, name: str) -> Path:
    path = to / name if to.is_dir() else to
    write(path, content)
    return path


def write(path: Path, content: bytes) -> None:
    """Put a file in its place at once: nobody finds half of it there, whatever happens meanwhile.

    Only its owner may read it: it is a payslip or a bank statement. A link that stands in its place is replaced, and
    what it leads to is left alone.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".ventanilla-", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the name itself survive a loss of power; Windows has no way to ask for it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
