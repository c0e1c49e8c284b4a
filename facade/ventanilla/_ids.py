"""Checks ids before they come near a path."""

import re
from typing import Any, cast

from ventanilla.errors import InvalidRequest

# Longer numbers are no ids, and Python refuses to write them.
LARGEST = 10**64


def checked(name: str, value: str | int, pattern: str, form: str) -> str:
    """Return an id as text, or raise InvalidRequest that names the argument and its form, never its value."""
    if isinstance(value, bool) or not isinstance(cast(Any, value), str | int):
        raise InvalidRequest(f"{name} must be {form}; got no text but {type(value).__name__}", field=name)
    text = str(value) if isinstance(value, str) or abs(value) < LARGEST else ""
    if not re.fullmatch(pattern, text):
        raise InvalidRequest(f"{name} must be {form}; got {len(text)} characters that are not", field=name)
    return text


def id_of(thing: object, attribute: str) -> Any:
    """Return the id of an object that is given as such or by its id."""
    return getattr(thing, attribute, thing)
