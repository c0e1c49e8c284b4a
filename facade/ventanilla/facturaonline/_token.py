"""Knows the token at the end of a payroll's description, by which the payroll of an operation is found again."""

import hashlib
import re

_TOKEN = re.compile(r" \[v-[0-9a-f]{10}\]$")


def token(operation_id: str) -> str:
    """Return the token of an operation: short, since employees may see it, and unique enough for a group's payrolls."""
    return f" [v-{hashlib.sha256(operation_id.encode()).hexdigest()[:10]}]"


def plain_description(text: str) -> str:
    """Return a description as its author wrote it."""
    return _TOKEN.sub("", text)
