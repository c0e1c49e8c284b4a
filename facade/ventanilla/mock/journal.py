"""Knows what a world was asked and what it answered: a ring of the last exchanges."""

from collections import deque
from collections.abc import Iterator

from attrs import frozen

from ventanilla.mock.wire import Request, Response

KEPT_EXCHANGES = 10_000


@frozen
class Entry:
    """One exchange: the request, the response as the mock meant it, and what was noticed on the way.

    `id` counts from 1 in each world and is never used twice; `at` is the world's time in unix seconds. `operation` is
    the operationId, None where the path is nobody's. `problems` say which rules of the spec the request broke,
    `fault` is the id of the fault that struck.
    """

    id: int
    at: float
    request: Request
    response: Response
    provider: str | None
    operation: str | None
    problems: tuple[str, ...] = ()
    fault: str | None = None


class Journal:
    """The last exchanges of one world, the oldest first."""

    def __init__(self, kept: int = KEPT_EXCHANGES) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._count = 0

    def note(
        self,
        at: float,
        request: Request,
        response: Response,
        provider: str | None,
        operation: str | None,
        problems: tuple[str, ...] = (),
        fault: str | None = None,
    ) -> None:
        """Add an exchange; the oldest one goes when there are too many."""
        self._count += 1
        self._entries.append(Entry(self._count, at, request, response, provider, operation, problems, fault))

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
