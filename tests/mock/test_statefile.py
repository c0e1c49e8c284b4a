"""The state file: worlds go on from it as if nothing had been; whoever is killed while writing leaves a whole one."""

import hashlib
import json
import os
import pickle
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import killed_writer
import pytest
from attrs import asdict
from busy_world import Caller
from syncfy_caller import KEY

from ventanilla._version import VERSION
from ventanilla.mock import statefile
from ventanilla.mock._packing import packed
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.statefile import StateFile, StateFileError
from ventanilla.mock.syncfy._state import State
from ventanilla.mock.wire import Request

HERE = Path(__file__).parent
# Goes on in another process from what was saved here, and prints a digest of all that is seen.
GO_ON = """
import hashlib, json, sys
from busy_world import Caller
from ventanilla.mock.core import Mock
from ventanilla.mock.statefile import StateFile
mock = Mock()
StateFile(sys.argv[1]).load(mock)
print(hashlib.sha256(b"".join(Caller(mock, **json.loads(sys.argv[2])).go_on())).hexdigest())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mock.state"


@pytest.fixture
def saved(path: Path) -> Path:
    """A file with a world in it."""
    mock = Mock(clock=ManualClock())
    killed_writer.add_user(mock)
    StateFile(path).save(mock)
    return path


def users_in(mock: Mock) -> int:
    return len(mock.world.state(State).users)


def ask(mock: Mock, method: str = "GET", target: str = "/syncfy/v1/users") -> int:
    return mock.handle(Request(method, target, {"Authorization": KEY})).status


def ids(caller: Caller) -> dict[str, Any]:
    """What a caller has to know to go on elsewhere."""
    return {name: value for name, value in asdict(caller, recurse=False).items() if name not in ("mock", "seen")}


def test_without_a_file_there_is_nothing(path: Path) -> None:
    mock = Mock()
    assert StateFile(path).load(mock) == 0
    assert users_in(mock) == 0
    assert not path.exists()


def test_a_folder_that_is_not_there_is_said_at_once(path: Path) -> None:
    with pytest.raises(StateFileError, match=r"there is no folder .*nowhere\. Make the folder, or give another path"):
        StateFile(path.parent / "nowhere" / "mock.state").load(Mock())


def in_a_folder(path: Path) -> None:
    path.mkdir()


def in_a_circle(path: Path) -> None:
    path.symlink_to(path)


def beside_a_folder(path: Path) -> None:
    path.with_name("mock.state.new").mkdir()


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        (in_a_folder, "cannot be read: Is a directory"),
        (in_a_circle, "cannot be read: Too many levels of symbolic links"),
        (beside_a_folder, "cannot be written: "),
    ],
)
def test_an_unusable_file_is_said_at_the_start(path: Path, planted: Callable[[Path], None], says: str) -> None:
    planted(path)
    command = [sys.executable, "-m", "ventanilla.cli", "mock", "--port", "0", "--state", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"ventanilla: {path} {says}")


def test_worlds_of_reads_are_not_kept(path: Path) -> None:
    mock, later = Mock(), Mock()
    ask(mock, target="/_ns/a/syncfy/v1/users")
    ask(mock, "PUT", "/_ns/b/_mock/clock")
    StateFile(path).save(mock)
    assert StateFile(path).load(later) == 2
    assert [*later.worlds] == ["", "b"]


def test_fields_of_later_versions_are_not_in_the_way(saved: Path) -> None:
    content = saved.read_bytes().replace(b'"worlds":[{', b'"more":1,"worlds":[{"more":[],', 1)
    saved.write_bytes(content)
    assert killed_writer.users_in(saved) == 1


@pytest.mark.parametrize("restores", ["file", "snapshot"])
def test_calls_that_were_under_way_are_made_again(path: Path, restores: str) -> None:
    """Whoever took them before the moment that is restored will not report them."""
    mock = Mock(clock=ManualClock())
    sent = [mock.world.send("sync-v1", "refresh", f"http://localhost/{n}", b"{}", ()) for n in range(3)]
    assert [each.id for each in mock.outgoing(mock.world)] == [each.id for each in sent]
    if restores == "file":
        StateFile(path).save(mock)
        mock = Mock()
        StateFile(path).load(mock)
    else:
        mock.world.snapshots.restore(mock.world.snapshots.take().id)
    assert mock.is_busy or restores == "snapshot"
    again = mock.outgoing(mock.world)
    assert [each.id for each in again] == [each.id for each in sent]
    for delivery in again:
        mock.delivered(delivery, 200)
    assert {each.state for each in mock.world.outbox.deliveries()} == {"delivered"}


def test_worlds_go_on_as_if_nothing_had_been(path: Path) -> None:
    mock, later = Mock(clock=ManualClock(), seed=7), Mock()
    callers = [Caller(mock), Caller(mock, "one"), Caller(mock, "two")]
    for caller in callers:
        caller.begin()
    mock.world_of("two").rate_limits = True
    StateFile(path).save(mock)
    assert StateFile(path).load(later) == 3
    assert (later.world.seed, later.world_of("two").rate_limits) == (7, True)
    for caller in callers[:2]:
        assert Caller(later, **ids(caller)).go_on() == caller.go_on()


def test_another_process_goes_on_with_the_same_bytes(path: Path) -> None:
    caller = Caller(Mock(clock=ManualClock(), seed=7))
    caller.begin()
    StateFile(path).save(caller.mock)
    expected = hashlib.sha256(b"".join(caller.go_on())).hexdigest()
    command = [sys.executable, "-c", GO_ON, str(path), json.dumps(ids(caller))]
    seen = {run(command, PYTHONHASHSEED=seed) for seed in ("1", "2")}
    assert seen == {expected}


def run(command: list[str], **more: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path]), **more}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_first_line_says_what_it_is(saved: Path) -> None:
    line = json.loads(saved.read_bytes().split(b"\n", 1)[0])
    assert (line["kind"], line["format"], line["version"]) == ("ventanilla mock state", 1, VERSION)
    assert [(world["name"], world["seed"]) for world in line["worlds"]] == [("", 0)]


def test_time_goes_on_where_it_is_real_and_stands_where_it_stood(path: Path) -> None:
    wall = [1000.0]
    mock = Mock(clock=Clock(wall=lambda: wall[0]))
    mock.world_of("frozen").clock.freeze()
    mock.world_of("fast").clock.run(60)
    mock.world_of("ahead").clock.advance(500)
    wall[0] += 10
    StateFile(path).save(mock)
    wall[0] += 90
    later = Mock(clock=Clock(wall=lambda: wall[0]))
    StateFile(path).load(later)
    shown = {name: (world.now, world.clock.rate) for name, world in later.worlds.items()}
    assert shown == {"": (1100, 1), "frozen": (1000, 0), "fast": (1600, 60), "ahead": (1600, 1)}


def test_what_has_fallen_due_meanwhile_happens(path: Path) -> None:
    wall = [1000.0]
    caller = Caller(Mock(clock=Clock(wall=lambda: wall[0])))
    caller.enter()
    id_job = caller.link("56cf5728784806f72b8b4568")["id_job"]
    StateFile(path).save(caller.mock)
    wall[0] += 60
    later = Mock(clock=Clock(wall=lambda: wall[0]))
    StateFile(path).load(later)
    assert later.world.state(State).jobs[id_job].code == 200
    assert later.world.next_due() is None


def test_what_is_scheduled_is_minded_after_a_load(path: Path) -> None:
    caller = Caller(Mock())
    caller.enter()
    caller.link("56cf5728784806f72b8b4568", "slow_30")
    StateFile(path).save(caller.mock)
    later = Mock()
    StateFile(path).load(later)
    left = later.seconds_left()
    assert left is not None
    assert left <= 0.2


def test_a_save_is_due_only_when_something_has_happened(path: Path) -> None:
    mock, file = Mock(clock=ManualClock()), StateFile(path)
    assert file.due(mock) is None
    happenings: list[Callable[[], object]] = [
        lambda: ask(mock),
        lambda: ask(mock, "POST", "/_mock/reset"),
        lambda: mock.forget("nobody"),
    ]
    for happens in happenings:
        happens()
        assert file.due(mock) is not None
        file.save(mock)
        assert file.due(mock) is None
        ask(mock, target="/_mock/health")
        mock.run_due()
        assert file.due(mock) is None


def test_what_happens_by_itself_is_saved_too(path: Path) -> None:
    caller, file = Caller(Mock(clock=ManualClock())), StateFile(path)
    caller.begin()
    mock = caller.mock
    file.save(mock)
    mock.run_due()
    assert file.due(mock) is None
    caller.world.clock.advance(1)
    mock.run_due()
    assert file.due(mock) is not None
    file.save(mock)
    (delivery, *_) = mock.outgoing()
    mock.delivered(delivery, 200)
    assert file.due(mock) is not None


def test_a_save_is_due_once_a_second_and_less_often_when_it_takes_long(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock, file, now = Mock(), StateFile(path), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    ask(mock)
    assert file.due(mock) == 0
    file.save(mock)
    ask(mock)
    assert file.due(mock) == 1
    now[0] += 0.75
    assert file.due(mock) == 0.25
    now[0] += 5
    assert file.due(mock) == 0

    def slowly(path: Path, parts: object) -> None:
        now[0] += 0.5

    monkeypatch.setattr(statefile, "write_whole", slowly)
    file.save(mock)
    ask(mock)
    assert file.due(mock) == 10


def test_only_the_owner_may_read_it(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    saved.chmod(0o644)
    StateFile(saved).save(Mock())
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_it_lies_alone(saved: Path) -> None:
    """Also when somebody was killed beside it, or put a trap there."""
    victim = saved.parent / "victim"
    victim.write_text("precious")
    saved.with_name("mock.state.new").symlink_to(victim)
    StateFile(saved).save(Mock())
    assert {each.name for each in saved.parent.iterdir()} == {"mock.state", "victim"}
    assert victim.read_text() == "precious"


def test_a_link_stays_a_link(saved: Path) -> None:
    link = saved.with_name("link")
    link.symlink_to(saved)
    mock = Mock(clock=ManualClock())
    StateFile(link).load(mock)
    killed_writer.add_user(mock)
    StateFile(link).save(mock)
    assert link.is_symlink()
    assert killed_writer.users_in(saved) == 2


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(place: int) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        at = place % len(content)
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    return flip


DAMAGES: list[tuple[Callable[[bytes], bytes], str]] = [
    (cut, "is damaged"),
    (lambda content: content[:-1], "is damaged"),
    (lambda content: content + b"x", "is damaged"),
    (flipped(-100), "is damaged"),
    (flipped(-1), "is damaged"),
    (lambda content: content.replace(b'"seed":0', b'"seed":1'), "is damaged"),
    (lambda content: content.replace(b'"worlds":[{', b'"worlds":[4,{'), "is damaged"),
    (lambda content: content[:100], "is no state file"),
    (flipped(3), "is no state file"),
    (lambda content: b"", "is no state file"),
    (lambda content: b'{"users": []}\n', "is no state file"),
    (lambda content: b"\x89PNG\r\n\x1a\n" + bytes(100), "is no state file"),
    (lambda content: content.replace(b'"format":1', b'"format":2'), "was written by ventanilla"),
    (
        lambda content: content.replace(f'"version":"{VERSION}"'.encode(), b'"version":"99.0"'),
        rf"was written by ventanilla 99\.0, and this is {VERSION}.*\. Use ventanilla 99\.0",
    ),
]


@pytest.mark.parametrize(("damage", "says"), DAMAGES)
def test_a_file_that_is_not_good_is_refused_and_left_alone(
    saved: Path, damage: Callable[[bytes], bytes], says: str
) -> None:
    whole = saved.read_bytes()
    damaged = damage(whole)
    assert damaged != whole
    saved.write_bytes(damaged)
    mock = Mock(clock=ManualClock())
    with pytest.raises(StateFileError, match=says) as refusal:
        StateFile(saved).load(mock)
    assert str(saved) in str(refusal.value)
    assert "start with nothing" in str(refusal.value)
    assert saved.read_bytes() == damaged
    assert users_in(mock) == 0


def test_a_world_that_cannot_be_put_back_leaves_the_others_out_too(saved: Path, tmp_path: Path) -> None:
    """Even one whose digest is right: whoever wrote it may mean harm."""
    mock, harm = Mock(clock=ManualClock()), tmp_path / "harm"
    killed_writer.add_user(mock)
    content = statefile.content_of(mock, pack=lambda world: hostile(harm) if world.name else packed(world))
    assert b"harm" not in b"".join(content)
    mock.world_of("evil")
    content = statefile.content_of(mock, pack=lambda world: hostile(harm) if world.name else packed(world))
    saved.write_bytes(b"".join(content))
    later = Mock(clock=ManualClock())
    with pytest.raises(StateFileError, match=r"its namespace 'evil': .*builtins\.exec has no business in a world"):
        StateFile(saved).load(later)
    assert users_in(later) == 0
    assert not harm.exists()


class Harm:
    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return exec, (f"open({str(self.place)!r}, 'w').close()",)


def hostile(place: Path) -> bytes:
    return pickle.dumps(Harm(place))


def test_a_save_that_fails_leaves_the_old_file_and_is_tried_again(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mock, file = Mock(clock=ManualClock()), StateFile(saved)
    file.load(mock)
    killed_writer.add_user(mock)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            file.save(mock)
    assert killed_writer.users_in(saved) == 1
    assert [each.name for each in saved.parent.iterdir()] == [saved.name]
    assert 0 < (file.due(mock) or 0) <= 1
    file.save(mock)
    assert killed_writer.users_in(saved) == 2


def test_a_world_that_cannot_be_kept_is_named(saved: Path) -> None:
    mock = Mock(clock=ManualClock())
    mock.world_of("odd").schedule(1, lambda: None)
    with pytest.raises(TypeError, match="the world 'odd' cannot be kept"):
        StateFile(saved).save(mock)
    assert killed_writer.users_in(saved) == 1


def test_saving_while_others_ask_keeps_a_moment_of_each_world(path: Path) -> None:
    mock, later, file = Mock(clock=ManualClock()), Mock(), StateFile(path)

    def work(caller: Caller) -> list[int]:
        for _ in range(20):
            caller.enter()
            caller.link("56cf5728784806f72b8b4568")
            caller.advance(1)
        return [len(caller.syncfy("GET", "/accounts")), len(caller.world.state(State).users)]

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(work, Caller(mock, f"n{number}")) for number in range(4)]
        saves = 0
        while saves < 3 or not all(each.done() for each in done):
            file.save(mock)
            saves += 1
            later = Mock(clock=ManualClock())
            file.load(later)
            states = [world.state(State) for world in later.worlds.values()]
            assert all(job.user is state.users[job.user.id] for state in states for job in state.jobs.values())
    assert [each.result() for each in done] == [[3, 20]] * 4
    assert [len(world.state(State).users) for world in later.worlds.values() if world.name] == [20] * 4


def killed(way: str, writer: str, path: Path, seed: int) -> dict[str, int]:
    found: dict[str, int] = json.loads(run([sys.executable, killed_writer.__file__, way, writer, str(path), str(seed)]))
    return found


@pytest.mark.parametrize("way", ["moments", "steps"])
def test_who_is_killed_while_writing_leaves_a_whole_file(path: Path, way: str) -> None:
    found = killed(way, "whole", path, seed=1)
    assert (found["unreadable"], found["lost"]) == (0, 0)
    assert found["killed"] >= 30
    assert found["midway"] > 0


@pytest.mark.parametrize("way", ["moments", "steps"])
def test_the_killing_is_worth_something(path: Path, way: str) -> None:
    """Whoever writes over the old file does not survive it."""
    assert killed(way, "careless", path, seed=1)["unreadable"] > 0


SERVE = "import sys; from ventanilla.mock.server import serve; serve(port=0, state=sys.argv[1])"


@contextmanager
def served(path: Path) -> Generator[tuple[subprocess.Popen[str], Callable[[], int]]]:
    """Serve a mock in a process of its own; yield that and what creates one more user."""
    command = [sys.executable, "-c", SERVE, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("ventanilla mock: ").strip()

        def create() -> int:
            headers = {"Authorization": KEY}
            return httpx.post(f"{address}/syncfy/v1/users", headers=headers, json={"name": "Santo"}).status_code

        try:
            yield process, create
        finally:
            process.kill()


def test_a_server_that_is_stopped_has_saved_everything_and_one_that_is_killed_nearly(path: Path) -> None:
    with served(path) as (process, create):
        assert [create() for _ in range(5)] == [200] * 5
        process.terminate()
        assert process.wait(10) == 0
    assert killed_writer.users_in(path) == 5
    with served(path) as (process, create):
        begun = time.monotonic()
        while time.monotonic() - begun < 1.5:
            assert create() == 200
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert killed_writer.users_in(path) > 5
    with served(path) as (process, create):
        assert create() == 200
