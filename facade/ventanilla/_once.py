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
from typing import Any, Generic, TypeVar

import msgspec
from attrs import frozen
from msgspec.structs import replace

from ventanilla._flow import Flow
from ventanilla._keeping import NOTHING, Keeper, closed, consult, log, noted, recalled
from ventanilla._waiting import Patience, until
from ventanilla.errors import (
    DuplicateDetected,
    IdempotencyConflict,
    InvalidRequest,
    JournalUnavailable,
    OutcomeUnknown,
    VentanillaError,
    WaitTimeout,
)
from ventanilla.intents import Intent
from ventanilla_clients._runtime import decoder

B = TypeVar("B")
R = TypeVar("R")
_ID = r"[!-~]{1,128}"
# Seconds of waiting for one look.
AT_ONCE = 0.001


@frozen(kw_only=True)
class Task(Generic[B, R]):
    """What is to be done once, and how to find out whether it was.

    Attributes:
        kind: the spec's operationId.
        provider: its name.
        body_type: of the request.
        result_type: of what comes of it.
        mark: returns what there is before, as plain JSON values; None where that cannot be asked.
        send: sends the request of a body and an operation id.
        look: returns what may have come of it: what matches and is not below the watermark.
        name: the provider's id of a result.
    """

    kind: str
    provider: str
    body_type: type[B]
    result_type: type[R]
    mark: Callable[[B], Flow[Any]]
    send: Callable[[B, str], Flow[R]]
    look: Callable[[B, str, Any], Flow[Sequence[R]]]
    name: Callable[[R], str]


def once(keeper: Keeper, task: Task[B, R], body: B, key: Sequence[object], operation_id: str | None) -> Flow[R]:
    """Do a task, unless it has been done or begun already; then find out what came of it.

    Args:
        keeper: where to keep the intent.
        task: what to do.
        body: the request.
        key: what makes it the same as another.
        operation_id: the caller's own id; made up where there is none.
    """
    intent = _intent(keeper, task, body, key, operation_id)
    while True:
        kept = yield from consult(keeper.journal.begin, intent)
        _agree(kept, intent, operation_id, task.provider)
        outcome = yield from _go_on(keeper, task, kept)
        if outcome is not None:
            return outcome
        # Somebody else had begun with it, and was refused: now it is our turn.


def resume(keeper: Keeper, task: Task[B, R], operation_id: str, *, send_again: bool) -> Flow[R]:
    """Find out what came of an operation; send it only if it never was, or if the caller says so."""
    kept = yield from recalled(keeper, operation_id)
    if kept is None or kept.kind != task.kind:
        raise InvalidRequest(f"there is no operation {operation_id!r} of {task.kind}", field="operation_id")
    if kept.state == "failed":
        raise InvalidRequest(f"operation {operation_id!r} took no effect: {kept.note}", field="operation_id")
    try:
        outcome = yield from _go_on(keeper, task, kept)
    except DuplicateDetected:
        raise
    except OutcomeUnknown:
        unknown = yield from recalled(keeper, operation_id)
        # What this very call has sent is not what the caller knows to be absent.
        if not send_again or kept.state == "prepared" or unknown is None or unknown.state != "unknown":
            raise
        outcome = yield from _send(keeper, task, unknown)
    if outcome is None:
        raise InvalidRequest(f"operation {operation_id!r} took no effect", field="operation_id")
    return outcome


def _intent(keeper: Keeper, task: Task[B, R], body: B, key: Sequence[object], operation_id: str | None) -> Intent:
    if operation_id is not None and not re.fullmatch(_ID, operation_id):
        raise InvalidRequest(
            "operation_id must be 1 to 128 printable ASCII characters, no spaces", field="operation_id"
        )
    encoded = msgspec.json.encode(body)
    return Intent(
        scope=keeper.scope,
        operation_id=operation_id or os.urandom(16).hex(),
        kind=task.kind,
        key=_digest(msgspec.json.encode([task.kind, *(str(part) for part in key)])),
        fingerprint=_digest(encoded),
        body=encoded,
        created_at=time.time(),
    )


def _watermark(task: Task[B, R], body: B) -> Flow[bytes]:
    """Return what there is before. If that cannot be read the request is sent all the same: should its answer get
    lost too, nobody can look for it, and its outcome is unknown at once."""
    try:
        return msgspec.json.encode((yield from task.mark(body)))
    except VentanillaError as problem:
        log.warning("what there is before %s cannot be read (%s)", task.kind, type(problem).__name__)
        return NOTHING


def _agree(kept: Intent, intent: Intent, operation_id: str | None, provider: str) -> None:
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
        return
    raise IdempotencyConflict(said, operation_id=kept.operation_id, provider=provider, operation=kept.kind)


def _go_on(keeper: Keeper, task: Task[B, R], kept: Intent) -> Flow[R | None]:
    """Return what came of a kept intent, sending it if nobody has; None if it turns out to have failed."""
    if kept.state == "committed":
        return _result(task, kept)
    if kept.state == "prepared":
        # Read while nobody else can begin with the same key, and before anything is sent: what there is now is not
        # what comes of it.
        watermark = yield from _watermark(task, _body(task, kept))
        found = yield from _send(keeper, task, replace(kept, watermark=watermark))
        if found is not None:
            return found
    return (yield from _find_out(keeper, task, kept))


def _send(keeper: Keeper, task: Task[B, R], kept: Intent) -> Flow[R | None]:
    """Send the request if it is ours to send; None where somebody else has taken it."""
    sent = replace(kept, state="sent", sent_at=time.time())
    if not (yield from consult(keeper.journal.move, kept, sent)):
        return None
    try:
        result = yield from task.send(_body(task, sent), sent.operation_id)
    except Exception as failure:
        if isinstance(failure, VentanillaError) and failure.outcome in ("not_sent", "refused"):
            yield from noted(keeper, sent, closed(sent, "failed", note=f"{type(failure).__name__}: {failure.message}"))
            raise
        return (yield from _find_out(keeper, task, sent, failure))
    yield from noted(keeper, sent, _committed(sent, result))
    return result


def _find_out(keeper: Keeper, task: Task[B, R], sent: Intent, failure: Exception | None = None) -> Flow[R | None]:
    """Look until what was sent is seen, or the provider has had its time; None where it turns out to have failed."""
    latest = sent

    def look() -> Flow[list[R] | None]:
        nonlocal latest
        try:
            kept = yield from recalled(keeper, sent.operation_id)
        except JournalUnavailable:
            kept = latest  # the provider can still be asked
        if kept is None or kept.state == "failed":
            return []
        latest = kept
        if kept.state == "committed":
            return [_result(task, kept)]
        return (yield from _seen(task, kept))

    can_look = sent.watermark != NOTHING or failure is None
    try:
        patience = _patience(keeper, sent) if can_look else Patience(deadline=AT_ONCE)
        found = yield from until(look, patience, waiting_for=task.kind, go_on="")
    except WaitTimeout:
        yield from noted(keeper, latest, replace(latest, state="unknown", note=_said(failure)))
        raise _unknown(keeper, task, sent, failure) from failure
    if len(found) > 1:
        yield from noted(keeper, latest, replace(latest, state="unknown", note="several may be it"))
        raise _duplicates(task, sent, [task.name(each) for each in found]) from failure
    if found and latest.state != "committed":
        yield from noted(keeper, latest, _committed(latest, found[0]))
    return found[0] if found else None


def _seen(task: Task[B, R], kept: Intent) -> Flow[list[R] | None]:
    """Return what may have come of an intent; None where nothing has, or where nobody can tell."""
    if kept.watermark == NOTHING:
        return None
    try:
        found = yield from task.look(_body(task, kept), kept.operation_id, msgspec.json.decode(kept.watermark))
    except VentanillaError:
        return None  # a read that fails does not mean that it is absent
    return list(found) or None


def _patience(keeper: Keeper, sent: Intent) -> Patience:
    since = 0.0 if sent.sent_at is None else max(0.0, time.time() - sent.sent_at)
    return Patience(deadline=max(AT_ONCE, keeper.settle - since))


def _unknown(keeper: Keeper, task: Task[B, R], sent: Intent, failure: Exception | None) -> OutcomeUnknown:
    looked, visto = (
        f"nothing of it was seen within {keeper.settle:g} seconds",
        f"no se vio nada de ella en {keeper.settle:g} segundos",
    )
    if sent.watermark == NOTHING:
        looked = "it cannot be looked for, since what there was before could not be read"
        visto = "no se puede buscar, porque no se pudo leer lo que había antes"
    said = (
        f"{_said(failure)}; operation {sent.operation_id} was sent, and {looked}",
        f"la operación {sent.operation_id} se envió, y {visto}",
    )
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


def _said(failure: Exception | None) -> str:
    if failure is None:
        return "whoever sent it did not live to see the answer"
    return failure.message if isinstance(failure, VentanillaError) else f"the answer failed ({type(failure).__name__})"


def _committed(sent: Intent, result: object) -> Intent:
    return closed(sent, "committed", result=msgspec.json.encode(result))


def _body(task: Task[B, R], kept: Intent) -> B:
    return decoder(task.body_type).decode(kept.body)


def _result(task: Task[B, R], kept: Intent) -> R:
    return decoder(task.result_type).decode(kept.result)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
