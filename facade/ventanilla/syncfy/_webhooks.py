"""Knows the webhooks that are registered through the API (v1); those of v3 are configured in the dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import httpx

from ventanilla._about import is_same, made
from ventanilla._face import listing, operation
from ventanilla._flow import UNREADABLE, Flow, Listing, call, gathered
from ventanilla._ids import id_of
from ventanilla._lost import seen
from ventanilla._paging import pages
from ventanilla._values import given, rows_in, text
from ventanilla.errors import OutcomeUnknown, UnexpectedAnswer
from ventanilla.syncfy._auth import PROVIDER
from ventanilla.syncfy._operations import OBJECT_ID, PAGE, SyncfyOperations, confirmed, object_id, user_id
from ventanilla_clients._runtime import UNSET, Unset
from ventanilla_clients.syncfy import api, models

Event: TypeAlias = models.NewWebhookEventsItem
EVENTS: tuple[Event, ...] = ("credential_create", "credential_update", "refresh")


class Webhooks(SyncfyOperations):
    """Webhooks of the API key. Source: sync-py README, section on webhooks."""

    @listing
    def webhooks(self, *, page_size: int = PAGE) -> Listing[models.Webhook]:
        """Iterate over the registered webhooks, with how often each failed (`ct_failed`)."""
        return _all(self, page_size)

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

        Raises:
            OutcomeUnknown: the answer got lost, and no new webhook of this URL was seen.
        """
        body = models.NewWebhook(
            url=url,
            events=list(events),
            id_user=given(None if user is None else user_id(user)),
            delay=given(delay),
            headers=given(dict(headers) if headers else None),
        )
        return (yield from _register(self, body, (yield from _of(self, url))))

    @operation
    def register_webhook(self, url: str, *, events: Sequence[Event] = EVENTS) -> Flow[models.Webhook]:
        """Return the webhook of this URL that covers `events`, registering it only if there is none."""
        hooks = yield from _of(self, url)
        for hook in hooks:
            if _covers(hook, events):
                return hook
        return (yield from _register(self, models.NewWebhook(url=url, events=list(events)), hooks))

    @operation
    def delete_webhook(self, webhook: models.Webhook | str) -> Flow[None]:
        """Remove a webhook.

        Raises:
            NotFound: the API key has no such webhook.
            OutcomeUnknown: the answer got lost, and the webhook is still there.
        """
        wanted = object_id("webhook", id_of(webhook, "id_webhook"))

        def gone() -> Flow[bool | None]:
            hooks = yield from gathered(_all(self))
            return None if any(is_same(hook.id_webhook, wanted) for hook in hooks) else True

        yield from seen(_delete(self, wanted), gone, self.policy)


def _all(face: Webhooks, page_size: int = PAGE) -> Listing[models.Webhook]:
    listed = api.webhooks.list_webhooks.sync_detailed
    return pages(lambda limit, skip: call(listed, client=face.raw, limit=limit, skip=skip), page_size, "id_webhook")


def _of(face: Webhooks, url: str) -> Flow[list[models.Webhook]]:
    hooks = yield from gathered(_all(face))
    if any(not isinstance(cast(Any, hook.url), str) for hook in hooks):
        raise UnexpectedAnswer(UNREADABLE, provider=PROVIDER, operation="list_webhooks")
    return [hook for hook in hooks if _parts(hook.url) == _parts(url)]


def _parts(url: str) -> object:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return url
    return parsed.scheme, parsed.host, parsed.port, parsed.raw_path


def _covers(hook: models.Webhook, events: Sequence[Event]) -> bool:
    """Return whether a webhook is sent these events, of every user."""
    told, disabled = rows_in(hook.events), hook.is_disabled
    if isinstance(cast(Any, hook.id_user), Unset) or not told or disabled not in (UNSET, 0, 1, "0", "1"):
        raise UnexpectedAnswer(UNREADABLE, provider=PROVIDER, operation="list_webhooks")
    return hook.id_user is None and disabled in (UNSET, 0, "0") and all(event in told for event in events)


def _register(face: Webhooks, body: models.NewWebhook, before: Sequence[models.Webhook]) -> Flow[models.Webhook]:
    """Register a webhook; if the answer gets lost, it is the one of this URL that was not there before."""
    old = {hook.id_webhook for hook in before}

    def registered() -> Flow[models.Webhook | None]:
        fresh = [hook for hook in (yield from _of(face, body.url)) if hook.id_webhook not in old]
        return fresh[0] if len(fresh) == 1 else None

    return seen(_create(face, body), registered, face.policy)


def _create(face: Webhooks, body: models.NewWebhook) -> Flow[models.Webhook]:
    hook = (yield from call(api.webhooks.create_webhook.sync_detailed, client=face.raw, body=body)).response
    made(hook, "id_webhook", PROVIDER, "create_webhook", OBJECT_ID)
    if _parts(text(hook.url)) != _parts(body.url):
        said = "the answer is about another URL", "la respuesta es sobre otra URL"
        raise OutcomeUnknown(said, provider=PROVIDER, operation="create_webhook")
    return hook


def _delete(face: Webhooks, id_webhook: str) -> Flow[bool]:
    deleted = yield from call(api.webhooks.delete_webhook.sync_detailed, id_webhook, client=face.raw)
    return confirmed(deleted, "delete_webhook")
