"""Knows how a payment is asked of a customer."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.facti import settling
from ventanilla.mock.facti.amounts import played
from ventanilla.mock.facti.references import chosen, reference
from ventanilla.mock.facti.state import ANYBODY, Account, Company, Payment, PaymentWay, local
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.world import World

CENT = Decimal("0.01")
# Enough for any sum of money and far from the 28 digits that Decimal keeps.
MOST = Decimal("1e15")
# A number is taken when a request has passed every check, so that a refused one leaves no gap.
NOT_YET = 0
NO_REFERENCE = "No fue posible generar la referencia"


def create_request(world: World, call: Call) -> Reply:
    """Ask a customer for a payment."""
    account = world.state(Account)
    body = call.body
    moment = local(world.now)
    company = account.company_of(body["from_rfc"])
    ways, unknown = chosen(company, body.get("payment_ways_ids"))
    payment = _payment(body, company, ways, moment)
    children = _children(payment, body)
    paid_on = _day(body, "payment_date")
    _file(account, payment, children)
    scenario = played(world, payment.total_amount)
    if body.get("status", 0) == 1:
        _already_paid(payment, moment if paid_on is None else datetime.combine(paid_on, time()))
    elif scenario is not None:
        settling.expect(world, payment, scenario)
    return Reply(_answer(payment, body["from_rfc"], unknown, None if scenario is None else scenario.fails))


@ours("A folio that is a number comes back as one, as in the samples.", on="create_request")
def number_or_text(value: int | str) -> int | str:
    """Return a folio as the samples print it: a number where it is one."""
    text = str(value)
    return int(text) if re.fullmatch("0|[1-9][0-9]{0,17}", text) else text


def _payment(body: dict[str, Any], company: Company, ways: tuple[PaymentWay, ...], moment: datetime) -> Payment:
    extras = {name: body[name] for name in ("no_cliente", "no_factura") if _is_text(body.get(name))}
    return Payment(
        id=NOT_YET,
        company=company,
        requested=moment,
        serie=body.get("serie", ""),
        folio=number_or_text(body["folio"]),
        to_rfc=body.get("to_rfc") or ANYBODY,
        to_email=body["to_email"],
        total_amount=_cents(body["total_amount"]),
        limit=_day(body, "limit_payment_date") or _in_a_month(moment.date()),
        ways=ways,
        extras={name: number_or_text(value) for name, value in extras.items()},
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int) and value != ""


def _cents(amount: Decimal | int) -> Decimal:
    """Round up to the cent: 242.831 becomes 242.84."""
    if amount > MOST:
        raise Refused(400, "El importe es demasiado grande")
    return Decimal(amount).quantize(CENT, ROUND_CEILING)


def _day(body: dict[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(body[name]) if name in body else None
    except ValueError:
        raise Refused(400, f"{name} no es una fecha válida") from None


def _in_a_month(today: date) -> date:
    year, month = divmod(today.year * 12 + today.month, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _children(payment: Payment, body: dict[str, Any]) -> list[Payment]:
    """Return the invoices that a request groups, still without ids."""
    folios: list[int | str] = body.get("folios", [])
    series: list[str] = body.get("series", [])
    amounts: list[Decimal] = body.get("total_amounts", [])
    if not folios and not series and not amounts:
        return []
    if payment.folio != 1:
        raise Refused(400, "Al enviar folios, el parámetro folio debe ser 1")
    if not len(folios) == len(series) == len(amounts):
        raise Refused(400, "folios, series y total_amounts deben tener la misma cantidad de elementos")
    cents = [_cents(amount) for amount in amounts]
    if sum(cents, Decimal(0)) != payment.total_amount:
        raise Refused(400, "La suma de total_amounts debe coincidir con total_amount")
    return [_child(payment, *row) for row in zip(folios, series, cents, strict=True)]


def _child(payment: Payment, folio: int | str, serie: str, amount: Decimal) -> Payment:
    return Payment(
        id=NOT_YET,
        company=payment.company,
        requested=payment.requested,
        serie=serie,
        folio=number_or_text(folio),
        to_rfc=payment.to_rfc,
        to_email=payment.to_email,
        total_amount=amount,
        limit=payment.limit,
        parent=payment.id,
    )


def _file(account: Account, payment: Payment, children: Sequence[Payment]) -> None:
    payment.id = account.new_id()
    account.add(payment)
    payment.children.extend(children)
    for child in children:
        child.id, child.parent = account.new_id(), payment.id
        account.add(child)


def _already_paid(payment: Payment, when: datetime) -> None:
    """Keep a payment made elsewhere: for information only, so nobody is notified."""
    for each in (payment, *payment.children):
        each.received, each.confirmed = each.total_amount, when


def _answer(payment: Payment, issuer: str, unknown: list[int], broken: str | None) -> dict[str, Any]:
    def works(way: PaymentWay) -> bool:
        return way.type != broken

    # The kind of a way that does not exist is nobody's to say.
    errors = [{"type": "", "error": f"La forma de pago {id} no existe"} for id in unknown]
    errors += [{"type": way.type, "error": NO_REFERENCE} for way in payment.ways if not works(way)]
    answer: dict[str, Any] = {
        "result": 1,
        "msg": "",
        "request_id": payment.id,
        "total_amount": payment.total_amount,
        "limit_payment_date": str(payment.limit),
        "send_to": f"{issuer}@facti.mx",
        "references": [reference(payment, way) for way in payment.ways if works(way)],
    }
    return {**answer, "References_errors": errors} if errors else answer
