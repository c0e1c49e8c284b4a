"""A download is in its folder, whole, its owner's alone, and in nobody else's place, whatever it is called."""

import os
import random
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from driving import KEYS, OBJECT, USER
from standing import Standing, example

from ventanilla import AsyncSyncfy, Syncfy
from ventanilla._files import DEVICES, LONGEST, named, plain_name, save, write
from ventanilla._flow import Flow, arun, run
from ventanilla_clients.syncfy.models import Attachment

SEED = 20261126
BASE = "http://127.0.0.1/v1"
PARTS = [
    "..", ".", "/", "\\", "a", "factura", ".xml", ".pdf", "~", "$HOME", "%2e%2e", "%00", "\x00", "\n", "\r\n", ":",
    "con", "NUL", "aux.xml", "COM1", "lpt9", "COM¹", "*", "?", "|", "<", ">", '"', "'", "`id`", "-rf", " ", "\t",
    "C:", "．．", "／", "∕", "⁄", "\u202e", "\u200b", "é", "e\u0301", "ñ", "文", "😀", "\ud800", "\udcff", "\ufeff",
    "ﬁ", "İ", "ß", "x" * 300, "é" * 200, "文" * 100, "." * 50, "\x7f", "\x1b[2J", "::$DATA", "\\\\host\\share",
    "//host", "file://",
]  # fmt: skip


def names(count: int) -> list[str]:
    dice = random.Random(SEED)
    return ["".join(dice.choices(PARTS, k=dice.randint(0, 8))) for _ in range(count)]


def unhurried(handle: int) -> None:
    """In the place of fsync, which takes a thousand times what all the rest takes."""


def asynchronously(flow: Flow[Any]) -> Any:
    return anyio.run(arun, flow)


def test_five_thousand_hostile_names_stay_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", unhurried)
    folder = tmp_path / "outer" / "inner"
    folder.mkdir(parents=True)
    written: set[Path] = set()
    for number, name in enumerate(names(5000)):
        identity = f"{number:024x}"
        for whole in (named(identity, name), name):
            plain = plain_name(whole)
            assert len(plain.encode()) <= LONGEST + 1, f"seed {SEED}: {name!r}"
            assert plain == unicodedata.normalize("NFC", plain)
            assert not {*plain} & {*'/\\:*?"<>|\x00\n\r\t %$'}
            assert plain[0] not in ".- "
            assert plain[-1] not in ". "
            assert plain.partition(".")[0].lower() not in DEVICES
        path = run(save(b"%d" % number, folder, name=named(identity, name)))
        assert path.parent == folder
        assert path.name.startswith(f"{identity}__")
        written.add(path)
    assert len(written) == 5000, "two ids share a file"
    assert {*folder.iterdir()} == written
    assert len([*tmp_path.rglob("*")]) == 5002


def test_a_name_keeps_what_can_be_read_of_it() -> None:
    assert named("1a", "Estado de cuenta é.pdf") == "1a__Estado_de_cuenta_é.pdf"
    assert named("1a", "cafe\u0301.xml") == "1a__café.xml"
    assert named("1a", "../../etc/passwd") == "1a__etc_passwd"
    assert plain_name("6206f3702bcdd.xml") == "6206f3702bcdd.xml"
    assert plain_name("6206f3702bcdd-acuse.xml") == "6206f3702bcdd-acuse.xml"
    assert (plain_name("con.xml"), plain_name("CON"), plain_name("console.xml")) == ("_con.xml", "_CON", "console.xml")
    assert (plain_name(""), plain_name("..."), plain_name("\ud800")) == ("download", "download", "download")
    long = plain_name("é" * 300 + ".pdf")
    assert long.endswith("é.pdf")
    assert LONGEST - 3 <= len(long.encode()) <= LONGEST


def test_control_the_providers_own_name_does_leave_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    write(folder / "../outside.xml", b"x")
    assert (tmp_path / "outside.xml").exists()


def attachment(file: str) -> Attachment:
    row = example("syncfy", "list_attachments")["response"][0]
    return Attachment.from_dict({**row, "id_attachment": OBJECT, "file": file})


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_saved_attachment_is_its_owners_alone_and_replaces_itself(asynchronous: bool, tmp_path: Path) -> None:
    transport: Any = httpx.MockTransport(Standing("syncfy"))
    theirs = attachment("../../../.ssh/authorized_keys")

    def saved() -> Path:
        if not asynchronous:
            with Syncfy(**KEYS["syncfy"], base_url=BASE, transport=transport) as face:
                return face.save_attachment(USER, theirs, tmp_path)

        async def do() -> Path:
            async with AsyncSyncfy(**KEYS["syncfy"], base_url=BASE, transport=transport) as face:
                return await face.save_attachment(USER, theirs, tmp_path)

        return anyio.run(do)

    path = saved()
    assert path == tmp_path / f"{OBJECT}__ssh_authorized_keys"
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    path.write_bytes(b"other")
    path.chmod(0o644)
    assert saved() == path
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (content, 0o600)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("drive", [run, asynchronously], ids=["sync", "async"])
def test_a_link_in_the_files_place_is_not_followed(drive: Any, tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_bytes(b"mine")
    folder.mkdir()
    for target in (victim, tmp_path / "nowhere"):
        place = folder / named("1a", "x.xml")
        place.unlink(missing_ok=True)
        place.symlink_to(target)
        assert drive(save(b"theirs", folder, name="1a__x.xml")) == place
        assert not place.is_symlink()
        assert place.read_bytes() == b"theirs"
    assert victim.read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


def test_control_a_plain_write_follows_the_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    (tmp_path / "link").write_bytes(b"theirs")
    assert (tmp_path / "victim").read_bytes() == b"theirs"


CRASH = """
import os, sys
from pathlib import Path
from ventanilla import _files
calls = []
def stop(*args):
    calls.append(args)
    if len(calls) == int(sys.argv[2]):
        os._exit(9)
for owner, name in ((os, "fsync"), (Path, "replace")):
    real = getattr(owner, name)
    setattr(owner, name, lambda *args, real=real: (stop(*args), real(*args))[1])
_files.write(Path(sys.argv[1]), b"new" * 1000)
"""


@pytest.mark.parametrize("step", [1, 2, 3], ids=["before it is on the disk", "before it is in its place", "after"])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_crash_leaves_the_old_file_or_the_new_one(before: bytes | None, step: int, tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    if before is not None:
        path.write_bytes(before)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", CRASH, str(path), str(step)], env=environment, check=False, timeout=60
    )
    assert ended.returncode == 9
    found = path.read_bytes() if path.exists() else None
    assert found == (b"new" * 1000 if step == 3 else before)


def test_nothing_of_the_disk_is_looked_at_before_the_step_is_done(tmp_path: Path) -> None:
    step: Any = next(save(b"x", tmp_path / "folder", name="1a__x.xml"))
    (tmp_path / "folder").mkdir()
    assert step.function(*step.arguments) == tmp_path / "folder" / "1a__x.xml"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file.xml").mkdir()
    with pytest.raises(OSError, match=r"file\.xml"):
        write(tmp_path / "file.xml", b"x")
    assert [*tmp_path.iterdir()] == [tmp_path / "file.xml"]
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "nowhere" / "file.xml", b"x")
