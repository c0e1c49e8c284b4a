"""Judge how a call ended, by the counters of the scripted server and by what it has sent alone."""

import json
from typing import Any

from proving.scripted import Answer, fields_of

# HTTP statuses under 500 that say nothing about whether something was done.
PASSING = (408, 409, 425, 429, 499)
KINDS = (
    "not ours",
    "duplicate",
    "false success",
    "false not sent",
    "sent again",
    "not found again",
    "wrong object",
    "wrong state",
    "secret",
    "unknown refusal",
)


def refuses(provider: str, answer: Answer) -> bool:
    """Return whether an answer is documented as a refusal, so that a client may believe that nothing was done.

    Where the documents leave room, as with a verdict inside a redirect, it counts as one.
    """
    if answer.status in (408,) or answer.status >= 500:
        return False
    if answer.status == 429:
        return True
    said = fields_of(read(answer.body))
    if said is None:
        return False
    if provider == "syncfy":
        code = said.get("code", answer.status)
        is_code = isinstance(code, int) and 400 <= code < 500 and code not in PASSING
        return said.get("status") is False and (is_code or code == 429)
    if provider == "facti":
        verdict = said.get("result", said.get("status"))
        return verdict in (False, "0")  # 0 and 0.0 are False to Python, as they are one number to JSON
    return "error" in (said.get("status"), said.get("response"))


def is_own_envelope(provider: str, answer: Answer) -> bool:
    """Return whether an answer has the form of the provider's own, whatever its verdict."""
    said = fields_of(read(answer.body))
    if said is None:
        return False
    if provider == "syncfy":
        return "status" in said
    return "result" in said or "status" in said if provider == "facti" else bool({"status", "response"} & {*said})


def claims(provider: str, answer: Answer) -> bool:
    """Return whether an answer may rightly be taken for a success; generously, for it is used to forgive."""
    if not 200 <= answer.status < 300:
        return False
    said = fields_of(read(answer.body))
    if said is None:
        return False
    if provider == "syncfy":
        return said.get("status") is True
    if provider == "facti":
        return said.get("result", said.get("status")) in (1, "1", True, "true", 1.0)
    words = (said.get("status"), said.get("response"))
    return any(isinstance(word, str) and word.strip().lower() == "success" for word in words)


def read(body: bytes) -> Any:
    """Return the JSON of a body as leniently as any client might; None where there is none."""
    for encoding in ("utf-8-sig", "latin-1", "utf-16"):
        try:
            text = body.decode(encoding)
        except UnicodeError:
            continue
        start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0)
        for candidate in (text, text[start:], text.lstrip("\ufeffï»¿")):
            try:
                return json.loads(candidate)
            except (ValueError, RecursionError):
                continue
    return None
