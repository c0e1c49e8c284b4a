"""Checks the ids of Factura Online before they reach a path."""

from ventanilla._ids import checked


def uid_of(name: str, value: str) -> str:
    """Return a uid or UUID, or refuse what cannot be one."""
    return checked(name, value, r"[0-9A-Za-z-]{1,64}", "1 to 64 letters, digits or dashes")
