"""Brings a running mock into the state that is measured: a user with transactions, many users, many payments."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
from attrs import frozen

from bench_mock import plans
from bench_mock.load import send
from bench_mock.server import Server
from bench_rows import BenchFailed

# The sandbox site whose credentials have more than a hundred transactions.
SITE = "61aec45361f37158fad6e44b"
LONGEST = 20.0
FIRST_PAYMENT = 38


@frozen
class Linked:
    """A user with transactions: its session as a header, and the answer that lists a hundred of them."""

    id_user: str
    token: Mapping[str, str]
    answer: dict[str, Any]


def linked(server: Server) -> Linked:
    """Link a credential of a new user, and wait until its transactions are there."""
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}{plans.SYNCFY}", trust_env=False) as client:
        id_user = _response(client.post("/users", headers=plans.KEY, json=plans.USER))["id_user"]
        session = _response(client.post("/sessions", headers=plans.KEY, json={"id_user": id_user}))
        token = {"Authorization": f"TOKEN token={session['token']}"}
        login = {"id_site": SITE, "credentials": {"username": "test", "password": "test"}}
        _response(client.post("/credentials", headers=token, json=login))
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            answer = client.get(f"/transactions?limit={plans.LISTED}", headers=token)
            if len(_response(answer)) == plans.LISTED:
                return Linked(id_user, token, answer.json())
            time.sleep(0.05)
    raise BenchFailed(f"the mock's user did not get {plans.LISTED} transactions within {LONGEST:g} s")


def user_ids(server: Server) -> list[str]:
    """Return the ids of all users."""
    url = f"http://127.0.0.1:{server.port}{plans.SYNCFY}/users"
    return [user["id_user"] for user in _response(httpx.get(url, headers=plans.KEY, trust_env=False))]


def with_users(server: Server, count: int) -> list[str]:
    """Make users, and return the ids of `count` of them."""
    send(server.port, plans.users().times(count))
    return user_ids(server)[:count]


def with_payments(server: Server, count: int) -> list[int]:
    """Ask for payments, and return the ids of `count` of them, which follow one another."""
    send(server.port, plans.payments().times(count))
    return list(range(FIRST_PAYMENT, FIRST_PAYMENT + count))


def _response(answer: httpx.Response) -> Any:
    if answer.status_code != 200:
        raise BenchFailed(f"{answer.request.method} {answer.request.url} was refused: {answer.text[:300]}")
    return answer.json()["response"]
