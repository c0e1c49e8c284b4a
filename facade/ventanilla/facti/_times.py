"""Knows Facti's days and moments, which carry no zone: Mexico City is assumed, since the document names none."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ventanilla.errors import ConfigurationError, InvalidRequest
from ventanilla_clients._runtime import UNSET, Unset

ZONE = "America/Mexico_City"


def moment(text: object) -> datetime | None:
    """Return the wire's `2019-05-10 15:06:05` without zone, or None where there is none, as in 0000-00-00."""
    try:
        return datetime.fromisoformat(text[:19]) if isinstance(text, str) else None
    except ValueError:
        return None


def day(text: object) -> date | None:
    """Return the day of the wire's date or moment (both occur for one field), or None where there is none."""
    found = moment(text)
    return found.date() if found else None


def wire_day(value: object, field: str) -> str | Unset:
    """Return a day as the wire writes it; None is not sent.

    Raises:
        InvalidRequest: it is not a `datetime.date`, or it is a moment, whose day depends on the zone.
    """
    if value is None:
        return UNSET
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidRequest(f"{field} must be a datetime.date", field=field)
    return value.isoformat()


def wire_moment(value: object, field: str) -> str | Unset:
    """Return a moment as the wire writes it, aware ones in the time of Mexico City; None is not sent.

    Raises:
        InvalidRequest: it is not a `datetime.datetime`.
        ConfigurationError: it is aware and this system has no time zone data.
    """
    if value is None:
        return UNSET
    if not isinstance(value, datetime):
        raise InvalidRequest(f"{field} must be a datetime.datetime", field=field)
    if value.tzinfo is not None:
        value = value.astimezone(_zone())
    return f"{value:%Y-%m-%d %H:%M:%S}"


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        said = f"this system has no time zone data for {ZONE}", f"este sistema no tiene la zona horaria {ZONE}"
        hint = (
            "Install tzdata, or pass datetimes without zone, in the time of Mexico City",
            "Instalar tzdata, o pasar fechas sin zona, en la hora de la Ciudad de México",
        )
        raise ConfigurationError(said, hint=hint) from None


def zoned(value: datetime | None) -> datetime | None:
    """Return a moment of Facti's with its zone; None where there is none, or no time zone data to tell it with."""
    try:
        return None if value is None else value.replace(tzinfo=_zone())
    except ConfigurationError:
        return None
