"""Knows the operations on webhooks, and the dashboard's webhooks of version 3."""

from collections.abc import Iterable
from typing import Any, cast

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


def register_v3(world: World, body: Any) -> Reply:
    """POST /_mock/webhooks {url, profile: "sync-v3", events?, id_user?}: what the provider's dashboard does."""
    given: Row = cast("Row", body) if isinstance(body, dict) else {}
    url: Any = given.get("url")
    events: Any = given.get("events", list(NAMES))
    if given.get("profile") != V3:
        raise Refused(400, f"profile: must be {V3}; version 1 is registered through POST /syncfy/v1/webhooks")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refused(400, "url: must be an http or https address")
    if not _are_events(events):
        raise Refused(400, f"events: must be some of {', '.join(NAMES)}")
    id_user: Any = given.get("id_user")
    if id_user is not None and (not isinstance(id_user, str) or id_user not in world.state(State).users):
        raise Refused(404, "id_user: there is no such user")
    hook = _register(world, V3, url, events, id_user, 0, {})
    return Reply({**hook.row, "profile": V3})


def list_registered(world: World, body: Any) -> Reply:
    """GET /_mock/webhooks: those of both versions, with what became of them."""
    return Reply([{**hook.row, "profile": hook.profile} for hook in world.state(State).webhooks.values()])


def _are_events(events: Any) -> bool:
    names = list(cast("Iterable[Any]", events)) if isinstance(events, list) else []
    return bool(names) and all(isinstance(name, str) and name in NAMES for name in names)


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
