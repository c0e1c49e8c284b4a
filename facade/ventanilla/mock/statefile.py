"""Knows how the worlds of a mock outlast its process: in one file, always whole, written now and then.

The first line of the file is JSON: what it is, which ventanilla wrote it, a digest, and the worlds with their sizes.
Behind it comes what packed() made of each world, in that order. Journals and snapshots are not kept.
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
H = TypeVar("H", bound="_Label")
# Saving never takes more than a twentieth of the time.
PAUSE = 20


class StateFileError(VentanillaError, ValueError):
    """A state file cannot be used; the message says which one, why, and what to do. It is left as it is."""


class _Kept(msgspec.Struct, frozen=True):
    """A world in the first line: its namespace, its seed, and how many bytes are its own."""

    name: str
    seed: int
    size: int


class _Label(msgspec.Struct, frozen=True):
    """The part of the first line that every version writes alike."""

    kind: str
    format: int
    version: str


class _Head(_Label, frozen=True):
    """The first line; the digest is that of the worlds and of what is said about them here."""

    sha256: str
    worlds: tuple[_Kept, ...]


class StateFile:
    """Where one mock keeps its worlds.

    load() once, before anybody asks; then save() whenever due() says so, and once more at the end. Safe to call from
    several threads, but a file belongs to one mock at a time.
    """

    def __init__(self, path: str | Path) -> None:
        # Whoever gave a link wants what it leads to replaced, not the link.
        self.path = Path(path).resolve()
        self._lock = threading.Lock()
        self._next = 0.0

    def load(self, mock: Mock) -> int:
        """Put the worlds of the file into a mock and return how many there were; without a file there are none.

        A clock that ran with the wall runs on with it, and what has fallen due meanwhile happens; a frozen or scaled
        one goes on from where it stopped.

        Raises StateFileError when the file is damaged, is none of ours, or was written by another version; OSError
        when it cannot be read.
        """
        try:
            content = self.path.read_bytes()
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
        ready = [(name, self._world(mock, name, part)) for name, part in self._parts(content)]
        for name, put_back in ready:
            put_back()
            mock.run_due(mock.world_of(name))
        return len(ready)

    def due(self, mock: Mock) -> float | None:
        """Return the real seconds until the next save, 0 for now; None while nothing has happened since the last one.

        At least a second lies between two, and twenty times what the last one took.
        """
        return max(0.0, self._next - time.monotonic()) if mock.unsaved else None

    def save(self, mock: Mock) -> None:
        """Write all worlds, in place of what the file held; it is whole at every moment, whatever happens meanwhile.

        Each world is locked only while it is packed, so this may well run in a thread beside the server's.

        Raises OSError when the file cannot be written and TypeError when a world cannot be kept; the old file is
        there then, and due() asks for another attempt.
        """
        with self._lock:
            begun = time.monotonic()
            mock.unsaved = False
            try:
                write_whole(self.path, content_of(mock))
            except BaseException:
                mock.unsaved = True
                raise
            finally:
                ended = time.monotonic()
                self._next = ended + max(SHORTEST_SECONDS, PAUSE * (ended - begun))

    def _parts(self, content: bytes) -> list[tuple[str, bytes]]:
        """Return the packed worlds by name."""
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
        return [(kept.name, rest[end - kept.size : end]) for kept, end in zip(head.worlds, ends, strict=True)]

    def _world(self, mock: Mock, name: str, part: bytes) -> Callable[[], None]:
        try:
            return unpacked(mock.world_of(name), part)
        except (ValueError, OverflowError) as problem:
            raise self._refused(f"cannot be used, because of its namespace {name!r}: {problem}") from problem

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


def content_of(mock: Mock, pack: Callable[[World], bytes] = packed) -> list[bytes]:
    """Return what a state file of a mock consists of."""
    kept: list[_Kept] = []
    parts: list[bytes] = []
    for name, world in list(mock.worlds.items()):
        with world.lock:
            part, seed = pack(world), world.seed
        kept.append(_Kept(name, seed, len(part)))
        parts.append(part)
    worlds = tuple(kept)
    head = _Head(KIND, FORMAT, VERSION, _digest(worlds, parts), worlds)
    return [msgspec.json.encode(head), b"\n", *parts]


def write_whole(path: Path, parts: Sequence[bytes]) -> None:
    """Write a file beside the old one, down to the disk, and only then give it the old one's name."""
    fresh = path.with_name(f"{path.name}.new")
    # One that a killed process left behind.
    fresh.unlink(missing_ok=True)
    try:
        # Only its owner may read what the applications under test sent.
        with open(fresh, "xb", opener=partial(os.open, mode=0o600)) as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
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
