"""Does a write at most once: keeps the intent, sends, and when the answer is lost looks for what came of it.

The provider has no idempotency keys, so this is not exactly-once: it is *no duplicate caused by ventanilla*. The one
rule: whoever moves an intent from `prepared` to `sent` sends its request, and nobody else ever does.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec
from attrs import field, frozen
from msgspec.structs import replace

from ventanilla._flow import Flow
from ventanilla._keeping import (
    NOTHING,
    Keeper,
    closed,
    consult,
    fresh,
    log,
    moved,
    noted,
    recalled,
    renewed,
    withdrawing,
)
from ventanilla._lost import refusal_in
from ventanilla._waiting import Patience, until
from ventanilla.errors import (
    DuplicateDetected,
    IdempotencyConflict,
    InvalidRequest,
    JournalUnavailable,
    OutcomeUnknown,
    UnexpectedAnswer,
    VentanillaError,
    WaitTimeout,
    Words,
)
from ventanilla.intents import Intent
from ventanilla_clients import _drift
from ventanilla_clients._runtime import decoder

B = TypeVar("B")
R = TypeVar("R")
T = TypeVar("T")
_ID = r"[!-~]{1,128}"
# Seconds of waiting for one look.
AT_ONCE = 0.001
_told = set[str]()


@frozen(kw_only=True)
class Before(Generic[R]):
    """What there is before a request is sent.

    Attributes:
        watermark: as plain JSON values; None where that cannot be asked.
        found: what the request would make, if it is there already: more than one cannot be told apart.
    """

    watermark: Any = None
    found: Sequence[R] = ()


@frozen(kw_only=True)
class Task(Generic[B, R]):
    """What is to be done once, and how to find out whether it was.

    Attributes:
        kind: the spec's operationId.
        provider: its name.
        body_type: of the request.
        result_type: of what comes of it.
        mark: returns what there is before, for a body and an operation id.
        send: sends the request of a body and an operation id.
        look: returns what may have come of it: what matches and is not below the watermark.
        alike: returns what is not below the watermark and differs by what a provider may have changed: their ids.
        name: the provider's id of a result.
        known_by: returns a result of which nothing but the id can be read.
        read: makes one cheap read.
        shown: returns which mock has answered last; empty where it was none.
        needs_watermark: whether nothing can be looked for without.
        unmarked: what to do where there is no telling what there is before.
    """

    kind: str
    provider: str
    body_type: type[B]
    result_type: type[R]
    mark: Callable[[B, str], Flow[Before[R]]]
    send: Callable[[B, str], Flow[R]]
    look: Callable[[B, str, Any], Flow[Sequence[R]]]
    alike: Callable[[B, Any], Flow[Sequence[str]]]
    name: Callable[[R], str]
    known_by: Callable[[str], R]
    read: Callable[[], Flow[object]]
    shown: Callable[[], str]
    needs_watermark: bool = True
    unmarked: Words = field(default="")


def once(keeper: Keeper, task: Task[B, R], body: B, key: Sequence[object], operation_id: str | None) -> Flow[R]:
    """Do a task, unless it has been done or begun already; then find out what came of it.

    Args:
        keeper: where to keep the intent.
        task: what to do.
        body: the request.
        key: what makes it the same as another.
        operation_id: the caller's own id; made up where there is none.
    """
    _tell_of_rotation(keeper)
    intent = _intent(keeper, task, body, key, operation_id)
    has_yielded = False
    while True:
        kept = yield from withdrawing(keeper, consult(keeper.begin, intent), intent)
        conflict = _conflict(kept, intent, operation_id, task.provider)
        if conflict is not None and (kept.state != "prepared" or has_yielded):
            raise conflict
        if conflict is not None:
            # Nothing was sent of it: its caller was told so, or asks again as soon as it sees that it is closed.
            has_yielded = True
            yield from noted(keeper, kept, "failed", note="never sent; the same was asked for otherwise")
        elif (yield from _is_of_this_instance(keeper, task, kept)):
            outcome = yield from _go_on(keeper, task, kept)
            if outcome is not None:
                return outcome
        # Somebody else had begun with it, and was refused: now it is our turn.
        intent = replace(intent, version=fresh())


def resume(keeper: Keeper, task: Task[B, R], operation_id: str, *, send_again: bool) -> Flow[R]:
    """Find out what came of an operation; send it only if the caller says so, and it is not there."""
    kept = yield from recalled(keeper, operation_id)
    if kept is None or kept.kind != task.kind:
        raise InvalidRequest(f"there is no operation {operation_id!r} of {task.kind}", field="operation_id")
    if kept.state == "prepared" and not send_again:
        # Whoever prepared it believes that it was not sent, or sees that it is closed and asks again.
        yield from noted(keeper, kept, "failed", note="it was prepared and never sent")
        kept = (yield from recalled(keeper, operation_id)) or kept
    if kept.state in ("prepared", "failed") and not (kept.state == "prepared" and send_again):
        why = kept.note or "it was prepared and never sent"
        raise InvalidRequest(f"operation {operation_id!r} took no effect: {why}", field="operation_id")
    # What was sent by this very call, or is under way, is not what the caller knows to be absent.
    may_send = send_again and (kept.state == "unknown" or (kept.state == "sent" and _left(keeper, kept) == AT_ONCE))
    outcome: R | None = None
    if (yield from _is_of_this_instance(keeper, task, kept)):
        try:
            outcome = yield from _go_on(keeper, task, kept)
        except DuplicateDetected:
            raise
        except OutcomeUnknown as lost:
            if not may_send:
                raise
            outcome = yield from _send_again(keeper, task, kept, lost)
    if outcome is None:
        raise InvalidRequest(f"operation {operation_id!r} took no effect", field="operation_id")
    return outcome


def _tell_of_rotation(keeper: Keeper) -> None:
    """Say once in a process what goes by the key. No warning of Python's: made an error it would stop a payment."""
    if keeper.account and keeper.account not in _told:
        _told.add(keeper.account)
        log.warning(
            "intents are kept under a digest of the key, so a key that is rotated begins anew: "
            "name the account by account= or %s",
            keeper.account,
        )


def _intent(keeper: Keeper, task: Task[B, R], body: B, key: Sequence[object], operation_id: str | None) -> Intent:
    if operation_id is not None and not re.fullmatch(_ID, operation_id):
        raise InvalidRequest(
            "operation_id must be 1 to 128 printable ASCII characters, no spaces", field="operation_id"
        )
    encoded = msgspec.json.encode(body)
    now = time.time()
    return Intent(
        scope=keeper.scope,
        operation_id=operation_id or os.urandom(16).hex(),
        kind=task.kind,
        key=_digest(msgspec.json.encode([task.kind, *(str(part) for part in key)])),
        fingerprint=_digest(encoded),
        version=fresh(),
        body=encoded,
        created_at=now,
        changed_at=now,
    )


def _conflict(kept: Intent, intent: Intent, operation_id: str | None, provider: str) -> IdempotencyConflict | None:
    if operation_id is not None and kept.operation_id != operation_id:
        said = (
            f"another operation, {kept.operation_id}, with the same natural key is open ({kept.state})",
            f"hay otra operación abierta con la misma clave natural, {kept.operation_id} ({kept.state})",
        )
    elif kept.fingerprint != intent.fingerprint:
        said = (
            f"operation {kept.operation_id} is {kept.state} with other content",
            f"la operación {kept.operation_id} ({kept.state}) tiene otro contenido",
        )
    else:
        return None
    return IdempotencyConflict(said, operation_id=kept.operation_id, provider=provider, operation=kept.kind)


def _is_of_this_instance(keeper: Keeper, task: Task[B, R], kept: Intent) -> Flow[bool]:
    """Return whether what is kept was sent to the service that answers now: a mock begins anew, and says so."""
    if not kept.instance:
        return True
    try:
        yield from task.read()
    except VentanillaError as problem:
        said = (
            f"operation {kept.operation_id} was sent to a mock, and whether it is still there cannot be read",
            f"la operación {kept.operation_id} se envió a un simulador que no se puede consultar",
        )
        raise _unknown_for(said, task, kept) from problem
    if task.shown() == kept.instance:
        return True
    log.warning("operation %s was sent to a mock that is no more, and is closed", kept.operation_id)
    over = closed(kept, "failed", note=f"sent to another instance of the mock, {kept.instance}")
    yield from moved(keeper, kept, over)
    return False


def _go_on(keeper: Keeper, task: Task[B, R], kept: Intent) -> Flow[R | None]:
    """Return what came of a kept intent, sending it if nobody has; None if it turns out to have failed."""
    if kept.state == "committed":
        return _result(task, kept)
    if kept.state == "prepared":
        # Read while nobody else can begin with the same key, and before anything is sent: what there is now is not
        # what comes of it.
        body, before = yield from withdrawing(keeper, _prepared(task, kept), kept)
        there = {"watermark": msgspec.json.encode(before.watermark), "instance": task.shown()}
        if before.found:
            return (yield from _settled(keeper, task, kept, before.found, None, **there))
        sent = _sent(kept, **there)
        if (yield from withdrawing(keeper, moved(keeper, kept, sent), kept, sent)):
            return (yield from _send(keeper, task, sent, body))
    return (yield from _find_out(keeper, task, kept))


def _prepared(task: Task[B, R], kept: Intent) -> Flow[tuple[B, Before[R]]]:
    """Return what to send and what there is before; where that cannot be read nothing is sent.

    Should the answer get lost too, nobody could look for it.
    """
    try:
        body = _body(task, kept)
        return body, (yield from task.mark(body, kept.operation_id))
    except IdempotencyConflict:
        raise
    except VentanillaError as problem:
        problem.outcome = "not_sent"
        if task.unmarked:
            problem.advise(task.unmarked)
        raise


def _sent(kept: Intent, **changes: Any) -> Intent:
    return renewed(kept, "sent", sent_at=time.time(), note="", **changes)


def _send(keeper: Keeper, task: Task[B, R], sent: Intent, body: B) -> Flow[R | None]:
    """Send the request, which is ours to send."""
    try:
        result = yield from task.send(body, sent.operation_id)
    except Exception as failure:
        if isinstance(failure, VentanillaError) and failure.outcome in ("not_sent", "refused"):
            yield from noted(keeper, sent, "failed", note=f"{type(failure).__name__}: {failure.message}")
            raise
        return (yield from _find_out(keeper, task, sent, failure))
    if (owner := (yield from _owner(keeper, task, sent, result))) is not None:
        said = (
            f"the response names {task.name(result)}, which operation {owner} has made",
            f"la respuesta nombra {task.name(result)}, que hizo la operación {owner}",
        )
        another = UnexpectedAnswer(said, provider=task.provider, operation=task.kind)
        return (yield from _find_out(keeper, task, sent, another))
    yield from noted(keeper, sent, "committed", **_outcome(task, result))
    return result


def _owner(keeper: Keeper, task: Task[B, R], sent: Intent, result: R) -> Flow[str | None]:
    """Return which other operation has made what a response names; None where none has, or the journal fails."""
    id = task.name(result)
    try:
        owners: dict[str, str] = yield from consult(keeper.owners, task.kind, task.shown(), [id])
    except JournalUnavailable:
        return None  # the request was sent, and its result must not be lost
    owner = owners.get(id)
    return None if owner == sent.operation_id else owner


def _send_again(keeper: Keeper, task: Task[B, R], kept: Intent, lost: OutcomeUnknown) -> Flow[R | None]:
    """Send what was looked for in vain, if nobody has since; else find out what came of theirs."""
    while True:
        current = yield from recalled(keeper, kept.operation_id)
        if current is None or current.state != "unknown" or current.sent_at != kept.sent_at:
            return None if current is None else (yield from _find_out(keeper, task, current))
        try:
            # What this call has seen so far may be a read that failed.
            body = _body(task, current)
            found, alike = list[R](), list[str]()
            if not _is_lost_for_good(task, current):
                found = yield from _candidates(keeper, task, current)
                alike = [] if found else (yield from _alike(keeper, task, current, body))
        except VentanillaError as problem:
            raise lost from problem
        if found:
            return (yield from _settled(keeper, task, current, found, None))
        if alike:
            raise _resembling(task, current, alike)
        sent = _sent(current)
        try:
            is_ours = yield from moved(keeper, current, sent)
        except JournalUnavailable as problem:
            problem.outcome = "unknown"  # of the first request
            raise
        if is_ours:
            return (yield from _send(keeper, task, sent, body))


def _find_out(keeper: Keeper, task: Task[B, R], sent: Intent, failure: Exception | None = None) -> Flow[R | None]:
    """Look until what was sent is seen, or the provider has had its time; None where it turns out to have failed."""
    latest, has_looked = sent, False
    refusal = refusal_in(failure)

    def look() -> Flow[list[R] | None]:
        nonlocal latest, has_looked
        try:
            kept = yield from recalled(keeper, sent.operation_id)
        except JournalUnavailable:
            kept = latest  # the provider can still be asked
        if kept is None or kept.state == "failed":
            return []
        latest = kept
        if kept.state == "committed":
            return [_result(task, kept)]
        if _is_lost_for_good(task, kept):
            return None
        try:
            found = yield from _candidates(keeper, task, kept)
        except IdempotencyConflict as conflict:
            conflict.outcome = "unknown"  # of what was sent
            raise
        except VentanillaError:
            return None  # a read that fails does not mean that it is absent
        has_looked = True
        return found or None

    # Whose own has no watermark yet may have joined somebody else's request, which has one.
    can_wait = failure is None or not _is_lost_for_good(task, sent)
    found: list[R] | None = None
    if refusal is None:
        patience = Patience(deadline=_left(keeper, sent) if can_wait else AT_ONCE)
        with suppress(WaitTimeout):
            found = yield from until(look, patience, waiting_for=task.kind, go_on="")
    else:
        found = yield from look()
    if found is not None:
        return (yield from _settled(keeper, task, latest, found, failure))
    if refusal is not None and has_looked:
        refusal.outcome = "refused"
        yield from noted(keeper, sent, "failed", note=f"{type(refusal).__name__}: {refusal.message}")
        raise refusal from refusal.__cause__
    if latest.state != "unknown":
        yield from noted(keeper, latest, "unknown", note=_said(failure))
    raise _unknown(keeper, task, sent, failure) from failure


def _settled(
    keeper: Keeper, task: Task[B, R], latest: Intent, found: Sequence[R], failure: Exception | None, **there: Any
) -> Flow[R | None]:
    """Keep what was found; None where nothing came of it."""
    if len(found) > 1:
        yield from noted(keeper, latest, "unknown", note="several may be it", **there)
        raise _duplicates(task, latest, [task.name(each) for each in found]) from failure
    if found and latest.state != "committed":
        yield from noted(keeper, latest, "committed", **_outcome(task, found[0]))
    return found[0] if found else None


def _candidates(keeper: Keeper, task: Task[B, R], kept: Intent) -> Flow[list[R]]:
    """Return what may have come of an intent and is no other operation's; raise where that cannot be read."""
    watermark = msgspec.json.decode(kept.watermark)
    found = yield from task.look(_body(task, kept), kept.operation_id, watermark)
    if not found or not task.needs_watermark:
        return [*found]  # what carries a mark of its own is nobody else's
    ids = yield from _unowned(keeper, task, kept, [task.name(each) for each in found])
    return [each for each in found if task.name(each) in ids]


def _alike(keeper: Keeper, task: Task[B, R], kept: Intent, body: B) -> Flow[list[str]]:
    """Return the ids of newer objects that resemble the request and belong to no other operation."""
    found = yield from task.alike(body, msgspec.json.decode(kept.watermark))
    return (yield from _unowned(keeper, task, kept, found))


def _unowned(keeper: Keeper, task: Task[B, R], kept: Intent, ids: Sequence[str]) -> Flow[list[str]]:
    """Return which ids are no other operation's."""
    owners: dict[str, str] = yield from consult(keeper.owners, task.kind, kept.instance, ids)
    return [id for id in ids if owners.get(id, kept.operation_id) == kept.operation_id]


def _is_lost_for_good(task: Task[B, R], kept: Intent) -> bool:
    return task.needs_watermark and kept.watermark == NOTHING


def _left(keeper: Keeper, sent: Intent) -> float:
    """Return the seconds for which to look for what was sent."""
    since = 0.0 if sent.sent_at is None else max(0.0, time.time() - sent.sent_at)
    return max(AT_ONCE, keeper.settle - since)


def _unknown(keeper: Keeper, task: Task[B, R], sent: Intent, failure: Exception | None) -> OutcomeUnknown:
    looked, visto = (
        f"nothing of it was seen within {keeper.settle:g} seconds",
        f"no se vio nada de ella en {keeper.settle:g} segundos",
    )
    if _is_lost_for_good(task, sent):
        looked = "it cannot be looked for, since what there was before could not be read"
        visto = "no se puede buscar, porque no se pudo leer lo que había antes"
    said = (
        f"{_said(failure)}; operation {sent.operation_id} was sent, and {looked}",
        f"la operación {sent.operation_id} se envió, y {visto}",
    )
    return _unknown_for(said, task, sent)


def _unknown_for(said: Words, task: Task[B, R], sent: Intent) -> OutcomeUnknown:
    return OutcomeUnknown(
        said,
        operation_id=sent.operation_id,
        provider=task.provider,
        operation=task.kind,
        hint=(
            f"It may still come: call resume({sent.operation_id!r}) later, and do not ask again before",
            f"Llamar a resume({sent.operation_id!r}) más tarde, sin pedirla otra vez antes: aún puede aparecer",
        ),
    )


def _duplicates(task: Task[B, R], sent: Intent, ids: Sequence[str]) -> DuplicateDetected:
    return DuplicateDetected(
        f"{len(ids)} objects may be what operation {sent.operation_id} made: {', '.join(ids)}",
        ids=tuple(ids),
        operation_id=sent.operation_id,
        provider=task.provider,
        operation=task.kind,
    )


def _resembling(task: Task[B, R], sent: Intent, ids: Sequence[str]) -> DuplicateDetected:
    names, id = ", ".join(ids), sent.operation_id
    return DuplicateDetected(
        (
            f"{names} may be what operation {id} made, and differs from what was asked for: it was not sent again",
            f"{names} puede ser lo que hizo la operación {id}, y difiere de lo pedido: no se volvió a enviar",
        ),
        ids=tuple(ids),
        operation_id=id,
        provider=task.provider,
        operation=task.kind,
        hint=(
            f"Look at it at the provider; if it is another's, call dismiss({id!r}) and ask again with a new id",
            f"Revisarlo con el proveedor; si no es de ella, llamar a dismiss({id!r}) y pedirla con otro id",
        ),
    )


def _said(failure: Exception | None) -> str:
    if failure is None:
        return "the process that sent it exited before the response arrived"
    return failure.message if isinstance(failure, VentanillaError) else f"the answer failed ({type(failure).__name__})"


def _outcome(task: Task[B, R], result: R) -> dict[str, Any]:
    """Return what to keep of a result: a service may send what has no form in JSON, and then its id is enough."""
    try:
        kept = msgspec.json.encode(result)
    except (TypeError, ValueError, OverflowError, RecursionError):
        kept = b""
    return {"id": task.name(result), "result": kept, "instance": task.shown()}


def _result(task: Task[B, R], kept: Intent) -> R:
    """Return what is kept of a result, read as leniently as it was the first time; else what its id tells."""
    try:
        result = _read(task.result_type, kept.result)
        if task.name(result) == kept.id:
            return result
    except Exception as problem:  # whatever a service sent that day
        log.warning(
            "the result of operation %s is kept by its id alone (%s)", kept.operation_id, type(problem).__name__
        )
    return task.known_by(kept.id)


def _body(task: Task[B, R], kept: Intent) -> B:
    try:
        return _read(task.body_type, kept.body)
    except Exception as problem:
        said = f"the request of operation {kept.operation_id} cannot be read back ({type(problem).__name__})"
        raise UnexpectedAnswer(said, provider=task.provider, operation=task.kind) from None


def _read(kind: type[T], content: bytes) -> T:
    try:
        return decoder(kind).decode(content)
    except msgspec.ValidationError:
        read: T = _drift.lenient(content, kind)
        return read


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
