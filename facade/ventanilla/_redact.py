"""Knows where secrets hide in URLs and keeps them out of logs."""

import logging
import re

HIDDEN = "***"
_PLACES = re.compile(
    r"(?P<before>[?&](?:api_key|client_id|token)=)[^&\s\"']*"
    r"|(?P<path>/sessions/)[0-9A-Za-z]{16,}"
)


def redact(text: str) -> str:
    """Return `text` with the credentials in its URLs hidden.

    Facti's reads carry the key in the query; Syncfy's session operations carry the token in the path.
    """
    return _PLACES.sub(lambda m: (m["before"] or m["path"]) + HIDDEN, text)


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
