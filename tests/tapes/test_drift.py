"""`ventanilla drift` says where services differ from their specs, and says nothing where they do not."""

import gzip
import json
import logging
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import runs
from typer.testing import CliRunner, Result

from ventanilla import Syncfy, drift
from ventanilla.cli import app
from ventanilla.mock import Mock, MockTransport
from ventanilla.mock.faults import Change, ContentType, Fault, Header, MalformedJson, Remove, Status
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request, Response
from ventanilla.tapes import Drift, Exchange, Tape, _recorder, compare, recording
from ventanilla.tapes._headers import TRANSPORT, is_transport
from ventanilla_clients import _drift

KEY = {"Authorization": f"api_key api_key={runs.KEY}"}
ORIGIN = "https://opendata-api.syncfy.com"
RID = "d337e963-680f-4009-85dc-ab439bfdc771"
USER = {"id_user": "1", "id_external": None, "name": "El Santo", "dt_create": 1, "dt_modify": None}
JSON = (("Content-Type", "application/json"),)


def envelope(response: Any, **other: Any) -> dict[str, Any]:
    return {"rid": RID, "code": 200, "errors": None, "status": True, "message": None, "response": response, **other}


def exchange(
    answer: Any = None,
    *,
    target: str = "/v1/users",
    method: str = "GET",
    status: int = 200,
    headers: Any = JSON,
    sent: Mapping[str, str] | None = None,
    origin: str = ORIGIN,
    **other: Any,
) -> Exchange:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    request = Request(method, target, sent or {}, scheme="https")
    return Exchange(1, "0001.har", 0.0, origin, request, Response(status, tuple(headers), body), **other)


def told(*exchanges: Exchange, **options: Any) -> list[tuple[Any, ...]]:
    found = compare([Tape("tape", exchanges)], **options)
    return [(each.operation, each.kind, each.path, each.expected, each.came) for each in found.findings]


def ventanilla(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["drift", *map(str, arguments)])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("drift") / "tape"
    with runs.recorded(out) as url:
        runs.sync_py(url)
        runs.syncfy(f"{url}/syncfy/v1")
        runs.facti(f"{url}/facti")
        runs.facturaonline(f"{url}/facturaonline/api")
    return out


def test_whole_runs_on_the_mock_keep_to_the_specs(recorded: Path) -> None:
    shown = ventanilla(recorded)
    assert shown.stdout.startswith("no difference in ")
    assert shown.exit_code == 0
    found = compare([Tape.read(recorded)])
    assert (found.findings, found.cut) == ((), 0)
    assert found.exchanges > 60


def test_a_tape_without_values_says_the_same(tmp_path: Path) -> None:
    mock = Mock()
    mock.world.faults.add(Fault(Change("/response/0/nickname", "Rey"), operation="list_users"))
    with runs.recorded(tmp_path / "tape", mock=mock, values=False) as url:
        runs.sync_py(url)
        runs.facti(f"{url}/facti")
        runs.facturaonline(f"{url}/facturaonline/api")
    (found,) = compare([Tape.read(tmp_path / "tape")]).findings
    assert (found.operation, found.kind, found.path) == ("list_users", "unknown-field", "$.response[].nickname")


def test_three_changes_are_named_and_nothing_else(tmp_path: Path) -> None:
    mock = Mock()
    for fault in (
        Fault(Change("/response/0/nickname", "a value of somebody's"), operation="list_users"),
        Fault(Change("/payments/0/total_amount", "a value of somebody's"), operation="search_payments"),
        Fault(Header("X-Quota-Left", "a value of somebody's"), operation="list_payrolls"),
    ):
        mock.world.faults.add(fault)
    with runs.recorded(tmp_path / "tape", mock=mock) as url:
        runs.sync_py(url)
        with httpx.Client() as client:
            keys = {"client_id": runs.CLIENT_ID, "api_key": runs.FACTI_KEY}
            order = {"from_rfc": "EKU9003173C9", "folio": 3, "total_amount": "55.20", "to_client_name": "Ana"}
            client.post(f"{url}/facti/v1/payments/new_request", data={**keys, **order, "to_email": "a@example.mx"})
            client.post(f"{url}/facti/v1/payments/company_payments", data={**keys, "company_id": 5})
            client.get(f"{url}/facturaonline/api/payroll/list", headers=runs.FO_HEADERS)
    shown = ventanilla(tmp_path / "tape")
    assert shown.exit_code == 1
    found = compare([Tape.read(tmp_path / "tape")]).findings
    assert [(each.provider, each.operation, each.kind, each.path, each.expected, each.came) for each in found] == [
        ("facti", "search_payments", "type", "$.payments[].total_amount", "number", "string"),
        ("facturaonline", "list_payrolls", "header", "X-Quota-Left", "no such header", "a header"),
        ("syncfy", "list_users", "unknown-field", "$.response[].nickname", "no such field", "string"),
    ]
    for each in found:
        assert re.search(rf"{each.provider}.{each.operation} .* {re.escape(each.path)} ", shown.stdout)
    assert "3 differences in " in shown.stdout
    assert "somebody" not in shown.stdout + json.dumps(compare([Tape.read(tmp_path / "tape")]).to_json())


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (Change("/response/0/x", 1), ("unknown-field", "$.response[].x", "no such field", "integer")),
        (Change("/response/0/x", {"a": [1.5, None]}), ("unknown-field", "$.response[].x", "no such field", "object")),
        (Change("/response/0/name", None), ("null", "$.response[].name", "string", "null")),
        (Change("/response/0/name", 7), ("type", "$.response[].name", "string", "integer")),
        (Change("/response/0/dt_create", 7.5), ("type", "$.response[].dt_create", "integer", "number")),
        (Change("/response/0/dt_modify", "now"), ("type", "$.response[].dt_modify", "integer or null", "string")),
        (Change("/response", {"a": 1}), ("type", "$.response", "array", "object")),
        (Remove("/response/0/name"), ("missing-field", "$.response[].name", "string", "nothing")),
        (Remove("/errors"), ("missing-field", "$.errors", "anything", "nothing")),
        (Status(418), ("status", "418", "200, 400, 401, 402, 403, 429, 500, 503", "418")),
        (ContentType("text/html"), ("content-type", "text/html", "application/json", "text/html")),
        (Header("X-Quota", "1"), ("header", "X-Quota", "no such header", "a header")),
        (Header("Retry-After", "1"), ("header", "Retry-After", "no such header", "a header")),
        (MalformedJson(), ("not-json", "$", "JSON", "something else")),
    ],
    ids=str,
)
def test_each_kind_of_difference_is_found(tmp_path: Path, effect: Any, said: tuple[str, ...]) -> None:
    mock = Mock()
    with runs.recorded(tmp_path / "tape", mock=mock) as url, httpx.Client(headers=KEY) as client:
        client.post(f"{url}/syncfy/v1/users", json={"name": "Ana"})
        mock.world.faults.add(Fault(effect, operation="list_users"))
        client.get(f"{url}/syncfy/v1/users")
    assert told(*Tape.read(tmp_path / "tape")) == [("list_users", *said)]


# Successes and failures.

FAILED = {"rid": RID, "code": 200, "errors": None, "status": False, "message": "no", "response": None}


@pytest.mark.parametrize("code", [200, 404])
def test_a_failure_in_http_200_is_held_against_failures(code: int) -> None:
    assert told(exchange({**FAILED, "code": code})) == []
    assert told(exchange({**FAILED, "why": 1})) == [
        ("list_users", "unknown-field", "$.why", "no such field", "integer")
    ]


@pytest.mark.parametrize(
    ("origin", "target", "answer"),
    [
        ("https://api.facti.mx", "/v1/payments/payment_ways", {"result": 0, "msg": "no"}),
        ("https://facturaonline.com.mx", "/api/payroll/list", {"status": "error", "message": "no"}),
        ("https://facturaonline.com.mx", "/api/payroll/list", {"response": "error", "message": {"a": ["b"]}}),
        ("https://api.factura.com", "/payroll/list", {"status": "error", "message": "no", "Data": "x", "Secret": "y"}),
    ],
)
def test_failures_of_the_others_are_recognised(origin: str, target: str, answer: Any) -> None:
    assert told(exchange(answer, origin=origin, target=target)) == []


def test_what_is_neither_is_held_against_the_success() -> None:
    assert ("list_users", "missing-field", "$.status", "boolean", "nothing") in told(exchange({"users": []}))


# Where an exchange belongs.


def test_the_override_of_the_official_clients_is_understood() -> None:
    override = {"x-http-method-override": "GET"}
    assert told(exchange(envelope([USER]), method="POST", sent=override)) == []
    assert told(exchange(envelope([USER]), method="POST"))[0][0] == "create_user"


def test_what_no_operation_describes_is_said_without_the_ids_in_it() -> None:
    found = told(
        exchange({}, target="/v1/nothing/648a053b59f043380d473be3/x"),
        exchange({}, method="DELETE"),
        exchange({}, origin="https://example.mx", target="/a/secret-value-42"),
    )
    assert found == [
        ("GET /a/0", "no-operation", "/a/0", "an address of syncfy, facti or facturaonline", "another"),
        ("DELETE /v1/users", "no-operation", "/v1/users", "an operation", "another"),
        ("GET /v1/nothing/0/x", "no-operation", "/v1/nothing/0/x", "an operation", "another"),
    ]


def test_a_spec_can_be_chosen_for_addresses_that_say_nothing() -> None:
    foreign = exchange(envelope([USER]), origin="https://gateway.example.mx", target="/v1/users")
    assert told(foreign)[0][1] == "no-operation"
    assert told(foreign, spec="syncfy") == []


# What counts, and what does not.


def test_the_same_is_said_once_with_how_often_and_where() -> None:
    rows = [{**USER, "x": 1}, {**USER, "x": None}]
    found = compare([Tape("tape", (exchange(envelope(rows)), exchange(envelope(rows))))]).findings
    assert [(each.came, each.count, each.example) for each in found] == [("integer or null", 2, "0001.har")]


def test_nothing_is_said_of_bodies_that_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_recorder, "KEPT_BYTES", 100)
    with runs.recorded(tmp_path / "tape") as url:
        httpx.get(f"{url}/syncfy/v1/users", headers=KEY)
        httpx.get(f"{url}/syncfy/v1/users?limit=1", headers=KEY)
    found = compare([Tape.read(tmp_path / "tape")])
    assert (found.findings, found.cut) == ((), 2)
    assert "2 bodies not compared, being cut" in ventanilla(tmp_path / "tape").stdout


@pytest.mark.parametrize("name", ["Date", "server", "CF-Ray", "x-amz-cf-id", "X-Cache", "Strict-Transport-Security"])
def test_headers_of_servers_and_gateways_are_no_difference(name: str) -> None:
    assert told(exchange(envelope([]), headers=(*JSON, (name, "x")))) == []
    assert is_transport(name)


def test_what_is_of_interest_is_no_header_of_gateways() -> None:
    assert not any(
        is_transport(name) for name in ("Retry-After", "Content-Disposition", "X-RateLimit-Limit", "X-Quota")
    )
    assert len({name for row in TRANSPORT.values() for name in row.split(", ")}) > 40


def test_whole_numbers_are_integers_and_integers_are_numbers() -> None:
    assert told(exchange(envelope([{**USER, "dt_create": 5.0}]))) == []


def test_free_form_fields_may_be_anything() -> None:
    account = {"keywords": {"a": {"b": [1, "c"]}}, "extra": [None]}
    paths = {
        each[2] for each in told(exchange(envelope([account]), target="/v1/accounts")) if each[1] != "missing-field"
    }
    assert paths == set()


def test_what_never_came_is_information_and_no_difference(recorded: Path) -> None:
    shown = ventanilla(recorded, "--unseen")
    assert shown.exit_code == 0
    assert re.search(r"syncfy.delete_session +never called", shown.stdout)
    assert re.search(r"syncfy.list_credentials +\$\.response\[\]\.dt_disable", shown.stdout)
    found = compare([Tape("tape", (exchange(envelope([])),))])
    assert found.unseen["syncfy.list_users"] == tuple(sorted(f"$.response[].{name}" for name in USER))
    assert "facti.search_payments" not in found.unseen


# Logs.


@pytest.fixture
def lenient() -> Iterator[None]:
    drift.set_strict(False)
    reported: set[Any] = getattr(_drift, "_reported")  # noqa: B009 - no business of anybody else
    reported.clear()
    yield
    reported.clear()


FORMATS = ("%(message)s", "%(asctime)s WARNING [%(name)s] %(message)s (pid 7)", '{"level": "W", "msg": "%(message)s"}')


@pytest.mark.parametrize("form", FORMATS)
def test_what_the_logger_says_is_told_like_a_tape(tmp_path: Path, lenient: None, form: str) -> None:
    mock = Mock()
    changes = (("/response/0/x", "abc"), ("/response/0/name", None), ("/response/0/dt_create", "abc"))
    handler = logging.FileHandler(tmp_path / "app.log")
    handler.setFormatter(logging.Formatter(form))
    logger = logging.getLogger("ventanilla.drift")
    logger.addHandler(handler)
    try:
        with Syncfy(api_key=runs.KEY, base_url="http://127.0.0.1/syncfy/v1", transport=MockTransport(mock)) as face:
            face.create_user("Ana", id_external="a")
            for pointer, value in changes:
                mock.world.faults.add(Fault(Change(pointer, value), operation="list_users", times=1))
            mock.world.faults.add(Fault(Remove("/response/0/id_external"), operation="list_users"))
            for _ in range(4):
                list(face.users())
    finally:
        logger.removeHandler(handler)
        handler.close()
    shown = ventanilla(tmp_path / "app.log", "--json")
    assert shown.exit_code == 1
    found = json.loads(shown.stdout)
    assert {(each["operation"], each["kind"], each["path"], each["came"]) for each in found["findings"]} == {
        ("list_users", "unknown-field", "$.response[].x", "string"),
        ("list_users", "null", "$.response[].name", "null"),
        ("list_users", "type", "$.response[].dt_create", "string"),
        ("list_users", "missing-field", "$.response[].id_external", "nothing"),
    }
    assert found["log_lines"] == 4


def test_a_log_without_drift_has_none(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("INFO nothing at all\n")
    shown = ventanilla(tmp_path / "app.log")
    assert (shown.exit_code, shown.stdout) == (0, "no difference in 0 exchanges\n")


def test_a_model_that_is_nobodys_is_named_itself(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("GoneAnswer at $.a: expected str, got null\n")
    assert "GoneAnswer" in ventanilla(tmp_path / "app.log").stdout


# The command.


def test_bad_input_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.har").write_text('{"log": {}}')
    for path, words in ((tmp_path / "bad.har", "log: object missing"), (tmp_path / "none", "cannot be read")):
        shown = ventanilla(path)
        assert shown.exit_code == 2
        assert words in shown.stderr
        assert shown.stderr.count("\n") == 1


def test_the_journal_of_a_mock_is_a_tape_too(tmp_path: Path) -> None:
    with running() as url, httpx.Client(headers=KEY) as client:
        client.post(f"{url}/syncfy/v1/users", json={"name": "Ana"})
        client.get(f"{url}/syncfy/v1/users")
        (tmp_path / "mock.har").write_bytes(client.get(f"{url}/_mock/requests/har").content)
    assert ventanilla(tmp_path / "mock.har").stdout.startswith("no difference in 2 exchanges; ")


def test_markdown_is_a_table_and_names_do_not_break_it(tmp_path: Path) -> None:
    mock = Mock()
    mock.world.faults.add(Fault(Change("/response/a|b\n\x1b[31m", 1), operation="create_user"))
    with running(mock=mock) as upstream, recording(upstream, tmp_path / "tape") as url:
        httpx.post(f"{url}/syncfy/v1/users", json={"name": "Ana"}, headers=KEY)
    shown = ventanilla(tmp_path / "tape", "--markdown")
    first, second, third = shown.stdout.splitlines()[:3]
    assert first.startswith("| OPERATION | STATUS | WHAT |")
    assert second == "| --- | --- | --- | --- | --- | --- | --- | --- |"
    assert "$.response.a\\|b\\n\\x1b[31m" in third
    assert "\x1b" not in ventanilla(tmp_path / "tape").stdout


def test_the_names_are_exported() -> None:
    from ventanilla import tapes

    assert all(getattr(tapes, name) is not None for name in tapes.__all__)
    assert tapes.Drift is Drift
    assert {"Drift", "Exchange", "Finding", "Tape", "TapeError", "compare", "record", "recording"} <= {*dir(tapes)}


PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))
JUNK: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n \n",
    "random": random.Random(20261203).randbytes(5000),
    "picture": PICTURE,
    "compressed": gzip.compress(b"2026-01-01 INFO x\n" * 50),
    "UTF-16": ("2026-01-01 INFO x\n" * 50).encode("utf-16"),
    "prose": b"El Santo\ncontra las Momias\nde Guanajuato\n",
    "spec": b"openapi: 3.1.0\ninfo:\n  title: x\npaths: {}\n",
    "code": b"import json\n\nprint(json)\n",
    "JSON": b'{"openapi": "3.1.0", "paths": {}}',
    "list": b"[1, 2, 3]",
    "number": b"7",
    "other log": b'{"log": 7}',
    "no entries": b'{"log": {"entries": 7}}',
    "no exchange": b'{"log": {"entries": []}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", JUNK)
@pytest.mark.parametrize("suffix", [".txt", ".har", ""])
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_what_is_neither_tape_nor_log_is_bad_input(tmp_path: Path, name: str, suffix: str, option: list[str]) -> None:
    path = tmp_path / f"junk{suffix}"
    path.write_bytes(JUNK[name])
    shown = ventanilla(path, *option)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert shown.stderr.startswith(f"ventanilla: {path}: ")
    assert shown.stderr.count("\n") == 1


def test_folders_and_files_that_are_not_there_are_bad_input(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "picture.png").write_bytes(PICTURE)
    for path in (tmp_path / "folder", tmp_path / "none", tmp_path / "none.har", tmp_path / ("x" * 300)):
        shown = ventanilla(path)
        assert (shown.exit_code, shown.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "line",
    [
        "2026-12-03 10:00:00,123 INFO app: started",
        "WARNING:app:slow",
        "[2026-12-03T10:00:00Z] x",
        "Dec  3 10:00:00 host app[1]: x",
        '127.0.0.1 - - [03/Dec/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 INFO',
        '{"time": "2026", "level": "info", "msg": "x"}',
        "1764756000.123 x",
        "10:00:00 x",
    ],
)
def test_a_log_that_tells_of_no_drift_has_none(tmp_path: Path, line: str) -> None:
    path = tmp_path / "app.log"
    path.write_text(f"{line}\nTraceback (most recent call last):\n  File x\n    y\n" * 3)
    shown = ventanilla(path)
    assert (shown.exit_code, shown.stdout) == (0, "no difference in 0 exchanges\n")


def test_the_mocks_own_headers_are_no_drift() -> None:
    named = (*JSON, ("X-Ventanilla-Instance", "a1"), ("x-ventanilla-other", "b"))
    assert told(exchange(envelope([USER]), headers=named)) == []
    assert told(exchange(envelope([USER]), headers=(*JSON, ("X-Own", "a1")))) != []
