"""Takes one guard at a time out of ventanilla, in this process alone, and sees that a suite then fails."""

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import anyio
from attrs import evolve, frozen

from proving import suites
from proving.setting import Setting
from proving.tally import Tally
from ventanilla import _attempts, _deadline, _retry
from ventanilla.errors import VentanillaError


@frozen
class Guard:
    """One thing that keeps a promise.

    Args:
        about: what it does.
        suites: which suites fail without it.
        taken_out: takes it out for the time of a block.
    """

    about: str
    suites: tuple[str, ...]
    taken_out: Callable[[], AbstractContextManager[None]]


@contextmanager
def replaced(owner: Any, name: str, other: Any) -> Generator[None]:
    """Put something else in the place of a function or a constant while the block runs."""
    before = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _naive_retry() -> AbstractContextManager[None]:
    """As many clients do: whatever may pass by itself is tried again, also a write."""

    def may_repeat(failure: VentanillaError, *, is_read: bool) -> bool:
        return isinstance(failure, _retry.PASSING)

    return replaced(_attempts, "may_repeat", may_repeat)


@contextmanager
def _no_deadline() -> Generator[None]:
    """Every read has its timeout, and nothing ends them all."""

    def unbounded(timeout: float | None, problem: Callable[[str], Exception]) -> float | None:
        return timeout

    def endless(delay: float) -> AbstractContextManager[None]:
        return nullcontext()

    with replaced(_deadline, "_bounded", unbounded), replaced(anyio, "fail_after", endless):
        yield


GUARDS = {
    "retry-rule": Guard(
        "a write is sent again only where nothing can have been sent", ("matrix", "machine"), _naive_retry
    ),
    "deadline": Guard("one deadline for all that a call does", ("deadlines",), _no_deadline),
}


def run(setting: Setting) -> Tally:
    """Take out each guard in turn and run its suites, small: each must fail."""
    begun = time.monotonic()
    tally = Tally("controls", seeds=str(setting.seed))
    small = evolve(setting, small=True)
    seen = 0
    for name, guard in GUARDS.items():
        for suite in guard.suites:
            setting.say(f"controls: {suite} without {name}")
            with guard.taken_out():
                found = suites.run(suite, small)
            seen += 1
            if not found.broken:
                tally.breaks(f"{suite} does not fail without {name}")
    tally.notes.append(f"{seen} runs without a guard, {seen - len(tally.broken)} failed as they should")
    tally.seconds = time.monotonic() - begun
    return tally
