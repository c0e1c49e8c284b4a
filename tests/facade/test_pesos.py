"""Amounts with a computer's rounding become pesos and cents, and nothing else is rounded."""

from decimal import Decimal, localcontext
from typing import Any

import pytest

import ventanilla
from ventanilla import errors


@pytest.mark.parametrize(
    ("amount", "pesos"),
    [
        (Decimal("98.579999999999998"), "98.58"),
        ("98.580000000000013", "98.58"),
        (Decimal("-98.579999999999998"), "-98.58"),
        (55, "55.00"),
        ("0", "0.00"),
        (Decimal("0.0000000009"), "0.00"),
        ("999999999999999.99", "999999999999999.99"),
        ("1.005000000", None),
        ("98.579", None),
        ("0.000000002", None),
        ("98.5799999989", None),
        (98.58, None),
        (True, None),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        ("1e3", None),
        (None, None),
    ],
)
def test_pesos_are_whole_cents(amount: Any, pesos: str | None) -> None:
    with localcontext() as narrow:
        narrow.prec = 3
        if pesos is None:
            with pytest.raises(errors.InvalidRequest, match="amount"):
                ventanilla.pesos(amount)
        else:
            assert str(ventanilla.pesos(amount)) == pesos
