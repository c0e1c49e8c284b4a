"""Knows users and their sessions."""

from __future__ import annotations

from typing import Any, cast

from ventanilla._about import has_written, is_same, made
from ventanilla._claims import claimed
from ventanilla._face import listing, operation
from ventanilla._flow import UNREADABLE, Flow, Listing, call, gathered
from ventanilla._lost import seen
from ventanilla._paging import pages
from ventanilla._values import given, known, number
from ventanilla.errors import AlreadyExists, InvalidRequest, NotFound, UnexpectedAnswer
from ventanilla.syncfy._auth import PROVIDER
from ventanilla.syncfy._operations import OBJECT_ID, PAGE, SyncfyOperations, confirmed, new_session, user_id
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
            "id_user",
        )

    @operation
    def find_user(self, id_external: str) -> Flow[models.User | None]:
        """Return the user with this id of yours, or None; the oldest where several have it.

        Args:
            id_external: your own id of the user.
        """
        # The provider's own samples return users that do not match the filter, so it is applied again here.
        users = yield from gathered(Users.users.flow(self, id_external=id_external))
        if any(not isinstance(cast(Any, user.id_external), str | int | None) for user in users):
            raise UnexpectedAnswer(UNREADABLE, provider=PROVIDER, operation="list_users")
        matching = [user for user in users if is_same(user.id_external, id_external)]
        return min(matching, key=lambda user: (number(user.dt_create) or 0, user.id_user), default=None)

    @operation
    def user(self, id_user: str) -> Flow[models.User]:
        """Return a user by its id (24 hexadecimal characters).

        Raises:
            NotFound: the API key has no such user.
        """
        for found in (yield from gathered(Users.users.flow(self, id_user=user_id(id_user)))):
            if is_same(found.id_user, id_user):
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
        if not id_external:
            return (yield from _made(self, name, None))
        user, existed = yield from find_or_create(self, id_external, name)
        if existed:
            said = (
                f"user {user.id_user} has this id_external, which the provider does not keep unique",
                f"el usuario {user.id_user} tiene ese id_external, que el proveedor no mantiene único",
            )
            raise AlreadyExists(said, existing=user, provider=PROVIDER, operation="create_user")
        return user

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
            users = yield from gathered(Users.users.flow(self, id_user=wanted))
            return None if any(is_same(found.id_user, wanted) for found in users) else True

        yield from seen(_delete(self, wanted), gone, self.policy)
        self._sessions.forget(wanted)

    @operation
    def open_session(self, user: models.User | str) -> Flow[str]:
        """Open a session and return its token, for a front end; this library's own calls need none.

        Returns:
            A token that expires after five minutes without use and gives access to this user's data alone.
        """
        return (yield from new_session(self.raw, user))

    @operation
    def verify_session(self, token: str) -> Flow[None]:
        """Return if a session token is alive.

        Raises:
            SessionExpired: it is unknown or has expired.
        """
        alive = yield from call(api.sessions.verify_session.sync_detailed, token, client=self.raw)
        confirmed(alive, "verify_session")

    @operation
    def close_session(self, token: str) -> Flow[None]:
        """End a session.

        Raises:
            SessionExpired: the token is unknown or has expired.
        """
        ended = yield from call(api.sessions.delete_session.sync_detailed, token, client=self.raw)
        confirmed(ended, "delete_session")


def find_or_create(face: Users, id_external: str, name: str | None) -> Flow[tuple[models.User, bool]]:
    """Return the user with an `id_external`, and whether there was one: nobody else on this machine creates it."""

    def work() -> Flow[tuple[models.User, bool]]:
        found = yield from Users.find_user.flow(face, id_external)
        if found is not None:
            return found, True
        if name is None:
            raise InvalidRequest("the user does not exist yet: pass name= to create it", field="name")
        return (yield from _made(face, name, id_external)), False

    return claimed(f"{PROVIDER} {face.whose} {id_external}", work)


def _made(face: Users, name: str, id_external: str | None) -> Flow[models.User]:
    """Create a user whose `id_external` is known to be free; if the answer gets lost, it is found by it."""

    def created() -> Flow[models.User | None]:
        return (yield from Users.find_user.flow(face, id_external)) if id_external else None

    return seen(_create(face, models.NewUser(name=name, id_external=given(id_external))), created, face.policy)


def _create(face: Users, body: models.NewUser) -> Flow[models.User]:
    user = (yield from call(api.users.create_user.sync_detailed, client=face.raw, body=body)).response
    made(user, "id_user", PROVIDER, "create_user", OBJECT_ID)
    if (wanted := known(body.id_external)) is not None:
        has_written(wanted, user.id_external, "id_external", PROVIDER, "create_user")
    return user


def _update(face: Users, id_user: str, body: models.UserUpdate) -> Flow[models.User]:
    user = (yield from call(api.users.update_user.sync_detailed, id_user, client=face.raw, body=body)).response
    has_written(id_user, user.id_user, "user", PROVIDER, "update_user")
    return user


def _delete(face: Users, id_user: str) -> Flow[bool]:
    deleted = yield from call(api.users.delete_user.sync_detailed, id_user, client=face.raw)
    return confirmed(deleted, "delete_user")
