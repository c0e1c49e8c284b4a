"""Namespaces, settings, clock, snapshots and processes through the control."""

from typing import Any

import pytest
from control_caller import START, Desk, desk
from syncfy_caller import KEY

from ventanilla.mock.clock import LATEST, Clock

NORMAL = "56cf5728784806f72b8b4568"
HOOK = "http://127.0.0.1:9/hook"


def users(ask: Desk) -> int:
    """Return how many users Syncfy has."""
    return len(ask.asks("GET", "/syncfy/v1/users", authorization=KEY).json()["response"])


def enter(ask: Desk) -> dict[str, str]:
    """Create a user with a session, and return the headers that act for it."""
    user = ask.asks("POST", "/syncfy/v1/users", {"name": "a"}, authorization=KEY).json()["response"]["id_user"]
    answer = ask.asks("POST", "/syncfy/v1/sessions", {"id_user": user}, authorization=KEY).json()
    return {"authorization": f"TOKEN token={answer['response']['token']}"}


def link(ask: Desk, headers: dict[str, str]) -> str:
    """Link a site and return the id of the job."""
    body = {"id_site": NORMAL, "credentials": {"username": "test", "password": "test"}}
    return str(ask.asks("POST", "/syncfy/v1/credentials", body, **headers).json()["response"]["id_job"])


def codes(ask: Desk, headers: dict[str, str], job: str) -> list[int]:
    """Return the codes that a job has gone through."""
    rows = ask.asks("GET", f"/syncfy/v1/jobs/{job}/status", **headers).json()["response"]
    return [row["code"] for row in rows]


def test_a_namespace_is_made_read_listed_and_deleted() -> None:
    ask = desk(seed=3)
    made = ask.does("PUT", "/namespaces/b", {})
    assert made == {
        "name": "b",
        "url": "http://localhost/_ns/b",
        "seed": 3,
        "pace": ask.mock.pace,
        "now": START,
        "rate": 0,
        "requests": 0,
    }
    ask.does("PUT", "/namespaces/a")
    assert ask.get("/namespaces/b") == made
    assert [row["name"] for row in ask.get("/namespaces")] == ["b", "a"]
    assert ask.does("DELETE", "/namespaces/b") == {"deleted": 1}
    assert ask.refused("DELETE", "/namespaces/b") == (404, "there is no namespace b")
    assert ask.refused("GET", "/namespaces/b")[0] == 404
    assert list(ask.mock.worlds) == ["", "a"]


def test_a_namespace_begins_as_it_is_told() -> None:
    ask = desk()
    body = {
        "seed": 7,
        "pace": 1.5,
        "rate_limits": True,
        "lifecycles": {"syncfy": {"mode": "polls", "polls": 3}},
        "clock": {"at": 1_600_000_000, "rate": 60},
    }
    made = ask.does("PUT", "/namespaces/a", body)
    assert (made["seed"], made["pace"], made["rate"]) == (7, 1.5, 60)
    assert 1_600_000_000 <= made["now"] < 1_600_100_000
    ask.prefix = "/_ns/a"
    settings = ask.get("/settings")
    assert settings["lifecycles"] == {
        "syncfy": {"mode": "polls", "polls": 3},
        "facti": {"mode": "timed", "polls": 1},
        "facturaonline": {"mode": "timed", "polls": 1},
    }
    assert settings["rate_limits"] is True
    assert ask.mock.world.now == START


def test_making_a_namespace_again_begins_anew_and_stops_what_was_under_way() -> None:
    ask = Desk(desk().mock, prefix="/_ns/a")
    headers = enter(ask)
    ask.asks("POST", "/syncfy/v1/webhooks", {"url": HOOK, "events": ["refresh"]}, authorization=KEY)
    link(ask, headers)
    assert ask.mock.is_busy
    ask.does("PUT", "/namespaces/a")
    assert not ask.mock.is_busy
    assert users(ask) == 0


def test_a_namespace_can_be_governed_from_another_one_and_end_itself() -> None:
    ask = Desk(desk().mock, prefix="/_ns/a")
    assert ask.does("PUT", "/namespaces/b")["url"] == "http://localhost/_ns/b"
    assert ask.does("PUT", "/namespaces/a", {"seed": 9})["seed"] == 9
    assert ask.does("DELETE", "/namespaces/a") == {"deleted": 1}
    assert list(ask.mock.worlds) == ["", "b"]


@pytest.mark.parametrize("name", ["..", "-a", "a%2fb", "a" * 65, "%C3%B1", ".a", "a\n"])
def test_a_namespace_has_a_proper_name(name: str) -> None:
    ask = desk()
    assert ask.refused("PUT", f"/namespaces/{name}")[0] in (400, 404)
    assert list(ask.mock.worlds) == [""]


def test_too_many_namespaces_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock.core.MOST_WORLDS", 1)
    ask = desk()
    ask.does("PUT", "/namespaces/a")
    status, error = ask.refused("PUT", "/namespaces/b")
    assert (status, error) == (409, "there are 1 namespaces already; delete some of them")
    ask.does("PUT", "/namespaces/a")


def test_a_reset_forgets_everything_but_the_seed_and_the_clock() -> None:
    ask = desk(seed=5, pace=2)
    enter(ask)
    ask.does("PUT", "/settings", {"pace": 9, "rate_limits": True, "lifecycles": {"facti": {"mode": "event"}}})
    ask.does("POST", "/faults", {"effect": {"kind": "reset"}})
    ask.does("POST", "/clock/advance", {"seconds": 60})
    found = ask.does("POST", "/reset")
    assert (found["seed"], found["pace"], found["rate_limits"]) == (5, 2, False)
    assert found["lifecycles"]["facti"] == {"mode": "timed", "polls": 1}
    assert (users(ask), ask.get("/faults"), ask.get("/clock")["now"]) == (0, [], START + 60)
    assert ask.does("POST", "/reset", {"seed": 6, "clock": {"at": START - 86400}})["seed"] == 6
    assert ask.get("/clock") == {"now": START - 86400, "iso": "2023-11-13T22:13:20Z", "rate": 0}


def test_the_same_seed_gives_the_same_ids_after_a_reset() -> None:
    ask = desk()
    first = enter(ask)
    ask.does("POST", "/reset")
    assert enter(ask) == first
    ask.does("POST", "/reset", {"seed": 1})
    assert enter(ask) != first


def test_settings_change_one_by_one() -> None:
    ask = desk()
    before = ask.get("/settings")
    assert ask.does("PUT", "/settings", {"pace": 30}) == {**before, "pace": 30}
    lifecycles = {**before["lifecycles"], "syncfy": {"mode": "polls", "polls": 4}}
    body = {"lifecycles": {"syncfy": {"mode": "polls", "polls": 4}}}
    assert ask.does("PUT", "/settings", body) == {**before, "pace": 30, "lifecycles": lifecycles}
    body = {"lifecycles": {"syncfy": {"mode": "immediate"}}}
    assert ask.does("PUT", "/settings", body)["lifecycles"]["syncfy"] == {"mode": "immediate", "polls": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pace": -1},
        {"pace": 86401},
        {"pace": None},
        {"seed": 1},
        {"lifecycles": {"paypal": {"mode": "timed"}}},
        {"lifecycles": {"syncfy": {"mode": "never"}}},
        {"lifecycles": {"syncfy": {"mode": "polls", "polls": 0}}},
        {"lifecycles": {"syncfy": {"polls": 2}}},
        {"rate_limits": 1},
    ],
)
def test_settings_that_cannot_be_change_nothing(body: Any) -> None:
    ask = desk()
    before = ask.get("/settings")
    assert ask.refused("PUT", "/settings", body)[0] == 400
    assert ask.get("/settings") == before


def test_the_clock_is_frozen_scaled_and_set_forward() -> None:
    wall = [1000.0]
    ask = desk(clock=Clock(START, wall=lambda: wall[0]))
    assert ask.get("/clock") == {"now": START, "iso": "2023-11-14T22:13:20Z", "rate": 1}
    ask.does("PUT", "/clock", {"rate": 60})
    wall[0] += 10
    assert ask.get("/clock")["now"] == START + 600
    assert ask.does("PUT", "/clock", {"rate": 0, "at": START + 900}) == {
        "now": START + 900,
        "iso": "2023-11-14T22:28:20Z",
        "rate": 0,
    }
    wall[0] += 10
    assert ask.get("/clock")["now"] == START + 900


def test_time_passes_with_all_that_falls_due_on_the_way() -> None:
    ask = desk()
    headers = enter(ask)
    ask.asks("POST", "/syncfy/v1/webhooks", {"url": HOOK, "events": ["refresh"]}, authorization=KEY)
    job = link(ask, headers)
    assert codes(ask, headers, job) == [100]
    assert ask.does("POST", "/clock/advance", {"seconds": 60.5})["now"] == START + 60.5
    assert codes(ask, headers, job)[-1] == 200
    (delivery,) = ask.sent
    assert (delivery.event, START < delivery.at < START + 5) == ("refresh", True)
    assert ask.get("/clock")["now"] == START + 60.5


def test_time_passes_until_a_moment() -> None:
    ask = desk()
    assert ask.does("POST", "/clock/advance", {"until": START + 5})["now"] == START + 5
    assert ask.does("POST", "/clock/advance", {"until": START + 5})["now"] == START + 5
    status, error = ask.refused("POST", "/clock/advance", {"until": START})
    assert (status, error) == (409, "time runs forward only, and it is 2023-11-14T22:13:25Z already")
    assert ask.refused("PUT", "/clock", {"at": START, "rate": 1})[0] == 409
    assert ask.get("/clock")["rate"] == 0


def test_each_namespace_has_its_own_time() -> None:
    ask = desk()
    there = Desk(ask.mock, prefix="/_ns/a")
    there.does("POST", "/clock/advance", {"seconds": 100})
    assert (ask.get("/clock")["now"], there.get("/clock")["now"]) == (START, START + 100)


def test_the_clock_ends_with_the_century() -> None:
    ask = desk()
    while LATEST - ask.get("/clock")["now"] > 315360000:
        ask.does("POST", "/clock/advance", {"seconds": 315360000})
    status, error = ask.refused("POST", "/clock/advance", {"seconds": 315360000})
    assert (status, "POST /_mock/reset" in error) == (409, True)
    assert ask.does("PUT", "/clock", {"at": LATEST, "rate": 1_000_000})["iso"] == "2100-01-01T00:00:00Z"
    assert ask.get("/clock")["now"] == LATEST
    assert enter(ask)
    assert ask.does("POST", "/reset", {"clock": {"at": START, "rate": 0}})
    assert ask.get("/clock")["now"] == START


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"seconds": 1, "until": START},
        {"seconds": -1},
        {"seconds": 1e300},
        {"seconds": "1 h"},
        {"until": 0},
        {"until": 4_102_444_801},
        {"seconds": None},
        [],
    ],
)
def test_time_that_cannot_pass_does_not(body: Any) -> None:
    ask = desk()
    assert ask.refused("POST", "/clock/advance", body)[0] == 400
    assert ask.get("/clock")["now"] == START


def test_a_snapshot_is_taken_restored_listed_and_deleted() -> None:
    ask = desk()
    headers = enter(ask)
    taken = ask.does("POST", "/snapshots", {"id": "entered"})
    assert taken == {"id": "entered", "at": START}
    assert ask.does("POST", "/snapshots")["id"] == "s1"
    assert [row["id"] for row in ask.get("/snapshots")] == ["entered", "s1"]
    enter(ask)
    ask.does("POST", "/clock/advance", {"seconds": 1000})
    assert users(ask) == 2
    assert ask.does("POST", "/snapshots/entered/restore") == taken
    assert (users(ask), ask.get("/clock")["now"]) == (1, START)
    assert ask.asks("GET", "/syncfy/v1/credentials", **headers).status == 200
    assert ask.does("DELETE", "/snapshots/entered") == {"deleted": 1}
    assert ask.refused("POST", "/snapshots/entered/restore") == (404, "there is no snapshot entered; there are s1")
    assert ask.refused("DELETE", "/snapshots/entered")[0] == 404


def test_too_many_snapshots_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock.snapshots.MOST_SNAPSHOTS", 1)
    ask = desk()
    ask.does("POST", "/snapshots", {"id": "a"})
    ask.does("POST", "/snapshots", {"id": "a"})
    assert ask.refused("POST", "/snapshots", {"id": "b"})[0] == 409
    assert ask.refused("POST", "/snapshots", {"id": "../b"})[0] == 400


def test_a_process_that_waits_for_an_event_is_stepped_by_hand() -> None:
    ask = desk()
    headers = enter(ask)
    ask.does("PUT", "/settings", {"lifecycles": {"syncfy": {"mode": "event"}}})
    job = link(ask, headers)
    ask.does("POST", "/clock/advance", {"seconds": 200})
    assert (codes(ask, headers, job), ask.get("/processes")) == ([100], [{"provider": "syncfy", "id": job}])
    steps = 0
    while ask.get("/processes"):
        steps += 1
        stepped = ask.does("POST", f"/processes/syncfy/{job}/step")
        assert stepped == {"provider": "syncfy", "id": job, "is_waiting": bool(ask.get("/processes"))}
    assert steps > 1
    assert codes(ask, headers, job)[-1] == 200
    status, error = ask.refused("POST", f"/processes/syncfy/{job}/step")
    assert (status, "GET /_mock/processes" in error) == (404, True)
