"""Each life of a world has a name of its own, on every answer of a provider."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from syncfy_caller import KEY

from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.faults import Fault
from ventanilla.mock.statefile import StateFile
from ventanilla.mock.wire import Request, Response

NAME = "X-Ventanilla-Instance"
HERE = {"host": "localhost", "content-type": "application/json"}


def ask(mock: Mock, method: str = "GET", target: str = "/syncfy/v1/users", body: object = None) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return mock.handle(Request(method, target, {**HERE, "authorization": KEY}, content))


def instance(mock: Mock, target: str = "/syncfy/v1/users") -> str:
    (found,) = [value for name, value in ask(mock, target=target).headers if name == NAME]
    return found


@pytest.mark.parametrize(
    "target",
    [
        "/syncfy/v1/users",
        "/syncfy/v1/nothing",
        "/syncfy/v1/users/zz",
        "/facti/v1/payments/1",
        "/facturaonline/api/payroll/list",
        "/facturaonline/api/payroll/item/xml/1",
        "/nobody",
        "/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PATCH"])
def test_every_answer_of_a_provider_names_it(target: str, method: str) -> None:
    mock = Mock(seed=1)
    for prefix, world in (("", mock.world), ("/_ns/a", mock.world_of("a"))):
        answer = ask(mock, method, prefix + target)
        assert [value for name, value in answer.headers if name == NAME] == [world.instance]
    assert mock.world.instance != mock.world_of("a").instance


@pytest.mark.parametrize(
    "effect",
    [
        {"kind": "status", "status": 502},
        {"kind": "content-type", "value": "text/html"},
        {"kind": "malformed-json"},
        {"kind": "header", "name": "Server", "value": "nginx"},
        {"kind": "truncated"},
    ],
)
def test_faults_do_not_take_it_away(effect: dict[str, object]) -> None:
    mock = Mock()
    mock.world.faults.add(Fault.from_json({"effect": effect, "when": "after"}), 0)
    assert instance(mock) == mock.world.instance


def test_control_and_journal_have_none() -> None:
    mock = Mock()
    ask(mock)
    answer = ask(mock, target="/_mock/requests")
    assert NAME not in dict(answer.headers)
    assert NAME.lower().encode() not in answer.body.lower()
    assert mock.world.instance.encode() not in ask(mock, target="/_mock/requests/har").body


def test_seeds_do_not_decide_it() -> None:
    assert len({instance(Mock(clock=ManualClock(), seed=1)) for _ in range(10)}) == 10


RESTORE = "/_mock/snapshots/s/restore"


@pytest.mark.parametrize(
    ("method", "target", "is_new"),
    [
        ("POST", "/_mock/reset", True),
        ("POST", RESTORE, True),
        ("PUT", "/_mock/clock", False),
        ("DELETE", "/_mock/requests", False),
        ("PUT", "/_mock/namespaces/a", False),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/_ns/a"])
def test_going_back_begins_another(method: str, target: str, is_new: bool, prefix: str) -> None:
    mock = Mock()
    ask(mock, "POST", f"{prefix}/_mock/snapshots", {"id": "s"})
    path = f"{prefix}/syncfy/v1/users"
    before, others = instance(mock, path), instance(mock, "/_ns/b/syncfy/v1/users")
    assert instance(mock, path) == before
    ask(mock, method, prefix + target, {"rate": 0} if target == "/_mock/clock" else None)
    replaces = prefix == "/_ns/a" and target == "/_mock/namespaces/a"
    assert (instance(mock, path) != before) is (is_new or replaces)
    assert instance(mock, "/_ns/b/syncfy/v1/users") == others


def test_a_namespace_made_again_is_another() -> None:
    mock = Mock()
    before = instance(mock, "/_ns/a/syncfy/v1/users")
    mock.forget("a")
    assert instance(mock, "/_ns/a/syncfy/v1/users") != before


def ended(path: Path) -> Mock:
    """Return a mock that kept its worlds in a file and ended in order."""
    mock, file = Mock(), StateFile(path)
    file.open(mock)
    ask(mock, "POST", "/_ns/a/syncfy/v1/users", {"name": "Ana"})
    file.save(mock, is_last=True)
    return mock


def copied(path: Path) -> None:
    """Put a copy in its place, which may well have the same number, but is younger."""
    shutil.copy2(path, path.with_name("copy"))
    path.unlink()
    shutil.copy2(path.with_name("copy"), path)


def used(path: Path) -> None:
    StateFile(path).open(Mock())


def put_back(path: Path) -> None:
    content = path.read_bytes()
    used(path)
    path.write_bytes(content)


def left_alone(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("happens", "is_same"), [(left_alone, True), (copied, False), (used, False), (put_back, False)]
)
def test_a_state_file_brings_it_back_if_nothing_is_lost(
    tmp_path: Path, happens: Callable[[Path], None], is_same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    with monkeypatch.context() as patch:
        if happens is copied:
            now = time.time()
            patch.setattr(time, "time", lambda: now - 60)
        mock, later = ended(path), Mock()
    happens(path)
    StateFile(path).open(later)
    for name in ("", "a"):
        assert (later.world_of(name).instance == mock.world_of(name).instance) is is_same


def test_a_killed_mock_comes_back_as_another(tmp_path: Path) -> None:
    mock, file, later = Mock(), StateFile(tmp_path / "state"), Mock()
    file.open(mock)
    ask(mock, "POST", body={"name": "Ana"})
    file.save(mock)
    ask(mock, "POST", body={"name": "lost"})
    StateFile(tmp_path / "state").open(later)
    assert later.world.instance != mock.world.instance
    assert len(ask(later).json()["response"]) == 1
