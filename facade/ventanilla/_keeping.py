"""Knows where a face keeps its intents: what it may ask of its journal, and what a journal that fails means."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen
from msgspec.structs import replace

from ventanilla._face import Operations, operation
from ventanilla._flow import Flow
from ventanilla._http import LOOPBACK, Settings
from ventanilla._steps import Do
from ventanilla.errors import ConfigurationError, InvalidRequest, JournalUnavailable
from ventanilla.intents import Intent, Journal, MemoryJournal
from ventanilla.intents._place import journal_of
from ventanilla_clients._runtime import Response

T = TypeVar("T")
NOTHING = b"null"
# What a mock says of itself on every answer: another one has other payments.
INSTANCE, _INSTANCE = "X-Ventanilla-Instance", re.compile("[0-9a-f]{32}")
log = logging.getLogger("ventanilla.intents")


@frozen
class Keeper:
    """Where the intents of one face are kept, and how long it looks for what got lost.

    Attributes:
        journal: keeps them.
        scope: whose they are: provider, environment, and the account's name or a digest of the key.
        settle: seconds.
        former: scopes under which the same account may have kept intents before.
        account: where the caller can name the account, if it has no name yet.
        may_be_mock: whether to believe an answer that says which mock it is from: the network may say anything.
    """

    journal: Journal
    scope: str
    settle: float
    former: tuple[str, ...] = ()
    account: str = ""
    may_be_mock: bool = True

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent, unless there is one already, under a former scope too; return the one that is kept."""
        for scope in self.former:
            kept = self.journal.find(scope, intent.operation_id)
            if kept is not None and kept.state != "failed":
                return kept
            alike = [each for each in self.journal.pending(scope) if each.key == intent.key]
            if alike:
                return alike[0]
        return self.journal.begin(intent)

    def find(self, operation_id: str) -> Intent | None:
        """Return the intent with this id, or None; one that has failed only if there is no other."""
        found = [self.journal.find(scope, operation_id) for scope in self._scopes]
        kept = [each for each in found if each is not None]
        return next((each for each in kept if each.state != "failed"), kept[0] if kept else None)

    def pending(self) -> list[Intent]:
        """Return the intents that may have been sent and are open, the oldest first."""
        found = [each for scope in self._scopes for each in self.journal.pending(scope)]
        return sorted((each for each in found if each.state != "prepared"), key=lambda each: each.created_at)

    def owners(self, kind: str, instance: str, ids: Sequence[str]) -> dict[str, str]:
        """Return which of the provider's ids are committed, with their operation ids."""
        found = [self.journal.owners(scope, kind, instance, ids) for scope in self._scopes]
        return {id: owner for each in found for id, owner in each.items()}

    def highest(self, kind: str, instance: str) -> int:
        """Return the highest of the provider's ids that are committed, or 0."""
        return max(self.journal.highest(scope, kind, instance) for scope in self._scopes)

    @property
    def _scopes(self) -> tuple[str, ...]:
        return (self.scope, *self.former)


def keeper(
    chosen: Settings,
    key: str,
    journal: Journal | Path | str | None,
    account: str | None,
    transport: object,
    company: int | None = None,
) -> Keeper:
    """Return where a face keeps its intents.

    Args:
        chosen: the face's settings.
        key: whose operations they are; only a digest of it is kept.
        journal: as the face was given it.
        account: the caller's name of the account, as given; else the environment's.
        transport: as the face was given it.
        company: which company of the key it is, where there are several.
    """
    variable = f"{chosen.provider.replace(' ', '').upper()}_ACCOUNT"
    named = account or os.environ.get(variable)
    if named and not re.fullmatch(r"[!-~]{1,128}", named):
        said = (
            f"account must be 1 to 128 printable ASCII characters, no spaces ({variable})",
            f"account debe tener de 1 a 128 caracteres ASCII visibles, sin espacios ({variable})",
        )
        raise ConfigurationError(said, provider=chosen.provider)
    where = f"{chosen.provider} {chosen.environment}"
    by_key = f"{where} {hashlib.sha256(key.encode()).hexdigest()[:16]}"
    of_company = f" company {company}" if company else ""
    scopes = [f"{where} account {named}{of_company}"] if named else []
    scopes += [f"{by_key}{of_company}"] if company else []
    kept = journal_of(journal, transport)
    is_for_good = not named and not isinstance(kept, MemoryJournal)
    scope, *former = *scopes, by_key
    may_be_mock = transport is not None or chosen.base_url.host in LOOPBACK
    return Keeper(kept, scope, chosen.policy.settle, tuple(former), variable if is_for_good else "", may_be_mock)


class Keeping(Operations):
    """What a face with intents offers whoever starts again after a crash.

    Attributes:
        keeper: where the intents are kept.
        instance: which mock has answered last; empty where none has.
    """

    keeper: Keeper
    instance: str = ""

    @operation
    def pending(self) -> Flow[list[Intent]]:
        """Return the operations that were sent and whose outcome is open, the oldest first: what to `resume`.

        What was only prepared when its process ended was never sent, and is left out: ask for it again.
        """
        found: list[Intent] = yield from consult(self.keeper.pending)
        return found

    @operation
    def dismiss(self, operation_id: str) -> Flow[None]:
        """Close an open operation that you have looked after yourself, so that the same can be asked for again.

        Args:
            operation_id: as `pending` says.

        Raises:
            InvalidRequest: there is no such open operation.
        """
        intent = yield from recalled(self.keeper, operation_id)
        if intent is None or not intent.is_open:
            raise InvalidRequest(f"there is no open operation {operation_id!r}", field="operation_id")
        yield from moved(self.keeper, intent, closed(intent, "failed", note="dismissed by the caller"))


def answered(face: Keeping, answer: Response[Any]) -> None:
    """Take note of which mock has answered."""
    said = answer.headers.get(INSTANCE, "")
    face.instance = said if _INSTANCE.fullmatch(said) and face.keeper.may_be_mock else ""


def consult(action: Callable[..., Any], *arguments: object) -> Flow[Any]:
    """Ask the journal; whatever it raises is JournalUnavailable, without the words of what is not ours."""
    try:
        return (yield Do(action, arguments))
    except JournalUnavailable:
        raise
    except Exception as problem:
        kind = type(problem).__name__
    said = f"the journal of intents failed ({kind})", f"falló el registro de intentos ({kind})"
    raise JournalUnavailable(said)


def moved(keeper: Keeper, before: Intent, after: Intent) -> Flow[bool]:
    """Replace an intent; return False where another writer has.

    Raises:
        JournalUnavailable: the journal fails, or did not replace an intent that has not changed.
    """
    if (yield from consult(keeper.journal.move, before, after)):
        return True
    kept: Intent | None = yield from consult(keeper.journal.find, before.scope, before.operation_id)
    if kept is not None and kept.version == before.version:
        said = (
            "the journal of intents did not replace an intent that has not changed",
            "el registro de intentos no reemplazó un intento que no había cambiado",
        )
        raise JournalUnavailable(said)
    return False


def recalled(keeper: Keeper, operation_id: str) -> Flow[Intent | None]:
    """Return the intent of an operation that may have been sent before: nobody can say "not sent" of it."""
    try:
        found: Intent | None = yield from consult(keeper.find, operation_id)
    except JournalUnavailable as problem:
        problem.outcome = "unknown"
        raise
    return found


def noted(keeper: Keeper, before: Intent, state: Any, **changes: Any) -> Flow[bool]:
    """Write down an outcome of what was sent, whoever has written of the same request meanwhile.

    If that fails the intent stays open, and is looked for: the outcome is not lost by it.

    Returns:
        Whether it stands there now.
    """
    change = renewed if state == "unknown" else closed
    kept: Intent | None = before
    try:
        while kept is not None:
            if (yield from moved(keeper, kept, change(kept, state, **changes))):
                return True
            kept = yield from consult(keeper.journal.find, before.scope, before.operation_id)
            if kept is not None and (not kept.is_open or kept.sent_at != before.sent_at):
                return False
    except JournalUnavailable as problem:
        log.error("operation %s is %s, but %s", before.operation_id, state, problem.message)
    return False


def withdrawing(keeper: Keeper, flow: Flow[T], *written: Intent) -> Flow[T]:
    """Do what comes before a request is sent; if it fails or is cancelled, close what it has written."""
    try:
        return (yield from flow)
    except Exception as problem:
        yield Do(_withdraw, (keeper, written, f"nothing was sent ({type(problem).__name__})"))
        raise
    except BaseException:  # from here on no step can be taken
        _withdraw(keeper, written, "cancelled before it was sent")
        raise


def _withdraw(keeper: Keeper, written: Sequence[Intent], note: str) -> None:
    for each in written:
        try:
            keeper.journal.move(each, closed(each, "failed", note=note))
        except Exception as problem:  # it stays prepared, which nothing but `send_again` ever sends
            log.error("operation %s was not sent, but %s", each.operation_id, type(problem).__name__)


def renewed(intent: Intent, state: Any, **changes: Any) -> Intent:
    """Return the next version of an intent."""
    if "note" in changes:  # a provider's words may have half a character in them, which no file takes
        changes["note"] = changes["note"].encode(errors="replace").decode()
    return replace(intent, state=state, version=fresh(), changed_at=time.time(), **changes)


def closed(intent: Intent, state: Any, **changes: Any) -> Intent:
    """Return an intent that is over: what it asked for need not be kept any longer."""
    return renewed(intent, state, body=b"", watermark=NOTHING, **changes)


def fresh() -> str:
    """Return a version that no other has."""
    return os.urandom(8).hex()
