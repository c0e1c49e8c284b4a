"""Knows every write of the three faces, and whether there is one that it does not know."""

from proving import facti_writes, facturaonline_writes, syncfy_writes
from proving.write import WRITES, Kind, Write

CATALOGUE: tuple[Write, ...] = (*syncfy_writes.writes(), *facti_writes.writes(), *facturaonline_writes.writes())


def missing() -> list[tuple[str, str, Kind]]:
    """Return the writes of the generated clients that the catalogue lacks, by the facade or by `.raw`."""
    known = {(write.provider, write.operation, write.kind) for write in CATALOGUE}
    kinds: tuple[Kind, ...] = ("face", "raw")
    return sorted((*write, kind) for write in WRITES for kind in kinds if (*write, kind) not in known)
