"""Knows how applications are told where the providers are and by which keys they are let in: the mock's own."""

from collections.abc import Mapping
from typing import Any

from ventanilla.mock.facti import access as facti
from ventanilla.mock.facturaonline import access as facturaonline
from ventanilla.mock.syncfy import _auth as syncfy

MOUNTS: Mapping[str, str] = {"syncfy": "/syncfy/v1", "facti": "/facti", "facturaonline": "/facturaonline/api"}
# The arguments of the faces; each is read from a variable of the same name where it is not given.
KEYS: Mapping[str, Mapping[str, Any]] = {
    "syncfy": {"api_key": syncfy.API_KEY},
    "facti": {
        "client_id": facti.CLIENT_ID,
        "api_key": facti.API_KEY,
        "company_id": 5,
        "from_rfc": "EKU9003173C9",
    },
    "facturaonline": {
        "api_key": facturaonline.API_KEY,
        "secret_key": facturaonline.SECRET_KEY,
        "plugin": facturaonline.PLUGIN,
    },
}


def variables(url: str) -> dict[str, str]:
    """Return the environment variables of an application that talks to the mock at a URL."""
    found: dict[str, str] = {}
    for provider, mount in MOUNTS.items():
        found[f"{provider}_base_url".upper()] = url + mount
        found |= {f"{provider}_{name}".upper(): str(value) for name, value in KEYS[provider].items()}
    return found
