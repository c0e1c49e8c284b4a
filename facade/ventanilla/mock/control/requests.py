"""Knows how the journal of a world is searched, waited for and exported."""

from typing import TYPE_CHECKING, Any

from ventanilla.mock.control._saying import refusing
from ventanilla.mock.journal import Journal, Wanted
from ventanilla.mock.provider import Call, Reply

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World

SHOWN, PATIENCE = 100, 5.0
SHOWN_INSTEAD = 5


def find_requests(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /requests."""
    return Reply(_found(world.journal, call))


def clear_requests(mock: "Mock", world: "World", call: Call) -> Reply:
    """DELETE /requests."""
    count = len(world.journal)
    world.journal.clear()
    return Reply({"deleted": count})


def count_requests(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /requests/count."""
    return Reply({"count": world.journal.count(**_wanted(call))})


def wait_for_requests(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /requests/wait: handled again whenever something has happened, until it is a success or the time is over."""
    wanted, found = call.query.get("count", 1), world.journal.count(**_wanted(call))
    if found >= wanted:
        return Reply(_found(world.journal, call))
    patience = float(call.query.get("timeout", PATIENCE))
    message = f"there are {found} such exchanges, not {wanted}, after {patience:g} seconds; {_instead(world.journal)}"
    return Reply({"error": message}, status=408, patience=patience)


def export_har(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /requests/har."""
    entries = world.journal.find(**_wanted(call), limit=call.query.get("limit"))
    return Reply(world.journal.har(entries, call.request.base))


def get_request(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /requests/{id}."""
    with refusing(LookupError, 404):
        return Reply(world.journal.shown(world.journal.entry(int(call.path["id"]))))


def get_request_curl(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /requests/{id}/curl."""
    with refusing(LookupError, 404):
        command = world.journal.curl(world.journal.entry(int(call.path["id"])), call.request.base)
    return Reply.file(f"{command}\n".encode(), "text/plain; charset=utf-8")


def _found(journal: Journal, call: Call) -> list[dict[str, Any]]:
    entries = journal.find(**_wanted(call), limit=call.query.get("limit", SHOWN))
    return [journal.shown(entry) for entry in entries]


def _wanted(call: Call) -> Wanted:
    query = call.query
    fault = query.get("fault")
    return Wanted(
        provider=query.get("provider"),
        operation=query.get("operation"),
        method=query.get("method"),
        path=query.get("path"),
        status=query.get("status"),
        since=query.get("since"),
        broken=query.get("broken"),
        fault={"true": True, "false": False}.get(str(fault), fault),
    )


def _instead(journal: Journal) -> str:
    lines = journal.lines(journal.find(limit=SHOWN_INSTEAD))
    return f"the last ones of all: {'; '.join(lines)}" if lines else "nothing has come at all"
