"""Knows how a payment request is found again when its answer got lost: by what it asks for, above a watermark.

Facti has no search by folio, and a folio is not unique: its own sample has two requests with the same one. So what
counts is company, serie, folio, RFC, e-mails and amount, among the payments with a higher id than any had before.
"""

from __future__ import annotations

import html
import time
import warnings
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import evolve

from ventanilla._flow import UNREADABLE, Flow, exchange, gathered
from ventanilla._keeping import answered, consult, log, recalled
from ventanilla._once import Before, Task
from ventanilla._paging import may_end, rows
from ventanilla._values import known
from ventanilla.errors import UnexpectedAnswer, Words
from ventanilla.facti._auth import PROVIDER
from ventanilla.facti._operations import FactiOperations, company, issuer
from ventanilla.facti._payments import LIMIT, walk
from ventanilla.facti.values import PaymentRequested, addresses
from ventanilla_clients.facti import api, models

# SAT's RFC for the public in general, which the provider's own client sends where no customer is named.
ANYBODY = "XAXX010101000"
KIND = api.payments.create_request.OPERATION.name
_CUT = 8  # the shortest folio that is taken for the beginning of a longer one
_CENTS = Decimal("0.000001")  # PHP prints 98.58 as 98.579999999999998
_UNMARKED: Words = (
    "Nothing was sent, since a request whose answer gets lost could not be found again: check company_id "
    "(FACTI_COMPANY_ID) and that the keys may search its payments, then ask again",
    "No se envió nada, porque una solicitud cuya respuesta se pierda no se podría encontrar: revisar company_id "
    "(FACTI_COMPANY_ID) y que las llaves puedan buscar sus pagos, y volver a pedirla",
)


def task(face: FactiOperations) -> Task[models.NewRequest, PaymentRequested]:
    """Return how a face asks for a payment once."""
    return Task(
        kind=KIND,
        provider=PROVIDER,
        body_type=models.NewRequest,
        result_type=PaymentRequested,
        mark=lambda body, operation_id: _mark(face),
        send=lambda body, operation_id: _send(face, body),
        look=lambda body, operation_id, watermark: _look(face, body, watermark),
        alike=lambda body, watermark: _alike(face, body, watermark),
        name=lambda request: str(request.request_id),
        known_by=lambda id: PaymentRequested.known_by(int(id)),
        read=lambda: _read(face),
        shown=lambda: face.instance,
        unmarked=_UNMARKED,
    )


def natural_key(face: FactiOperations, body: models.NewRequest) -> Sequence[object]:
    """Return what makes two requests the same: no more than a search shows, else one could be taken for another."""
    return (
        body.from_rfc if face.company_id is None else face.company_id,
        known(body.serie) or "",
        _folio(body.folio),
        _receiver(body),
        sorted(_addresses(body.to_email)),
        body.total_amount,
    )


def _folio(folio: Any) -> Any:
    """Return a folio as Facti shows it, one of digits as a number; what is none stays as it is."""
    text = str(folio)
    return text.lstrip("0") or "0" if text.isascii() and text.isdecimal() else folio


def _receiver(body: models.NewRequest) -> str:
    return known(body.to_rfc) or ANYBODY


def _send(face: FactiOperations, body: models.NewRequest) -> Flow[PaymentRequested]:
    answer = yield from exchange(api.payments.create_request.sync_detailed, client=face.raw, body=body)
    answered(face, answer)
    number = _number(answer.parsed.request_id)
    try:
        made = PaymentRequested.of(answer.parsed)
        return made if made.request_id == number else evolve(made, request_id=number)
    except (AttributeError, TypeError, ValueError):  # other parts of the answer are not as documented
        return PaymentRequested.known_by(number)


def warn_of_company(face: FactiOperations) -> None:
    """Say once for a face that nothing can be looked for without a company."""
    if face.company_id is None and not face.has_warned:
        face.has_warned = True
        said = (
            "without company_id (FACTI_COMPANY_ID) a payment request whose answer gets lost cannot be found, and what "
            "was asked for with one is not known"
        )
        log.warning("%s", said)
        warnings.warn(said, UserWarning, stacklevel=2)


def _mark(face: FactiOperations) -> Flow[Before[PaymentRequested]]:
    """Return the highest id that any payment of the company has; None where the face knows no company to ask for."""
    if face.company_id is None:
        return Before()
    # The search may lag behind what this account has made before.
    instance = face.instance
    made: int = yield from consult(face.keeper.highest, KIND, instance)
    # Moved by searches alone: that the id of an answer is that of the payment is inferred.
    face.highest_seen = yield from _highest(face, face.highest_seen)
    if face.instance != instance:
        made = yield from consult(face.keeper.highest, KIND, face.instance)
    is_foreign = made > face.highest_seen and (yield from _is_settled(face, made))
    if (is_foreign or not face.highest_seen) and not face.has_warned:
        face.has_warned = True
        log.warning(
            "company_id %s (FACTI_COMPANY_ID) shows %s: if the keys ask for payments of another company, one whose "
            "answer gets lost cannot be found",
            face.company_id,
            f"no payment {made}, which was asked for" if is_foreign else "no payments",
        )
    return Before(watermark=max(made, face.highest_seen))


def _is_settled(face: FactiOperations, made: int) -> Flow[bool]:
    """Return whether a payment was made so long ago that the search should show it."""
    owners: dict[str, str] = yield from consult(face.keeper.owners, KIND, face.instance, [str(made)])
    kept = (yield from recalled(face.keeper, owners[str(made)])) if owners else None
    return kept is not None and kept.changed_at < time.time() - face.keeper.settle


def _read(face: FactiOperations) -> Flow[object]:
    """Make one read: of the newest payments or, where no company is known, of what 2014's SDK asks an issuer."""
    if face.company_id is not None:
        return (yield from _ids(face, face.highest_seen))
    body = models.PaymentWaySearch(rfc=issuer(face, None))
    answer = yield from exchange(api.payments.list_payment_ways.sync_detailed, client=face.raw, body=body)
    answered(face, answer)
    return None


def _look(face: FactiOperations, body: models.NewRequest, watermark: int) -> Flow[Sequence[PaymentRequested]]:
    return [_found(row) for row in (yield from _since(face, watermark)) if is_it(row, body)]


def _alike(face: FactiOperations, body: models.NewRequest, watermark: int) -> Flow[Sequence[str]]:
    """Return the payments above a watermark that have the amount, and the folio or an address, as far as can be read.

    A service may write a serie in capitals, cut a folio, or keep the first of two addresses.
    """
    return [str(_number(row.id)) for row in (yield from _since(face, watermark)) if _resembles(row, body)]


def _since(face: FactiOperations, watermark: int) -> Flow[list[models.Payment]]:
    # Not from the id after it: if the search leaves out its limit, against its document, that one would be missed.
    search = models.PaymentSearch(company_id=company(face), since_id=watermark, limit=LIMIT)
    found = yield from gathered(walk(face.raw, search, LIMIT, lambda row: row))
    return [row for row in found if _number(row.id) > watermark]


def _resembles(row: models.Payment, body: models.NewRequest) -> bool:
    if _same_amount(row.total_amount, body.total_amount) is False:
        return False
    folio, asked = (html.unescape(str(_folio(each))).casefold() for each in (row.folio or "", body.folio))
    has_folio = folio in ("", asked) or (len(folio) >= _CUT and asked.startswith(folio))
    text = str(row.to_email).casefold()
    return has_folio or any(address in text for address in _addresses(body.to_email))


def _found(row: models.Payment) -> PaymentRequested:
    try:
        return evolve(PaymentRequested.found(row), request_id=_number(row.id))
    except (AttributeError, TypeError, ValueError):
        return PaymentRequested.known_by(_number(row.id))


def is_it(row: models.Payment, body: models.NewRequest) -> bool:
    """Return whether a payment may be what a request asked for.

    Raises:
        UnexpectedAnswer: all that can be read of it is the same, and some of it cannot be read.
    """
    same = (
        _same(_folio(row.folio), str(_folio(body.folio))),
        _same(row.serie or "", known(body.serie) or ""),
        _same(row.to_rfc or ANYBODY, _receiver(body)),
        _same_amount(row.total_amount, body.total_amount),
        _addresses(row.to_email) == _addresses(body.to_email) if isinstance(row.to_email, str) else None,  # pyright: ignore[reportUnnecessaryIsInstance] - drift
    )
    if False in same:
        return False
    if None in same:
        said = f"payment {row.id} may be the one that was asked for, and part of it cannot be read"
        raise UnexpectedAnswer(said, provider=PROVIDER, operation="search_payments")
    return True


def _same(found: Any, asked: str) -> bool | None:
    """Return whether a field is the same; None where it is no plain value."""
    return str(found) == asked if isinstance(found, str | int) else None


def _same_amount(found: Any, asked: Decimal) -> bool | None:
    try:
        return abs(Decimal(str(found)) - asked) < _CENTS
    except InvalidOperation:
        return None


def _addresses(wire: object) -> set[str]:
    return {address.casefold() for address in addresses(wire)}


def _number(id: Any) -> int:
    """Return an id that can be one."""
    text = str(id)
    if isinstance(id, bool) or not (text.isascii() and text.isdecimal()) or not 0 < len(text.lstrip("0")) <= 18:
        said = "an id of a payment is no positive number of up to 18 digits"
        raise UnexpectedAnswer(said, provider=PROVIDER)
    return int(text)


def _highest(face: FactiOperations, known_to_exist: int) -> Flow[int]:
    """Return the highest id without reading every payment: a page tells it if it is short, or has the newest first.

    The document does not say in which order a full page comes. Where the oldest come first the end is searched for,
    twice as far each time until nothing is there and then halfway, so that millions of payments take some thirty reads
    the first time and one from then on.
    """
    highest = since = known_to_exist
    beyond: int | None = None
    has_asked_behind = False
    while beyond is None or highest < since:
        ids = yield from _ids(face, since)
        if ids and max(ids) < since and since > known_to_exist:
            raise _ignored(since)
        if ids and (may_end(len(ids), LIMIT) or ids == sorted(ids, reverse=True)):
            return max(ids)
        highest, beyond = (max(ids), beyond) if ids else (highest, since)
        since = 2 * highest - known_to_exist if beyond is None else (highest + beyond) // 2
        if 0 < len(ids) < LIMIT and not has_asked_behind:  # the end, unless pages are capped
            since, has_asked_behind = highest + 1, True
    return highest


def _ids(face: FactiOperations, since_id: int) -> Flow[list[int]]:
    """Return the ids of a page of payments from an id on, itself included."""
    search = models.PaymentSearch(company_id=company(face), since_id=since_id, limit=LIMIT)
    answer = yield from exchange(api.payments.search_payments.sync_detailed, client=face.raw, body=search)
    answered(face, answer)
    found = rows(answer.parsed, "payments")
    if None in found:
        raise UnexpectedAnswer(UNREADABLE, provider=PROVIDER, operation="search_payments")
    ids = [_number(row.id) for row in found]
    if len(ids) >= LIMIT and min(ids) < since_id:  # whoever ignores what was asked would be asked for ever
        raise _ignored(since_id)
    return ids


def _ignored(since_id: int) -> UnexpectedAnswer:
    said = f"payments since id {since_id} were asked for, and earlier ones came"
    return UnexpectedAnswer(said, provider=PROVIDER, operation="search_payments")
