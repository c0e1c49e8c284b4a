"""The mock's control as a whole: its spec and handlers, who may use it, and that it leaves no trace in a world."""

from typing import Any

import pytest
from control_caller import Desk, desk
from syncfy_caller import KEY

from ventanilla._version import VERSION
from ventanilla.mock import _spec
from ventanilla.mock.control import HANDLERS
from ventanilla.mock.core import Mock
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.wire import Request, Response

SPEC = _spec.load("mock", "/_mock")
TOKEN = "a-token-of-the-tests"
BEARER = {"authorization": f"Bearer {TOKEN}"}


def guarded() -> list[Any]:
    """Every operation that asks for the token, with some path of it."""
    found: list[Any] = []
    for operation in SPEC.operations.values():
        path = operation.template
        for name in ("name", "id", "provider"):
            path = path.replace(f"{{{name}}}", "1" if name == "id" else "a")
        if operation.security:
            found.append(pytest.param(operation.method, path.replace("{document}", "mock.json"), id=operation.id))
    return found


def test_every_operation_has_a_handler_and_every_handler_an_operation() -> None:
    assert set(HANDLERS) == set(SPEC.operations)


def test_every_operation_says_how_it_is_used_and_how_it_refuses() -> None:
    for operation in SPEC.operations.values():
        assert operation.raw["summary"].endswith(".")
        assert "8765/_mock" in operation.raw["description"], operation.id
        assert "400" in operation.responses
        assert {"401", "403"} <= operation.responses.keys() or operation.id == "get_health"
        assert ("404" in operation.responses) or "{" not in operation.template or operation.method == "PUT"


def test_the_mock_is_there_and_says_what_it_is() -> None:
    ask = desk()
    assert ask.get("/health") == {"status": "ok"}
    told = ask.get("/version")
    assert (told["name"], told["version"]) == ("ventanilla", VERSION)


@pytest.mark.parametrize(
    ("document", "mount"),
    [
        ("syncfy.json", "/syncfy/v1"),
        ("facti.json", "/facti"),
        ("facturaonline.json", "/facturaonline/api"),
        ("mock.json", "/_mock"),
    ],
)
def test_each_spec_is_served_with_this_mock_as_its_server(document: str, mount: str) -> None:
    ask = desk()
    spec = ask.get(f"/openapi/{document}", host="127.0.0.1:9")
    assert spec["servers"] == [{"url": f"http://127.0.0.1:9{mount}"}]
    assert spec["paths"]
    ask.prefix = "/_ns/a"
    there = ask.get(f"/openapi/{document}", host="127.0.0.1:9")
    assert there == {**spec, "servers": [{"url": f"http://127.0.0.1:9/_ns/a{mount}"}]}


def test_a_spec_that_is_not_there_is_a_404_that_names_those_that_are() -> None:
    status, error = desk().refused("GET", "/openapi/paypal.json")
    assert status == 404
    assert "facturaonline.json, mock.json" in error


def test_coverage_tells_what_was_called_in_this_world() -> None:
    ask = desk()
    ask.asks("GET", "/syncfy/v1/users", authorization=KEY)
    ask.asks("GET", "/syncfy/v1/users", authorization="nobody")
    syncfy, facti, _ = ask.get("/coverage")
    assert (syncfy["provider"], syncfy["called"]) == ("syncfy", {"list_users": 2})
    assert "list_users" not in syncfy["not_called"]
    assert "create_user" in syncfy["not_called"]
    assert (facti["called"], len(facti["not_called"])) == ({}, len(ask.mock.providers["facti"].spec.operations))
    ask.prefix = "/_ns/other"
    assert ask.get("/coverage")[0]["called"] == {}


def test_deviations_come_as_data_as_text_and_as_a_page() -> None:
    ask = desk()
    report = ask.get("/deviations")
    assert {row["operation"] for row in report["operations"]} >= {"create_credential", "create_request"}
    text, page = ask("GET", "/deviations.md"), ask("GET", "/deviations.html")
    assert dict(text.headers)["Content-Type"] == "text/markdown; charset=utf-8"
    assert text.body.startswith(b"# ")
    assert dict(page.headers)["Content-Type"] == "text/html; charset=utf-8"
    assert page.body.startswith(b"<!doctype html>")


def test_it_refuses_like_any_other_api() -> None:
    ask = desk()
    answer = ask("POST", "/health")
    assert (answer.status, dict(answer.headers)["Allow"]) == (405, "GET")
    assert ask.refused("GET", "/nothing")[0] == 404
    assert ask.refused("GET", "")[0] == 404
    assert ask.refused("PUT", "/clock")[0] == 400
    assert ask.refused("PUT", "/clock", {"rat": 1})[0] == 400
    assert ask.refused("PUT", "/clock", {"rate": -1})[1].startswith("rate: ")
    malformed = ask.mock.handle(Request("PUT", "/_mock/clock", {}, b"{"))
    assert (malformed.status, malformed.json()) == (400, {"error": "the body is not well-formed JSON"})
    assert ask.mock.handle(Request("PUT", "/_mock/clock", {}, b" " * (LARGEST_BODY + 1))).status == 413


def test_numbers_also_come_as_a_form() -> None:
    ask = desk()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask.mock.handle(Request("PUT", "/_mock/clock", form, b"rate=2.5")).json()["rate"] == 2.5


def test_controlling_leaves_no_trace_in_the_world() -> None:
    """Its journal, coverage, faults and dice are the same as if nobody had asked."""
    watched, alone = desk(seed=7), desk(seed=7)
    watched.does("POST", "/faults", {"effect": {"kind": "status", "status": 503}, "provider": "facti"})
    watched.get("/clock")
    watched.refused("GET", "/nothing")
    watched.does("POST", "/snapshots", {})
    (standing,) = watched.mock.world.faults
    assert standing.matched == 0
    assert (len(watched.mock.world.journal), watched.mock.world.calls) == (0, {})
    body = {"name": "Rey Misterio"}
    answers = [ask.asks("POST", "/syncfy/v1/users", body, authorization=KEY).body for ask in (watched, alone)]
    assert answers[0] == answers[1]


def test_no_defect_of_a_timer_is_taken_from_who_asks_a_provider(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise KeyError("lost")

    ask = desk()
    ask.mock.world.schedule(0, fail)
    assert ask("GET", "/clock").status == 200
    assert ask.asks("GET", "/syncfy/v1/users", authorization=KEY).status == 500


def test_without_admin_nothing_is_left_but_health() -> None:
    ask = desk(admin=False)
    assert ask.get("/health") == {"status": "ok"}
    for operation in SPEC.operations.values():
        if operation.id != "get_health":
            answer = ask(operation.method, operation.template.replace("{", "").replace("}", ""))
            assert (answer.status, answer.json()) == (404, {"error": "there is nothing at this path"}), operation.id
    assert ask.asks("GET", "/syncfy/v1/users", authorization=KEY).status == 200


@pytest.mark.parametrize(("method", "path"), guarded())
def test_the_token_is_asked_for_everywhere_but_at_health(method: str, path: str) -> None:
    ask = desk(token=TOKEN)
    answer = ask(method, path)
    assert (answer.status, dict(answer.headers)["WWW-Authenticate"]) == (401, "Bearer")
    assert TOKEN not in answer.body.decode()
    assert ask(method, path, **BEARER).status != 401
    assert ask("GET", "/health").status == 200


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer ñ",
        "\ud800",
    ],
)
def test_another_token_is_refused(given: str) -> None:
    assert desk(token=TOKEN).refused("GET", "/clock", authorization=given)[0] == 401


def test_the_scheme_of_the_token_is_read_in_any_case() -> None:
    assert desk(token=TOKEN)("GET", "/clock", authorization=f"bearer {TOKEN}").status == 200


@pytest.mark.parametrize("token", ["", "a b", "ñ", "a\n", "x" * 201])
def test_a_token_that_no_header_carries_is_refused_unseen(token: str) -> None:
    with pytest.raises(ValueError, match="a token has 1 to 200 printable ASCII characters") as refused:
        Mock(token=token)
    assert not token or token not in str(refused.value)


OURS = ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "192.168.1.5:8765", "mock:8765", "mock.test", "a.localhost"]
THEIRS = ["evil.mx", "evil.mx:8765", "127.0.0.1.evil.mx", "localhost.evil.mx", "evil.mx.", "[::1"]


@pytest.mark.parametrize("host", OURS)
def test_programs_on_this_machine_need_no_token(host: str) -> None:
    assert desk()("GET", "/clock", host=host).status == 200
    assert desk()("GET", "/clock", host=host, origin=f"http://{host}").status == 200


@pytest.mark.parametrize("host", THEIRS)
def test_a_name_that_somebody_may_have_registered_is_no_host_of_ours(host: str) -> None:
    """A page may have its own name lead to this machine: DNS rebinding."""
    assert desk().refused("GET", "/clock", host=host)[0] == 403
    assert desk()("GET", "/health", host=host).status == 200
    assert desk(token=TOKEN)("GET", "/clock", host=host, **BEARER).status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.mx", "null", "http://203.0.113.5", "http://[", "http://127.0.0.1.evil.mx"]
)
def test_a_page_of_somebody_else_is_kept_out(origin: str) -> None:
    here = {"host": "127.0.0.1:8765", "origin": origin}
    assert desk().refused("POST", "/reset", **here)[0] == 403
    assert desk(token=TOKEN)("POST", "/reset", **here, **BEARER).status == 200


EMBEDDED = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}
FOLLOWED = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
FRAMED = {**FOLLOWED, "sec-fetch-dest": "iframe"}


@pytest.mark.parametrize(
    ("browser", "status"), [(EMBEDDED, 403), (FRAMED, 403), (FOLLOWED, 200), ({"sec-fetch-site": "none"}, 200)]
)
def test_pages_may_link_and_not_embed(browser: dict[str, str], status: int) -> None:
    assert desk()("GET", "/clock", host="localhost:8765", **browser).status == status
    assert desk(token=TOKEN)("GET", "/clock", host="localhost:8765", **browser, **BEARER).status == 200


# Every way round that a page, or a program on its behalf, might find to an operation of the control.
PATHS = [
    *("/_mock/reset", "/_mock/reset/", "_mock/reset", "/%5Fmock/reset", "/%5fmock/%72eset"),
    *("/_ns/a/_mock/reset", "/_ns/a/%5Fmock/reset/"),
]
NO_PATHS = ["//_mock/reset", "/_ns/a/_ns/b/_mock/reset", "/syncfy/../_mock/reset", "/%2F_mock/reset"]
EVIL = {"origin": "https://evil.mx", "host": "localhost:8765"}
BODIES = [
    ({"content-type": "text/plain"}, b'{"seed": 9}'),
    ({"content-type": "application/x-www-form-urlencoded"}, b"seed=9"),
    ({"content-type": "multipart/form-data; boundary=x"}, b"--x--"),
    ({"x-http-method-override": "GET"}, b""),
    ({"origin": "null", "host": ""}, b""),
    ({"origin": "null"}, b""),
    ({"origin": ""}, b""),
    ({"origin": "http://evil.mx.", "host": "localhost."}, b""),
    ({"origin": "http://localhost.evil.mx:8765"}, b""),
    ({"origin": "http://evil.mx@localhost.evil.mx"}, b""),
    ({"origin": "file://", "sec-fetch-site": "same-origin"}, b""),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("headers", "body"), BODIES)
def test_no_way_leads_a_page_around_the_guard(path: str, headers: dict[str, str], body: bytes) -> None:
    mock = Mock(seed=1)
    for method in ("POST", "HEAD"):
        answer = mock.handle(Request(method, path, {**EVIL, **headers}, body))
        assert answer.status == (403 if method == "POST" else 405)
    assert mock.handle(Request("POST", f"{path}?_method=GET", {**EVIL, **headers}, body)).status == 403
    assert mock.world.seed == mock.world_of("a").seed == 1
    # The negative control: this path does lead there.
    assert mock.handle(Request("POST", path, {"host": "localhost"}, b'{"seed": 9}')).status in (200, 400)


@pytest.mark.parametrize("path", NO_PATHS)
def test_odd_paths_lead_nowhere(path: str) -> None:
    mock = Mock(seed=1)
    assert mock.handle(Request("POST", path, {"host": "localhost"}, b'{"seed": 9}')).status == 404
    assert mock.world.seed == 1


@pytest.mark.parametrize("path", [*PATHS, *NO_PATHS])
def test_no_path_does_without_the_token(path: str) -> None:
    mock = Mock(token=TOKEN)
    assert mock.handle(Request("POST", path, {"host": "localhost", "x-token": TOKEN})).status in (401, 404)
    assert isinstance(mock.look(Request("GET", path, {"host": "localhost"})), Response)


def test_a_page_of_this_machine_is_let_in() -> None:
    for origin in ("http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:80", "http://app.localhost"):
        assert desk()("POST", "/reset", host="127.0.0.1:8765", origin=origin).status == 200


def test_a_mock_of_one_provider_says_which_it_lacks() -> None:
    ask = Desk(Mock(providers=[]))
    assert ask.refused("GET", "/webhooks") == (404, "this mock has no syncfy")
    assert ask.refused("POST", "/facti/ipn", {"company_id": 5}) == (404, "this mock has no facti")
