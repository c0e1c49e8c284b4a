"""Says what a journal of intents must do, and does it in memory."""

import os
import threading
from collections.abc import Sequence
from typing import Protocol

from ventanilla.intents._values import Intent

# Held for as long as a journal is in use, so that no process forks in the middle: the child would inherit locks that
# nobody there gives back.
unforked = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=unforked.acquire, after_in_parent=unforked.release, after_in_child=unforked.release)


class Journal(Protocol):
    """Keeps intents. Each method is atomic, also between processes, and what it changes is durable when it returns.

    What a method raises is reported as `JournalUnavailable`; nothing has been sent then.
    """

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent, unless there is one already; return the one that is kept.

        There is one already if one of the scope has its operation id and has not failed (one that has failed is
        replaced), or is open and has its natural key.
        """
        ...

    def move(self, before: Intent, after: Intent) -> bool:
        """Replace an intent if its `version` is still that of `before`; return whether it was."""
        ...

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None."""
        ...

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents, the oldest first."""
        ...

    def owners(self, scope: str, kind: str, instance: str, ids: Sequence[str]) -> dict[str, str]:
        """Return, for each of the provider's ids that an intent like these is committed with, its operation id."""
        ...

    def highest(self, scope: str, kind: str, instance: str) -> int:
        """Return the highest of the provider's ids that are committed and numbers of up to 18 digits, or 0."""
        ...


METHODS = ("begin", "move", "find", "pending", "owners", "highest")


class MemoryJournal:
    """Keeps intents as long as the process lives: it stops threads and tasks from racing, and outlives no crash."""

    def __init__(self) -> None:
        self._intents: dict[tuple[str, str], Intent] = {}

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent, unless there is one already; return the one that is kept."""
        with unforked:
            kept = self._intents.get((intent.scope, intent.operation_id))
            if kept is None or kept.state == "failed":
                kept = next((each for each in self._open(intent.scope) if each.key == intent.key), None)
            if kept is None:
                kept = self._intents[intent.scope, intent.operation_id] = intent
            return kept

    def move(self, before: Intent, after: Intent) -> bool:
        """Replace an intent if its `version` is still that of `before`; return whether it was."""
        with unforked:
            kept = self._intents.get((before.scope, before.operation_id))
            if kept is None or kept.version != before.version:
                return False
            self._intents[before.scope, before.operation_id] = after
            return True

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None."""
        return self._intents.get((scope, operation_id))

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents, the oldest first."""
        with unforked:
            return self._open(scope)

    def owners(self, scope: str, kind: str, instance: str, ids: Sequence[str]) -> dict[str, str]:
        """Return which of the provider's ids are committed, with their operation ids."""
        return {each.id: each.operation_id for each in self._committed(scope, kind, instance) if each.id in ids}

    def highest(self, scope: str, kind: str, instance: str) -> int:
        """Return the highest of the provider's ids that are committed, or 0."""
        ids = (each.id for each in self._committed(scope, kind, instance))
        return max((int(id) for id in ids if id.isdecimal() and len(id) <= 18), default=0)

    def _open(self, scope: str) -> list[Intent]:
        return [each for each in self._intents.values() if each.scope == scope and each.is_open]

    def _committed(self, *like: str) -> list[Intent]:
        with unforked:
            kept = [each for each in self._intents.values() if each.state == "committed"]
        return [each for each in kept if (each.scope, each.kind, each.instance) == like]
