"""The mock replays a tape: what a service once answered, to whoever asks the same, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import runs
from attrs import evolve
from test_drift import USER, envelope, exchange

from ventanilla import Facti, Policy, Syncfy
from ventanilla.errors import RateLimited, Rejected
from ventanilla.mock import ManualClock, Mock, MockTransport, Request
from ventanilla.mock.faults import Fault, Status
from ventanilla.mock.server import running
from ventanilla.mock.wire import Response
from ventanilla.tapes import Exchange, Tape, TapeError, recording

BASE = "/syncfy/v1"


def post(body: str, path: str = "/v1/users", **sent: str) -> Request:
    return Request("POST", path, {"content-type": "application/json", **sent}, body.encode())


def asked(request: Request, answer: Any) -> Exchange:
    return evolve(exchange(answer), request=request)


def replayed(*exchanges: Exchange) -> Mock:
    return Mock(clock=ManualClock(), replay=Tape("tape", exchanges))


def rows(answer: Response) -> Any:
    return answer.json()["response"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("replay") / "tape"
    with runs.recorded(out) as url:
        runs.sync_py(url)
        runs.syncfy(f"{url}/syncfy/v1")
        runs.facturaonline(f"{url}/facturaonline/api")
    return out


def test_whole_runs_are_played_again_with_other_keys_and_nothing_on_the_net(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "KEY", "0123456789abcdef0123456789abcdef")
    monkeypatch.setattr(runs, "FO_KEYS", ("another-key", "another-secret"))
    monkeypatch.setattr(runs, "CODE", "4711")
    mock = Mock(replay=recorded)
    with running(mock=mock) as url:
        runs.sync_py(url)
        runs.syncfy(f"{url}/syncfy/v1")
        runs.facturaonline(f"{url}/facturaonline/api")
    assert mock.world.journal.find(broken=True) == []


def test_a_sequence_comes_in_its_order_and_the_last_one_stays() -> None:
    path = f"/v1/jobs/{'a' * 24}/status"
    mock = replayed(*(exchange(envelope([{"code": code}]), target=path) for code in (100, 101, 200)))
    request = Request("GET", f"{BASE}/jobs/{'a' * 24}/status")
    assert [rows(mock.handle(request))[0]["code"] for _ in range(5)] == [100, 101, 200, 200, 200]
    # Each world has its own turn.
    other = Request("GET", f"/_ns/other{BASE}/jobs/{'a' * 24}/status")
    assert rows(mock.handle(other))[0]["code"] == 100


def test_an_answer_is_for_the_same_operation_path_query_and_body() -> None:
    mock = replayed(
        exchange(envelope([]), target="/v1/users?limit=1"),
        exchange(envelope([USER]), target="/v1/users?limit=2"),
        asked(post('{"name": "Ana", "id_external": "a"}'), envelope({**USER, "name": "Ana"})),
        asked(post('{"name": "Bea"}'), envelope({**USER, "name": "Bea"})),
    )
    assert rows(mock.handle(Request("GET", f"{BASE}/users?limit=2"))) == [USER]
    assert rows(mock.handle(Request("GET", f"{BASE}/users?limit=1"))) == []
    assert rows(mock.handle(post('{"name":"Bea"}', f"{BASE}/users")))["name"] == "Bea"
    # In another order, and overridden as the official clients do.
    assert rows(mock.handle(post('{"id_external": "a", "name": "Ana"}', f"{BASE}/users")))["name"] == "Ana"
    overridden = post('{"limit": 2}', f"{BASE}/users", **{"x-http-method-override": "GET"})
    assert rows(mock.handle(overridden)) == [USER]


def test_secrets_and_what_repeats_them_are_not_compared() -> None:
    body = '{"id_site": "%s", "credentials": {"username": "hidden-1", "password": "hidden-2"}}'
    site = "56cf5728784806f72b8b4568"
    search = exchange(envelope([USER]), target="/v1/users?name=hidden-1")
    mock = replayed(asked(post(body % site, "/v1/credentials"), envelope({"id_credential": "1"})), search)
    login = f'{{"id_site": "{site}", "credentials": {{"username": "me", "password": "mine"}}}}'
    assert mock.handle(post(login, f"{BASE}/credentials")).status == 200
    assert rows(mock.handle(Request("GET", f"{BASE}/users?name=me"))) == [USER]
    other = mock.handle(post(login.replace(site, "a" * 24), f"{BASE}/credentials"))
    assert (other.status, other.json()["message"]) == (
        400,
        "the tape tape has answers to create_credential, but none to this question: it differs in body.id_site",
    )


def test_numbers_that_are_secrets_are_not_compared() -> None:
    path = f"jobs/{'a' * 24}/twofa"
    mock = replayed(asked(post('{"twofa": {"token": 0}}', f"/v1/{path}"), envelope(True)))
    assert mock.handle(post('{"twofa": {"token": 4711}}', f"{BASE}/{path}")).status == 200
    assert mock.handle(post('{"twofa": {"captcha": 4711}}', f"{BASE}/{path}")).status == 400


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request("GET", f"{BASE}/accounts"), "the tape tape has no answer to list_accounts"),
        (Request("GET", f"{BASE}/users?limit=3&name=a"), r"it differs in query\.(limit|name), query\.(limit|name)"),
        (Request("DELETE", f"{BASE}/users/{'a' * 24}"), "has no answer to delete_user"),
    ],
)
def test_what_the_tape_has_not_is_refused_with_what_is_missing(request_: Request, words: str) -> None:
    mock = replayed(exchange(envelope([])))
    answer = mock.handle(request_)
    assert answer.status == 400
    assert re.search(words, answer.json()["message"])
    (entry,) = mock.world.journal.find()
    assert entry.response.status == 400


def test_a_provider_that_is_not_on_the_tape_says_so_in_its_own_words() -> None:
    transport = MockTransport(replayed(exchange(envelope([]))))
    with (
        Facti(client_id="a", api_key="b", base_url="http://127.0.0.1/facti", transport=transport) as face,
        pytest.raises(Rejected, match="the tape tape has no answer to get_payment"),
    ):
        face.payment(38)


def test_whatever_a_service_has_sent_comes_as_it_was() -> None:
    headers = [("Content-Type", "application/weird; a=b"), ("X-Quota", "7"), ("Content-Length", "9"), (":status", "1")]
    headers += [("Transfer-Encoding", "chunked"), ("X-Bad", "a\r\nb"), ("x-ventanilla-instance", "of the recorded one")]
    strange = exchange(b"\xff\x00not json", status=299, headers=headers)
    untyped = exchange(b"", target="/v1/users?limit=1", headers=[])
    mock = replayed(strange, untyped)
    answer = mock.handle(Request("GET", f"{BASE}/users"))
    assert (answer.status, answer.body) == (299, b"\xff\x00not json")
    own = ("X-Ventanilla-Instance", mock.world.instance)
    assert answer.headers == (("Content-Type", "application/weird; a=b"), ("X-Quota", "7"), own)
    assert mock.handle(Request("GET", f"{BASE}/users?limit=1")).headers == (own,)


def test_faults_strike_what_is_replayed() -> None:
    found = exchange(envelope([{**USER, "id_external": "a"}]), target="/v1/users?id_external=a&limit=500&skip=0")
    mock = replayed(found)
    mock.world.faults.add(Fault(Status(429, retry_after=1), times=1, operation="list_users"))
    options: dict[str, Any] = {"base_url": f"http://127.0.0.1{BASE}", "transport": MockTransport(mock)}
    with Syncfy(api_key="x", policy=Policy(retries=0), **options) as face:
        with pytest.raises(RateLimited):
            face.find_user("a")
        assert face.find_user("a") is not None


def test_a_snapshot_knows_whose_turn_it_is() -> None:
    mock = replayed(exchange(envelope([])), exchange(envelope([USER])))
    request = Request("GET", f"{BASE}/users")
    mock.handle(request)
    snapshot = mock.world.snapshots.take()
    assert rows(mock.handle(request)) == [USER]
    mock.world.snapshots.restore(snapshot.id)
    assert rows(mock.handle(request)) == [USER]


def test_what_cannot_be_replayed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no values"):
        replayed(exchange(envelope([]), has_values=False))
    with pytest.raises(ValueError, match="has no exchange of syncfy, facti, facturaonline"):
        replayed(exchange({}, origin="https://example.mx"))
    with pytest.raises(TapeError, match="there is no exchange in it"):
        Mock(replay=tmp_path)
    cut = replayed(exchange(envelope([]), is_cut=True))
    assert "only in part (0001.har)" in cut.handle(Request("GET", f"{BASE}/users")).json()["message"]


def test_the_command_replays_a_tape(tmp_path: Path) -> None:
    with running() as upstream, recording(upstream, tmp_path / "tape") as url:
        headers = {"Authorization": f"api_key api_key={runs.KEY}"}
        first = httpx.post(f"{url}{BASE}/users", json={"name": "Ana"}, headers=headers).json()
    command = [sys.executable, "-W", "error", "-m", "ventanilla.cli", "mock", "--port", "0", "--replay"]
    process = subprocess.Popen([*command, str(tmp_path / "tape")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split(": ")[1].strip()
        assert httpx.post(f"{url}{BASE}/users", json={"name": "Ana"}).json() == first
    finally:
        process.kill()
        process.communicate()
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"ventanilla: {tmp_path}: there is no exchange in it; ")


def test_what_was_recorded_differs_when_it_is_replayed_no_more_than_then(recorded: Path, tmp_path: Path) -> None:
    """A tape of a replay says the same as the tape."""
    with runs.recorded(tmp_path / "again", mock=Mock(replay=recorded)) as url:
        runs.facturaonline(f"{url}/facturaonline/api")
    first = [each.response.body for each in Tape.read(recorded) if each.provider == "facturaonline"]
    again = [each.response.body for each in Tape.read(tmp_path / "again")]
    assert [body for body in again if body not in first] == []
