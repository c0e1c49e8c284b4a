"""Knows one credential: who logs in where, what its last job came to, and when it may be pulled again."""

from typing import Any

from attrs import define, field

from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._job import Job
from ventanilla.mock.syncfy._sites import Site
from ventanilla.mock.syncfy._state import User

SANDBOX_ENVIRONMENT = "574894bf7848066d138b4570"
LOCKED = 405
BANK_REST, TAX_REST = 300, 86_400


@define(eq=False)
class Credential:
    """One credential; `values` are what the user typed, and leave the mock masked only."""

    id: str
    user: User = field(repr=False)
    site: Site
    values: dict[str, Any] = field(repr=False)
    job: Job | None = field(default=None, repr=False)
    past: list[Job] = field(factory=list[Job], repr=False)
    dt_authorized: int | None = None
    dt_execute: int | None = None
    dt_ready: int | None = None
    dt_refresh: int | None = None

    @property
    def username(self) -> str:
        """Who logs in, in clear."""
        return str(self.values[self.site.username_field])

    def rest(self, now: float) -> None:
        """Note a successful pull: a bank may be pulled again after five minutes, the SAT after a day."""
        self.dt_refresh = int(now)
        self.dt_ready = int(now) + (TAX_REST if self.site.is_tax else BANK_REST)

    def row(self, now: float) -> Row:
        """Return the credential as its list shows it."""
        code = 100 if self.job is None else self.job.code
        ready_in = max(0, (self.dt_ready or 0) - int(now))
        is_busy = self.job is not None and not self.job.is_over
        return {
            "id_credential": self.id,
            "id_user": self.user.id,
            "id_environment": SANDBOX_ENVIRONMENT,
            "id_external": self.user.external,
            **self.site.ids,
            "id_organization": self.site.organization,
            "is_authorized": int(self.dt_authorized is not None),
            "is_locked": int(code == LOCKED),
            "is_twofa": int(self.job is not None and self.job.asked),
            "can_sync": int(not ready_in and not is_busy and code != LOCKED),
            "ready_in": ready_in,
            "username": masked(self.username),
            "code": code,
            "keywords": None,
            "dt_authorized": self.dt_authorized,
            "dt_execute": self.dt_execute,
            "dt_ready": self.dt_ready,
            "dt_refresh": self.dt_refresh,
        }


def masked(username: str) -> str:
    """Hide all but the first and the last character, the length kept; short names wholly."""
    if len(username) < 3:
        return "*" * len(username)
    return f"{username[0]}{'*' * (len(username) - 2)}{username[-1]}"
