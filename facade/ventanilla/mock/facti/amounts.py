"""Knows the amounts that make a customer of the mock act: whoever is asked for exactly so much plays the scenario.

The amounts are ours, the service has none. `seen` says where what they bring about comes from.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen


@frozen
class Scenario:
    """One scenario: what the customer does when asked for `amount` pesos, after so many steps of the world's pace."""

    amount: Decimal
    effect: str
    seen: str
    pays_with: str | None = None
    extra: Decimal = Decimal("0.00")
    steps: float = 2
    notifications: int = 1
    fails: str | None = None


_TABLE = (
    Scenario(
        amount=Decimal("111.11"),
        effect="pays the exact amount by STP within a second",
        seen="provider: the document's search sample",
        pays_with="stp",
    ),
    Scenario(
        amount=Decimal("222.22"),
        effect="pays the exact amount at the bank within a second",
        seen="provider: confirmed_from names bank",
        pays_with="bank",
    ),
    Scenario(
        amount=Decimal("333.33"),
        effect="pays 50 pesos too much by STP within a second",
        seen="provider: amount_received may exceed total_amount",
        pays_with="stp",
        extra=Decimal("50.00"),
    ),
    Scenario(
        amount=Decimal("444.44"),
        effect="pays by STP within a second, and the notification comes twice",
        seen="ours",
        pays_with="stp",
        notifications=2,
    ),
    Scenario(
        amount=Decimal("555.55"),
        effect="pays by STP after 25 steps (five seconds)",
        seen="ours",
        pays_with="stp",
        steps=25,
    ),
    Scenario(
        amount=Decimal("666.66"),
        effect="pays by PayPal within a second",
        seen="provider: confirmed_from names paypal",
        pays_with="paypal",
    ),
    Scenario(
        amount=Decimal("777.77"),
        effect="never pays; the references of STP cannot be made and are told in References_errors",
        seen="provider: the table of the answer; the text is ours",
        fails="stp",
    ),
)
SCENARIOS: Mapping[Decimal, Scenario] = {scenario.amount: scenario for scenario in _TABLE}
