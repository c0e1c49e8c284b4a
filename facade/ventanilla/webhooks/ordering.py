"""Knows when what was read may take the place of what is kept: Syncfy's times have whole seconds."""

from datetime import datetime
from typing import TypeAlias

Moment: TypeAlias = datetime | int


def supersedes(read: Moment | None, kept: Moment | None) -> bool:
    """Return whether what was read is not older than what is kept, so that it may take its place.

    Events come in any order, so what is kept may be newer than what has just been read, and stays then. Two states of
    one second have equal times: a strict `<` would keep the first one for good. Of those, the one that was read later
    is the newer one, and a Worker never has two events of one user read at the same time.

    Args:
        read: the time of what was read, e.g. `credential.dt_refresh`: aware datetime or unix seconds; None is unknown.
        kept: the time of what is kept; None where nothing is.
    """
    if kept is None:
        return True
    return read is not None and _seconds(kept) <= _seconds(read)


def _seconds(moment: Moment) -> int:
    return moment if isinstance(moment, int) else int(moment.timestamp())
