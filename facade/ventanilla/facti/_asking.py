"""Knows how a payment request is found again when its answer got lost: by what it asks for, above a watermark.

Facti has no search by folio, and a folio is not unique: its own sample has two requests with the same one. So what
counts is company, serie, folio, RFC, e-mails and amount, among the payments with a higher id than any had before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ventanilla._flow import Flow, call, gathered
from ventanilla._once import Task
from ventanilla._values import known
from ventanilla.facti._auth import PROVIDER
from ventanilla.facti._operations import FactiOperations
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
    company = body.from_rfc if face.company_id is None else face.company_id
    return (
        company,
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
    return PaymentRequested.of(answer)


def _mark(face: FactiOperations) -> Flow[int | None]:
    """Return the highest id that any payment of the company has; None where the face knows no company to ask for."""
    if face.company_id is None:
        return None
    # Moved by searches alone: that the id of an answer is that of the payment is inferred.
    face.highest_seen = yield from _highest(face, face.highest_seen)
    return face.highest_seen


def _look(face: FactiOperations, body: models.NewRequest, watermark: Any) -> Flow[Sequence[PaymentRequested]]:
    if face.company_id is None:
        return ()
    search = models.PaymentSearch(company_id=face.company_id, since_id=int(watermark) + 1, limit=LIMIT)
    rows = yield from gathered(walk(face.raw, search, LIMIT, lambda row: row))
    return [PaymentRequested.found(row) for row in rows if row.id > int(watermark) and is_it(row, body)]


def is_it(row: models.Payment, body: models.NewRequest) -> bool:
    """Return whether a payment may be what a request asked for."""
    return (
        str(row.folio) == str(body.folio)
        and row.serie == (known(body.serie) or "")
        and (row.to_rfc or ANYBODY) == _receiver(body)
        and row.total_amount == body.total_amount
        and _addresses(row.to_email) == _addresses(body.to_email)
    )


def _addresses(text: str) -> set[str]:
    return {address.casefold() for address in addresses(text)}


def _highest(face: FactiOperations, known_to_exist: int) -> Flow[int]:
    """Return the highest id without reading every payment: a page tells it if it is short, or begins with it.

    The document does not say in which order a full page comes. Where the oldest come first the end is searched for,
    in steps that double until they are beyond it and then halve, so that millions of payments take some thirty reads
    the first time and one from then on.
    """
    page = yield from _ids(face, known_to_exist)
    if len(page) < LIMIT or page[0] == max(page):
        return max(page, default=known_to_exist)
    lowest, step = max(page), 1
    while True:
        page = yield from _ids(face, lowest + step)
        if not page:
            break
        if len(page) < LIMIT:
            return max(page)
        lowest, step = max(page), step * 2
    beyond = lowest + step
    while beyond - lowest > 1:
        middle = (lowest + beyond) // 2
        page = yield from _ids(face, middle)
        if page and len(page) < LIMIT:
            return max(page)
        lowest, beyond = (max(page), beyond) if page else (lowest, middle)
    return lowest


def _ids(face: FactiOperations, since_id: int) -> Flow[Sequence[int]]:
    search = models.PaymentSearch(company_id=face.company_id or 0, since_id=since_id, limit=LIMIT)
    answer = yield from call(api.payments.search_payments.sync_detailed, client=face.raw, body=search)
    return [row.id for row in answer.payments]
