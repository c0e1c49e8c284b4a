"""Knows how a payment request is found again when its answer got lost: by what it asks for, above a watermark.

Facti has no search by folio, and a folio is not unique: its own sample has two requests with the same one. So what
counts is company, serie, folio, RFC, e-mails and amount, among the payments with a higher id than any had before.
"""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla._about import made
from ventanilla._flow import UNREADABLE, Flow, call, gathered
from ventanilla._once import Task
from ventanilla._paging import may_end, rows
from ventanilla._values import known, number
from ventanilla.errors import UnexpectedAnswer
from ventanilla.facti._auth import PROVIDER
from ventanilla.facti._operations import FactiOperations, company
from ventanilla.facti._payments import LIMIT, walk
from ventanilla.facti.values import PaymentRequested, addresses
from ventanilla_clients.facti import api, models

# SAT's RFC for the public in general, which the provider's own client sends where no customer is named.
ANYBODY = "XAXX010101000"


def task(face: FactiOperations) -> Task[models.NewRequest, PaymentRequested]:
    """Return how a face asks for a payment once."""
    return Task(
        kind=api.payments.create_request.OPERATION.name,
        provider=PROVIDER,
        body_type=models.NewRequest,
        result_type=PaymentRequested,
        mark=lambda body: _mark(face),
        send=lambda body, operation_id: _send(face, body),
        look=lambda body, operation_id, watermark: _look(face, body, watermark),
        name=lambda request: str(request.request_id),
    )


def natural_key(face: FactiOperations, body: models.NewRequest) -> Sequence[object]:
    """Return what makes two requests the same: no more than a search shows, else one could be taken for another."""
    return (
        body.from_rfc if face.company_id is None else face.company_id,
        known(body.serie) or "",
        body.folio,
        _receiver(body),
        sorted(_addresses(body.to_email)),
        body.total_amount,
    )


def _receiver(body: models.NewRequest) -> str:
    return known(body.to_rfc) or ANYBODY


def _send(face: FactiOperations, body: models.NewRequest) -> Flow[PaymentRequested]:
    answer = yield from call(api.payments.create_request.sync_detailed, client=face.raw, body=body)
    made(answer, "request_id", PROVIDER, "create_request", r"[1-9][0-9]{0,17}")
    return PaymentRequested.of(answer)


def _mark(face: FactiOperations) -> Flow[int | None]:
    """Return the highest id that any payment of the company has; None where the face knows no company to ask for."""
    if face.company_id is None:
        return None
    # Moved by searches alone: that the id of an answer is that of the payment is inferred.
    face.highest_seen = yield from _highest(face, face.highest_seen)
    return face.highest_seen


def _look(face: FactiOperations, body: models.NewRequest, watermark: int) -> Flow[Sequence[PaymentRequested]]:
    # Not from the id after it: if the search leaves out its limit, against its document, that one would be missed.
    search = models.PaymentSearch(company_id=company(face), since_id=watermark, limit=LIMIT)
    rows = yield from gathered(walk(face.raw, search, LIMIT, lambda row: row))
    return [PaymentRequested.found(row) for row in rows if (number(row.id) or 0) > watermark and is_it(row, body)]


def is_it(row: models.Payment, body: models.NewRequest) -> bool:
    """Return whether a payment may be what a request asked for."""
    return (
        str(row.folio) == str(body.folio)
        and row.serie == (known(body.serie) or "")
        and (row.to_rfc or ANYBODY) == _receiver(body)
        and row.total_amount == body.total_amount
        and _addresses(row.to_email) == _addresses(body.to_email)
    )


def _addresses(wire: object) -> set[str]:
    return {address.casefold() for address in addresses(wire)}


def _highest(face: FactiOperations, known_to_exist: int) -> Flow[int]:
    """Return the highest id without reading every payment: a page tells it if it is short, or has the newest first.

    The document does not say in which order a full page comes. Where the oldest come first the end is searched for,
    twice as far each time until nothing is there and then halfway, so that millions of payments take some thirty reads
    the first time and one from then on.
    """
    highest = since = known_to_exist
    beyond: int | None = None
    has_been_full = False
    while beyond is None or highest < since:
        ids = yield from _ids(face, since)
        has_been_full = has_been_full or len(ids) >= LIMIT
        is_short = len(ids) < LIMIT if has_been_full else may_end(len(ids), LIMIT)
        if ids and (is_short or ids == sorted(ids, reverse=True)):
            return max(ids)
        highest, beyond = (max(ids), beyond) if ids else (highest, since)
        since = 2 * highest - known_to_exist if beyond is None else (highest + beyond) // 2
    return highest


def _ids(face: FactiOperations, since_id: int) -> Flow[list[int]]:
    """Return the ids of a page of payments from an id on, itself included."""
    search = models.PaymentSearch(company_id=company(face), since_id=since_id, limit=LIMIT)
    answer = yield from call(api.payments.search_payments.sync_detailed, client=face.raw, body=search)
    found = rows(answer, "payments")
    ids = [each for row in found if row is not None and (each := number(row.id)) is not None]
    if len(ids) < len(found):
        raise UnexpectedAnswer(UNREADABLE, provider=PROVIDER, operation="search_payments")
    if ids and min(ids) < since_id:  # whoever ignores what was asked would be asked for ever
        raise UnexpectedAnswer(
            f"payments since id {since_id} were asked for, and earlier ones came",
            provider=PROVIDER,
            operation="search_payments",
        )
    return ids
