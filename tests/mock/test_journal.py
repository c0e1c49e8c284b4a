"""The journal: what it keeps, how it is searched, and how it reads."""

import asyncio
import json
import os
import shlex
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import requests
from syncfy_caller import KEY, Syncfy

from ventanilla.mock import syncfy
from ventanilla.mock.asgi import App
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.faults import Fault, Latency, Reset, Status
from ventanilla.mock.journal import Entry, Journal
from ventanilla.mock.requests_adapter import MockAdapter
from ventanilla.mock.server import running
from ventanilla.mock.transports import AsyncMockTransport, MockTransport
from ventanilla.mock.wire import Conduct, Request, Response

AT = 1_700_000_000.25
BASE = "http://127.0.0.1:8765"
JSON = (("Content-Type", "application/json"),)
OK = Response(200, JSON, b"{}")


def noted(journal: Journal, request: Request | None = None, response: Response = OK, **noticed: Any) -> Entry:
    """Note an exchange and return it as the journal has it."""
    told: dict[str, Any] = {"provider": "syncfy", "operation": "list_users", **noticed}
    journal.note(AT, request or Request("GET", "/syncfy/v1/users"), response, **told)
    return list(journal)[-1]


def ids(entries: list[Entry]) -> list[int]:
    return [entry.id for entry in entries]


# What is kept.


def test_an_exchange_is_kept_as_it_was() -> None:
    request = Request("POST", "/syncfy/v1/users?a=1", {"Accept": "*/*", "X": "ñ"}, b'{"a":1}', "https", "/_ns/one")
    response = Response(201, (*JSON, ("X-Two", "2")), b'{"b":2}', Conduct(1.5, "truncated", 10.0))
    entry = noted(Journal(), request, response, problems=("a: is wrong", "b: too"), fault="f1")
    assert entry.request == request
    assert entry.response == response
    assert (entry.id, entry.at, entry.provider, entry.operation) == (1, AT, "syncfy", "list_users")
    assert (entry.problems, entry.fault) == (("a: is wrong", "b: too"), "f1")


def test_the_oldest_go_when_there_are_too_many_and_ids_go_on() -> None:
    journal = Journal(kept=3)
    for _ in range(5):
        noted(journal)
    assert ids(list(journal)) == [3, 4, 5]
    assert (len(journal), journal.count()) == (3, 3)


def test_the_oldest_go_when_there_is_too_much_in_them() -> None:
    journal = Journal(room=100_000)
    for _ in range(50):
        noted(journal, response=Response(200, JSON, b"x" * 10_000))
    assert len(journal) == 9
    assert ids(list(journal)) == list(range(42, 51))


def test_the_room_is_free_again_once_it_is_cleared() -> None:
    journal = Journal(room=100_000)
    for _ in range(5):
        noted(journal, response=Response(200, JSON, b"x" * 10_000))
    journal.clear()
    assert (len(journal), list(journal), journal.count(operation="list_users")) == (0, [], 0)
    for _ in range(9):
        noted(journal, response=Response(200, JSON, b"x" * 10_000))
    assert ids(list(journal)) == list(range(6, 15))


def test_a_large_body_is_cut_and_its_size_told() -> None:
    cut, whole = 64 * 1024, 200_000
    entry = noted(Journal(), Request("POST", "/", {}, b"a" * whole), Response(200, JSON, b"b" * whole))
    assert (entry.request.body, entry.response.body) == (b"a" * cut, b"b" * cut)
    assert (entry.request_size, entry.response_size) == (whole, whole)
    shown = Journal().shown(entry)
    assert (shown["request"]["size"], shown["response"]["size"], len(shown["request"]["body"])) == (whole, whole, cut)


def test_a_body_that_was_too_large_to_be_taken_has_no_size() -> None:
    entry = noted(Journal(), Request("POST", "/", is_cut=True))
    assert (entry.request_size, entry.request.is_cut) == (None, True)
    assert Journal().shown(entry)["request"]["size"] is None


def test_an_endless_problem_is_cut() -> None:
    assert len(noted(Journal(), problems=("x" * 10_000_000,)).problems[0]) == 500


def test_what_no_wire_could_carry_is_kept_readable() -> None:
    request = Request("GET", "/\ud800", {"x": "\udfff"}, b"\x80")
    entry = noted(Journal(), request)
    assert (entry.request.target, entry.request.headers, entry.request.body) == ("/\\ud800", {"x": "\\udfff"}, b"\x80")


def test_one_exchange_by_its_id() -> None:
    journal = Journal(kept=2)
    with pytest.raises(LookupError, match="there is no exchange 1: it is empty, 0 have been"):
        journal.entry(1)
    for _ in range(3):
        noted(journal)
    assert journal.entry(2).id == 2
    with pytest.raises(LookupError, match="exchange 1 has left the journal: it has 2 to 3"):
        journal.entry(1)
    for id in (0, -1, 4):
        with pytest.raises(LookupError, match=f"there is no exchange {id}: it has 2 to 3"):
            journal.entry(id)
    journal.clear()
    with pytest.raises(LookupError, match="exchange 3 has left the journal: it is empty, 3 have been"):
        journal.entry(3)


# What is found.


@pytest.fixture
def journal() -> Journal:
    """Five exchanges, each of another kind."""
    journal = Journal()
    noted(journal, Request("GET", "/syncfy/v1/users?name=a"))
    noted(journal, Request("POST", "/syncfy/v1/users"), Response(400, JSON, b"{}"), problems=("name: is required",))
    noted(journal, Request("GET", "/syncfy/v1/users/ab/more"), operation="get_user", fault="f1")
    noted(journal, Request("POST", "/facti/v1/payments"), Response(503, JSON, b"{}"), provider="facti", fault="f2")
    noted(journal, Request("get", "/syncfy/v1/usersx"), provider=None, operation=None, problems=("nobody's",))
    return journal


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"provider": "facti"}, [4]),
        ({"operation": "list_users"}, [1, 2, 4]),
        ({"operation": "list_users", "provider": "syncfy"}, [1, 2]),
        ({"operation": "nothing"}, []),
        ({"method": "get"}, [1, 3, 5]),
        ({"path": "/syncfy/v1/users"}, [1, 2, 3]),
        ({"path": "/syncfy/v1/users/"}, [1, 2, 3]),
        ({"path": "/syncfy/v1/users*"}, [1, 2, 3, 5]),
        ({"path": "/syncfy/v1/users/*"}, [3]),
        ({"path": "/syncfy/v1/users?"}, [5]),
        ({"path": "*/users"}, [1, 2]),
        ({"path": "/"}, [1, 2, 3, 4, 5]),
        ({"path": "/syncfy/v1/user[sx]"}, []),
        ({"status": 503}, [4]),
        ({"since": 3}, [4, 5]),
        ({"since": 99}, []),
        ({"broken": True}, [2, 5]),
        ({"broken": False}, [1, 3, 4]),
        ({"fault": "f2"}, [4]),
        ({"fault": True}, [3, 4]),
        ({"fault": False}, [1, 2, 5]),
        (
            {"provider": None, "status": None, "broken": None, "fault": None, "path": None, "since": None},
            [1, 2, 3, 4, 5],
        ),
        ({"broken": True, "method": "POST"}, [2]),
    ],
)
def test_exchanges_are_found_by_what_they_were(journal: Journal, wanted: Any, found: list[int]) -> None:
    assert ids(journal.find(**wanted)) == found
    assert journal.count(**wanted) == len(found)


def test_of_too_many_the_last_are_found_and_since_an_id_the_first(journal: Journal) -> None:
    assert ids(journal.find(limit=2)) == [4, 5]
    assert ids(journal.find(limit=2, since=1)) == [2, 3]
    assert ids(journal.find(limit=0)) == []
    assert ids(journal.find(limit=9)) == [1, 2, 3, 4, 5]


def test_a_bracket_in_a_path_is_a_bracket() -> None:
    journal = Journal()
    noted(journal, Request("GET", "/a[b]/c"))
    assert (journal.count(path="/a[b]*"), journal.count(path="/a[b]")) == (1, 1)


def test_looking_for_something_that_is_not_there_to_be_looked_for_is_an_error(journal: Journal) -> None:
    wrong: Any = {"operations": "list_users"}
    with pytest.raises(TypeError, match="operations"):
        journal.find(**wrong)


def test_what_a_world_was_asked_is_found_with_the_rule_that_was_broken(api: Syncfy) -> None:
    api.send("POST", "/users", {"id_external": 5})
    api.send("GET", "/nowhere")
    api.send("GET", "/users", auth="nobody")
    broken = api.mock.world.journal.find(broken=True)
    assert [(entry.operation, entry.response.status) for entry in broken] == [("create_user", 400), (None, 404)]
    assert [problem.split()[0] for problem in broken[0].problems] == ["id_external:", '"name"']
    assert api.mock.world.journal.shown(broken[0])["problems"] == list(broken[0].problems)


# Waiting.


def test_waiting_ends_when_enough_has_come_from_another_thread() -> None:
    journal = Journal()
    noted(journal, operation="create_user")

    def later() -> None:
        for operation in ("list_users", "create_user", "create_user"):
            noted(journal, operation=operation)

    timer = threading.Timer(0.05, later)
    timer.start()
    began = time.monotonic()
    try:
        assert ids(journal.wait(2, 60, operation="create_user"))[:2] == [1, 3]
        assert time.monotonic() - began < 30
    finally:
        timer.join()


def test_what_has_come_already_needs_no_waiting() -> None:
    journal = Journal()
    noted(journal)
    assert ids(journal.wait()) == [1]
    assert ids(journal.wait(1, 0, operation="list_users")) == [1]


def test_waiting_goes_on_from_an_id() -> None:
    journal = Journal()
    noted(journal)
    with pytest.raises(TimeoutError, match=r"^waited 0 s for 1 exchanges with since=1, but there are 0\."):
        journal.wait(1, 0, since=1)
    noted(journal)
    assert ids(journal.wait(1, 0, since=1)) == [2]


def test_waiting_in_vain_says_what_came_instead() -> None:
    journal = Journal()
    with pytest.raises(TimeoutError, match=r"with anything at all, but there are 0\. Nothing came\.$"):
        journal.wait(1, 0.01)
    for _ in range(12):
        noted(journal, problems=("name: is required",))
    with pytest.raises(TimeoutError) as failure:
        journal.wait(2, 0.01, operation="create_user", status=200)
    first, *lines = str(failure.value).splitlines()
    assert first == (
        "waited 0.01 s for 2 exchanges with operation='create_user', status=200, but there are 0. "
        "The last 10 of 12 exchanges:"
    )
    assert len(lines) == 10
    assert lines[0] == "  2023-11-14T22:13:20.250Z GET /syncfy/v1/users 200 list_users broken: name: is required"


def test_exchanges_come_and_are_looked_for_in_many_threads_at_once() -> None:
    journal = Journal()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(500):
                journal.note(AT, Request("GET", "/a"), OK, None, None)
                found = ids(journal.find(limit=5))
                assert found == list(range(found[0], found[0] + len(found)))
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert ids(journal.wait(2000, 60)) == list(range(1, 2001))
    for thread in threads:
        thread.join()
    assert problems == []


# How it reads.


def test_an_exchange_as_plain_values() -> None:
    journal = Journal()
    request = Request("POST", "/syncfy/v1/users", {"B": "2", "A": "1"}, b'{"a":"\xc3\xb1"}', prefix="/_ns/one")
    response = Response(200, JSON, b"%PDF\xff", Conduct(delay=2.0, ending="reset"))
    shown = journal.shown(noted(journal, request, response, problems=("a: is wrong",), fault="f1"))
    assert shown == {
        "id": 1,
        "at": AT,
        "provider": "syncfy",
        "operation": "list_users",
        "request": {
            "method": "POST",
            "path": "/_ns/one/syncfy/v1/users",
            "headers": {"a": "1", "b": "2"},
            "body": '{"a":"ñ"}',
            "encoding": "utf-8",
            "size": 10,
        },
        "response": {
            "status": 200,
            "headers": {"Content-Type": "application/json"},
            "body": "JVBERv8=",
            "encoding": "base64",
            "size": 5,
            "delay": 2.0,
            "ending": "reset",
            "drip": None,
        },
        "problems": ["a: is wrong"],
        "fault": "f1",
    }
    assert json.loads(json.dumps(shown)) == shown


def test_exchanges_in_a_line_each(journal: Journal) -> None:
    assert journal.lines(journal.find()) == [
        "2023-11-14T22:13:20.250Z GET /syncfy/v1/users?name=a 200 list_users",
        "2023-11-14T22:13:20.250Z POST /syncfy/v1/users 400 list_users broken: name: is required",
        "2023-11-14T22:13:20.250Z GET /syncfy/v1/users/ab/more 200 get_user fault: f1",
        "2023-11-14T22:13:20.250Z POST /facti/v1/payments 503 list_users fault: f2",
        "2023-11-14T22:13:20.250Z get /syncfy/v1/usersx 200 broken: nobody's",
    ]


def test_nobody_writes_a_line_of_their_own_and_long_paths_are_cut() -> None:
    journal = Journal()
    (line,) = journal.lines([noted(journal, Request("GET", "/a\nb\x1b[31m" + "c" * 200), operation=None)])
    assert line == "2023-11-14T22:13:20.250Z GET /a\\nb\\x1b[31m" + "c" * 90 + "… 200"


def test_a_time_past_all_calendars_is_told_in_seconds() -> None:
    journal = Journal()
    journal.note(1e15, Request("GET", "/"), OK, None, None)
    assert journal.lines(journal.find()) == ["1000000000000000.000 GET / 200"]


# curl.


def run(command: str, tmp_path: Path) -> tuple[list[str], bytes]:
    """Run a command line in a shell whose curl writes down what it is told."""
    fake = tmp_path / "curl"
    fake.write_text(
        f'#!/bin/sh\nfor each in "$@"; do printf "%s\\0" "$each"; done > {shlex.quote(str(tmp_path))}/told\ncat\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True, env=environment, input=b"")
    return (tmp_path / "told").read_bytes().decode().split("\0")[:-1], done.stdout


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (Request("GET", "/users?a=1&b=it's"), [f"{BASE}/users?a=1&b=it's"]),
        (Request("HEAD", "/users"), ["--head", f"{BASE}/users"]),
        (Request("DELETE", "/users/1"), ["-X", "DELETE", f"{BASE}/users/1"]),
        (Request("GET", "/a/../b?c[0]=1"), ["--globoff", "--path-as-is", f"{BASE}/a/../b?c[0]=1"]),
        (Request("GET", "/users", prefix="/_ns/one"), [f"{BASE}/_ns/one/users"]),
        (
            Request("GET", "/", {"Host": "a", "Content-Length": "0", "Accept": "x; y='1'", "X-Empty": ""}),
            [f"{BASE}/", "-H", "accept: x; y='1'", "-H", "x-empty;"],
        ),
        (
            Request("POST", "/users", {"Content-Type": "application/json"}, b'@{"a": "it\'s $HOME `id` \\n"}'),
            [f"{BASE}/users", "-H", "content-type: application/json", "--data-raw", '@{"a": "it\'s $HOME `id` \\n"}'],
        ),
        (
            Request("PUT", "/users", {}, b"plain\ntext"),
            ["-X", "PUT", f"{BASE}/users", "-H", "content-type:", "--data-raw", "plain\ntext"],
        ),
    ],
)
def test_a_command_line_says_to_curl_what_came(request_: Request, told: list[str], tmp_path: Path) -> None:
    journal = Journal()
    assert run(journal.curl(noted(journal, request_), BASE + "/"), tmp_path) == (told, b"")


def test_a_command_line_feeds_curl_what_is_no_text(tmp_path: Path) -> None:
    journal = Journal()
    body = bytes(range(256))
    command = journal.curl(noted(journal, Request("POST", "/", {"Content-Type": "image/png"}, body)), BASE)
    told, fed = run(command, tmp_path)
    assert told == [f"{BASE}/", "-H", "content-type: image/png", "--data-binary", "@-"]
    assert fed == body


def test_a_command_line_says_when_the_body_is_not_all_there(tmp_path: Path) -> None:
    journal = Journal()
    command = journal.curl(noted(journal, Request("POST", "/", {"Content-Type": "a"}, b"x" * 70_000)), BASE)
    assert command.startswith(": 'the body was 70000 bytes; this is the beginning'; curl ")
    assert len(run(command, tmp_path)[0][-1]) == 64 * 1024
    command = journal.curl(noted(journal, Request("POST", "/", is_cut=True)), BASE)
    assert command.startswith(": 'the body was too large to be taken; this is the beginning'; curl ")


# HAR. The objects and their required members are those of the specification (HAR 1.2).


def members(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object; custom members begin with an underscore."""
    return {
        "type": "object",
        "properties": required | (optional or {}) | {"comment": {"type": "string"}},
        "required": list(required),
        "patternProperties": {"^_": True},
        "additionalProperties": False,
    }


def listed(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PAIRS = listed(members({"name": TEXT, "value": TEXT}))
SIZES = {"headersSize": {"type": "integer", "minimum": -1}, "bodySize": {"type": "integer", "minimum": -1}}
HAR_SCHEMA = members(
    {
        "log": members(
            {
                "version": {"const": "1.2"},
                "creator": members({"name": TEXT, "version": TEXT}),
                "entries": listed(
                    members(
                        {
                            "startedDateTime": {"type": "string", "format": "date-time"},
                            "time": NUMBER,
                            "request": members(
                                {
                                    "method": TEXT,
                                    "url": {"type": "string", "format": "uri"},
                                    "httpVersion": TEXT,
                                    "cookies": PAIRS,
                                    "headers": PAIRS,
                                    "queryString": PAIRS,
                                    **SIZES,
                                },
                                {"postData": members({"mimeType": TEXT, "text": TEXT})},
                            ),
                            "response": members(
                                {
                                    "status": {"type": "integer"},
                                    "statusText": TEXT,
                                    "httpVersion": TEXT,
                                    "cookies": PAIRS,
                                    "headers": PAIRS,
                                    "content": members(
                                        {"size": {"type": "integer"}, "mimeType": TEXT},
                                        {"text": TEXT, "encoding": {"const": "base64"}},
                                    ),
                                    "redirectURL": TEXT,
                                    **SIZES,
                                }
                            ),
                            "cache": members({}),
                            "timings": members({"send": NUMBER, "wait": NUMBER, "receive": NUMBER}),
                        }
                    )
                ),
            }
        )
    }
)
HAR = jsonschema_rs.Draft202012Validator(HAR_SCHEMA, validate_formats=True)


def test_an_archive_is_what_the_specification_says(api: Syncfy) -> None:
    faults = api.mock.world.faults
    api.key_call("POST", "/users", {"name": "El Santo"})
    api.send("GET", "/users?name=Bl%C3%BAe&x[0]={y}|<z>")
    api.send("GET", "/nowhere/\xf1%zz", auth="API_KEY api_key=somebody-elses")
    for effect in (Status(522, retry_after=3), Reset(), Latency(2)):
        faults.add(Fault(effect, times=1))
        api.send("GET", "/users")
        faults.clear()
    journal = api.mock.world.journal
    noted(journal, Request("POST", "/", {"Content-Type": "image/png"}, b"\xff\xd8"), Response(200, (), b"\xff"))
    noted(journal, Request("POST", "/", is_cut=True))
    archive = journal.har(journal.find(), BASE)
    HAR.validate(archive)
    assert json.loads(json.dumps(archive)) == archive

    first, second, *_, image, cut = archive["log"]["entries"]
    assert first["startedDateTime"] == "2023-11-14T22:13:20.000Z"
    assert first["request"]["url"] == f"{BASE}/syncfy/v1/users"
    assert first["request"]["postData"] == {"mimeType": "application/json", "text": '{"name":"El Santo"}'}
    assert first["response"]["content"]["size"] == len(first["response"]["content"]["text"])
    assert second["request"]["url"] == f"{BASE}/syncfy/v1/users?name=Bl%C3%BAe&x%5B0%5D=%7By%7D%7C%3Cz%3E"
    assert second["request"]["queryString"][0] == {"name": "name", "value": "Blúe"}
    assert [entry["_fault"] for entry in archive["log"]["entries"]][3:6] == ["f1", "f2", "f3"]
    assert image["request"]["postData"] == {"mimeType": "image/png", "text": "/9g=", "_encoding": "base64"}
    assert (image["response"]["content"]["encoding"], cut["request"]["bodySize"]) == ("base64", -1)


def test_the_schema_of_archives_would_notice_a_member_that_is_missing_or_strange(journal: Journal) -> None:
    archive = journal.har(journal.find(limit=1), BASE)
    entry = archive["log"]["entries"][0]
    del entry["request"]["url"]
    entry["response"]["strange"] = 1
    assert len(list(HAR.iter_errors(archive))) == 2


# The same through every adapter.

HEADERS = {
    "Host": "mock.test",
    "Authorization": KEY,
    "User-Agent": "test",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
}
URL = "http://mock.test"
Send = Callable[[str, str, bytes | None], Any]


def script(send: Send) -> None:
    user = send("POST", "/syncfy/v1/users", b'{"name":"El Santo"}')["response"]["id_user"]
    send("POST", "/syncfy/v1/sessions", f'{{"id_user":"{user}"}}'.encode())
    send("GET", "/syncfy/v1/users?limit=many", None)
    send("GET", "/nowhere?a=b", None)
    send("GET", "/syncfy/v1/users", None)


def kind_of(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}


@contextmanager
def by_httpx(mock: Mock) -> Generator[Send]:
    with httpx.Client(transport=MockTransport(mock), base_url=URL, headers=HEADERS) as client:
        yield lambda method, path, body: client.request(method, path, content=body, headers=kind_of(body)).json()


@contextmanager
def by_async_httpx(mock: Mock, transport: httpx.AsyncBaseTransport | None = None) -> Generator[Send]:
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=transport or AsyncMockTransport(mock), base_url=URL, headers=HEADERS)
        yield lambda method, path, body: runner.run(
            client.request(method, path, content=body, headers=kind_of(body))
        ).json()
        runner.run(client.aclose())


def by_asgi(mock: Mock) -> AbstractContextManager[Send]:
    return by_async_httpx(mock, httpx.ASGITransport(app=App(mock)))


@contextmanager
def by_socket(mock: Mock) -> Generator[Send]:
    with running(mock=mock) as url, httpx.Client(base_url=url, headers=HEADERS) as client:
        yield lambda method, path, body: client.request(method, path, content=body, headers=kind_of(body)).json()


@contextmanager
def by_requests(mock: Mock) -> Generator[Send]:
    with requests.Session() as session:
        session.mount(URL, MockAdapter(mock))
        session.headers.update(HEADERS)
        yield lambda method, path, body: session.request(method, URL + path, data=body, headers=kind_of(body)).json()


def journal_of(adapter: Callable[[Mock], AbstractContextManager[Send]]) -> Journal:
    """Return what is in the journal after the script has gone through an adapter."""
    mock = Mock(clock=ManualClock(), seed=3, providers=[syncfy.provider()])
    mock.world.faults.add(Fault(Status(503), operation="list_users", nth=1))
    with adapter(mock) as send:
        script(send)
    return mock.world.journal


@pytest.mark.parametrize("adapter", [by_httpx, by_async_httpx, by_asgi, by_socket, by_requests])
def test_the_same_script_writes_the_same_journal_through_every_adapter(
    adapter: Callable[[Mock], AbstractContextManager[Send]],
) -> None:
    first, other = journal_of(by_httpx), journal_of(adapter)
    shown = [first.shown(entry) for entry in first.find()]
    assert [entry["response"]["status"] for entry in shown] == [200, 200, 400, 404, 503]
    assert shown == [other.shown(entry) for entry in other.find()]
    assert first.lines(first.find()) == other.lines(other.find())
