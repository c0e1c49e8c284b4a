"""Refuses or narrows a journal's file that others could read, write or redirect."""

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger("ventanilla.intents")


def make_private(path: Path, *, is_ours: bool) -> None:
    """Make a file and its folder for their owner alone, and narrow the permissions of files that are there.

    Args:
        path: the file; SQLite's `-wal` and `-shm` beside it likewise.
        is_ours: whether the folder has nothing but journals: then it is narrowed too.

    Raises:
        ValueError: one is a link, or belongs to another user; or anybody may put files into the folder.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = path.parent.stat()
    if is_ours:
        _check(path.parent, stat.S_ISDIR, 0o700)
    elif folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        raise ValueError(f"anybody may put files into the journal's folder {path.parent}: chmod o-w, or choose another")
    _check(path, stat.S_ISREG, 0o600)
    # SQLite gives its other files the mode of this one.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600))
    for suffix in ("-wal", "-shm"):
        _check(path.with_name(path.name + suffix), stat.S_ISREG, 0o600)


def _check(path: Path, is_kind: Callable[[int], bool], wanted: int) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not is_kind(found.st_mode):
        raise ValueError(f"{path} is a link or another kind of thing than a journal: remove it, or choose another path")
    if hasattr(os, "geteuid") and found.st_uid not in (0, os.geteuid()):
        raise ValueError(f"{path} belongs to another user ({found.st_uid}): choose another path for the journal")
    if hasattr(os, "geteuid") and stat.S_IMODE(found.st_mode) & ~wanted:
        path.chmod(wanted)
        log.warning("%s had permissions %o, and has %o now", path, stat.S_IMODE(found.st_mode), wanted)
