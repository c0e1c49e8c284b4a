"""Holds what every group of Syncfy operations needs: the key's view, the users' views, the choice of paths."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import httpx

from ventanilla._face import Operations
from ventanilla._flow import Flow, call
from ventanilla._ids import checked, id_of
from ventanilla.errors import ConfigurationError, InvalidRequest, OutcomeUnknown
from ventanilla.syncfy._auth import PROVIDER, Sessions, token_of
from ventanilla_clients._runtime import Client
from ventanilla_clients.syncfy import api, models

if TYPE_CHECKING:
    from ventanilla._frames import Lines

Watch = Literal["poll", "socket"]
PAGE = 500
OBJECT_ID = r"[0-9a-f]{24}"


class SyncfyOperations(Operations):
    """What the groups below share.

    Attributes:
        use_pulls: send to the newer `/pulls` paths in place of the documented ones.
        test_mode: whether the front-end widget shows the sandbox sites.
        whose: digest of the API key, under which users are created one at a time.
    """

    use_pulls: bool
    test_mode: bool
    _sessions: Sessions
    whose: str
    _transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None

    def as_user(self, user: models.User | str) -> Client:
        """Return the generated client's view that acts as one user; it opens and renews the session by itself.

        Args:
            user: the user or its `id_user` (24 hexadecimal characters).

        Raises:
            InvalidRequest: the id is not well formed.
        """
        return self.raw.with_auth(self._sessions.of(user_id(user)))

    @cached_property
    def _lines(self) -> Lines:
        try:
            from ventanilla._frames import Lines
        except ImportError as missing:
            text = f"watch='socket' needs {missing.name}: pip install 'ventanilla[ws]'"
            raise ConfigurationError(text, provider=PROVIDER) from None
        return Lines(self.raw, self._transport)

    def _watching(self, watch: Watch) -> Lines | None:
        """Return what a job is listened to with; None where it is polled, by choice or for want of a connection."""
        if watch not in ("poll", "socket"):
            raise InvalidRequest("watch must be 'poll' or 'socket'", field="watch")
        return self._lines if watch == "socket" and self._lines.can_open else None


def user_id(user: models.User | str) -> str:
    """Return the id of a user given as such or by id."""
    return object_id("user", id_of(user, "id_user"))


def object_id(name: str, value: str) -> str:
    """Return an id of Syncfy, or refuse what cannot be one."""
    return checked(name, value, OBJECT_ID, "24 hexadecimal characters")


def new_session(client: Client, user: models.User | str) -> Flow[str]:
    """Open a session of a user and return its token."""
    body = models.NewSession(id_user=user_id(user))
    return token_of((yield from call(api.sessions.create_session.sync_detailed, client=client, body=body)))


def confirmed(answer: object, operation: str) -> bool:
    """Return True if the answer to a write is the documented `true`; else raise OutcomeUnknown."""
    if getattr(answer, "response", None) != True:  # noqa: E712 - other types may come, and 1 is as good
        said = "the answer does not say that it was done", "la respuesta no dice que se haya hecho"
        raise OutcomeUnknown(said, provider=PROVIDER, operation=operation)
    return True
