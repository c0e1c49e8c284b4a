"""Knows what somebody wants to happen in a world: scenarios by name, and faults."""

from typing import TYPE_CHECKING

from ventanilla.mock import scenarios
from ventanilla.mock.control._saying import refusing
from ventanilla.mock.faults import Fault
from ventanilla.mock.provider import Call, Refused, Reply

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World

MOST_CHOICES = 1000


def list_scenarios(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /scenarios."""
    return Reply({"scenarios": scenarios.rows(), "chosen": scenarios.chosen(world)})


def get_scenarios_markdown(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /scenarios.md."""
    return Reply.file(scenarios.markdown().encode(), "text/markdown; charset=utf-8")


def choose_scenario(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /scenarios."""
    times = call.body.get("times", 1)
    if sum(len(names) for names in scenarios.chosen(world).values()) + times > MOST_CHOICES:
        raise Refused(409, f"no more than {MOST_CHOICES} choices wait at a time; POST /_mock/reset drops them")
    with refusing(LookupError, 404):
        scenarios.choose(world, call.body["provider"], call.body["name"], times)
    return Reply({"chosen": scenarios.chosen(world)})


def list_faults(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /faults."""
    return Reply([standing.to_json() for standing in world.faults])


def add_fault(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /faults."""
    with refusing(ValueError, 400):
        fault = Fault.from_json(call.body)
        fault.check(mock.providers)
    # It is right by itself, but may not be beside those that are there.
    with refusing(ValueError, 409):
        added = world.faults.add(fault, world.now)
    return Reply(world.faults[added.id].to_json())


def clear_faults(mock: "Mock", world: "World", call: Call) -> Reply:
    """DELETE /faults."""
    count = len(world.faults)
    world.faults.clear()
    return Reply({"deleted": count})


def get_fault(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /faults/{id}."""
    with refusing(LookupError, 404):
        return Reply(world.faults[call.path["id"]].to_json())


def delete_fault(mock: "Mock", world: "World", call: Call) -> Reply:
    """DELETE /faults/{id}."""
    with refusing(LookupError, 404):
        world.faults.remove(call.path["id"])
    return Reply({"deleted": 1})
