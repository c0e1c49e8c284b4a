"""Knows users and their sessions."""

from __future__ import annotations

from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, call
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.errors import NotFound
from ventanilla.syncfy._operations import PAGE, SyncfyOperations, user_id
from ventanilla_clients.syncfy import api, models


class Users(SyncfyOperations):
    """Users of the API key, and their sessions. Source: sync-py README, sections on users and authentication."""

    @listing
    def users(
        self,
        *,
        id_external: str | None = None,
        id_user: str | None = None,
        name: str | None = None,
        page_size: int = PAGE,
    ) -> Listing[models.User]:
        """Iterate over the users of the API key, a page at a time.

        Args:
            id_external: only the users with this id of yours.
            id_user: only this user.
            name: only the users with this name.
            page_size: users for each request, 1 to 5000.

        Raises:
            ProviderError: the provider refused the call.
            TransportError: no complete answer arrived.
        """
        return pages(
            lambda limit, skip: call(
                api.users.list_users.sync_detailed,
                client=self.raw,
                id_external=given(id_external),
                id_user=given(id_user),
                name=given(name),
                limit=limit,
                skip=skip,
            ),
            page_size,
        )

    @operation
    def find_user(self, id_external: str) -> Flow[models.User | None]:
        """Return the user with this id of yours, or None; the oldest where several have it.

        Args:
            id_external: your own id of the user.
        """
        answer = yield from call(api.users.list_users.sync_detailed, client=self.raw, id_external=id_external)
        # The provider's own samples return users that do not match the filter, so it is applied again here.
        matching = [user for user in answer.response if user.id_external == id_external]
        return min(matching, key=lambda user: user.dt_create, default=None)

    @operation
    def user(self, id_user: str) -> Flow[models.User]:
        """Return a user by its id (24 hexadecimal characters).

        Raises:
            NotFound: the API key has no such user.
        """
        answer = yield from call(api.users.list_users.sync_detailed, client=self.raw, id_user=user_id(id_user))
        for found in answer.response:
            if found.id_user == id_user:
                return found
        raise NotFound(f"no user {id_user}", provider="Syncfy", operation="list_users")

    @operation
    def create_user(self, name: str, *, id_external: str | None = None) -> Flow[models.User]:
        """Create a user.

        Args:
            name: the name to show.
            id_external: your own id of the user; the provider does not make it unique.

        Returns:
            The user, with its `id_user` and times in unix seconds (`create_at` and `modify_at` as UTC times).

        Raises:
            Rejected: the provider refused the data.
        """
        body = models.NewUser(name=name, id_external=given(id_external))
        return (yield from call(api.users.create_user.sync_detailed, client=self.raw, body=body)).response

    @operation
    def update_user(
        self, user: models.User | str, *, name: str | None = None, id_external: str | None = None
    ) -> Flow[models.User]:
        """Change a user's name or your own id of it; what is None stays.

        Raises:
            NotFound: the API key has no such user.
        """
        body = models.UserUpdate(name=given(name), id_external=given(id_external))
        return (
            yield from call(api.users.update_user.sync_detailed, user_id(user), client=self.raw, body=body)
        ).response

    @operation
    def delete_user(self, user: models.User | str) -> Flow[None]:
        """Delete a user and everything of it at the provider. There is no way back.

        Raises:
            NotFound: the API key has no such user.
        """
        yield from call(api.users.delete_user.sync_detailed, user_id(user), client=self.raw)
        self._sessions.forget(user_id(user))

    @operation
    def open_session(self, user: models.User | str) -> Flow[str]:
        """Open a session and return its token, for a front end; this library's own calls need none.

        Returns:
            A token that expires after five minutes without use and gives access to this user's data alone.
        """
        body = models.NewSession(id_user=user_id(user))
        return (yield from call(api.sessions.create_session.sync_detailed, client=self.raw, body=body)).response.token

    @operation
    def verify_session(self, token: str) -> Flow[None]:
        """Return if a session token is alive.

        Raises:
            SessionExpired: it is unknown or has expired.
        """
        yield from call(api.sessions.verify_session.sync_detailed, token, client=self.raw)

    @operation
    def close_session(self, token: str) -> Flow[None]:
        """End a session.

        Raises:
            SessionExpired: the token is unknown or has expired.
        """
        yield from call(api.sessions.delete_session.sync_detailed, token, client=self.raw)
