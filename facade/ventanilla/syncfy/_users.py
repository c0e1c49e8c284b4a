"""Knows users and their sessions."""

from __future__ import annotations

from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, call
from ventanilla._lost import seen
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.errors import AlreadyExists, NotFound
from ventanilla.syncfy._auth import PROVIDER
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
        said = f"no user {id_user}", f"no hay un usuario {id_user}"
        raise NotFound(said, provider="Syncfy", operation="list_users")

    @operation
    def create_user(self, name: str, *, id_external: str | None = None) -> Flow[models.User]:
        """Create a user.

        Args:
            name: the name to show.
            id_external: your own id of the user; the provider does not make it unique.

        Returns:
            The user, with its `id_user` and times in unix seconds (`create_at` and `modify_at` as UTC times).

        Raises:
            AlreadyExists: a user has this `id_external`; the error carries it as `existing`.
            Rejected: the provider refused the data.
            OutcomeUnknown: the answer got lost, and there is no user with this `id_external`, or it has none to be
                found by.
        """
        if id_external:
            existing = yield from Users.find_user.flow(self, id_external)
            if existing is not None:
                said = (
                    f"user {existing.id_user} has this id_external, which the provider does not keep unique",
                    f"el usuario {existing.id_user} tiene ese id_external, que el proveedor no mantiene único",
                )
                raise AlreadyExists(said, existing=existing, provider=PROVIDER, operation="create_user")
        return (yield from create(self, name, id_external))

    @operation
    def update_user(
        self, user: models.User | str, *, name: str | None = None, id_external: str | None = None
    ) -> Flow[models.User]:
        """Change a user's name or your own id of it; what is None stays.

        Raises:
            NotFound: the API key has no such user.
            OutcomeUnknown: the answer got lost, and the user is as it was.
        """
        wanted = user_id(user)

        def changed() -> Flow[models.User | None]:
            now = yield from Users.user.flow(self, wanted)
            is_done = name in (None, now.name) and id_external in (None, now.id_external)
            return now if is_done else None

        body = models.UserUpdate(name=given(name), id_external=given(id_external))
        return (yield from seen(_update(self, wanted, body), changed, self.policy))

    @operation
    def delete_user(self, user: models.User | str) -> Flow[None]:
        """Delete a user and everything of it at the provider. There is no way back.

        Raises:
            NotFound: the API key has no such user.
            OutcomeUnknown: the answer got lost, and the user is still there.
        """
        wanted = user_id(user)

        def gone() -> Flow[bool | None]:
            answer = yield from call(api.users.list_users.sync_detailed, client=self.raw, id_user=wanted)
            return None if any(found.id_user == wanted for found in answer.response) else True

        yield from seen(_delete(self, wanted), gone, self.policy)
        self._sessions.forget(wanted)

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


def create(face: Users, name: str, id_external: str | None) -> Flow[models.User]:
    """Create a user whose `id_external` is known to be free; if the answer gets lost, it is found by it."""

    def created() -> Flow[models.User | None]:
        return (yield from Users.find_user.flow(face, id_external)) if id_external else None

    return seen(_create(face, models.NewUser(name=name, id_external=given(id_external))), created, face.policy)


def _create(face: Users, body: models.NewUser) -> Flow[models.User]:
    return (yield from call(api.users.create_user.sync_detailed, client=face.raw, body=body)).response


def _update(face: Users, id_user: str, body: models.UserUpdate) -> Flow[models.User]:
    return (yield from call(api.users.update_user.sync_detailed, id_user, client=face.raw, body=body)).response


def _delete(face: Users, id_user: str) -> Flow[bool]:
    yield from call(api.users.delete_user.sync_detailed, id_user, client=face.raw)
    return True
