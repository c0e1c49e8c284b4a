"""Knows how a path says which world it is for, and what a world may be called."""

import re

NAMESPACES = "/_ns/"
NAMED = "1 to 64 letters, digits, dots, hyphens or underscores for its name, a letter or digit first"
NAMING = f"a namespace has {NAMED}"
_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def is_name(text: str) -> bool:
    """Say whether something may be called so: it can stand in a path as it is, and is no `.` or `..` there."""
    return _name.fullmatch(text) is not None


def namespace_of(target: str) -> str:
    """Return the name of the world that a request target is for; "" is the default one."""
    return target.removeprefix(NAMESPACES).partition("/")[0] if target.startswith(NAMESPACES) else ""


def prefix_of(name: str) -> str:
    """Return what stands before the paths of a world; nothing for the default one."""
    return NAMESPACES + name if name else ""
