"""Knows what an event of Syncfy is worth: it says what to read again, by ids. Finds refreshes that nobody told of."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from ventanilla._face import listing, operation
from ventanilla._flow import Do, Flow, Listing
from ventanilla._values import known, number
from ventanilla.errors import InvalidRequest, NotConfirmed, NotFound
from ventanilla.syncfy._accounts import Accounts
from ventanilla.syncfy._auth import PROVIDER
from ventanilla.syncfy._credentials import Credentials
from ventanilla.syncfy._documents import Documents
from ventanilla.syncfy._operations import SyncfyOperations
from ventanilla.syncfy._periods import Moment, seconds
from ventanilla_clients.syncfy import models

if TYPE_CHECKING:
    from ventanilla.webhooks.events import Event, SyncfyEvent
    from ventanilla.webhooks.inbox import Inbox

OVERLAP = timedelta(hours=1)


class Events(SyncfyOperations):
    """Events of the API key's users. Source: SAT All in One guide, webhook notifications; official events.md.

    The links of an event are never followed: what they lead to is read by the event's ids, from the configured origin.
    """

    @operation
    def confirm(self, event: Event) -> Flow[models.Credential]:
        """Read the credential that an event is about; its `code` and `dt_refresh` are what is so.

        Args:
            event: one of the `credentials.…` events of an inbox.

        Raises:
            NotConfirmed: the user has no such credential.
            InvalidRequest: the event is about something else, or its ids cannot be any.
        """
        about = _credential_event(event)
        try:
            return (yield from Credentials.credential.flow(self, about.user, about.credential))
        except NotFound as missing:
            if missing.outcome != "refused":
                raise  # a gateway's 404: the event may be true
            id = about.id_credential
            why = f"the user has no credential {id}", f"el usuario no tiene la credencial {id}"
            raise NotConfirmed(why, provider=PROVIDER, operation="get_credential") from missing

    @listing
    def event_transactions(self, event: Event, *, overlap: timedelta = OVERLAP) -> Listing[models.Transaction]:
        """Iterate over the transactions that a `credentials.refreshed` event tells of, and some before: store by id.

        Args:
            event: of an inbox. Without a time of its own all transactions of the credential are read.
            overlap: how far to go back behind the time that the event names.

        Raises:
            InvalidRequest: the event is about something else, or its ids cannot be any.
        """
        about = _credential_event(event)
        begin: datetime | None = getattr(event, "refreshed_from", None)
        return Accounts.transactions.flow(
            self,
            about.user,
            id_credential=about.credential,
            refreshed_from=None if begin is None else max(0, int((begin - overlap).timestamp())),
        )

    @listing
    def event_documents(self, event: Event) -> Listing[models.Document]:
        """Iterate over the documents that a `documents.…` event tells of.

        Args:
            event: of an inbox. One of version 1 has no id to ask with, so all documents of the user are read.

        Raises:
            InvalidRequest: the event is about something else, or its ids cannot be any.
        """
        from ventanilla.webhooks.events import DocumentsEvent

        if not isinstance(event, DocumentsEvent):
            raise _wrong(event, "documents")
        return Documents.documents.flow(self, event.user, id_job_webhook=event.id_job_webhook)

    @operation
    def backfill(
        self, inbox: Inbox, *, since: Moment | None = None, overlap: timedelta = OVERLAP, cursor: str = "syncfy"
    ) -> Flow[int]:
        """Put an event for every credential that has been refreshed into an inbox: of some refreshes none has come.

        It goes by the `dt_refresh` of the credentials of all users, from where the last one ended, less the overlap,
        so it may run as often as you like. A refresh that an event has told of as well is handled once more.

        Args:
            inbox: the receiver's; a Worker then handles what is new there like any other event.
            since: where to begin when there is no cursor, aware datetime or unix seconds; None is the beginning.
            overlap: how far to go back behind the cursor.
            cursor: its name in the inbox; give each API key its own.

        Returns:
            How many refreshes were put into the inbox that no backfill had put there before.

        Raises:
            InboxUnavailable: the inbox cannot be written; what was put into it stays, and the cursor where it was.
        """
        from ventanilla.webhooks._backfill import fill

        reached: str | None = yield Do(inbox.cursor, (cursor,))
        begin = known(seconds(since)) if reached is None else max(0, int(reached) - int(overlap.total_seconds()))
        credentials = Credentials.all_credentials.flow(self)
        return (yield from fill(inbox, cursor, credentials, partial(_told, begin)))


def _told(begin: int | None, credential: models.Credential) -> tuple[Event, str] | None:
    """Return the event of a credential's last refresh, unless that was before `begin`, and the cursor's value there."""
    from ventanilla.webhooks._reading import event_of

    at = number(credential.dt_refresh)
    if at is None or (begin is not None and at < begin):
        return None
    window = ("" if begin is None else f"&dt_refresh_from={begin}") + f"&dt_refresh_to={at}"
    body = {
        "event": "refresh",
        "id_user": credential.id_user,
        "id_credential": credential.id_credential,
        "id_site": credential.id_site,
        "endpoints": {"transactions": [f"/v1/transactions?id_credential={credential.id_credential}{window}"]},
    }
    key = f"refresh:{credential.id_credential}:{at}"
    return event_of("sync-v1", msgspec.json.encode(body), key), str(at)


def _credential_event(event: Event) -> SyncfyEvent:
    from ventanilla.webhooks.events import CredentialCreated, CredentialRefreshed, CredentialUpdated

    if isinstance(event, CredentialCreated | CredentialRefreshed | CredentialUpdated):
        return event
    raise _wrong(event, "a credential")


def _wrong(event: Event, what: str) -> InvalidRequest:
    return InvalidRequest(f"{event.name or 'the event'} is not about {what}", field="event", provider=PROVIDER)
