"""Knows the operations on webhooks, and the dashboard's webhooks of version 3."""

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.syncfy._envelope import Row, answer
from ventanilla.mock.syncfy._events import NAMES, V1, V3
from ventanilla.mock.syncfy._files import iso
from ventanilla.mock.syncfy._lists import listed, matching
from ventanilla.mock.syncfy._state import State, Webhook
from ventanilla.mock.world import World

_HIDDEN_AT_CREATION = ("is_disabled", "ct_failed")


def list_webhooks(world: World, call: Call) -> Reply:
    """GET /webhooks: with ISO dates, where the creation answers unix seconds."""
    hooks = [hook for hook in world.state(State).webhooks.values() if hook.profile == V1]
    rows = ({**hook.row, "dt_created": iso(hook.row["dt_created"])} for hook in hooks)
    return listed(world, matching(rows, call.query, ("id_webhook",)), call.query)


def create_webhook(world: World, call: Call) -> Reply:
    """POST /webhooks: one more webhook of version 1, for all users or one."""
    body: Row = call.body
    id_user = body.get("id_user")
    if id_user is not None and id_user not in world.state(State).users:
        raise Refused(404, f"there is no user {id_user}")
    hook = _register(world, V1, body["url"], body["events"], id_user, body.get("delay", 0), body.get("headers", {}))
    return answer(world, {name: value for name, value in hook.row.items() if name not in _HIDDEN_AT_CREATION})


def delete_webhook(world: World, call: Call) -> Reply:
    """DELETE /webhooks/{id_webhook}."""
    hooks, key = world.state(State).webhooks, call.path["id_webhook"]
    if key not in hooks or hooks[key].profile != V1:
        raise Refused(404, f"there is no webhook {key}")
    del hooks[key]
    return answer(world, True)


@ours(
    "Webhooks of version 3, made in the provider's dashboard, are made at POST /_mock/webhooks.",
    on="receive_event_batch",
)
def register_v3(world: World, body: Row) -> Row:
    """Register {url, events?, id_user?} as the provider's dashboard does; all events of everybody if left out."""
    id_user = body.get("id_user")
    if id_user is not None and id_user not in world.state(State).users:
        raise Refused(404, "id_user: there is no such user")
    hook = _register(world, V3, body["url"], body.get("events", list(NAMES)), id_user, 0, {})
    return {**hook.row, "profile": V3}


def registered(world: World) -> list[Row]:
    """Return the webhooks of both versions, with what became of them."""
    return [{**hook.row, "profile": hook.profile} for hook in world.state(State).webhooks.values()]


def _register(
    world: World, profile: str, url: str, events: list[str], id_user: str | None, delay: int, headers: dict[str, str]
) -> Webhook:
    row: Row = {
        "id_webhook": world.object_id(),
        "id_user": id_user,
        "is_disabled": 0,
        "events": events,
        "url": url,
        "delay": delay,
        "ct_failed": 0,
        "dt_created": int(world.now),
        "dt_modified": None,
    }
    hook = Webhook(row, profile, headers)
    world.state(State).webhooks[row["id_webhook"]] = hook
    return hook
