"""Measures one call over TLS on loopback as the client's CPU seconds; the server is `tls_server`, in its own process.

Where the server is comes in SYNCFY_BASE_URL; its authority is trusted through SSL_CERT_FILE and REQUESTS_CA_BUNDLE,
which are the ways that httpx and requests give to every user.
"""

import importlib
import os
from typing import Any

from bench_clients import data
from bench_clients.call import NAME
from bench_clients.timing import cpu_seconds_of_calls

CALLS, OFFICIAL_CALLS = 500, 100


def ours() -> float:
    """The facade, which keeps its connection."""
    from ventanilla import Policy, Syncfy

    unlimited = Policy(requests_per_second=float("inf"))  # the provider's five a second are not what is measured

    with Syncfy(api_key=data.API_KEY, policy=unlimited) as syncfy:
        return cpu_seconds_of_calls(lambda: syncfy.create_user(NAME), calls=CALLS)


def sync_py() -> float:
    """The provider's own client, which connects anew for each call."""
    official: Any = importlib.import_module("sync.sync")
    official.SYNC_API_URL = os.environ["SYNCFY_BASE_URL"]
    key, body = {"api_key": data.API_KEY}, {"name": NAME}
    run = official.Sync.run
    return cpu_seconds_of_calls(lambda: run(key, "/users", body, "POST"), calls=OFFICIAL_CALLS)
