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
