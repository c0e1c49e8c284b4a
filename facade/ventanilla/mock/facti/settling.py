"""Knows how a payment comes to be paid: by the customer, or by hand through the API."""

from decimal import Decimal

from ventanilla.mock.facti import ipn
from ventanilla.mock.facti.amounts import Scenario
from ventanilla.mock.facti.state import Account, Payment, PaymentWay, local
from ventanilla.mock.world import World


def play(world: World, payment: Payment, scenario: Scenario) -> None:
    """Let the customer do what the scenario says, unless the payment is settled or gone by now."""
    if scenario.pays_with is None or payment.paid or payment.id not in world.state(Account).payments:
        return
    ways = (*payment.ways, *payment.company.ways)
    way = next(way for way in ways if way.type == scenario.pays_with)
    confirm(world, payment, way, payment.total_amount + scenario.extra, scenario.notifications)


def by_hand(world: World, payment: Payment) -> None:
    """Confirm a payment through the API. Which way it then counts for is not documented: the first one offered."""
    way = (*payment.ways, *payment.company.ways)[0]
    confirm(world, payment, way, payment.total_amount)


def confirm(world: World, payment: Payment, way: PaymentWay, received: Decimal, notifications: int = 1) -> None:
    """Note that a payment, and what it groups, has been paid, and notify the company."""
    moment = local(world.now)
    for each in (payment, *payment.children):
        each.received, each.confirmed = each.total_amount, moment
        each.confirmed_from, each.confirmed_way = way.type, way
    payment.received = received
    ipn.notify(world, payment, notifications)
