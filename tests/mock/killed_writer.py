"""Kills processes that are writing a state file, again and again, and says what became of the file.

    python killed_writer.py {moments|steps} {whole|careless} FILE SEED

`moments`: each process saves in a loop and is killed at a random moment. `steps`: each process saves once and kills
itself before another line of the code that saves, from the first one to the last. `careless` writes over the old file,
as one would who has not thought about it. Prints JSON: how many were killed, how many of them in the middle of a file
that was to take the other one's place, and after how many the file was unreadable or had lost what had been saved.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from ventanilla.mock import statefile
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.statefile import StateFile, StateFileError
from ventanilla.mock.syncfy._state import State, User

KILLS = 150
# So much that writing takes a while.
BALLAST = 20_000


def born(number: int) -> dict[str, Any]:
    return {"id_user": f"{number:024x}", "id_external": None, "name": f"user {number}"}


def add_user(mock: Mock) -> int:
    """Change something, and return how often that has been done."""
    state = mock.world.state(State)
    state.add_user(User(born(len(state.users))))
    return len(state.users)


def users_in(path: Path) -> int:
    mock = Mock(clock=ManualClock())
    StateFile(path).load(mock)
    return len(mock.world.state(State).users)


def careless(path: Path, content: Callable[[int], Sequence[bytes]]) -> None:
    with path.open("wb", buffering=0) as file:
        for part in content(0):
            for start in range(0, len(part), 4096):
                file.write(part[start : start + 4096])


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """Let a child work, and return its id and the end of the pipe on which it says what it has saved."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(writing)
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def ended(child: int, reading: int, saved: int) -> tuple[int, bool]:
    """Wait for a child; return what it has saved, at least, and whether it was killed."""
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        lines = pipe.read().split(b"\n")[:-1]
    return int(lines[-1]) if lines else saved, os.WIFSIGNALED(status)


def moments(file: StateFile, seed: int) -> Iterator[int]:
    """Kill at random moments; yield what had been saved by then."""
    dice, saved = random.Random(seed), users_in(file.path)
    for _ in range(KILLS):
        mock = Mock(clock=ManualClock())
        loaded(file, mock, saved)
        # Whoever was killed last may have saved without having been able to say so.
        saved = len(mock.world.state(State).users)
        child, reading = forked(partial(save_on, file, mock))
        time.sleep(dice.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        saved, _ = ended(child, reading, saved)
        yield saved


def loaded(file: StateFile, mock: Mock, saved: int) -> None:
    """Begin with the file, or, where it was damaged, with as much as was in it."""
    try:
        file.load(mock)
    except StateFileError:
        prepare(file, saved)
        file.load(mock)


def prepare(file: StateFile, users: int) -> None:
    mock = Mock(clock=ManualClock())
    state = mock.world.state(State)
    for number in range(users):
        state.add_user(User(born(number)))
    mock.world.calls["ballast"] = random.Random(1).getrandbits(8 * BALLAST)
    content = file.path.with_name("prepared")
    StateFile(content).save(mock)
    content.replace(file.path)


def save_on(file: StateFile, mock: Mock, pipe: int) -> None:
    while True:
        users = add_user(mock)
        file.save(mock)
        os.write(pipe, b"%d\n" % users)


def steps(file: StateFile, seed: int) -> Iterator[int]:
    """Kill before every line of one save; yield what had been saved before."""
    saved = users_in(file.path)
    for step in range(1, 10_000):
        prepare(file, saved)
        mock = Mock(clock=ManualClock())
        file.load(mock)
        child, reading = forked(partial(save_until, step, file, mock))
        saved, was_killed = ended(child, reading, saved)
        if not was_killed:
            return
        yield saved


def save_until(step: int, file: StateFile, mock: Mock, pipe: int) -> None:
    """Save, and be killed before the given line of the modules that do it."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in (statefile.__file__, __file__):
            return None
        count += event == "line"
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    add_user(mock)
    sys.settrace(trace)
    file.save(mock)
    sys.settrace(None)


def main(way: str, writer: str, path: Path, seed: int) -> dict[str, int]:
    file = StateFile(path)
    prepare(file, 3)
    if writer == "careless":
        statefile.write_whole = careless
    found = {"killed": 0, "midway": 0, "unreadable": 0, "lost": 0}
    for saved in (moments if way == "moments" else steps)(file, seed):
        found["killed"] += 1
        found["midway"] += path.with_name(f"{path.name}.new").exists()
        try:
            found["lost"] += users_in(path) not in (saved, saved + 1)
        except StateFileError:
            found["unreadable"] += 1
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
