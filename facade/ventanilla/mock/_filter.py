"""Knows how to tell the exchanges that somebody looks for from all others."""

import fnmatch
import re
from typing import TypedDict

from attrs import field, frozen

from ventanilla.mock._entry import Row, path_of


class Wanted(TypedDict, total=False):
    """What to look for; what is left out or None does not matter.

    - `provider`: syncfy, facti, facturaonline.
    - `operation`: the operationId.
    - `method`: as it was sent, in any case; the official Syncfy clients send POST for everything.
    - `path`: with `*` (any characters, slashes too) or `?` (one character) the whole path has to fit; without, it is
      this path or one below it. As it was sent, without query and namespace: `/syncfy/v1/users`.
    - `status`: the HTTP status of the answer.
    - `since`: an id; only what came later.
    - `broken`: whether the request broke a rule of the spec.
    - `fault`: the id of the fault that struck, or whether any did.
    """

    provider: str | None
    operation: str | None
    method: str | None
    path: str | None
    status: int | None
    since: int | None
    broken: bool | None
    fault: str | bool | None


def _pattern(path: str | None) -> re.Pattern[str] | None:
    if path is None:
        return None
    if "*" in path or "?" in path:
        return re.compile(fnmatch.translate(path.replace("[", "[[]")))
    return re.compile(re.escape(path.rstrip("/")) + r"(/.*)?\Z", re.DOTALL)


def _upper(method: str | None) -> str | None:
    return None if method is None else method.upper()


@frozen(kw_only=True)
class Filter:
    """Tells whether an exchange is one of those wanted; its arguments are those of Wanted."""

    provider: str | None = None
    operation: str | None = None
    method: str | None = field(default=None, converter=_upper)
    path: re.Pattern[str] | None = field(default=None, converter=_pattern)
    status: int | None = None
    since: int | None = None
    broken: bool | None = None
    fault: str | bool | None = None

    def fits(self, row: Row) -> bool:
        """Return whether an exchange fits, but for its id."""
        _, provider, operation, method, status, problems, fault, _ = row
        return (
            self.provider in (None, provider)
            and self.operation in (None, operation)
            and self.status in (None, status)
            and self.method in (None, method.upper())
            and self.broken in (None, bool(problems))
            and self.fault in (None, fault, fault is not None)
            and (self.path is None or self.path.match(path_of(row)) is not None)
        )
