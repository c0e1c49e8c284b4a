"""Checks ids before they come near a path."""

import re

from ventanilla.errors import InvalidRequest


def checked(name: str, value: str | int, pattern: str, form: str) -> str:
    """Return an id as text, or raise InvalidRequest that names the argument and its form, never its value."""
    text = str(value)
    if not re.fullmatch(pattern, text):
        raise InvalidRequest(f"{name} must be {form}; got {len(text)} characters that are not", field=name)
    return text
