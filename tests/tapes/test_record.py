"""`ventanilla record` passes everything on, keeps it whole and for its owner alone, and leaves its upstream never."""

import asyncio
import gzip
import json
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import runs
from canaries import leaks

from ventanilla._bodies import Bounds
from ventanilla.errors import ConfigurationError
from ventanilla.mock import Mock
from ventanilla.mock.faults import Fault, Reset
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request, Response
from ventanilla.tapes import Exchange, Tape, _recorder, _upstream, recording
from ventanilla.tapes._folder import Folder
from ventanilla.tapes._recorder import Recorder
from ventanilla.tapes._scrub import Scrubber

KEY = {"Authorization": f"api_key api_key={runs.KEY}"}
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A tape of everything that runs.py does, and the secrets of it."""
    out = tmp_path_factory.mktemp("recorded") / "tape"
    with runs.recorded(out) as url:
        secrets = runs.sync_py(url)
        secrets += runs.syncfy(f"{url}/syncfy/v1")
        secrets += runs.facti(f"{url}/facti")
        secrets += runs.facturaonline(f"{url}/facturaonline/api")
    return out, secrets


def test_no_secret_of_a_whole_run_is_on_the_tape(run: tuple[Path, list[str]]) -> None:
    out, secrets = run
    assert len({*secrets}) >= 12
    assert leaks(out, secrets) == []
    # The sandbox's own login is too short to be looked for in that way.
    assert not [file.name for file in out.iterdir() if '\\"test\\"' in file.read_text()]


def test_every_exchange_is_there_with_its_operation(run: tuple[Path, list[str]]) -> None:
    tape = Tape.read(run[0])
    assert tape.name == "tape"
    assert [each.number for each in tape] == list(range(1, len(tape) + 1))
    found = {re.sub(r"^\d{4}-|\.har$", "", each.name) for each in tape}
    assert {"create_user", "list_users", "answer_twofa", "get_attachment", "create_request"} <= found
    assert {"get_payroll_item_xml", "get_payroll_item_pdf", "cancel_payroll_item"} & found
    assert {each.provider for each in tape} == {"syncfy", "facti", "facturaonline"}


def test_without_scrubbing_the_canaries_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_it_is(scrubber: Scrubber, exchange: Exchange, *rest: object) -> Exchange:
        return exchange

    monkeypatch.setattr(Scrubber, "exchange", as_it_is)
    with runs.recorded(tmp_path / "tape") as url:
        secrets = runs.facti(f"{url}/facti")
    assert leaks(tmp_path / "tape", secrets)


def test_a_namespace_and_a_providers_own_base_are_recorded_like_the_whole(tmp_path: Path) -> None:
    with running() as upstream:
        with recording(f"{upstream}/_ns/one", tmp_path / "ns") as url:
            runs.facti(f"{url}/facti")
        with recording(f"{upstream}/_ns/two/syncfy/v1", tmp_path / "base") as url:
            assert httpx.get(f"{url}/users", headers=KEY).status_code == 200
    assert {(each.provider, each.base) for each in Tape.read(tmp_path / "ns")} == {("facti", "/_ns/one/facti")}
    (only,) = Tape.read(tmp_path / "base")
    assert (only.provider, only.base, only.name) == ("syncfy", "/_ns/two/syncfy/v1", "0001-list_users.har")


def test_only_its_owner_may_read_a_tape(run: tuple[Path, list[str]]) -> None:
    out, _ = run
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}


def test_personal_data_stays_unless_values_are_not_wanted(tmp_path: Path, run: tuple[Path, list[str]]) -> None:
    assert leaks(run[0], ["Rey Misterio", "santo@example.mx"])
    with runs.recorded(tmp_path / "tape", values=False) as url:
        secrets = runs.sync_py(url)
        secrets += runs.facti(f"{url}/facti")
        secrets += runs.facturaonline(f"{url}/facturaonline/api")
    personal = ["Rey Misterio", "MIST030794", "El Santo", "santo@example.mx", "EKU9003173C9", "Quincena 21", "15500.00"]
    assert leaks(tmp_path / "tape", [*secrets, *personal, "619ead8d6427a", "646180109301000010"]) == []
    tape = Tape.read(tmp_path / "tape")
    assert not any(each.has_values for each in tape)
    (created,) = [each.json() for each in tape if "create_user" in each.name]
    assert created["status"] is True
    assert created["response"]["name"] == "text"


# What it passes on, and where to.


def answered(
    tmp_path: Path, answer: Answer, request: Request, base: str = "https://api.facti.mx", spec: str | None = None
) -> Any:
    """Let one request through a recorder whose upstream answers like this."""
    folder = Folder(tmp_path / "tape")

    async def go() -> Response:
        recorder = Recorder(httpx.URL(base), folder, spec, transport=httpx.MockTransport(answer))
        async with recorder.upstream:
            return await recorder.settled(request, recorder.handle(request))

    try:
        return asyncio.run(go())
    finally:
        folder.close()


def test_a_redirect_is_passed_on_and_not_followed(tmp_path: Path) -> None:
    asked = list[httpx.URL]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(302, headers={"Location": "https://elsewhere.mx/?token=abcdefgh12345678"})

    found = answered(tmp_path, answer, Request("GET", "/v1/payments/payment_ways?x=1"))
    assert (found.status, dict(found.headers)["Location"]) == (302, "https://elsewhere.mx/?token=abcdefgh12345678")
    assert [str(url) for url in asked] == ["https://api.facti.mx/v1/payments/payment_ways?x=1"]
    assert leaks(tmp_path / "tape", ["abcdefgh12345678"]) == []


@pytest.mark.parametrize(
    "target", ["//elsewhere.mx/v1", "/../other", "/v1/../../other", "/v1/%2e%2e/x", "@elsewhere.mx/", "*", ""]
)
def test_no_path_leads_away_from_the_upstream(tmp_path: Path, target: str) -> None:
    asked = list[httpx.URL]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json={})

    found = answered(tmp_path, answer, Request("GET", target), "https://opendata-api.syncfy.com/v1")
    assert all(url.host == "opendata-api.syncfy.com" for url in asked)
    assert all(url.raw_path.startswith(b"/v1/") for url in asked)
    assert bool(asked) == (found.status == 200)


def test_what_is_meant_for_the_recorder_alone_is_not_passed_on(tmp_path: Path) -> None:
    asked = dict[str, str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.update(request.headers)
        return httpx.Response(200, json={}, headers={"Transfer-Encoding": "chunked", "X-Own": "1"})

    headers = {"host": "127.0.0.1:1", "connection": "close", "x-mine": "1", "cookie": "a=b", "accept-encoding": "br"}
    found = answered(tmp_path, answer, Request("GET", "/v1/x", headers))
    assert (asked["host"], asked["x-mine"], asked["cookie"], asked["accept-encoding"]) == (
        "api.facti.mx",
        "1",
        "a=b",
        "identity",
    )
    assert "connection" not in asked
    assert "Transfer-Encoding" not in dict(found.headers)
    assert dict(found.headers)["X-Own"] == "1"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (httpx.ConnectError("https://api.facti.mx/?api_key=1"), "the upstream did not answer (ConnectError)"),
        (httpx.ReadTimeout("late"), "the upstream did not answer in time (ReadTimeout)"),
        (httpx.RemoteProtocolError("cut off"), "the upstream did not answer (RemoteProtocolError)"),
    ],
)
def test_an_upstream_that_does_not_answer_is_502_and_not_on_the_tape(
    tmp_path: Path, failure: Exception, said: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure

    found = answered(tmp_path, answer, Request("GET", "/v1/x"))
    assert (found.status, found.json()) == (502, {"error": f"ventanilla record: {said}"})
    assert not [*(tmp_path / "tape").iterdir()]


def test_a_large_body_is_passed_on_whole_and_cut_on_the_tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_recorder, "KEPT_BYTES", 1000)
    body = b"%PDF-" + bytes(range(256)) * 10
    reply = httpx.Response(200, content=body, headers={"Content-Type": "application/pdf"})
    assert answered(tmp_path, lambda request: reply, Request("POST", "/v1/x", {}, b"a=" + b"a" * 1998)).body == body
    (kept,) = Tape.read(tmp_path / "tape")
    assert kept.response.body == body[:1000]
    assert (kept.is_cut, kept.is_request_cut, len(kept.request.body)) == (True, True, 1000)


def test_a_body_that_is_inflated_beyond_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_upstream, "BOUNDS", Bounds("record", 10_000, 10_000))
    content = gzip.compress(bytes(100_000), mtime=0)
    reply = httpx.Response(200, stream=httpx.ByteStream(content), headers={"Content-Encoding": "gzip"})
    found = answered(tmp_path, lambda request: reply, Request("GET", "/v1/x"))
    assert found.status == 502
    assert "10000 bytes" in found.json()["error"]


def test_compressed_answers_are_kept_and_passed_on_as_they_are_meant(tmp_path: Path) -> None:
    content = gzip.compress(b'{"result": 1, "msg": ""}', mtime=0)
    reply = httpx.Response(
        200, stream=httpx.ByteStream(content), headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
    )
    found = answered(tmp_path, lambda request: reply, Request("GET", "/v1/x", {"accept-encoding": "gzip"}))
    assert found.body == b'{"result": 1, "msg": ""}'
    assert "content-encoding" not in {name.lower() for name, _ in found.headers}
    assert Tape.read(tmp_path / "tape").exchanges[0].response.body == found.body


def test_an_exchange_that_cannot_be_kept_is_passed_on_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "tape")
    said = list[str]()

    def full(*arguments: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "keep", full)

    async def go() -> tuple[int, int]:
        reply = httpx.Response(200, json={})
        transport = httpx.MockTransport(lambda request: reply)
        recorder = Recorder(httpx.URL("https://api.facti.mx"), folder, say=said.append, transport=transport)
        request = Request("GET", "/v1/x")
        async with recorder.upstream:
            found = await recorder.settled(request, recorder.handle(request))
        return found.status, recorder.lost

    assert asyncio.run(go()) == (200, 1)
    assert said == ["0001 not kept: No space left on device"]


@pytest.mark.parametrize(
    ("upstream", "words"),
    [
        ("http://api.sandbox.facti.mx", "plain http would show the keys"),
        ("https://user:pass@api.facti.mx", "a scheme, a host and a path"),
        ("https://api.facti.mx/?api_key=1", "a scheme, a host and a path"),
        ("ftp://127.0.0.1", "a scheme, a host and a path"),
        ("api.facti.mx", "a scheme, a host and a path"),
    ],
)
def test_an_upstream_that_is_not_safe_is_refused_with_a_sentence(tmp_path: Path, upstream: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words), recording(upstream, tmp_path / "tape"):
        raise AssertionError
    assert not (tmp_path / "tape").exists()


def test_an_unknown_spec_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="there are syncfy, facti, facturaonline"),
        recording("https://example.mx", tmp_path / "tape", spec="stripe"),
    ):
        raise AssertionError


def test_two_recorders_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        recording("https://example.mx", tmp_path / "tape"),
        pytest.raises(ConfigurationError, match="another process records into"),
        recording("https://example.mx", tmp_path / "tape"),
    ):
        raise AssertionError


def test_a_tape_is_gone_on_with(tmp_path: Path) -> None:
    with running() as upstream:
        for _ in range(2):
            with recording(upstream, tmp_path / "tape") as url:
                httpx.get(f"{url}/syncfy/v1/users", headers=KEY)
    assert [each.name for each in Tape.read(tmp_path / "tape")] == ["0001-list_users.har", "0002-list_users.har"]


def test_a_service_whose_address_says_nothing_is_recorded_with_a_spec(tmp_path: Path) -> None:
    gateway, request = "https://gateway.example.mx", Request("GET", "/v1/users")
    answered(tmp_path, lambda request: httpx.Response(200, json={}), request, gateway)
    answered(tmp_path, lambda request: httpx.Response(200, json={}), request, gateway, "syncfy")
    unknown, known = Tape.read(tmp_path / "tape")
    assert (unknown.provider, unknown.base, unknown.name) == (None, "", "0001-get.har")
    assert (known.provider, known.base, known.name) == ("syncfy", "/v1", "0002-list_users.har")


def test_a_web_socket_is_refused_and_clients_ask_by_http(tmp_path: Path) -> None:
    with runs.recorded(tmp_path / "tape") as url:
        headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        headers["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
        assert httpx.get(f"{url}/syncfy/v1/status/x", headers=headers).status_code == 501


def test_what_goes_wrong_on_the_way_is_no_exchange(tmp_path: Path) -> None:
    mock = Mock()
    mock.world.faults.add(Fault(Reset(), times=1))
    with runs.recorded(tmp_path / "tape", mock=mock) as url:
        assert httpx.get(f"{url}/syncfy/v1/users", headers=KEY).status_code == 502
        assert httpx.get(f"{url}/syncfy/v1/users", headers=KEY).status_code == 200
    assert [each.number for each in Tape.read(tmp_path / "tape")] == [2]


# The command.

COMMAND = [sys.executable, "-W", "error", "-m", "ventanilla.cli", "record", "--port", "0"]


@contextmanager
def command(*arguments: str) -> "Generator[subprocess.Popen[str]]":
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_is_and_in_the_end_how_much_it_kept(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "tape"
    with running() as upstream, command("--upstream", upstream, "--out", str(out)) as process:
        assert process.stdout is not None
        found = re.fullmatch(r"ventanilla record: (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
        assert found is not None
        httpx.get(f"{found[1]}/syncfy/v1/users", headers=KEY)
        assert process.stdout.readline() == "0001-list_users.har  200\n"
        process.send_signal(number)
        assert process.stdout.read() == f"ventanilla record: 1 exchange kept in {out}\n"
        assert process.wait(10) == 0


def test_the_command_refuses_with_one_sentence(tmp_path: Path) -> None:
    with command("--upstream", "http://example.mx", "--out", str(tmp_path / "tape")) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        assert process.wait(10) == 1
    assert said.startswith("ventanilla: plain http would show the keys")
    assert said.count("\n") == 1


def test_a_recorder_that_is_killed_leaves_whole_exchanges_only(tmp_path: Path) -> None:
    out, stop = tmp_path / "tape", threading.Event()

    def ask(url: str) -> None:
        with httpx.Client(headers=KEY) as client:
            while not stop.is_set():
                try:
                    client.get(f"{url}/syncfy/v1/catalogues/sites?limit=1")
                except httpx.TransportError:
                    return

    with running() as upstream, command("--upstream", upstream, "--out", str(out)) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(": ")[1].strip()
        callers = [threading.Thread(target=ask, args=(url,)) for _ in range(4)]
        for caller in callers:
            caller.start()
        for _ in range(10):
            process.stdout.readline()
        process.kill()
        process.wait(10)
        stop.set()
        for caller in callers:
            caller.join()
        process.stdout.read()
    tape = Tape.read(out)
    assert len(tape) >= 10
    for file in out.glob("*.har"):
        assert json.loads(file.read_text())["log"]["entries"][0]["response"]["status"] in (200, 401)
