"""Syncfy's limit of five requests a second, where a world holds its callers to it."""

from syncfy_caller import KEY, Syncfy


def statuses(api: Syncfy, count: int, path: str = "/users", auth: str = KEY) -> list[int]:
    return [api.send("GET", path, auth=auth).status for _ in range(count)]


def test_nobody_is_held_to_a_limit_unless_told_so(api: Syncfy) -> None:
    assert set(statuses(api, 50)) == {200}


def test_the_sixth_request_within_a_second_is_refused(api: Syncfy) -> None:
    api.mock.world.rate_limits = True
    assert statuses(api, 7) == [200, 200, 200, 200, 200, 429, 429]
    answer = api.send("GET", "/users")
    body = answer.json()
    assert (body["code"], body["status"], body["message"], body["response"]) == (429, False, "Too Many Requests", None)
    assert "Retry-After" not in dict(answer.headers)
    api.clock.advance(0.9)
    assert statuses(api, 1) == [429]
    api.clock.advance(0.1)
    assert statuses(api, 6) == [200, 200, 200, 200, 200, 429]


def test_the_second_is_any_second(api: Syncfy) -> None:
    api.mock.world.rate_limits = True
    seen: list[int] = []
    for _ in range(8):
        seen += statuses(api, 1)
        api.clock.advance(0.15)
    assert seen == [200, 200, 200, 200, 200, 429, 429, 200]


def test_each_user_and_the_key_have_their_own(linked: Syncfy) -> None:
    first = f"TOKEN token={linked.token}"
    linked.enter("Otro", "OTRO")
    second = f"TOKEN token={linked.token}"
    linked.clock.advance(1)
    linked.mock.world.rate_limits = True
    for auth in (first, second):
        assert statuses(linked, 6, "/credentials", auth) == [200] * 5 + [429]
    again = linked.send("POST", "/sessions", {"id_user": linked.id_user}).json()["response"]["token"]
    assert statuses(linked, 1, "/credentials", f"TOKEN token={again}") == [429]
    assert statuses(linked, 5) == [200] * 4 + [429]


def test_a_stranger_is_told_so_however_often(api: Syncfy) -> None:
    api.mock.world.rate_limits = True
    assert statuses(api, 10, auth="api_key api_key=wrong") == [401] * 10
    assert statuses(api, 1) == [200]


def test_a_reset_lifts_the_limit(api: Syncfy) -> None:
    api.mock.world.rate_limits = True
    api.mock.world.reset(0)
    assert set(statuses(api, 10)) == {200}
