"""Knows what secrets are called and where they hide in URLs, and keeps them out of logs."""

import functools
import logging
import re
from urllib.parse import unquote

HIDDEN = "***"
_PLACES = re.compile(
    r"(?P<before>[?&](?P<name>[^=&?\s\"']+)=)[^&\s\"']*"
    r"|(?P<path>/sessions/)[0-9A-Za-z]{16,}"
)
# What the specs mark as secret, and what else people call such a field, a parameter or a header.
_NAMES = re.compile(
    r"(x-)?auth(orization)?|proxy-authorization|(set-)?cookie|f-plugin|client.?id|credentials?|input|twofa|headers",
    re.IGNORECASE,
)
_PARTS = re.compile(r"api.?key|secret|token|passw|contrase", re.IGNORECASE)
LONGEST_NAME = 64


def is_secret(name: str) -> bool:
    """Return whether a field, parameter or header of this name carries what nobody else should read."""
    return _is_secret(name) if len(name) <= LONGEST_NAME else _PARTS.search(name) is not None


@functools.lru_cache(1024)
def _is_secret(name: str) -> bool:
    return _NAMES.fullmatch(name) is not None or _PARTS.search(name) is not None


def redact(text: str) -> str:
    """Return `text` with the credentials in its URLs hidden.

    Facti's reads carry the key in the query; Syncfy's session operations carry the token in the path.
    """
    return _PLACES.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    if found["path"] is not None:
        return found["path"] + HIDDEN
    return found["before"] + HIDDEN if is_secret(unquote(found["name"])) else found[0]


class _UrlFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(redact(str(a)) if type(a).__name__ == "URL" else a for a in record.args)
        return True


def protect_logs() -> None:
    """Make httpx, which logs each URL whole at INFO, log it without credentials. Safe to call again."""
    logger = logging.getLogger("httpx")
    if not any(isinstance(f, _UrlFilter) for f in logger.filters):
        logger.addFilter(_UrlFilter())
