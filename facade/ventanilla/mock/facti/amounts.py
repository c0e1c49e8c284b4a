"""Knows the amounts that make a customer of the mock act: whoever is asked for exactly so much plays the scenario."""

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from ventanilla.mock._ours import ours
from ventanilla.mock.scenarios import Origin, Scenario, taken
from ventanilla.mock.world import World

FACTI = "facti"


@frozen(kw_only=True)
class Customer(Scenario):
    """What a customer does who is asked for so many pesos, after so many steps of the world's pace."""

    provider: str = FACTI
    where: str = "total_amount of a payment request"
    # The service has no such amounts.
    origin: Origin = "ours"
    use: str = "POST /facti/v1/payments/new_request … total_amount={value}"
    by_name: bool = True
    pays_with: str | None = None
    extra: Decimal = Decimal("0.00")
    steps: float = 2
    notifications: int = 1
    fails: str | None = None

    @property
    def amount(self) -> Decimal:
        """The pesos that set the scenario off."""
        return Decimal(self.value)


_TABLE = (
    Customer(
        name="pays_by_stp",
        value="111.11",
        does="pays the exact amount by STP within a second",
        source="documented: the sample of the search has such a payment",
        pays_with="stp",
    ),
    Customer(
        name="pays_at_bank",
        value="222.22",
        does="pays the exact amount at the bank within a second",
        source="documented: confirmed_from names bank",
        pays_with="bank",
    ),
    Customer(
        name="pays_too_much",
        value="333.33",
        does="pays 50 pesos too much by STP within a second",
        source="documented: amount_received may exceed total_amount",
        pays_with="stp",
        extra=Decimal("50.00"),
    ),
    Customer(
        name="notifies_twice",
        value="444.44",
        does="pays by STP within a second, and the notification comes twice",
        source="invented: no document says that it happens",
        pays_with="stp",
        notifications=2,
    ),
    Customer(
        name="pays_late",
        value="555.55",
        does="pays by STP after 25 steps (five seconds)",
        source="invented: how long customers take is theirs to say",
        pays_with="stp",
        steps=25,
    ),
    Customer(
        name="pays_by_paypal",
        value="666.66",
        does="pays by PayPal within a second",
        source="documented: confirmed_from names paypal",
        pays_with="paypal",
    ),
    Customer(
        name="stp_fails",
        value="777.77",
        does="never pays; the references of STP cannot be made and are told in References_errors",
        source="documented: the table of the answer; the text is invented",
        fails="stp",
    ),
)
SCENARIOS: Mapping[Decimal, Customer] = {customer.amount: customer for customer in _TABLE}
_BY_NAME = {customer.name: customer for customer in _TABLE}
ROWS: tuple[Scenario, ...] = _TABLE


@ours("Certain amounts make the customer pay, overpay or be notified twice (see the scenarios).", on="create_request")
def played(world: World, amount: Decimal) -> Customer | None:
    """Return what the customer of a new request plays: what was chosen by name, else what the amount sets off."""
    name = taken(world, FACTI, _BY_NAME)
    return SCENARIOS.get(amount) if name is None else _BY_NAME[name]
