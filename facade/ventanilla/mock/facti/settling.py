"""Knows how a payment comes to be paid: by the customer, or by hand through the API."""

from decimal import Decimal
from functools import partial

from ventanilla.mock._ours import ours
from ventanilla.mock.facti import ipn
from ventanilla.mock.facti.amounts import FACTI, Customer
from ventanilla.mock.facti.state import Payment, PaymentWay, local
from ventanilla.mock.world import World


def expect(world: World, payment: Payment, scenario: Customer) -> None:
    """Have the customer pay as the scenario says, unless the payment is settled or deleted before."""
    if scenario.pays_with is not None:
        action = partial(play, world, payment, scenario)
        payment.coming = world.step(FACTI, process(payment), action, steps=scenario.steps)


def process(payment: Payment) -> str:
    """Return the id under which a payment gets on: invoices that are grouped go along with their group."""
    return str(payment.id if payment.parent is None else payment.parent)


def play(world: World, payment: Payment, scenario: Customer) -> None:
    """Let the customer pay as the scenario says."""
    ways = (*payment.ways, *payment.company.ways)
    way = next(way for way in ways if way.type == scenario.pays_with)
    confirm(world, payment, way, payment.total_amount + scenario.extra, scenario.notifications)


@ours("A payment marked by hand counts for the first way of payment that was offered.", on="mark_payment_paid")
def by_hand(world: World, payment: Payment) -> None:
    """Confirm a payment through the API. Which way it then counts for is not documented: the first one offered."""
    way = (*payment.ways, *payment.company.ways)[0]
    confirm(world, payment, way, payment.total_amount)


def confirm(world: World, payment: Payment, way: PaymentWay, received: Decimal, notifications: int = 1) -> None:
    """Note that a payment, and what it groups, has been paid, and notify the company."""
    moment = local(world.now)
    payment.call_off()
    for each in (payment, *payment.children):
        each.received, each.confirmed = each.total_amount, moment
        each.confirmed_from, each.confirmed_way = way.type, way
    payment.received = received
    ipn.notify(world, payment, notifications)
