"""Snapshots: whatever is under way goes on from one the same way every time, and nothing foreign gets in."""

import ast
import importlib
import pickle
import pkgutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from busy_world import Caller

from ventanilla.mock import _packing, facti, facturaonline, snapshots, syncfy
from ventanilla.mock._packing import packed, unpacked
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import refusal
from ventanilla.mock.syncfy._sites import SANDBOX
from ventanilla.mock.syncfy._state import State
from ventanilla.mock.world import World


@pytest.fixture
def busy() -> Caller:
    caller = Caller(Mock(clock=ManualClock(), seed=7))
    caller.begin()
    return caller


def test_the_busy_world_is_busy(busy: Caller) -> None:
    """What the other tests are worth depends on it."""
    assert [busy.codes(id_job)[-1] for id_job in busy.jobs] == [410, 200, 410, 102]
    assert [record["status_timbre"] for record in busy.records()] == ["timbrada", "en fila"]
    assert busy.world.processes() == [("facti", id) for id in busy.payments]
    assert busy.world.outbox.waiting
    assert any(call.attempts and call.due is not None for call in busy.world.outbox.deliveries(state="waiting"))
    assert busy.world.next_due() is not None


@pytest.mark.parametrize("namespace", ["", "one"])
def test_what_follows_a_snapshot_follows_every_time(namespace: str) -> None:
    caller = Caller(Mock(clock=ManualClock(), seed=7), namespace)
    caller.begin()
    world = caller.world
    snapshot = world.snapshots.take()
    first = caller.go_on()
    assert [payment["details"]["status"] for payment in map(caller.payment, caller.payments)] == ["1", "1"]
    assert {record["status_timbre"] for record in caller.records()} == {"timbrada"}
    for _ in range(2):
        assert world.snapshots.restore(snapshot.id) is snapshot
        assert caller.world is world
        assert caller.go_on() == first
    world.snapshots.restore(snapshot.id)
    world.random.random()
    assert caller.go_on() != first


def test_webhook_calls_under_way_are_made_again(busy: Caller) -> None:
    mock, world = busy.mock, busy.world
    under_way = mock.outgoing(world)
    world.snapshots.take("under-way")
    for delivery in under_way:
        mock.delivered(delivery, 200)
    world.snapshots.restore("under-way")
    again = mock.outgoing(world)
    assert [delivery.id for delivery in again] == [delivery.id for delivery in under_way]
    # What comes of the old ones is no business of this world any more.
    mock.delivered(under_way[0], 200)
    assert {delivery.state for delivery in again} == {"waiting"}
    mock.delivered(again[0], 200)
    assert world.outbox[again[0].id].state == "delivered"


def test_taking_a_snapshot_changes_nothing(busy: Caller) -> None:
    other = Caller(Mock(clock=ManualClock(), seed=7))
    other.begin()
    other.world.snapshots.take()
    assert busy.go_on() == other.go_on()


def test_what_comes_back_belongs_to_the_world_that_it_comes_back_to(busy: Caller) -> None:
    snapshot = busy.world.snapshots.take()
    busy.world.snapshots.restore(snapshot.id)
    jobs = busy.world.state(State).jobs
    assert {job.world for job in jobs.values()} == {busy.world}
    assert jobs[busy.jobs[0]].site is SANDBOX[1]
    assert jobs[busy.jobs[0]].waiting is SANDBOX[1].challenge


def test_everything_that_decides_what_comes_next_is_kept() -> None:
    world = World(ManualClock(), seed=3, pace=9)
    snapshot = world.snapshots.take()
    kept = vars(world).keys() - {"name", "lock", "clock", "_moment", "journal", "snapshots", "instance", "is_kept"}
    assert world.content().keys() == kept
    world.rate_limits, world.pace, world.seed = True, 1, 4
    world.random.random()
    journal = world.journal
    world.snapshots.restore(snapshot.id)
    assert (world.rate_limits, world.pace, world.seed) == (False, 9, 3)
    assert world.uuid() == World(ManualClock(), seed=3).uuid()
    assert world.journal is journal


def test_a_restore_puts_a_virtual_clock_back() -> None:
    wall = [1000.0]
    clock = Clock(50.0, wall=lambda: wall[0])
    world = World(clock)
    clock.freeze()
    world.snapshots.take("frozen")
    clock.run(60)
    wall[0] += 1
    world.snapshots.take("scaled")
    wall[0] += 1
    assert clock.now() == 170
    world.snapshots.restore("frozen")
    assert (clock.now(), clock.rate) == (50, 0)
    world.snapshots.restore("scaled")
    assert (clock.now(), clock.rate) == (110, 60)


def test_a_restore_leaves_real_time_its_course() -> None:
    wall, fired = [1000.0], list[float]()
    clock = Clock(wall=lambda: wall[0])
    world = World(clock)
    clock.advance(500)
    world.schedule(5, partial(note, world))
    world.snapshots.take("ahead")
    clock.advance(300)
    wall[0] += 60
    clock.freeze()
    world.snapshots.restore("ahead")
    assert (clock.now(), clock.rate) == (1560, 1)
    fired = world.state(Noted).moments
    world.run_due()
    assert fired == [1505]


class Noted:
    """The moments at which note() was called."""

    def __init__(self) -> None:
        self.moments: list[float] = []


def note(world: World) -> None:
    world.state(Noted).moments.append(world.now)


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this module's own values into snapshots too."""
    monkeypatch.setattr(_packing, "OWN", _packing.OWN | {__name__})


def test_snapshots_have_names_that_count_or_are_given() -> None:
    world = World(ManualClock())
    taken = [world.snapshots.take(name) for name in (None, "paid", None, "s4", None, "paid")]
    assert [snapshot.id for snapshot in taken] == ["s1", "paid", "s2", "s4", "s3", "paid"]
    assert [snapshot.id for snapshot in world.snapshots] == ["s1", "s2", "s4", "s3", "paid"]
    assert world.snapshots["paid"] is taken[-1]
    assert taken[0].size == len(taken[0].content)
    assert taken[0].at == world.now
    assert world.snapshots.take().id == "s5"
    world.snapshots.drop("s5")
    assert (world.snapshots.take().id, len(world.snapshots)) == ("s6", 6)


def test_an_unknown_snapshot_is_named_among_those_that_there_are() -> None:
    world = World(ManualClock())
    with pytest.raises(LookupError, match="there is no snapshot s1; there are none at all"):
        world.snapshots.restore("s1")
    world.snapshots.take("paid")
    with pytest.raises(LookupError, match="there is no snapshot s1; there are paid"):
        world.snapshots.drop("s1")


@pytest.mark.parametrize("name", ["", "-a", "a/b", "a" * 65, "ñ"])
def test_a_snapshot_without_a_proper_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a snapshot has 1 to 64"):
        World(ManualClock()).snapshots.take(name)


def test_snapshots_are_bounded_in_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(ManualClock())
    size = world.snapshots.take("a").size
    monkeypatch.setattr(snapshots, "MOST_SNAPSHOTS", 2)
    world.snapshots.take("b")
    with pytest.raises(OverflowError, match="there are 2 snapshots already"):
        world.snapshots.take("c")
    world.snapshots.take("b")
    world.snapshots.drop("a")
    monkeypatch.setattr(snapshots, "MOST_BYTES", 2 * size - 1)
    with pytest.raises(OverflowError, match="would take more than"):
        world.snapshots.take("c")
    assert [snapshot.id for snapshot in world.snapshots] == ["b"]


def test_snapshots_outlast_a_reset() -> None:
    world = World(ManualClock(), seed=1)
    world.snapshots.take("empty")
    world.schedule(1, partial(note, world))
    world.reset(2)
    world.snapshots.restore("empty")
    assert (world.seed, world.next_due()) == (1, None)


def test_what_cannot_be_kept_is_said_in_a_sentence() -> None:
    world = World(ManualClock())
    world.schedule(1, lambda: None)
    with pytest.raises(TypeError, match=r"the world '' cannot be kept: .*never lambdas or closures"):
        world.snapshots.take()
    assert len(world.snapshots) == 0


class Calls:
    """Pickles as the call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


def named(module: str, name: str) -> bytes:
    """Return the pickle of a global."""
    return b"\x80\x04" + b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, name)) + b"\x93."


def written(place: Path) -> Calls:
    return Calls(exec, f"open({str(place)!r}, 'w').close()")


def test_a_hostile_pickle_runs_nothing(tmp_path: Path) -> None:
    hostile = pickle.dumps(written(tmp_path / "harm"))
    with pytest.raises(ValueError, match=r"builtins\.exec has no business in a world"):
        unpacked(World(ManualClock()), hostile)
    assert not (tmp_path / "harm").exists()
    # What the guard is for.
    pickle.loads(hostile)
    assert (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("posix", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("operator", "attrgetter"),
        ("functools", "reduce"),
        ("subprocess", "Popen"),
        ("copyreg", "_reconstructor"),
        ("ventanilla.mock.deliveries", "Courier"),
        ("ventanilla.mock.statefile", "StateFile"),
        ("ventanilla.mock.syncfyx", "State"),
        ("ventanilla.mock.syncfy.nothing", "State"),
        # What a module of ours has from elsewhere.
        ("ventanilla.mock.world", "threading"),
        ("ventanilla.mock.world", "threading.Thread"),
        ("ventanilla.mock.world", "__builtins__"),
        ("ventanilla.mock.world", "heapq.heappush"),
        ("ventanilla.mock.world", "contextmanager"),
        ("ventanilla.mock.world", "World.reset"),
    ],
)
def test_what_has_no_business_in_a_world_cannot_even_be_named(module: str, name: str) -> None:
    with pytest.raises(ValueError, match="not the content of a world"):
        unpacked(World(ManualClock()), named(module, name))


def test_what_a_world_is_made_of_can_be_named() -> None:
    for module, name in (("ventanilla.mock.syncfy._state", "State"), ("decimal", "Decimal")):
        with pytest.raises(ValueError, match="cannot unpack"):
            # It is found, though it is no world by itself.
            unpacked(World(ManualClock()), named(module, name))


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (refusal, "__globals__"),
        (World, "__init__"),
        (World(ManualClock()), "__init__"),
        ("", "format"),
        (State(), "users"),
    ],
)
def test_only_methods_of_the_mocks_values_can_be_had(owner: Any, name: str) -> None:
    with pytest.raises(pickle.UnpicklingError, match="is no method of a value of the mock"):
        _packing.method(owner, name)


def test_a_world_stands_for_itself_only_while_it_is_unpacked() -> None:
    with pytest.raises(LookupError, match="no world is being unpacked"):
        _packing.here()


@pytest.mark.parametrize("place", [10, 1000, -1])
def test_damaged_bytes_are_refused_and_change_nothing(busy: Caller, place: int) -> None:
    content = packed(busy.world)
    before = busy.world.content()
    with pytest.raises(ValueError, match="this is not the content of a world"):
        unpacked(busy.world, content[:place])
    assert busy.world.content() == before


DOES_IO = {
    *("asyncio", "ctypes", "httpx", "multiprocessing", "os", "pathlib", "pickle", "requests", "shutil", "socket"),
    *("ssl", "subprocess", "tempfile", "urllib.request", "uvicorn", "webbrowser"),
}
BUILTINS = {"__import__", "compile", "eval", "exec", "open"}


def touched(source: str) -> set[str]:
    """Return the names in a source that lead out of the process."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Name):
            found |= {node.id} & BUILTINS
    return {name for name in found if name in BUILTINS or name in DOES_IO or name.split(".")[0] in DOES_IO}


def admitted() -> list[str]:
    """Return the modules whose functions a snapshot or a state file may name."""
    packages = [syncfy, facti, facturaonline]
    inner = [each for package in packages for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return sorted({*_packing.OWN, *(package.__name__ for package in packages), *(each.name for each in inner)})


def test_nothing_that_can_be_named_does_input_or_output() -> None:
    assert touched("import os.path\nfrom subprocess import run\nopen('x')") == {"os.path", "subprocess", "open"}
    for name in admitted():
        if name == __name__:
            continue
        module = importlib.import_module(name)
        assert module is sys.modules[name]
        assert _packing.is_own(name)
        assert not touched(Path(str(module.__file__)).read_text(encoding="utf-8")), name
