"""Knows pesos: exact, positive, with two decimals, never a float."""

from decimal import ROUND_CEILING, Decimal
from typing import Literal, TypeAlias

from ventanilla._money import exact
from ventanilla.errors import InvalidRequest

Rounding: TypeAlias = Literal["ceil", "refuse"]

_CENT = Decimal("0.01")


def pesos(value: object, field: str, rounding: Rounding = "ceil") -> Decimal:
    """Return an amount with two decimals.

    Args:
        value: a Decimal, an int or a decimal text, more than zero.
        field: name for the error.
        rounding: what more than two decimals do: `ceil` goes up to the next cent, as Facti itself does
            (242.831 -> 242.84); `refuse` raises.

    Raises:
        InvalidRequest: it is no such amount.
    """
    if rounding not in ("ceil", "refuse"):
        raise InvalidRequest("rounding must be 'ceil' or 'refuse'", field="rounding")
    amount = exact(value, field)
    if amount <= 0:
        raise InvalidRequest(f"{field} must be more than zero", field=field)
    cents = amount.quantize(_CENT, ROUND_CEILING)
    if cents != amount and rounding == "refuse":
        raise InvalidRequest(f"{field} has more than two decimals", field=field)
    return cents
