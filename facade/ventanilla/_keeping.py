"""Knows where a face keeps its intents: what it may ask of its journal, and what a journal that fails means."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from msgspec.structs import replace

from ventanilla._face import Operations, operation
from ventanilla._flow import Flow
from ventanilla._http import Settings
from ventanilla._steps import Do
from ventanilla.errors import InvalidRequest, JournalUnavailable
from ventanilla.intents import Intent, Journal
from ventanilla.intents._place import journal_of

NOTHING = b"null"
log = logging.getLogger("ventanilla.intents")


@frozen
class Keeper:
    """Where the intents of one face are kept, and how long it looks for what got lost.

    Attributes:
        journal: keeps them.
        scope: whose they are: provider, base URL, digest of the key.
        settle: seconds.
    """

    journal: Journal
    scope: str
    settle: float


def keeper(chosen: Settings, key: str, journal: Journal | Path | str | None) -> Keeper:
    """Return where a face keeps its intents.

    Args:
        chosen: the face's settings.
        key: whose operations they are; only a digest of it is kept.
        journal: as the face was given it.
    """
    whose = f"{chosen.provider} {chosen.base_url} {hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return Keeper(journal_of(journal, chosen.base_url), whose, chosen.policy.settle)


class Keeping(Operations):
    """What a face with intents offers whoever starts again after a crash.

    Attributes:
        keeper: where the intents are kept.
    """

    keeper: Keeper

    @operation
    def pending(self) -> Flow[list[Intent]]:
        """Return the operations whose outcome is open, the oldest first: what to `resume` after a crash."""
        found: list[Intent] = yield from consult(self.keeper.journal.pending, self.keeper.scope)
        return found

    @operation
    def dismiss(self, operation_id: str) -> Flow[None]:
        """Close an open operation that you have looked after yourself, so that the same can be asked for again.

        Args:
            operation_id: as `pending` says.

        Raises:
            InvalidRequest: there is no such open operation.
        """
        intent = yield from recalled(self.keeper, operation_id)
        if intent is None or not intent.is_open:
            raise InvalidRequest(f"there is no open operation {operation_id!r}", field="operation_id")
        yield from consult(self.keeper.journal.move, intent, closed(intent, "failed", note="dismissed by the caller"))


def consult(action: Callable[..., Any], *arguments: object) -> Flow[Any]:
    """Ask the journal; whatever it raises is JournalUnavailable."""
    try:
        return (yield Do(action, arguments))
    except Exception as problem:
        raise JournalUnavailable(f"the journal of intents failed: {type(problem).__name__}: {problem}") from problem


def recalled(keeper: Keeper, operation_id: str) -> Flow[Intent | None]:
    """Return the intent of an operation that may have been sent before: nobody can say "not sent" of it."""
    try:
        found: Intent | None = yield from consult(keeper.journal.find, keeper.scope, operation_id)
    except JournalUnavailable as problem:
        problem.outcome = "unknown"
        raise
    return found


def noted(keeper: Keeper, before: Intent, after: Intent) -> Flow[None]:
    """Write down an outcome. If that fails the intent stays open, and is looked for: the outcome is not lost by it."""
    try:
        yield from consult(keeper.journal.move, before, after)
    except JournalUnavailable as problem:
        log.error("operation %s is %s, but %s", after.operation_id, after.state, problem.message)


def closed(intent: Intent, state: Any, **changes: Any) -> Intent:
    """Return an intent that is over: what it asked for need not be kept any longer."""
    return replace(intent, state=state, body=b"", watermark=NOTHING, **changes)
