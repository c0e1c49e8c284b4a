"""Knows the webhooks of Syncfy: whom to tell of what, flat (version 1) or in batches (version 3)."""

from datetime import UTC, datetime
from functools import partial

from ventanilla.mock._ours import ours
from ventanilla.mock.syncfy._credential import SANDBOX_ENVIRONMENT, Credential
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._job import Job
from ventanilla.mock.syncfy._state import Document, State, User, Webhook
from ventanilla.mock.wire import encode
from ventanilla.mock.world import World

V1, V3 = "sync-v1", "sync-v3"
# The three spellings of one event: header of version 3 → version 1 and `payload.event`.
NAMES: dict[str, str | None] = {
    "credentials.created": "credential_create",
    "credentials.updated": "credential_update",
    "credentials.refreshed": "refresh",
    "documents.completed": "documents_completed",
    "documents.success": None,
    "documents.fail": None,
}
PULL_TYPE = "57884c49784806f0768b4568"
PAGE = 5000


def started(world: World, credential: Credential, job: Job, *, is_new: bool) -> None:
    """Tell that a connection begins: of a new credential as its creation, else as an update."""
    _changed(world, "credentials.created" if is_new else "credentials.updated", credential, job, is_executing=1)


def ended(world: World, credential: Credential, job: Job) -> None:
    """Tell that a connection is over, well or badly."""
    _changed(world, "credentials.updated", credential, job, is_executing=0)


def refreshed(world: World, credential: Credential, job: Job) -> None:
    """Tell that there are new data, with the links that lead to them."""
    window = {
        "id_credential": credential.id,
        "dt_refresh_from": credential.dt_execute,
        "dt_refresh_to": int(world.now),
        "limit": PAGE,
        "skip": 0,
        "wbhk": 1,
    }
    query = "&".join(f"{name}={value}" for name, value in window.items())
    endpoints = {
        "credential": [f"/v1/credentials/{credential.id}"],
        "accounts": [f"/v1/accounts?{query}"],
        "attachments": [f"/v1/attachments/export?{query}"],
        "transactions": [f"/v1/transactions?{query}"],
    }
    _tell(world, "credentials.refreshed", job.user, {**_about(job, credential), "endpoints": endpoints})


def documented(world: World, job: Job, documents: list[Document]) -> None:
    """Tell that documents are ready: completed to all, and success to version 3; each with a link of its own."""
    _documents(world, "documents.completed", job, documents)
    _documents(world, "documents.success", job, documents)


def undocumented(world: World, job: Job) -> None:
    """Tell version 3 that documents could not be had."""
    _documents(world, "documents.fail", job, [])


def _changed(world: World, name: str, credential: Credential, job: Job, *, is_executing: int) -> None:
    endpoints = {"credential": [f"/v1/credentials/{credential.id}"]}
    _tell(world, name, job.user, {**_about(job, credential), "is_executing": is_executing, "endpoints": endpoints})


def _documents(world: World, name: str, job: Job, documents: list[Document]) -> None:
    link = world.object_id()
    for document in documents:
        document.links.add(link)
    _tell(world, name, job.user, {**_about(job, None), "endpoints": [f"/v1/documents?id_job_webhook={link}"]})


def _about(job: Job, credential: Credential | None) -> Row:
    ids: Row = {"id_job": job.id_job, "id_job_uuid": job.id_job_uuid}
    if credential is not None:
        ids |= {"id_credential": credential.id, "id_user": job.user.id, "id_external": job.user.external}
    return {**ids, **job.site.ids}


def _tell(world: World, name: str, user: User, payload: Row) -> None:
    for webhook in world.state(State).webhooks.values():
        row = webhook.row
        event = NAMES[name] if webhook.profile == V1 else name
        if event is not None and event in row["events"] and row["id_user"] in (None, user.id):
            body = _flat(world, event, user, payload) if webhook.profile == V1 else _batch(world, name, user, payload)
            _post(world, webhook, event, encode(body))


@ours("`delay` is taken for seconds.", on="create_webhook receive_event")
def _post(world: World, webhook: Webhook, event: str, body: bytes) -> None:
    if webhook.row["delay"]:
        world.schedule(webhook.row["delay"], partial(_send, world, webhook, event, body))
    else:
        _send(world, webhook, event, body)


def _send(world: World, webhook: Webhook, event: str, body: bytes) -> None:
    headers = (("Content-Type", "application/json"), *webhook.headers.items())
    ended = partial(_ended, world, webhook)
    if ended() is None:
        world.send(webhook.profile, event, webhook.row["url"], body, headers, webhook.settle, ended)


@ours(
    "Every failed attempt counts in ct_failed, retries too; a webhook that is disabled stays so.",
    on="list_webhooks receive_event receive_event_batch",
)
def _ended(world: World, webhook: Webhook) -> str | None:
    """Say why a webhook no longer gets anything, None while it does."""
    if webhook.row["id_webhook"] not in world.state(State).webhooks:
        return "its webhook was deleted"
    if webhook.row["is_disabled"]:
        return f"its webhook is disabled after {webhook.row['ct_failed']} failed calls"
    return None


def _flat(world: World, event: str, user: User, payload: Row) -> Row:
    """Return the body of version 1; its documents have links below an event's uuid (official events.md)."""
    if event != "documents_completed":
        return {"event": event, **payload}
    uuid = world.uuid()
    link = f"/v1/webhooks/events/{uuid}/documents"
    endpoints = {"documents": [link], "documents_json": [f"{link}/json"], "documents_zip": [f"{link}/zip"]}
    ids = {"id_user": user.id, "id_external": user.external}
    return {"event": event, "uuid": uuid, **payload, **ids, "endpoints": endpoints}


@ours("Version 3 comes unsigned and in batches of one: how its JWT is made is not public.", on="receive_event_batch")
def _batch(world: World, name: str, user: User, payload: Row) -> Row:
    """Return the body of version 3, a batch of one; documents events have no `event` in their payload."""
    event = NAMES[name] if name.startswith("credentials.") else None
    at = datetime.fromtimestamp(world.now, UTC)
    header: Row = {
        "event": {"eid": world.uuid(), "name": name, "at": f"{at:%Y-%m-%d %H:%M:%S.%f%z}", "version": "3.1"},
        "user": {"id_user": user.id, "id_external": user.external, "id_environment": SANDBOX_ENVIRONMENT},
    }
    shown = payload if event is None else {"event": event, **payload}
    if name == "credentials.refreshed":
        shown |= {"id_job_type": PULL_TYPE, "id_job_uuid_type": PULL_TYPE}
    return {"rid": world.uuid(), "events": [{"header": header, "payload": shown}]}
