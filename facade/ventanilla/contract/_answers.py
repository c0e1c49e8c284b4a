"""Knows what answers mean, as the faces understand them, and what can be taken from them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import httpx
from attrs import frozen

from ventanilla.errors import AuthenticationFailed, NotFound, ProviderError, VentanillaError

JSON = "application/json"
# What is said inside HTTP 200, in the words of HTTP.
STATUSES = ((AuthenticationFailed, 401), (NotFound, 404))


@frozen
class Meaning:
    """What an answer means: the HTTP status that would say so, its message, and the decoded JSON if it has any."""

    status: int
    message: str
    value: Any

    @property
    def is_success(self) -> bool:
        """Whether the caller got what was asked for."""
        return 200 <= self.status < 300


class CannotPrepare(Exception):
    """The server does not have, or does not give, what the tests begin with; its text is one sentence."""


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Say whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Say whether a value is a JSON array."""
    return isinstance(value, list)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters; empty when there is none."""
    found = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return found.split(";")[0].strip().lower()


def verdict(check: Callable[[httpx.Response], None], status: int, content: bytes) -> tuple[int, str]:
    """Return the status that an answer stands for, and its message, as a face understands it.

    Args:
        check: the face's, which raises the error that an answer means.
        status: the HTTP status that came.
        content: the JSON.
    """
    request = httpx.Request("POST", "http://localhost/")
    try:
        check(httpx.Response(status, content=content, headers={"Content-Type": JSON}, request=request))
    except ProviderError as error:
        means = next((code for kind, code in STATUSES if isinstance(error, kind)), 400)
        return (status if status >= 400 else means), error.message
    except VentanillaError:
        pass  # it says neither yes nor no, and the spec's schema has the word
    return status, ""


def value_at(found: Meaning, *path: str) -> Any:
    """Return what an answer has somewhere; None where it is a failure or has nothing there."""
    value = found.value if found.is_success else None
    for name in path:
        value = value.get(name) if is_mapping(value) else None
    return value


def rows(found: Meaning, *path: str) -> list[dict[str, Any]]:
    """Return the objects in the list that an answer has somewhere; none where it has no list."""
    value = value_at(found, *path)
    return [row for row in value if is_mapping(row)] if is_list(value) else []


def needed(meaning: Meaning, what: str) -> Any:
    """Return the value of an answer without which the tests cannot begin; raises CannotPrepare."""
    if not meaning.is_success:
        raise _cannot(meaning, what)
    return meaning.value


def admitted(meaning: Meaning) -> Meaning:
    """Return an answer, unless it says that the keys are wrong, with which nothing can be tested."""
    if meaning.status in (401, 403):
        raise _cannot(meaning, "log in")
    return meaning


def _cannot(meaning: Meaning, what: str) -> CannotPrepare:
    said = f": {meaning.message}" if meaning.message else ""
    return CannotPrepare(f"the tests cannot {what}; the answer means HTTP {meaning.status}{said}")
