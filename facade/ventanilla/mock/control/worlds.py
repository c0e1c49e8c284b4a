"""Knows the worlds beside each other, how each begins, and how things take their course in one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ventanilla.mock.control._saying import refusing
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.namespaces import prefix_of
from ventanilla.mock.provider import Call, Refused, Reply

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World


def list_namespaces(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /namespaces."""
    return Reply([_namespace(each, call) for name, each in list(mock.worlds.items()) if name])


def get_namespace(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /namespaces/{name}."""
    found = mock.worlds.get(call.path["name"])
    if found is None:
        raise Refused(404, f"there is no namespace {call.path['name']}")
    return Reply(_namespace(found, call))


def create_namespace(mock: "Mock", world: "World", call: Call) -> Reply:
    """PUT /namespaces/{name}."""
    given: Mapping[str, Any] = call.body or {}
    with refusing(OverflowError, 409):
        made = mock.begin(call.path["name"], seed=given.get("seed"), pace=_seconds(given.get("pace")))
    # It is there already for whoever asks it in another thread.
    with made.lock:
        _begin(made, given)
    return Reply(_namespace(made, call))


def delete_namespace(mock: "Mock", world: "World", call: Call) -> Reply:
    """DELETE /namespaces/{name}."""
    if not mock.forget(call.path["name"]):
        raise Refused(404, f"there is no namespace {call.path['name']}")
    return Reply({"deleted": 1})


def reset(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /reset."""
    given: Mapping[str, Any] = call.body or {}
    pace = _seconds(given.get("pace"))
    world.reset(given.get("seed", world.seed), mock.pace if pace is None else pace)
    _begin(world, given)
    return Reply(_settings(mock, world))


def get_settings(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /settings."""
    return Reply(_settings(mock, world))


def change_settings(mock: "Mock", world: "World", call: Call) -> Reply:
    """PUT /settings."""
    pace = _seconds(call.body.get("pace"))
    world.pace = world.pace if pace is None else pace
    _change(world, call.body)
    return Reply(_settings(mock, world))


def _begin(world: "World", given: Mapping[str, Any]) -> None:
    clock: Mapping[str, Any] = given.get("clock", {})
    world.clock.begin(_seconds(clock.get("at")), _seconds(clock.get("rate")))
    _change(world, given)


def _change(world: "World", given: Mapping[str, Any]) -> None:
    world.rate_limits = given.get("rate_limits", world.rate_limits)
    if "retries" in given:
        world.outbox.retries = tuple(map(float, given["retries"]))
    for name, lifecycle in given.get("lifecycles", {}).items():
        world.lifecycles[name] = Lifecycle(lifecycle["mode"], lifecycle.get("polls", 1))


def _seconds(value: Any) -> float | None:
    """Return a number as the mock reckons with it: what takes time is no money."""
    return None if value is None else float(value)


def _namespace(world: "World", call: Call) -> dict[str, Any]:
    return {
        "name": world.name,
        "url": call.request.base + prefix_of(world.name),
        "seed": world.seed,
        "pace": world.pace,
        "now": world.clock.now(),
        "rate": world.clock.rate,
        "requests": len(world.journal),
    }


def _settings(mock: "Mock", world: "World") -> dict[str, Any]:
    lifecycles = {name: world.lifecycle(name) for name in mock.providers}
    return {
        "seed": world.seed,
        "pace": world.pace,
        "rate_limits": world.rate_limits,
        "retries": list(world.outbox.retries),
        "lifecycles": {name: {"mode": each.mode, "polls": each.polls} for name, each in lifecycles.items()},
    }
