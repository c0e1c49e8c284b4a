"""The journal through the control: found, counted, waited for, shown as curl and HAR, forgotten."""

import shlex
import threading
import time

import httpx
import pytest
from control_caller import START, Desk, desk
from syncfy_caller import KEY

from ventanilla.mock.server import running

BASE = "http://127.0.0.1:8765"
HERE = {"host": "127.0.0.1:8765"}


@pytest.fixture
def ask() -> Desk:
    """A mock that has been asked for this and that."""
    ask = desk()
    ask.asks("GET", "/syncfy/v1/users", authorization=KEY)
    ask.asks("POST", "/syncfy/v1/users", {"name": 7}, authorization=KEY)
    ask.asks("POST", "/syncfy/v1/users", {"name": "a"}, authorization=KEY)
    ask.does("POST", "/faults", {"id": "out", "times": 1, "effect": {"kind": "status", "status": 503}})
    ask.asks("GET", "/syncfy/v1/users?limit=1", authorization=KEY)
    ask.asks("GET", "/nothing/at/all")
    return ask


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("provider=syncfy", [1, 2, 3, 4]),
        ("operation=create_user", [2, 3]),
        ("method=get", [1, 4, 5]),
        ("path=/syncfy/v1/users", [1, 2, 3, 4]),
        ("path=*/all", [5]),
        ("status=200", [1, 3]),
        ("since=3", [4, 5]),
        ("broken=true", [2, 5]),
        ("broken=false", [1, 3, 4]),
        ("fault=out", [4]),
        ("fault=true", [4]),
        ("fault=false", [1, 2, 3, 5]),
        ("limit=2", [4, 5]),
        ("limit=2&since=1", [2, 3]),
        ("operation=create_user&status=200", [3]),
        ("provider=facti", []),
    ],
)
def test_exchanges_are_found_counted_and_exported(ask: Desk, query: str, ids: list[int]) -> None:
    assert [row["id"] for row in ask.get(f"/requests?{query}")] == ids
    assert [row["_id"] for row in ask.get(f"/requests/har?{query}")["log"]["entries"]] == ids
    if "limit" not in query:
        assert ask.get(f"/requests/count?{query}") == {"count": len(ids)}


@pytest.mark.parametrize("query", ["status=20", "since=-1", "broken=perhaps", "limit=0", "limit=10001", "provider="])
def test_what_cannot_be_looked_for_is_refused(ask: Desk, query: str) -> None:
    assert ask.refused("GET", f"/requests?{query}")[0] == 400


def test_an_exchange_shows_what_was_asked_answered_and_noticed(ask: Desk) -> None:
    row = ask.get("/requests/2")
    assert (row["id"], row["at"], row["provider"], row["operation"]) == (2, START, "syncfy", "create_user")
    assert (row["request"]["method"], row["request"]["path"]) == ("POST", "/syncfy/v1/users")
    assert (row["request"]["body"], row["response"]["status"]) == ('{"name":7}', 400)
    assert row["problems"] == ['name: the value is not of type "string"']
    assert ask.get("/requests?since=1&limit=1") == [row]


def test_no_secret_is_shown(ask: Desk) -> None:
    secret = "canary-5f4dcc3b5aa765d6"
    ask.asks("GET", "/syncfy/v1/users", authorization=f"api_key api_key={secret}")
    answers = [ask("GET", path).body.decode() for path in ("/requests", "/requests/6/curl", "/requests/har")]
    assert all("/syncfy/v1/users" in text and secret not in text for text in answers)


def test_an_exchange_comes_as_a_command_line(ask: Desk) -> None:
    answer = ask("GET", "/requests/3/curl", **HERE)
    assert dict(answer.headers)["Content-Type"] == "text/plain; charset=utf-8"
    words = shlex.split(answer.body.decode())
    assert (words[0], f"{BASE}/syncfy/v1/users" in words, '{"name":"a"}' in words) == ("curl", True, True)


def test_links_stay_in_the_namespace() -> None:
    ask = Desk(desk().mock, prefix="/_ns/a")
    ask.asks("GET", "/syncfy/v1/users", authorization=KEY)
    assert f"{BASE}/_ns/a/syncfy/v1/users" in ask("GET", "/requests/1/curl", **HERE).body.decode()
    (entry,) = ask.get("/requests/har", **HERE)["log"]["entries"]
    assert entry["request"]["url"] == f"{BASE}/_ns/a/syncfy/v1/users"


@pytest.mark.parametrize("path", ["/requests/6", "/requests/6/curl", "/requests/999999999999999"])
def test_an_exchange_that_is_not_there_is_a_404(ask: Desk, path: str) -> None:
    assert ask.refused("GET", path)[0] == 404


@pytest.mark.parametrize("id", ["0", "-1", "x", "1.5", "1" * 16, "%D9%A3"])
def test_the_id_of_an_exchange_is_a_number(ask: Desk, id: str) -> None:
    assert ask.refused("GET", f"/requests/{id}")[0] == 400


def test_the_journal_is_forgotten_and_goes_on_counting(ask: Desk) -> None:
    assert ask.does("DELETE", "/requests") == {"deleted": 5}
    assert ask.get("/requests") == []
    ask.asks("GET", "/nothing")
    assert [row["id"] for row in ask.get("/requests")] == [6]


def test_waiting_is_over_when_there_are_enough(ask: Desk) -> None:
    answer = ask("GET", "/requests/wait?operation=create_user&count=2")
    assert (answer.status, [row["id"] for row in answer.json()], answer.patience) == (200, [2, 3], 0)


def test_waiting_asks_for_patience_and_then_says_what_came_instead(ask: Desk) -> None:
    answer = ask("GET", "/requests/wait?operation=create_request&timeout=2.5")
    assert (answer.status, answer.patience) == (408, 2.5)
    error = answer.json()["error"]
    assert error.startswith("there are 0 such exchanges, not 1, after 2.5 seconds; the last ones of all: ")
    assert "/nothing/at/all" in error
    assert ask("GET", "/requests/wait?provider=facti").patience == 5
    assert desk().refused("GET", "/requests/wait?timeout=0")[1].endswith("nothing has come at all")
    assert ask.refused("GET", "/requests/wait?timeout=61")[0] == 400


def test_over_http_the_answer_comes_as_soon_as_there_are_enough() -> None:
    with running() as base, httpx.Client(base_url=base, timeout=10) as client:
        later = threading.Timer(0.2, lambda: httpx.get(f"{base}/syncfy/v1/users"))
        later.start()
        begun = time.monotonic()
        answer = client.get("/_mock/requests/wait?operation=list_users&timeout=9")
        waited = time.monotonic() - begun
        later.join()
        assert (answer.status_code, [row["operation"] for row in answer.json()]) == (200, ["list_users"])
        assert 0.1 < waited < 5
        begun = time.monotonic()
        assert client.get("/_mock/requests/wait?operation=list_users&count=2&timeout=0.2").status_code == 408
        assert time.monotonic() - begun < 5
