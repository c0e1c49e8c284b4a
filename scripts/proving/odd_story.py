"""One odd program: what it is called, and what it does; problems are told as they are seen."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attrs import frozen

from proving.odd_stage import Harness
from proving.scripted import ScriptedServer
from proving.stage import Ended
from ventanilla.errors import VentanillaError

Broken = Callable[[str, str], None]


@frozen
class Story:
    """One odd program.

    Args:
        id: names it, for `--case`.
        tell: runs it, and tells of each promise that it sees broken: the kind, and how.
        calls: how many calls it makes, for the count.
    """

    id: str
    tell: Callable[[Harness, Broken], None]
    calls: int = 1


Stories = Iterator[Story]


def is_over(ended: Ended) -> bool:
    """Return whether a call said that nothing was done, so that it may be made again."""
    return isinstance(ended.error, VentanillaError) and ended.error.outcome in ("not_sent", "refused")


def is_ours(error: BaseException | None) -> bool:
    """Return whether a call ended as the documents promise."""
    return error is None or isinstance(error, VentanillaError)


def key_of(intent: Any) -> str:
    """Return the caller's own id of an intent, by whatever name."""
    found: str = getattr(intent, "idempotency_key", None) or intent.operation_id
    return found


def recover(harness: Harness, face: Any, again: Callable[[], Any], *, times: int = 2) -> list[Ended]:
    """Do what a program does that was restarted: resume what is pending, then call again by the same key."""
    endings = [harness.end(partial(face.resume, key_of(intent))) for intent in pending(harness, face)]
    return endings + [harness.end(again) for _ in range(times)]


def pending(harness: Harness, face: Any) -> list[Any]:
    """Return what is pending."""
    return harness.end(face.pending).value or []


def judge(
    server: ScriptedServer, write: str, endings: list[Ended], broken: Broken, *, most: int = 1, said: str = ""
) -> None:
    """Judge some calls for one thing: nothing twice, nothing but our own errors, no success without an effect."""
    done = server.effects(write)
    if done > most:
        broken("duplicate", f"{write} was done {done} times; {', '.join(map(str, endings))}{said}")
    for each in endings:
        if not is_ours(each.error):
            broken("not ours", f"{type(each.error).__name__}: {each.error}{said}"[:200])
    if not done and any(each.error is None for each in endings):
        broken("false success", f"{write} was done by nobody; {', '.join(map(str, endings))}{said}")
