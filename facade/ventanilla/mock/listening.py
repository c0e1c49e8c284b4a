"""Knows how a WebSocket is found: the process at its address, or the answer of plain HTTP in its place."""

import logging

from ventanilla.mock import passage
from ventanilla.mock.provider import Look, Provider, Refused
from ventanilla.mock.wire import Request, Response
from ventanilla.mock.world import World

OPENED = 101
_log = logging.getLogger("ventanilla.mock")


def look(world: World, providers: passage.Providers, request: Request, *, is_first: bool) -> Look | Response:
    """Look at the process whose WebSocket has this address; the first look, the handshake, goes into the journal."""
    segments = request.segments
    provider = providers.get(segments[0])
    if provider is None or provider.listen is None or segments[: len(provider.mount)] != provider.mount:
        return passage.answer(world, providers, request)
    try:
        found = provider.listen(world, segments[len(provider.mount) :])
    except Refused as refusal:
        return _refused(world, provider, request, refusal)
    except Exception as defect:
        _log.exception("the mock failed to look at what a WebSocket tells")
        failed = Refused(500, f"the mock failed: {type(defect).__name__}: {defect}")
        return _refused(world, provider, request, failed)
    if found is None:
        return passage.answer(world, providers, request)
    if is_first:
        world.journal.note(world.now, request, Response(OPENED, (), b""), provider.name, None)
    return found


def _refused(world: World, provider: Provider, request: Request, refusal: Refused) -> Response:
    response = passage.respond(provider.refuse(world, refusal.status, refusal.message), request)
    world.journal.note(world.now, request, response, provider.name, None, (refusal.message,))
    return passage.stamped(world, response)
