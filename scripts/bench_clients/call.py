"""Measures one call with a small body over an in-process transport, in CPU seconds: what a layer adds, and no more."""

import json

import httpx

from bench_clients import data
from bench_clients.timing import cpu_seconds_of_calls

CALLS = 3_000
ANSWER = data.user_answer()
NAME = "El Santo"


def ours() -> float:
    """The facade: guard, authentication, check of the envelope, typed answer."""
    from ventanilla import Policy, Syncfy

    unlimited = Policy(requests_per_second=float("inf"))  # the provider's five a second are not what is measured

    with Syncfy(
        api_key=data.API_KEY, base_url="https://127.0.0.1/v1", transport=_transport(), policy=unlimited
    ) as syncfy:
        return cpu_seconds_of_calls(lambda: syncfy.create_user(NAME), calls=CALLS)


def raw() -> float:
    """The same request sent by a bare httpx client, its answer read by json."""
    headers = {"Authorization": f"api_key api_key={data.API_KEY}"}
    body = {"name": NAME}
    with httpx.Client(base_url="https://127.0.0.1/v1", headers=headers, transport=_transport()) as client:
        return cpu_seconds_of_calls(lambda: json.loads(client.post("/users", json=body).content), calls=CALLS)


def _transport() -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(200, content=ANSWER, headers=data.JSON))
