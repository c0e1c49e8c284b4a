"""Knows how the moments of a world are kept and come back to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ventanilla.mock.control._saying import refusing
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.snapshots import Snapshot

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World


def list_snapshots(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /snapshots."""
    return Reply([_shown(snapshot) for snapshot in world.snapshots])


def take_snapshot(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /snapshots."""
    given: Mapping[str, Any] = call.body or {}
    with refusing(OverflowError, 409):
        return Reply(_shown(world.snapshots.take(given.get("id"))))


def restore_snapshot(mock: "Mock", world: "World", call: Call) -> Reply:
    """POST /snapshots/{id}/restore."""
    with refusing(LookupError, 404):
        return Reply(_shown(world.snapshots.restore(call.path["id"])))


def delete_snapshot(mock: "Mock", world: "World", call: Call) -> Reply:
    """DELETE /snapshots/{id}."""
    with refusing(LookupError, 404):
        world.snapshots.drop(call.path["id"])
    return Reply({"deleted": 1})


def _shown(snapshot: Snapshot) -> dict[str, Any]:
    # Not its size: that depends on which texts Python keeps once and which twice, and no answer may.
    return {"id": snapshot.id, "at": snapshot.at}
