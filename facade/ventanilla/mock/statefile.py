"""Knows how the worlds of a mock outlast its process: in one file, always whole, written now and then.

The first line of the file is JSON: what it is, which ventanilla wrote it, a digest, and the worlds with their sizes.
Behind it comes what packed() made of each world, in that order. Journals and snapshots are not kept, nor are worlds
that were only ever read from.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

import msgspec

from ventanilla._version import VERSION
from ventanilla.errors import VentanillaError
from ventanilla.mock._packing import packed, unpacked
from ventanilla.mock.core import Mock
from ventanilla.mock.world import World
from ventanilla_clients._runtime import decoder

KIND, FORMAT = "ventanilla mock state", 1
SHORTEST_SECONDS = 1.0
# A disk may take as long, from the first byte of a file to its name.
WRITING_SECONDS = 10.0
H = TypeVar("H", bound="_Label")
# Saving never takes more than a twentieth of the time.
PAUSE = 20


class StateFileError(VentanillaError, ValueError):
    """A state file cannot be used; the message says which one, why, and what to do. It is left as it is."""


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A world in the first line: its namespace, its seed, how many bytes are its own, and its instance if it ended.

    Only of a mock that ended in order nothing is missing; any other may have answered what is not here.
    """

    name: str
    seed: int
    size: int
    instance: str = ""


class _Label(msgspec.Struct, frozen=True):
    """The part of the first line that every version writes alike."""

    kind: str
    format: int
    version: str


class _Head(_Label, frozen=True):
    """The first line; the digest is that of the worlds and of what is said about them here.

    `file` is the number that the disk has for this file, and `ended` when the mock did (unix seconds): a copy has
    another number or is younger, and may have been put back after more had been answered.
    """

    sha256: str
    worlds: tuple[_Kept, ...]
    file: int = 0
    ended: float = 0.0

    def is_of(self, file: os.stat_result) -> bool:
        """Say whether this is the very file that was written when the mock ended."""
        return self.file == file.st_ino and abs(file.st_ctime - self.ended) < WRITING_SECONDS


class StateFile:
    """Where one mock keeps its worlds.

    load() once, before anybody asks; then save() whenever due() says so, and once more at the end. Safe to call from
    several threads, but a file belongs to one mock at a time.
    """

    def __init__(self, path: str | Path) -> None:
        # Whoever gave a link wants what it leads to replaced, not the link.
        self.path = Path(os.path.realpath(path))
        self._lock = threading.Lock()
        self._next = 0.0

    def load(self, mock: Mock) -> int:
        """Put the worlds of the file into a mock and return how many there were; without a file there are none.

        A clock that ran with the wall runs on with it, and what has fallen due meanwhile happens; a frozen or scaled
        one goes on from where it stopped.

        A world is the instance that it was if its mock ended in order and nobody has used the file since. In any other
        case (the process was killed, the file is a copy) it is a new one: what it answered may be gone.

        Raises StateFileError when the file cannot be read, is damaged, is none of ours, or was written by another
        version.
        """
        try:
            with self.path.open("rb") as file:
                found, content = os.fstat(file.fileno()), file.read()
        except FileNotFoundError:
            if self.path.parent.is_dir():
                return 0
            raise StateFileError(
                (
                    f"{self.path} cannot be written: there is no folder {self.path.parent}",
                    f"no se puede escribir {self.path}: no existe la carpeta {self.path.parent}",
                ),
                hint=("Make the folder, or give another path", "Crear la carpeta o indicar otra ruta"),
            ) from None
        except OSError as problem:
            raise self._unusable("cannot be read", "no se puede leer", problem) from None
        head, parts = self._parts(content)
        ready = [(kept, self._world(mock, kept.name, part)) for kept, part in zip(head.worlds, parts, strict=True)]
        for kept, put_back in ready:
            put_back()
            world = mock.world_of(kept.name)
            if kept.instance and head.is_of(found):
                world.instance = kept.instance
            mock.run_due(world)
        return len(ready)

    def open(self, mock: Mock) -> None:
        """Put the worlds of the file into a mock, and mark the file as one that is in use.

        Raises StateFileError as load() does, and when the file cannot be written: better now than when all is over.
        """
        self.load(mock)
        try:
            self.save(mock)
        except OSError as problem:
            raise self._unusable("cannot be written", "no se puede escribir", problem) from None
        # What happens first is saved at once, however long this took.
        self._next = 0.0

    def due(self, mock: Mock) -> float | None:
        """Return the real seconds until the next save, 0 for now; None while nothing has happened since the last one.

        At least a second lies between two, and twenty times what the last one took.
        """
        return max(0.0, self._next - time.monotonic()) if mock.unsaved else None

    def save(self, mock: Mock, *, is_last: bool = False) -> None:
        """Write all worlds, in place of what the file held; it is whole at every moment, whatever happens meanwhile.

        Args:
            mock: whose worlds.
            is_last: whether the mock answers nothing any more.

        Each world is locked only while it is packed, so this may well run in a thread beside the server's.

        Raises OSError when the file cannot be written and TypeError when a world cannot be kept; the old file is
        there then, and due() asks for another attempt.
        """
        with self._lock:
            begun = time.monotonic()
            mock.unsaved = False
            try:
                write_whole(self.path, lambda file: content_of(mock, file=file if is_last else 0))
            except BaseException:
                mock.unsaved = True
                raise
            finally:
                ended = time.monotonic()
                self._next = ended + max(SHORTEST_SECONDS, PAUSE * (ended - begun))

    def _parts(self, content: bytes) -> tuple[_Head, list[bytes]]:
        """Return what the first line says, and the packed worlds."""
        line, _, rest = content.partition(b"\n")
        label = _decoded(line, _Label)
        if label is None or label.kind != KIND:
            raise self._refused("is no state file of ventanilla mock, or its beginning is damaged")
        if (label.format, label.version) != (FORMAT, VERSION):
            raise StateFileError(
                (
                    f"{self.path} was written by ventanilla {label.version}, and this is {VERSION}, whose mock "
                    "remembers other things",
                    f"{self.path} es de ventanilla {label.version}, y esta es {VERSION}, cuyo mock guarda otras cosas",
                ),
                hint=(
                    f"Use ventanilla {label.version}, give another path, or remove the file to start with nothing",
                    f"Usar ventanilla {label.version}, indicar otra ruta, o borrar el archivo para empezar de cero",
                ),
            )
        head = _decoded(line, _Head)
        if head is None or head.sha256 != _digest(head.worlds, [rest]):
            raise self._refused("is damaged: its content is not what its first line says")
        ends = list(accumulate(kept.size for kept in head.worlds))
        return head, [rest[end - kept.size : end] for kept, end in zip(head.worlds, ends, strict=True)]

    def _world(self, mock: Mock, name: str, part: bytes) -> Callable[[], None]:
        try:
            return unpacked(mock.world_of(name), part)
        except (ValueError, OverflowError) as problem:
            raise self._refused(f"cannot be used, because of its namespace {name!r}: {problem}") from problem

    def _unusable(self, what: str, qué: str, problem: OSError) -> StateFileError:
        reason = problem.strerror or type(problem).__name__
        hint = ("Change that, or give another path", "Cambiarlo o indicar otra ruta")
        return StateFileError((f"{self.path} {what}: {reason}", f"{qué} {self.path}: {reason}"), hint=hint)

    def _refused(self, why: str) -> StateFileError:
        hint = (
            "Give another path, put a copy in its place, or remove it to start with nothing",
            "Indicar otra ruta, poner una copia en su lugar, o borrar el archivo para empezar de cero",
        )
        return StateFileError(f"{self.path} {why}", hint=hint)


def _decoded(line: bytes, kind: type[H]) -> H | None:
    try:
        return decoder(kind).decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _digest(worlds: tuple[_Kept, ...], parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256(msgspec.json.encode(worlds))
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def content_of(mock: Mock, pack: Callable[[World], bytes] = packed, *, file: int = 0) -> list[bytes]:
    """Return what a state file of a mock consists of; `file` is the file's number once the mock has ended."""
    kept: list[_Kept] = []
    parts: list[bytes] = []
    for name, world in list(mock.worlds.items()):
        if not world.is_kept:
            continue
        with world.lock:
            part, seed, instance = pack(world), world.seed, world.instance if file else ""
        kept.append(_Kept(name, seed, len(part), instance))
        parts.append(part)
    worlds = tuple(kept)
    head = _Head(KIND, FORMAT, VERSION, _digest(worlds, parts), worlds, file, time.time() if file else 0.0)
    return [msgspec.json.encode(head), b"\n", *parts]


def write_whole(path: Path, content: Callable[[int], Sequence[bytes]]) -> None:
    """Write a file beside the old one, down to the disk, and only then give it the old one's name.

    `content` is asked what goes into it, and told its number on the disk (st_ino).
    """
    fresh = path.with_name(f"{path.name}.new")
    # One that a killed process left behind.
    fresh.unlink(missing_ok=True)
    try:
        # Only its owner may read what the applications under test sent.
        with open(fresh, "xb", opener=partial(os.open, mode=0o600)) as file:
            file.writelines(content(os.fstat(file.fileno()).st_ino))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        # A full disk has no room for half a file.
        fresh.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Have the disk remember the new name too, where a folder can be opened for that."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
