"""Knows who may call, and how the service says no."""

import hashlib
from base64 import b64encode

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.world import World

PLUGIN = "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed"
API_KEY = "mock-api-key"
SECRET_KEY = "mock-secret-key"  # noqa: S105  (published: it opens nothing but this mock)
UNKNOWN_ACCOUNT = "La cuenta que intenta autenticarse no existe"


@ours("A failed authentication has HTTP 200 unless set otherwise; its hashes only look like bcrypt.")
def authenticate(world: World, call: Call, *, auth_status: int) -> None:
    """Let the mock's own credentials in; any other are refused with their hashes, as the service does."""
    names = ("f-plugin", "f-api-key", "f-secret-key")
    plugin, api_key, secret_key = (call.request.headers.get(name, "") for name in names)
    if (plugin, api_key, secret_key) != (PLUGIN, API_KEY, SECRET_KEY):
        body = {
            "status": "error",
            "message": UNKNOWN_ACCOUNT,
            "Data": _bcrypt_lookalike(api_key),
            "Secret": _bcrypt_lookalike(secret_key),
        }
        raise Refused(401, UNKNOWN_ACCOUNT, Reply(body, status=auth_status, failed=True))


@ours("Invalid requests are refused with HTTP 200 and a text of the mock's.")
def refuse(world: World, status: int, message: str) -> Reply:
    """Refuse what is no business of a handler: invalid requests inside HTTP 200, the rest with its own status."""
    return Reply({"response": "error", "message": message}, status=200 if status == 400 else status, failed=True)


def refused(call: Call, message: str) -> Refused:
    """Return the refusal of a handler, to be raised: reads say `status`, writes say `response`."""
    key = "status" if call.operation.method == "GET" else "response"
    return Refused(400, message, Reply({key: "error", "message": message}, failed=True))


def _bcrypt_lookalike(secret: str) -> str:
    # Salted hashes would differ from call to call; this one has their form and length only.
    digest = hashlib.sha512(secret.encode("utf-8", "surrogatepass")).digest()
    return "$2y$10$" + b64encode(digest).decode().replace("+", ".").replace("=", "/")[:53]
