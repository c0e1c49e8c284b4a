"""Knows the operations on users and their sessions."""

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.syncfy._envelope import UNAUTHORIZED, Row, answer
from ventanilla.mock.syncfy._lists import listed, matching
from ventanilla.mock.syncfy._state import State, User
from ventanilla.mock.world import World

TOKEN_LENGTH = 64


def list_users(world: World, call: Call) -> Reply:
    """GET /users: the users of the API key."""
    state = world.state(State)
    if found := state.users.get(call.query.get("id_user", "")):
        users = iter((found,))
    elif "id_user" in call.query:
        users = iter(())
    else:
        users = state.users_of(call.query.get("id_external"))
    rows = (user.row for user in users)
    return listed(world, matching(rows, call.query, ("id_external", "name")), call.query)


@ours("Users may share an id_external: whether the service refuses that is not documented.")
def create_user(world: World, call: Call) -> Reply:
    """POST /users: one more user; id_external need not be unique."""
    row: Row = {
        "id_user": world.object_id(),
        "id_external": call.body.get("id_external"),
        "name": call.body["name"],
        "dt_create": int(call.now),
        "dt_modify": None,
    }
    world.state(State).add_user(User(row))
    return answer(world, dict(row))


def update_user(world: World, call: Call) -> Reply:
    """PUT /users/{id_user}: another name or id_external."""
    user = _user(world, call.path["id_user"])
    changes: Row = call.body or {}
    if "id_external" in changes:
        world.state(State).rename_user(user, changes["id_external"])
    user.row["name"] = changes.get("name", user.row["name"])
    user.row["dt_modify"] = int(world.now)
    return answer(world, dict(user.row))


def delete_user(world: World, call: Call) -> Reply:
    """DELETE /users/{id_user}: the user and all its data."""
    world.state(State).drop_user(_user(world, call.path["id_user"]))
    return answer(world, True)


def create_session(world: World, call: Call) -> Reply:
    """POST /sessions: a token that lives until it idles for five minutes."""
    user = _user(world, call.body["id_user"])
    token = world.hex(TOKEN_LENGTH)
    world.state(State).open_session(token, user, world.now)
    return answer(world, {"token": token})


def verify_session(world: World, call: Call) -> Reply:
    """GET /sessions/{token}/verify: true while the token lives."""
    if world.state(State).session(call.path["token"], world.now) is None:
        raise Refused(401, UNAUTHORIZED)
    return answer(world, True)


def delete_session(world: World, call: Call) -> Reply:
    """DELETE /sessions/{token}: the token's end."""
    state = world.state(State)
    session = state.session(call.path["token"], world.now)
    if session is None:
        raise Refused(401, UNAUTHORIZED)
    state.close_session(session)
    return answer(world, True)


def _user(world: World, id_user: str) -> User:
    user = world.state(State).users.get(id_user)
    if user is None:
        raise Refused(404, f"there is no user {id_user}")
    return user
