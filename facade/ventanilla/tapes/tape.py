"""Knows a tape: a folder with a file for each exchange, or one HTTP archive with many."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from ventanilla.tapes import _archive
from ventanilla.tapes._exchange import Exchange, TapeError

_number = re.compile(r"\d{1,9}(?=-)")


@frozen
class Tape:
    """What a service was asked and what it answered, in order.

    Attributes:
        name: the name of the folder or the file.
        exchanges: all of them.
    """

    name: str
    exchanges: tuple[Exchange, ...]

    @classmethod
    def read(cls, path: str | Path) -> "Tape":
        """Read a folder that `ventanilla record` has written, or any HTTP archive (HAR 1.2).

        Raises TapeError that names the file and the field; also for one with no exchange in it.
        """
        path = Path(path)
        if not path.is_dir():
            if not (exchanges := _archive.read(path)):
                raise TapeError(f"{path}: there is no exchange in it")
            return cls(path.name, tuple(exchanges))
        files = sorted(path.glob("*.har"), key=lambda file: (number_of(file), file.name))
        found = tuple(each for file in files for each in _archive.read(file, number_of(file)))
        if not found:
            raise TapeError(f"{path}: there is no exchange in it; `ventanilla record --out {path}` writes some")
        return cls(path.resolve().name, found)

    @property
    def date(self) -> str:
        """The day of the last exchange, in UTC."""
        return f"{datetime.fromtimestamp(max(each.at for each in self.exchanges), UTC):%Y-%m-%d}"

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __len__(self) -> int:
        return len(self.exchanges)


def number_of(file: Path) -> int:
    """Return the number that the name of a file begins with; 1 where there is none."""
    found = _number.match(file.name)
    return 1 if found is None else int(found[0])


def read_all(paths: Sequence[str | Path]) -> list[Tape]:
    """Read several tapes."""
    return [Tape.read(path) for path in paths]
