"""Knows everything that Syncfy's mock remembers: users and what hangs on them, sessions, jobs, webhooks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, field

from ventanilla.mock.syncfy._cfdi import Node
from ventanilla.mock.syncfy._envelope import Row

if TYPE_CHECKING:
    from ventanilla.mock.syncfy._credential import Credential
    from ventanilla.mock.syncfy._job import Job

IDLE_SECONDS = 300.0
WORST_FAILURES = 1000


@define(eq=False)
class Attachment:
    """One file: the row of its list, its bytes, and the XML that it was made from."""

    row: Row
    id_credential: str
    content: bytes = field(repr=False)
    media_type: str
    node: Node | None = field(repr=False)


@define(eq=False)
class Document:
    """One document of the SAT and the webhook links that lead to it."""

    row: Row
    id_job: str
    links: set[str] = Factory(set[str])


def _nothing() -> dict[str, Any]:
    # Calling dict[str, Row] takes seven times as long, and a user has six of them.
    return {}


@define(eq=False)
class User:
    """One user of the API key and everything that goes when the user goes."""

    row: Row
    credentials: dict[str, "Credential"] = Factory(_nothing)
    jobs: dict[str, "Job"] = Factory(_nothing)
    accounts: dict[str, Row] = Factory(_nothing)
    transactions: dict[str, Row] = Factory(_nothing)
    attachments: dict[str, Attachment] = Factory(_nothing)
    documents: dict[str, Document] = Factory(_nothing)

    @property
    def id(self) -> str:
        """The id_user."""
        return str(self.row["id_user"])

    @property
    def external(self) -> str:
        """The id_external as the user's data repeat it: empty when there is none."""
        return self.row["id_external"] or ""


@define(eq=False)
class Webhook:
    """One registered webhook; `profile` is sync-v1 or sync-v3."""

    row: Row
    profile: str
    headers: dict[str, str]

    def settle(self, status: int | None) -> None:
        """Count a delivery that failed; after more than a thousand the webhook is disabled."""
        if status is None or not 200 <= status < 300:
            self.row["ct_failed"] += 1
            self.row["is_disabled"] = int(self.row["ct_failed"] > WORST_FAILURES)


@define(eq=False)
class Session:
    """One token and when it was last used."""

    token: str
    user: User
    used: float


@define(eq=False)
class State:
    """The whole memory; lookups by id go through dictionaries, so that size does not slow them."""

    users: dict[str, User] = Factory(dict[str, User])
    externals: dict[str, dict[str, User]] = Factory(dict[str, dict[str, User]])
    webhooks: dict[str, Webhook] = Factory(dict[str, Webhook])
    jobs: dict[str, "Job"] = Factory(dict[str, "Job"])
    credentials: dict[str, "Credential"] = Factory(dict[str, "Credential"])
    _sessions: dict[str, Session] = Factory(dict[str, Session])

    def users_of(self, id_external: str | None) -> Iterator[User]:
        """Return the users with an id_external, or all."""
        return iter((self.users if id_external is None else self.externals.get(id_external, {})).values())

    def add_user(self, user: User) -> None:
        """Remember a user, also by id_external."""
        self.users[user.id] = user
        self.externals.setdefault(user.external, {})[user.id] = user

    def rename_user(self, user: User, id_external: str) -> None:
        """Give a user another id_external."""
        self._forget_external(user)
        user.row["id_external"] = id_external
        self.add_user(user)

    def drop_user(self, user: User) -> None:
        """Forget a user and whatever belongs to it."""
        del self.users[user.id]
        self._forget_external(user)
        for job in user.jobs.values():
            job.stop()
            self.jobs.pop(job.id_job, None)
        for credential in user.credentials.values():
            self.credentials.pop(credential.id, None)
        self.webhooks = {key: hook for key, hook in self.webhooks.items() if hook.row["id_user"] != user.id}

    def _forget_external(self, user: User) -> None:
        namesakes = self.externals[user.external]
        del namesakes[user.id]
        if not namesakes:
            del self.externals[user.external]

    def open_session(self, token: str, user: User, now: float) -> None:
        """Open a session and forget those that have idled away."""
        self._sweep(now)
        self._sessions[token] = Session(token, user, now)

    def session(self, token: str, now: float) -> Session | None:
        """Return a session that is still alive, and keep it alive: any use counts."""
        self._sweep(now)
        session = self._sessions.pop(token, None)
        if session is None or session.user.id not in self.users:
            return None
        session.used = now
        self._sessions[token] = session
        return session

    def close_session(self, session: Session) -> None:
        """Close a session."""
        self._sessions.pop(session.token, None)

    def _sweep(self, now: float) -> None:
        # Each use moves a session to the end, so that the idlest stand first and nothing else need be looked at.
        while self._sessions:
            oldest = next(iter(self._sessions.values()))
            if now - oldest.used <= IDLE_SECONDS:
                break
            del self._sessions[oldest.token]
