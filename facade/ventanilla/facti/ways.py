"""Holds how customers can pay: the CLABEs of a customer, and the ways of payment that a company has set up."""

from collections.abc import Iterator
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class Clabe:
    """An account at STP that belongs to one pair of company and customer.

    Attributes:
        payment_way_id: id of the way of payment, as text.
        payment_way_alias: the company's name for it.
        clabe: CLABE of 18 digits.
    """

    payment_way_id: str
    payment_way_alias: str
    clabe: str


@frozen(kw_only=True)
class Clabes:
    """The CLABE accounts of a customer; iterate over it, or see why some could not be made.

    Attributes:
        accounts: one for each STP way of payment.
        errors: what went wrong, as it comes: its shape is not documented.
    """

    accounts: tuple[Clabe, ...]
    errors: tuple[Any, ...] = field(default=())

    def __iter__(self) -> Iterator[Clabe]:
        return iter(self.accounts)


@frozen(kw_only=True)
class PaymentWay:
    """A way of payment that a company has set up.

    Attributes:
        id: its id, as text; pass it in `payment_ways=`.
        type: `bank`, `stp` or `paypal`.
    """

    id: str
    type: str
