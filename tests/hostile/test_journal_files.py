"""A journal's file is its owner's alone, and nobody else's file is ever taken for it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ventanilla.errors import JournalUnavailable
from ventanilla.intents import SqliteJournal, _sqlite

SUFFIXES = ("", "-wal", "-shm")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_link_is_refused(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / "somebody's"
    (tmp_path / f"j{suffix}").symlink_to(target)
    with pytest.raises(JournalUnavailable, match="is a link"):
        SqliteJournal(tmp_path / "j").pending("scope")
    assert not target.exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("mode", [0o644, 0o666, 0o660])
def test_wide_permissions_are_narrowed(
    tmp_path: Path, suffix: str, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    SqliteJournal(tmp_path / "j").pending("scope")
    # Kept open, so that SQLite does not remove the other two.
    with closing(sqlite3.connect(tmp_path / "j")) as other:
        other.execute("SELECT * FROM intents").fetchall()
        (tmp_path / f"j{suffix}").chmod(mode)
        SqliteJournal(tmp_path / "j").pending("scope")
        assert (tmp_path / f"j{suffix}").stat().st_mode & 0o777 == 0o600
    assert f"j{suffix} had permissions {mode:o}, and has 600 now" in caplog.text


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_somebody_else_is_refused(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"j{suffix}").touch(0o600)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    if mine == 0:  # what root has made may be trusted, so that it is somebody else's here
        os.chown(tmp_path / f"j{suffix}", 12345, -1)
    with pytest.raises(JournalUnavailable, match="belongs to another user"):
        SqliteJournal(tmp_path / "j").pending("scope")


@pytest.mark.parametrize("made", [os.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_is_no_file_is_refused(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "j")
    with pytest.raises(JournalUnavailable, match="another kind of thing"):
        SqliteJournal(tmp_path / "j").pending("scope")


def test_the_default_folder_is_narrowed_and_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    monkeypatch.setattr(_sqlite, "DEFAULT", folder / "j")
    folder.mkdir(0o755)
    SqliteJournal(folder / "j").pending("scope")
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    with pytest.raises(JournalUnavailable, match="is a link"):
        SqliteJournal(folder / "j").pending("scope")


def test_a_folder_that_anybody_may_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(JournalUnavailable, match="anybody may put files"):
        SqliteJournal(folder / "j").pending("scope")
    folder.chmod(0o1777)  # as /tmp: nobody can take away what is another's
    SqliteJournal(folder / "j").pending("scope")
    folder.chmod(0o775)
    SqliteJournal(folder / "k").pending("scope")
    assert folder.stat().st_mode & 0o777 == 0o775
