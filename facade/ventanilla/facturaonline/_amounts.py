"""Knows amounts and days of a payroll: exact decimals, never a float, with the decimals that the wire allows."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from ventanilla._money import exact
from ventanilla.errors import InvalidRequest

MOST_DAYS = 36_160
Days: TypeAlias = Decimal | int | str


def pesos(value: object, field: str, places: int = 2) -> Decimal:
    """Return a number that is not negative, with exactly `places` decimals.

    Raises:
        InvalidRequest: it is a float, no plain decimal number, negative, or has more decimals.
    """
    number = exact(value, field)
    if number < 0:
        raise InvalidRequest(f"{field} must not be negative", field=field)
    rounded = round(number, places)
    if rounded != number:
        raise InvalidRequest(f"{field} has more than {places} decimals", field=field)
    return rounded


def day_count(value: object, field: str) -> int | str:
    """Return a number of days, 0.001 to 36160 (SAT's NumDiasPagados) with up to three decimals, as the wire takes it.

    Raises:
        InvalidRequest: it is no such number.
    """
    number = pesos(value, field, places=3).normalize()
    if not 0 < number <= MOST_DAYS:
        raise InvalidRequest(
            (f"{field} must be 0.001 to {MOST_DAYS} days", f"{field} debe ser de 0.001 a {MOST_DAYS} días"), field=field
        )
    return int(number) if number == int(number) else format(number, "f")


def day(value: object, field: str) -> str:
    """Return a day as YYYY-MM-DD.

    Raises:
        InvalidRequest: it is not a `datetime.date`, or it is a moment, whose day depends on the zone.
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidRequest(f"{field} must be a datetime.date", field=field)
    return value.isoformat()
