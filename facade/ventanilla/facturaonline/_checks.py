"""Checks what a payroll is created with, before anything is sent."""

from collections.abc import Sequence
from datetime import date, datetime

from ventanilla.errors import InvalidRequest
from ventanilla.facturaonline._amounts import Days, day, day_count
from ventanilla.facturaonline.entries import PayrollEntry
from ventanilla_clients._runtime import UNSET, Unset


def covered(inicial: date, final: date, num_dias: Days | None) -> int | str:
    """Return the days that a payroll covers: those given, else those of its period."""
    if day(inicial, "inicial") > day(final, "final"):
        raise InvalidRequest("inicial is after final", field="inicial")
    return day_count((final - inicial).days + 1 if num_dias is None else num_dias, "num_dias")


def once_each(entries: Sequence[PayrollEntry]) -> Sequence[PayrollEntry]:
    """Return the entries if there are any and each employee has one: a second CFDI would pay twice."""
    if not entries:
        raise InvalidRequest("entries is empty: a payroll needs one at least", field="entries")
    seen: set[str] = set()
    for each in entries:
        if each.employee in seen:
            raise InvalidRequest(f"employee {each.employee} is in the payroll twice", field="entries")
        seen.add(each.employee)
    return entries


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Refuse what is not one of a few texts."""
    if value not in allowed:
        raise InvalidRequest(f"{name} must be one of {', '.join(allowed)}", field=name)


def filled(name: str, text: str) -> str:
    """Return a text that is not empty."""
    if not text.strip():
        raise InvalidRequest(f"{name} is empty", field=name)
    return text


def serie_of(serie: object) -> int | str:
    """Return the id of a series, or its name."""
    if isinstance(serie, bool) or not isinstance(serie, int | str) or not serie or str(serie).startswith("-"):
        raise InvalidRequest("serie must be the id of a series, or its name", field="serie")
    return serie


def moment_of_issue(moment: datetime | None) -> str | Unset:
    """Return a moment as the wire writes it; None is not sent."""
    if moment is None:
        return UNSET
    if moment.tzinfo is not None:
        raise InvalidRequest("issued_at must be without zone, in the time of Mexico City", field="issued_at")
    return f"{moment:%Y-%m-%dT%H:%M:%S}"
