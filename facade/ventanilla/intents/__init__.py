"""Keeps what was about to be done before it is done, so that a payment request or a payroll is never made twice.

An intent is written down before its request is sent, and again when its outcome is known. Whoever starts again after a
crash, in this process or another, finds it and looks at the provider before anything else:

    for intent in facti.pending():
        facti.resume(intent.operation_id)

`SqliteJournal` keeps intents in a file that several processes may share; `MemoryJournal` keeps them as long as the
process lives; anything else with the methods of `Journal` will do, such as a table of your own database.
"""

from ventanilla.intents._journal import Journal
from ventanilla.intents._sqlite import MemoryJournal, SqliteJournal
from ventanilla.intents._values import Intent, State

__all__ = ["Intent", "Journal", "MemoryJournal", "SqliteJournal", "State"]
