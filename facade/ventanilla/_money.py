"""Knows exact numbers of pesos: never a float, never an exponent, never more than the services could mean."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias

from ventanilla.errors import InvalidRequest

Amount: TypeAlias = Decimal | int | str

_LIMIT = Decimal(10) ** 15
_CENT, _NEAR = Decimal("0.01"), Decimal("1e-9")
# The caller's own context may be narrower, or trap what is ordinary here.
_WIDE = Context(prec=100, traps=[])


def exact(value: object, field: str) -> Decimal:
    """Return a number as an exact Decimal.

    Args:
        value: a Decimal, an int or a decimal text such as "55.20".
        field: name for the error.

    Raises:
        InvalidRequest: it is a float, no plain number, or 10**15 and more.
    """
    if isinstance(value, float):
        raise InvalidRequest(f"{field} is a float, which cannot hold cents exactly: pass Decimal or str", field=field)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        value = Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite() or value.copy_abs() >= _LIMIT:
        raise InvalidRequest(f"{field} must be a plain number such as Decimal('55.20') or '55.20'", field=field)
    return value


def pesos(amount: Amount) -> Decimal:
    """Return an amount as pesos and cents, where it is some but for a computer's rounding.

    PHP writes 98.58 as 98.579999999999998. Values keep what came, exactly; this is the way to what the CFDI says.

    Args:
        amount: pesos, as an answer has them, or as Decimal, int or decimal text; negative ones too.

    Returns:
        The nearest number with two decimals; halves go up, away from zero.

    Raises:
        InvalidRequest: it is no such number, or more than 0.000000001 pesos from every cent: rounding it is a decision.
    """
    number = exact(amount, "amount")
    cents = number.quantize(_CENT, ROUND_HALF_UP, _WIDE)
    if abs(_WIDE.subtract(cents, number)) > _NEAR:
        raise InvalidRequest(
            (
                "amount is no whole number of cents: round it as its document says",
                "amount no es un número entero de centavos: redondearlo como indique su documento",
            ),
            field="amount",
        )
    return cents
