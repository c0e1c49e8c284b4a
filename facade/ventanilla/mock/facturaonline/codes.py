"""Knows the SAT's payroll codes (snapshot of 2026-08) and the catalogues that the service lists."""

import functools
import importlib.resources
from collections.abc import Mapping

import msgspec

from ventanilla.mock._ours import ours


def _codes(width: int, *ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(f"{code:0{width}d}" for first, last in ranges for code in range(first, last + 1))


PERCEPTIONS = _codes(3, (1, 6), (9, 15), (19, 39), (44, 57))
DEDUCTIONS = _codes(3, (1, 115))
OTHER_PAYMENTS = _codes(3, (1, 9), (999, 999))
DISABILITIES = _codes(2, (1, 4))
OVERTIME = _codes(2, (1, 3))
PERIODS = _codes(2, (1, 10), (99, 99))
CONTRACTS = _codes(2, (1, 10), (99, 99))
REGIMES = _codes(2, (2, 13), (99, 99))


@ours(
    "`metodopago` lists the SAT's forms of payment and `tipopago` its pay periods: that is a guess.",
    on="list_catalogue",
)
@functools.cache
def catalogues() -> Mapping[str, Mapping[str, str]]:
    """Return the catalogues by the name that the service gives them, each from code to meaning.

    Which SAT list stands behind `metodopago` and `tipopago` is a guess: forms of payment and pay periods.
    """
    text = importlib.resources.files("ventanilla.mock.facturaonline").joinpath("catalogues.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, str]])
