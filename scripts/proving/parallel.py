"""Spread the cases of a suite over the cores, a process for each."""

import contextlib
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any, TypeVar

from proving import guards
from proving.setting import Setting, quiet

T = TypeVar("T")
SECONDS = 900.0


def processes() -> ForkServerContext:
    """Return what starts processes that begin with everything imported, also from a process of this kind."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["proving.odd_programs", "proving.odd_answers"])
    return context


def spread(share: Callable[[Setting, int, int], T], setting: Setting) -> list[T]:
    """Return what the shares of a suite come to: of a small run the whole in this process, else one for each core."""
    cores = os.cpu_count() or 1
    if setting.small or cores == 1:
        return [share(setting, 0, 1)]
    from attrs import evolve

    context, lines = processes(), list[tuple[Any, Any]]()
    for which in range(cores):
        here, there = context.Pipe(duplex=False)
        given = (share, evolve(setting, say=quiet), which, cores, guards.taken(), there)
        process = context.Process(target=_run, args=given)
        process.start()
        there.close()
        lines.append((process, here))
    found = list[T]()
    for process, line in lines:
        with contextlib.suppress(EOFError):
            if line.poll(SECONDS):
                found.append(line.recv())
        process.join(SECONDS)
        line.close()
    if len(found) < cores:
        raise RuntimeError("a process of a suite ended without a word: see its traceback above")
    return found


def _run(share: Any, setting: Setting, which: int, of: int, without: str | None, pipe: Connection) -> None:
    with guards.without(without):
        pipe.send(share(setting, which, of))
    pipe.close()
