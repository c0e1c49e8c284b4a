"""Says what a journal of intents must do, and does it in memory."""

import threading
from typing import Protocol

from ventanilla.intents._values import Intent


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
        """Replace an intent if its state is still that of `before`; return whether it was."""
        ...

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None."""
        ...

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents, the oldest first."""
        ...


class MemoryJournal:
    """Keeps intents as long as the process lives: it stops threads and tasks from racing, and outlives no crash."""

    def __init__(self) -> None:
        self._intents: dict[tuple[str, str], Intent] = {}
        self._lock = threading.Lock()

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent, unless there is one already; return the one that is kept."""
        with self._lock:
            kept = self._intents.get((intent.scope, intent.operation_id))
            if kept is None or kept.state == "failed":
                kept = next((each for each in self._open(intent.scope) if each.key == intent.key), None)
            if kept is None:
                kept = self._intents[intent.scope, intent.operation_id] = intent
            return kept

    def move(self, before: Intent, after: Intent) -> bool:
        """Replace an intent if its state is still that of `before`; return whether it was."""
        with self._lock:
            kept = self._intents.get((before.scope, before.operation_id))
            if kept is None or kept.state != before.state:
                return False
            self._intents[before.scope, before.operation_id] = after
            return True

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None."""
        with self._lock:
            return self._intents.get((scope, operation_id))

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents, the oldest first."""
        with self._lock:
            return self._open(scope)

    def _open(self, scope: str) -> list[Intent]:
        return [each for each in self._intents.values() if each.scope == scope and each.is_open]
