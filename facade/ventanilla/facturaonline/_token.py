"""Knows the token in a payroll's description, by which the payroll of an operation is found again."""

import hashlib
import re

# 64 bits: among a million payrolls of an account, two share one once in forty million accounts.
DIGITS = 16
# The document says nothing of how long a description may be; what is longer may be cut at its end.
SAFE_LENGTH = 50
# Version 1 had ten digits, always at the end.
_TOKEN = re.compile(r"^\[v-(?:[0-9a-f]{16}|[0-9a-f]{10})\]\s*|\s*\[v-(?:[0-9a-f]{16}|[0-9a-f]{10})\]", re.IGNORECASE)


def token(operation_id: str) -> str:
    """Return the digits by which an operation is known: short, since employees may see them."""
    return hashlib.sha256(operation_id.encode()).hexdigest()[:DIGITS]


def first_token(operation_id: str) -> str:
    """Return what version 1 put into descriptions."""
    return f"[v-{token(operation_id)[:10]}]"


def marked(description: str, mark: str) -> str:
    """Return a description with a token: at its end, or in front where it could be cut off there."""
    tail = f"{description} [v-{mark}]"
    return tail if len(tail) <= SAFE_LENGTH else f"[v-{mark}] {description}"


def plain_description(text: str) -> str:
    """Return a description as its author wrote it."""
    return _TOKEN.sub("", text)
