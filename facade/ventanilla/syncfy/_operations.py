"""Holds what every group of Syncfy operations needs: the key's view, the users' views, the choice of paths."""

from __future__ import annotations

from ventanilla._face import Operations
from ventanilla._ids import checked
from ventanilla.syncfy._auth import Sessions
from ventanilla_clients._runtime import Client
from ventanilla_clients.syncfy import models

PAGE = 500
OBJECT_ID = r"[0-9a-f]{24}"


class SyncfyOperations(Operations):
    """What the groups below share.

    Attributes:
        use_pulls: send to the newer `/pulls` paths in place of the documented ones.
        test_mode: whether the front-end widget shows the sandbox sites.
    """

    use_pulls: bool
    test_mode: bool
    _sessions: Sessions

    def as_user(self, user: models.User | str) -> Client:
        """Return the generated client's view that acts as one user; it opens and renews the session by itself.

        Args:
            user: the user or its `id_user` (24 hexadecimal characters).

        Raises:
            InvalidRequest: the id is not well formed.
        """
        return self.raw.with_auth(self._sessions.of(user_id(user)))


def user_id(user: models.User | str) -> str:
    """Return the id of a user given as such or by id."""
    return object_id("user", user if isinstance(user, str) else user.id_user)


def object_id(name: str, value: str) -> str:
    """Return an id of Syncfy, or refuse what cannot be one."""
    return checked(name, value, OBJECT_ID, "24 hexadecimal characters")
