"""Receives the webhooks of Syncfy and Facti, keeps them, and has them handled once the provider's API bears them out.

    inbox = SqliteInbox("inbox.sqlite3")
    receiver = Receiver(inbox, tokens=[os.environ["WEBHOOK_TOKEN"]], ipn_password=os.environ["IPN_PASSWORD"])
    app.mount("/hooks", receiver.asgi)                      # or receiver.wsgi, or receiver.handle(...)

    Worker(inbox, handle).run()                             # elsewhere: handle(event), at least once

A webhook is a hint and never data: nobody signs it. `syncfy.confirm(event)` and `facti.confirm(event)` read what is so.
"""

import importlib
from typing import TYPE_CHECKING, Any

from ventanilla.webhooks._reading import parse
from ventanilla.webhooks.events import (
    CredentialCreated,
    CredentialRefreshed,
    CredentialUpdated,
    DocumentsCompleted,
    DocumentsEvent,
    DocumentsFailed,
    DocumentsSucceeded,
    Event,
    PaymentNotified,
    SyncfyEvent,
    UnknownEvent,
)
from ventanilla.webhooks.inbox import Cursor, Inbox, Kept, Stored
from ventanilla.webhooks.ordering import supersedes
from ventanilla.webhooks.receiver import Answer, Receiver
from ventanilla.webhooks.sqlite import MemoryInbox, SqliteInbox
from ventanilla.webhooks.verification import Addresses, Call, HeaderSecret, new_token

if TYPE_CHECKING:
    from ventanilla.webhooks.worker import Processed, Retries, Worker

else:

    def __getattr__(name: str) -> Any:
        # Whoever only receives does not pay for the httpx clients that a worker's steps come with.
        if name not in ("Processed", "Retries", "Worker"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module("ventanilla.webhooks.worker"), name)


__all__ = [
    "Addresses",
    "Answer",
    "Call",
    "CredentialCreated",
    "CredentialRefreshed",
    "CredentialUpdated",
    "Cursor",
    "DocumentsCompleted",
    "DocumentsEvent",
    "DocumentsFailed",
    "DocumentsSucceeded",
    "Event",
    "HeaderSecret",
    "Inbox",
    "Kept",
    "MemoryInbox",
    "PaymentNotified",
    "Processed",
    "Receiver",
    "Retries",
    "SqliteInbox",
    "Stored",
    "SyncfyEvent",
    "UnknownEvent",
    "Worker",
    "new_token",
    "parse",
    "supersedes",
]
