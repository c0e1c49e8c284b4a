"""Knows who calls Syncfy: the API key, the API key in the name of a user, or a user's token."""

import re

from attrs import frozen

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Refused
from ventanilla.mock.syncfy._envelope import UNAUTHORIZED
from ventanilla.mock.syncfy._limits import Recent
from ventanilla.mock.syncfy._state import State, User
from ventanilla.mock.world import World

# The key that the README prints.
API_KEY = "7767a4a04f990e9231bafc949e8ca08a"
_key = re.compile(r"api_key\s+api_key=([^,\s]+)(?:\s*,\s*id_user=([0-9a-f]+))?", re.IGNORECASE)
_token = re.compile(r"(?:token\s+token=|bearer\s+)(\S+)", re.IGNORECASE)


@frozen
class Caller:
    """Who calls: `user` is None for the bare API key, which sees every user."""

    user: User | None

    @property
    def own(self) -> User:
        """The user in whose name the call is made."""
        if self.user is None:
            raise Refused(401, UNAUTHORIZED)
        return self.user


EVERYBODY = Caller(None)


@ours("One API key is known, the one that the README prints; any other is refused with 401.")
def authenticate(world: World, call: Call) -> Caller | None:
    """Return the caller, None where the operation asks for nobody; anything else is refused with 401.

    A world with rate limits refuses whoever comes too often, with 429.
    """
    schemes = call.operation.schemes
    if not schemes:
        return None
    caller = _caller(world, call, schemes)
    if world.rate_limits:
        world.state(Recent).admit("the API key" if caller.user is None else caller.user.id, world.now)
    return caller


def _caller(world: World, call: Call, schemes: frozenset[str]) -> Caller:
    header = call.request.headers.get("authorization", "").strip()
    if (found := _key.fullmatch(header)) and found[1] == API_KEY:
        if found[2] is None and "ApiKeyAuth" in schemes:
            return EVERYBODY
        # Key and user together are as good as that user's token (code-samples, main_webhook.py).
        if found[2] is not None and (user := world.state(State).users.get(found[2])):
            return Caller(user if "TokenAuth" in schemes else None)
    elif "TokenAuth" in schemes and (found := _token.fullmatch(header)):
        session = world.state(State).session(found[1], world.now)
        if session is not None:
            return Caller(session.user)
    raise Refused(401, UNAUTHORIZED)
