"""Holds calls against servers that drip, and measures whether each ends with its total deadline."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from attrs import frozen

from proving.dripping import MANNERS, dripping
from proving.facti_writes import request
from proving.facturaonline_writes import GROUP
from proving.setting import Setting
from proving.stage import WAYS, Way, of_origin
from proving.syncfy_writes import LOGIN, NORMAL
from proving.tally import Tally
from ventanilla import Policy
from ventanilla.errors import VentanillaError

DEADLINE = 2.0
SMALL_DEADLINE = 1.2
# What a call may take beyond its deadline.
MARGIN = 1.0
# No single read takes that long, so that the timeouts of httpx never strike.
TIMEOUT = 30.0
USER = "5f4dcc3b5aa765d61d8327de"


@frozen
class Held:
    """One operation; `calls` is how many calls it makes in vain, each of which has a deadline of its own."""

    provider: str
    what: str
    do: Callable[[Any], Any]
    calls: int = 1


CALLS = (
    Held("syncfy", "a read", lambda face: face.find_user("x")),
    Held("syncfy", "a write", lambda face: face.create_user("Santo")),
    Held("syncfy", "a write as a user", lambda face: face.create_credential(USER, NORMAL, LOGIN)),
    Held("facti", "a payment request", lambda face: request(face, {}), calls=2),
    Held("facturaonline", "a download", lambda face: face.xml(GROUP)),
)


@frozen
class Measured:
    """How long a call was held, and what it raised."""

    seconds: float
    error: Exception | None


def measured(held: Held, way: Way, origin: str, deadline: float) -> Measured:
    """Do one call against a server that drips."""
    face = of_origin(
        held.provider, way, origin, timeout=TIMEOUT, policy=Policy(deadline=deadline, settle=0.0, retries=1)
    )
    begun = time.monotonic()
    error: Exception | None = None
    try:
        if way == "async":
            asyncio.run(_closing(face, held.do))
        else:
            with face:
                held.do(face)
    except Exception as problem:
        error = problem
    return Measured(time.monotonic() - begun, error)


async def _closing(face: Any, do: Callable[[Any], Any]) -> None:
    async with face:
        await do(face)


def run(setting: Setting) -> Tally:
    """Hold all calls at once, each against every manner."""
    tally = Tally("deadlines")
    deadline = SMALL_DEADLINE if setting.small else DEADLINE
    setting.say(f"deadlines: {len(MANNERS) * len(CALLS) * len(WAYS)} calls held for {deadline:g} s")
    with ExitStack() as servers:
        lasts = deadline + MARGIN + 0.5
        origins = {name: servers.enter_context(dripping(manner, lasts)) for name, manner in MANNERS.items()}
        tried: list[tuple[Held, Way, str]] = [(call, way, name) for call in CALLS for way in WAYS for name in MANNERS]
        threads = servers.enter_context(ThreadPoolExecutor(len(tried)))
        held = [threads.submit(measured, each, way, origins[name], deadline) for each, way, name in tried]
        found = [each.result() for each in held]
    tally.faults = len(tried)
    for (call, way, name), each in zip(tried, found, strict=True):
        what = f"{call.what} of {call.provider}, {way}, against {name}"
        if each.seconds > deadline * call.calls + MARGIN:
            tally.breaks(f"{what} took {each.seconds:.1f} s, with a deadline of {deadline:g} s")
        if not isinstance(each.error, VentanillaError):
            tally.breaks(f"{what} ended with {each.error!r}")
    longest = max(each.seconds for each in found)
    tally.notes.append(f"a deadline of {deadline:g} s, and no read near its timeout; the longest took {longest:.2f} s")
    return tally
