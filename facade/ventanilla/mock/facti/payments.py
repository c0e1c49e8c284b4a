"""Knows how payments are found, shown, deleted and marked as paid."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, cast

from ventanilla.mock._ours import ours
from ventanilla.mock.facti import references, settling
from ventanilla.mock.facti.access import company
from ventanilla.mock.facti.amounts import FACTI
from ventanilla.mock.facti.state import Account, Payment
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.world import World

# Also what a search gives that asks for no limit.
MOST_FOUND = 200


def get_client_clabes(world: World, call: Call) -> Reply:
    """Return the CLABEs in which a customer can pay a company, the same ones every time."""
    owner = company(world, call)
    wanted = _wanted_ways(call)
    if wanted is None:
        wanted = [way.id for way in owner.ways if way.type == "stp"]
    ways, unknown = references.chosen(owner, wanted)
    errors: list[dict[str, Any]] = [{"payment_way_id": id, "error": "La forma de pago no existe"} for id in unknown]
    accounts: list[dict[str, Any]] = []
    for way in ways:
        if way.type == "stp":
            clabe = references.clabe(owner, call.body["to_email"], way)
            accounts.append({"payment_way_id": way.id, "payment_way_alias": way.alias, "stp_cuenta_clabe": clabe})
        else:
            errors.append({"payment_way_id": way.id, "error": "La forma de pago no es STP"})
    return Reply({"result": 1, "msg": "", "accounts": accounts, "errors": errors})


def search_payments(world: World, call: Call) -> Reply:
    """Find the payments of a company, by ascending id."""
    owner = company(world, call)
    body = call.body
    first = bisect_left(owner.payment_ids, body.get("since_id", 0))
    last = bisect_right(owner.payment_ids, body["max_id"]) if "max_id" in body else len(owner.payment_ids)
    payments = world.state(Account).payments
    found = _matching(world, (payments[owner.payment_ids[place]] for place in range(first, last)), body)
    shown = [_found(payment) for payment in islice(found, body.get("limit", MOST_FOUND))]
    return Reply({"result": 1, "msg": "", "payments": shown})


def get_payment(world: World, call: Call) -> Reply:
    """Show one payment."""
    payment = _payment(world, int(call.path["id"]))
    world.polled(FACTI, settling.process(payment))
    return _details(payment)


def delete_payment(world: World, call: Call) -> Reply:
    """Delete a payment that has not been paid."""
    owner = company(world, call)
    payment = _payment(world, call.body["id"])
    if payment.company is not owner:
        raise Refused(400, f"El pago {payment.id} no pertenece a la empresa {owner.id}")
    _is_its_own(payment)
    if payment.paid:
        raise Refused(400, f"El pago {payment.id} ya fue conciliado y no se puede eliminar")
    world.state(Account).remove(payment)
    return Reply({"result": 1, "msg": "", "payment_details": _detailed(payment)})


def mark_payment_paid(world: World, call: Call) -> Reply:
    """Mark a pending payment as paid; there is no way back."""
    payment = _payment(world, int(call.path["id"]))
    _is_its_own(payment)
    if payment.paid:
        raise Refused(400, f"El pago {payment.id} ya se encuentra pagado")
    settling.by_hand(world, payment)
    return _details(payment)


def list_payment_ways(world: World, call: Call) -> Reply:
    """List the ways of payment of the company that issues with an RFC."""
    ways = world.state(Account).company_of(call.body["rfc"]).ways
    return Reply({"result": 1, "msg": "", "payment_ways": [{"id": way.id, "type": way.type} for way in ways]})


def authenticated(world: World, call: Call) -> Reply:
    """Say that the credentials are good; whoever got here has shown them."""
    return Reply({"result": 1, "msg": ""})


def _wanted_ways(call: Call) -> list[int | str] | None:
    """Return the ways of payment that a search for CLABEs is limited to; the document calls the array by two names."""
    given = call.body.get("payment_ways_id", call.body.get("payment_ways_ids"))
    if given is None or (
        isinstance(given, list) and all(str(each).isdecimal() for each in cast("list[object]", given))
    ):
        return cast("list[int | str] | None", given)
    raise Refused(400, "payment_ways_ids debe ser un arreglo de ids")


def _payment(world: World, id: int) -> Payment:
    found = world.state(Account).payments.get(id)
    if found is None:
        raise Refused(400, f"El pago {id} no existe")
    return found


def _is_its_own(payment: Payment) -> None:
    if payment.parent is not None:
        raise Refused(400, f"El pago {payment.id} está agrupado en el pago {payment.parent}")


@ours("A pending payment has no date, so a search by dates does not find it.", on="search_payments")
def _matching(world: World, payments: Iterator[Payment], body: dict[str, Any]) -> Iterator[Payment]:
    since, until = _moment(body, "from_payment_date"), _moment(body, "to_payment_date")
    status = body.get("status")
    for payment in payments:
        # Also one that does not match yet: whoever looks for what has been paid asks about what has not.
        world.polled(FACTI, settling.process(payment))
        if status is not None and payment.paid != bool(status):
            continue
        # A pending payment has no date, so it is in no range of dates.
        if since is not None and (payment.confirmed is None or payment.confirmed < since):
            continue
        if until is not None and (payment.confirmed is None or payment.confirmed > until):
            continue
        yield payment


def _moment(body: dict[str, Any], name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(body[name]) if name in body else None
    except ValueError:
        raise Refused(400, f"{name} no es una fecha válida") from None


def _found(payment: Payment) -> dict[str, Any]:
    """Show a payment as the search does: `company_id`, the status a number, the limit a moment."""
    return {
        "id": payment.id,
        "company_id": payment.company.id,
        "request_datetime": str(payment.requested),
        "serie": payment.serie,
        "folio": payment.folio,
        "to_rfc": payment.to_rfc,
        "to_email": payment.to_email,
        "total_amount": payment.total_amount,
        "amount_received": payment.received,
        "limit_payment_date": f"{payment.limit} 00:00:00",
        "status": int(payment.paid),
        "confirmed_from": payment.confirmed_from,
        "confirmed_date": None if payment.confirmed is None else str(payment.confirmed),
        **payment.extras,
    }


@ours(
    "No sample shows one of the `childs`: id, serie, folio and total_amount are invented.",
    on="get_payment delete_payment mark_payment_paid",
)
def _detailed(payment: Payment) -> dict[str, Any]:
    """Show a payment as the details do: `empresas_id`, the status a text."""
    children = [
        {"id": child.id, "serie": child.serie, "folio": child.folio, "total_amount": child.total_amount}
        for child in payment.children
    ]
    return {
        "id": payment.id,
        "empresas_id": payment.company.id,
        "organizaciones_id": payment.company.organization,
        "request_datetime": str(payment.requested),
        "serie": payment.serie,
        "folio": payment.folio,
        "to_rfc": payment.to_rfc,
        "to_email": payment.to_email,
        "total_amount": payment.total_amount,
        "status": str(int(payment.paid)),
        "group_parent": str(int(bool(children))),
        "group_child": str(int(payment.parent is not None)),
        "count_childs": len(children),
        "childs": children,
    }


def _details(payment: Payment) -> Reply:
    # result and msg come twice, outside and inside: so in the document's samples.
    return Reply({"result": 1, "msg": "", "details": {"result": 1, "msg": "", **_detailed(payment)}})
