"""Knows who may call, and how Facti says no: nearly always inside HTTP 200."""

from typing import Any, cast

from ventanilla.mock._ours import ours
from ventanilla.mock.facti.state import Account, Company
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.world import World

# Both are printed in the document, as examples.
CLIENT_ID = "d09168b32f80ai8ba24c416916y304n8"
API_KEY = "26b413ah0ba67543c7642069a91h743t"


@ours("JSON bodies are refused: the document and the official SDK only know forms.")
def authenticate(world: World, call: Call) -> None:
    """Look for the credentials among the parameters: in the form of a POST, in the query of a GET."""
    if call.request.media_type == "application/json" and call.request.body:
        # JSON is not documented; the official SDK only ever sends forms.
        raise Refused(400, "Los parámetros se envían como formulario (application/x-www-form-urlencoded), no como JSON")
    given: dict[str, Any] = dict(call.request.query)
    if call.operation.method == "POST":
        given = cast("dict[str, Any]", call.body) if isinstance(call.body, dict) else {}
    missing = [name for name in ("client_id", "api_key") if not given.get(name)]
    if missing:
        raise Refused(401, f"Falta el parámetro {missing[0]}")
    if (given["client_id"], given["api_key"]) != (CLIENT_ID, API_KEY):
        raise Refused(401, "Las credenciales no son válidas")


@ours("Refusals come with HTTP 200 and a text of the mock's; unknown paths and methods keep their HTTP status.")
def refuse(world: World, status: int, message: str) -> Reply:
    """Word a refusal; what never reaches the service's own logic keeps its HTTP status."""
    return Reply({"result": 0, "msg": message}, status=200 if status in (400, 401) else status, failed=True)


def company(world: World, call: Call) -> Company:
    """Return the company that a call names."""
    found = world.state(Account).companies.get(call.body["company_id"])
    if found is None:
        raise Refused(400, f"La empresa {call.body['company_id']} no existe")
    return found
