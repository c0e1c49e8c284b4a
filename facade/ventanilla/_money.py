"""Knows exact numbers of pesos: never a float, never an exponent, never more than the services could mean."""

import re
from decimal import Decimal
from typing import TypeAlias

from ventanilla.errors import InvalidRequest

Amount: TypeAlias = Decimal | int | str

_LIMIT = Decimal(10) ** 15


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
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) >= _LIMIT:
        raise InvalidRequest(f"{field} must be a plain number such as Decimal('55.20') or '55.20'", field=field)
    return value
