"""Knows the guards that keep the promises, and takes one out, in this process alone, to see what it is good for."""

import os
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

import anyio
from attrs import frozen
from msgspec.structs import replace

from proving.odd_guards import PLANNED
from ventanilla import _attempts, _once, _retry, _sockets
from ventanilla._flow import Flow
from ventanilla._once import Before
from ventanilla.errors import OutcomeUnknown, VentanillaError
from ventanilla.facti import _asking
from ventanilla.facturaonline import _queueing
from ventanilla.intents import Intent, MemoryJournal, SqliteJournal
from ventanilla_clients import _runtime


@frozen
class Guard:
    """One thing that keeps a promise.

    Args:
        about: what it does.
        suites: which suites fail without it.
        taken_out: takes it out for the time of a block.
        case: the cases that are run without it, of suites that name theirs; empty for all.
    """

    about: str
    suites: tuple[str, ...]
    taken_out: Callable[[], AbstractContextManager[None]]
    case: str = ""


_taken: list[str] = []


def taken() -> str | None:
    """Return the guard that is taken out now, for the processes that a suite starts; None if none is."""
    return _taken[-1] if _taken else None


@contextmanager
def without(name: str | None) -> Generator[None]:
    """Take a guard out while the block runs; None takes none out."""
    if name is None:
        yield
        return
    _taken.append(name)
    try:
        with GUARDS[name].taken_out():
            yield
    finally:
        _taken.pop()


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


def _resend() -> AbstractContextManager[None]:
    """As a careful but hopeful client does: what was looked for in vain, for as long as it takes, is sent again."""
    once: Any = _once
    find_out: Callable[..., Flow[Any]] = once._find_out

    def hopeful(keeper: Any, task: Any, sent: Intent, failure: Exception | None = None) -> Flow[Any]:
        try:
            return (yield from find_out(keeper, task, sent, failure))
        except OutcomeUnknown:
            kept = keeper.journal.find(sent.scope, sent.operation_id)
            again: Flow[Any] = task.send(once._body(task, kept), sent.operation_id)
            return (yield from again)

    return replaced(once, "_find_out", hopeful)


@contextmanager
def _of_journals(name: str, make: Callable[[Any], Any]) -> Generator[None]:
    with ExitStack() as stack:
        for kind in (SqliteJournal, MemoryJournal):
            stack.enter_context(replaced(kind, name, make(getattr(kind, name))))
        yield


def _keys_not_unique() -> AbstractContextManager[None]:
    """Whoever asks for the same again has an intent of their own."""

    def make(begin: Any) -> Any:
        def other(journal: Any, intent: Intent) -> Intent:
            kept: Intent = begin(journal, replace(intent, key=os.urandom(16).hex()))
            return kept

        return other

    return _of_journals("begin", make)


def _anyone_sends() -> AbstractContextManager[None]:
    """Whoever wants to send is told that it is their turn."""

    def make(move: Any) -> Any:
        def other(journal: Any, before: Intent, after: Intent) -> bool:
            move(journal, before, after)
            return True

        return other

    return _of_journals("move", make)


def _sent_unwritten() -> AbstractContextManager[None]:
    """The request goes out before the journal knows."""
    unwritten = dict[str, str]()

    def make(move: Any) -> Any:
        def other(journal: Any, before: Intent, after: Intent) -> bool:
            if after.state == "sent":
                unwritten[after.version] = before.version
                return True
            moved: bool = move(journal, replace(before, version=unwritten.get(before.version, before.version)), after)
            return moved

        return other

    return _of_journals("move", make)


def _no_watermark() -> AbstractContextManager[None]:
    """Whatever looks like it is it, also what was there before."""

    def mark(face: Any) -> Flow[Before[Any]]:
        yield from ()
        return Before(watermark=0)

    return replaced(_asking, "_mark", mark)


def _no_token() -> AbstractContextManager[None]:
    """All payrolls are marked alike."""

    def token(operation_id: str) -> str:
        return "0" * 16

    return replaced(_queueing, "token", token)


@contextmanager
def _no_deadline() -> Generator[None]:
    """Every read has its timeout, and nothing ends them all."""

    def unbounded(timeout: float | None, problem: Callable[[str], Exception]) -> float | None:
        return timeout

    def endless(delay: float) -> AbstractContextManager[None]:
        return nullcontext()

    with replaced(_sockets, "_bounded", unbounded), replaced(anyio, "fail_after", endless):
        yield


def _all_make() -> AbstractContextManager[None]:
    """Each thread makes the decoders that it needs, whoever else does."""
    return replaced(_runtime, "_making", nullcontext())


GUARDS = {
    "retry-rule": Guard(
        "a write is sent again only where nothing can have been sent", ("matrix", "machine"), _naive_retry
    ),
    "no-resend": Guard("what was looked for in vain is not sent again", ("late",), _resend),
    "watermark": Guard("what was there before is not what comes of it", ("late",), _no_watermark),
    "token": Guard("a payroll carries a token of its own, by which it is found again", ("late",), _no_token),
    "unique-key": Guard("one open intent for a natural key", ("races",), _keys_not_unique),
    "turn": Guard("whoever moves an intent to `sent` sends, and nobody else", ("races",), _anyone_sends),
    "sent-first": Guard("an intent is `sent` on disk before the first byte leaves", ("crashes",), _sent_unwritten),
    # These three are taken out in the receiver's processes, by their names.
    "claim-outside": Guard("an event is claimed in the transaction of its effect", ("events",), nullcontext),
    "strict": Guard("what is as old to the second as what is kept is read again", ("events",), nullcontext),
    "answer-first": Guard("an event is on disk before it is acknowledged", ("events",), nullcontext),
    "one-maker": Guard("one thread at a time makes decoders", ("first-use",), _all_make),
    "deadline": Guard("one deadline for all that a call does", ("deadlines",), _no_deadline),
} | {name: Guard(planned.about, (planned.suite,), planned.taken_out, planned.case) for name, planned in PLANNED.items()}
