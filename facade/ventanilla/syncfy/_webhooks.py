"""Knows the webhooks that are registered through the API (v1); those of v3 are configured in the dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, call
from ventanilla._ids import id_of
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.syncfy._operations import PAGE, SyncfyOperations, object_id, user_id
from ventanilla_clients.syncfy import api, models

Event: TypeAlias = models.NewWebhookEventsItem
EVENTS: tuple[Event, ...] = ("credential_create", "credential_update", "refresh")


class Webhooks(SyncfyOperations):
    """Webhooks of the API key. Source: sync-py README, section on webhooks."""

    @listing
    def webhooks(self, *, page_size: int = PAGE) -> Listing[models.Webhook]:
        """Iterate over the registered webhooks, with how often each failed (`ct_failed`)."""
        return pages(
            lambda limit, skip: call(api.webhooks.list_webhooks.sync_detailed, client=self.raw, limit=limit, skip=skip),
            page_size,
        )

    @operation
    def create_webhook(
        self,
        url: str,
        *,
        events: Sequence[Event] = EVENTS,
        user: models.User | str | None = None,
        delay: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Flow[models.Webhook]:
        """Register a webhook, even if the same URL is registered already; `register_webhook` looks first.

        Args:
            url: where the provider posts the events.
            events: `credential_create`, `credential_update`, `refresh`, `documents_completed`.
            user: only events of this user; None means of every user.
            delay: seconds to hold events back.
            headers: HTTP headers that the provider adds, for instance a shared secret.
        """
        body = models.NewWebhook(
            url=url,
            events=list(events),
            id_user=given(None if user is None else user_id(user)),
            delay=given(delay),
            headers=given(dict(headers) if headers else None),
        )
        return (yield from call(api.webhooks.create_webhook.sync_detailed, client=self.raw, body=body)).response

    @operation
    def register_webhook(self, url: str, *, events: Sequence[Event] = EVENTS) -> Flow[models.Webhook]:
        """Return the webhook of this URL that covers `events`, registering it only if there is none."""
        skip = 0
        while True:
            answer = yield from call(api.webhooks.list_webhooks.sync_detailed, client=self.raw, limit=PAGE, skip=skip)
            for hook in answer.response:
                if hook.url == url and {*events} <= {*hook.events} and hook.id_user is None and not hook.is_disabled:
                    return hook
            if len(answer.response) < PAGE:
                return (yield from Webhooks.create_webhook.flow(self, url, events=events))
            skip += PAGE

    @operation
    def delete_webhook(self, webhook: models.Webhook | str) -> Flow[None]:
        """Remove a webhook.

        Raises:
            NotFound: the API key has no such webhook.
        """
        wanted = object_id("webhook", id_of(webhook, "id_webhook"))
        yield from call(api.webhooks.delete_webhook.sync_detailed, wanted, client=self.raw)
