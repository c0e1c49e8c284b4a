"""Knows the envelope around every JSON answer of Syncfy."""

from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Reply
from ventanilla.mock.world import World

Row = dict[str, Any]
UNAUTHORIZED = "Unauthorized"


def answer(world: World, response: Any, *, sent: Any = None) -> Reply:
    """Answer with success; `sent`, when given, goes out in place of the `response` that is checked."""
    body = _envelope(world, 200, True, None, response)
    return Reply(body) if sent is None else Reply(body, sent={**body, "response": sent})


def unfinished(world: World, message: str) -> Reply:
    """Answer HTTP 200 with `status: false`: the operation did not finish (documentation of 2016)."""
    return Reply(_envelope(world, 200, False, message, None), failed=True)


@ours("The messages of refusals are the mock's own, except Unauthorized.")
def refuse(world: World, status: int, message: str) -> Reply:
    """Word a refusal; the code of the envelope is the HTTP status."""
    return Reply(_envelope(world, status, False, message, None), status=status, failed=True)


def _envelope(world: World, code: int, status: bool, message: str | None, response: Any) -> Row:
    return {
        "rid": world.receipt(),
        "code": code,
        "errors": None,
        "status": status,
        "message": message,
        "response": response,
    }
