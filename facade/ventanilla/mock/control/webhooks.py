"""Knows who is told of what happens in a world, and what was sent."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ventanilla.mock import triggers
from ventanilla.mock.control._saying import refusing
from ventanilla.mock.facti import ipn
from ventanilla.mock.outbox import shown
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.syncfy import webhooks

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World

SHOWN = 100


def list_webhooks(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /webhooks."""
    _needs(mock, "syncfy")
    return Reply(webhooks.registered(world))


def register_webhook(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /webhooks."""
    _needs(mock, "syncfy")
    return Reply(webhooks.register_v3(world, call.body))


def configure_ipn(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /facti/ipn."""
    _needs(mock, "facti")
    return Reply(ipn.configure(world, call.body))


def list_events(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /events."""
    return Reply([each.row() for each in _events(mock)])


def trigger_event(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /events."""
    options = {name: _plain(value) for name, value in call.body.items() if name != "event"}
    event = next((each for each in _events(mock) if each.event == call.body["event"]), None)
    if event is None:
        known = ", ".join(each.event for each in _events(mock)) or "none at all"
        raise Refused(404, f"there is no event {call.body['event']}; there is {known}")
    if strange := sorted(options.keys() - event.options.keys()):
        raise Refused(400, f"{strange[0]}: {event.event} does not take it; it takes {', '.join(event.options)}")
    with refusing(ValueError, 409):
        return Reply(triggers.trigger(mock, world, event.event, origin=call.request.base, **options).row())


def list_deliveries(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /deliveries."""
    wanted = {name: call.query.get(name) for name in ("profile", "event", "state", "url")}
    found = world.outbox.deliveries(**wanted)[-call.query.get("limit", SHOWN) :]
    return Reply([shown(delivery) for delivery in found])


def get_delivery(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /deliveries/{id}."""
    with refusing(LookupError, 404):
        return Reply(shown(world.outbox[call.path["id"]]))


def replay_delivery(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /deliveries/{id}/replay."""
    given: Mapping[str, Any] = call.body or {}
    with refusing(LookupError, 404), refusing(ValueError, 409):
        return Reply(shown(world.outbox.replay(call.path["id"], given.get("times", 1))))


def _plain(value: Any) -> Any:
    """Return an amount with its digits as they came."""
    return format(value, "f") if isinstance(value, Decimal) else value


def _events(mock: "Mock") -> list[triggers.Trigger]:
    return [each for each in triggers.known() if each.provider in mock.providers]


def _needs(mock: "Mock", provider: str) -> None:
    if provider not in mock.providers:
        raise Refused(404, f"this mock has no {provider}")
