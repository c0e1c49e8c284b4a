"""Knows how a world's clock is read and set, and what waits for something other than time."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ventanilla.mock.clock import LATEST
from ventanilla.mock.provider import Call, Refused, Reply

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World


def get_clock(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /clock."""
    return Reply(_shown(world, world.now))


def set_clock(mock: "Mock", world: "World", call: Call) -> Reply:
    """PUT /clock."""
    at = call.body.get("at")
    if at is not None and float(at) < world.now:
        raise _past(world)
    if "rate" in call.body:
        world.clock.run(float(call.body["rate"]))
    return Reply(_shown(world, world.now)) if at is None else _travelled(mock, world, float(at))


def advance_clock(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /clock/advance: the answer leaves after everything that falls due on the way."""
    until = call.body.get("until")
    moment = world.now + float(call.body["seconds"]) if until is None else float(until)
    if moment < world.now:
        raise _past(world)
    return _travelled(mock, world, moment)


def list_processes(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /processes."""
    return Reply([{"provider": provider, "id": id} for provider, id in world.processes()])


def step_process(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /processes/{provider}/{id}/step."""
    process = call.path["provider"], call.path["id"]
    if not world.push(*process):
        raise Refused(404, f"{process[0]} has no process {process[1]} that waits; GET /_mock/processes lists what does")
    return Reply({"provider": process[0], "id": process[1], "is_waiting": process in world.processes()})


def _travelled(mock: "Mock", world: "World", moment: float) -> Reply:
    if moment > LATEST:
        raise Refused(409, f"a clock goes to {_iso(LATEST)} and no further; POST /_mock/reset sets it back")
    return Reply(_shown(world, moment), errands=mock.travel(world, moment))


def _shown(world: "World", moment: float) -> dict[str, Any]:
    return {"now": moment, "iso": _iso(moment), "rate": world.clock.rate}


def _past(world: "World") -> Refused:
    return Refused(409, f"time runs forward only, and it is {_iso(world.now)} already")


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
