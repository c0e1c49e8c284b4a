"""Clients that outlive what they were made in: an event loop, a fork, their own end."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from proving import guards
from proving.odd_stage import Harness, client, transport_of
from proving.odd_story import Broken, Stories, Story, is_ours
from proving.parallel import processes
from proving.recipes import RECIPES, policy, request
from proving.scripted import ScriptedServer
from proving.scripted_facti import PAID, PENDING
from proving.scripted_facturaonline import PAYROLL
from proving.scripted_http import Remote, serving
from proving.scripted_syncfy import EXTERNAL
from proving.stage import WAYS, Ended, Way

CHILDREN, CALLS, SMALL_CALLS = 4, 1008, 24
SECONDS = 60.0
# A child that shares a connection waits for answers that others have had.
CHILD_SECONDS, TIMEOUT, TOGETHER = 40.0, 5.0, 0.3
_START = list[float]()
Warm = Literal["read", "write"]
How = Literal["fork", "multiprocessing", "preload"]


def close() -> None:
    """End the server that the stories of this process had."""
    _loopback.cache_clear()
    _OPEN.close()


def stories(*, is_small: bool) -> Stories:
    """Yield them all."""
    calls = SMALL_CALLS if is_small else CALLS
    variants: tuple[tuple[How, Warm, bool], ...] = (
        ("fork", "read", False),
        ("fork", "write", False),
        ("preload", "read", False),
        ("multiprocessing", "write", False),
        ("fork", "read", True),
        ("preload", "write", True),
    )
    for how, warm, is_tls in variants[:1] if is_small else variants:
        name = f"fork/{how}/{warm}/{'tls' if is_tls else 'http'}"
        each = calls // (1 if is_small else len(variants))
        yield Story(name, partial(_forked, how, warm, is_tls, each), each)
    kinds = ("several", "closed in between", "used in between", "in threads")
    for provider in ("facti",) if is_small else ("facti", "facturaonline", "syncfy"):
        for kind in kinds:
            yield Story(f"loops/{provider}/{kind}", partial(_loops, provider, kind), 3)
    for way in WAYS:
        for recipe in RECIPES[:: 9 if is_small else 1]:
            yield Story(f"after close/{recipe.name}/{way}", partial(_after_close, recipe, way))


def _payment(face: Any) -> Any:
    return face.payment(PAID)


def _payroll(face: Any) -> Any:
    return face.payroll(PAYROLL)


def _find_user(face: Any) -> Any:
    return face.find_user(EXTERNAL)


_READS: dict[str, Callable[[Any], Any]] = {"facti": _payment, "facturaonline": _payroll, "syncfy": _find_user}


def _loops(provider: str, kind: str, harness: Harness, broken: Broken) -> None:
    """Use one asynchronous client in several event loops: it works, or says what to do."""
    do = _READS[provider]
    face = client(provider, "async", _loopback(), policy=policy(settle=1.0), timeout=5.0)
    endings = list[Ended]()

    def noted(run: Callable[[], Any]) -> None:
        try:
            endings.append(Ended(run()))
        except Exception as error:
            endings.append(Ended(error=error))

    def once() -> None:
        noted(lambda: asyncio.run(_called(do, face)))

    if kind == "in threads":
        _in_threads([once] * 4)
    elif kind == "several":
        for _ in range(3):
            once()
    elif kind == "closed in between":
        once()
        loop = asyncio.new_event_loop()
        noted(lambda: loop.run_until_complete(_called(do, face)))
        loop.close()
        once()
    else:
        with asyncio.Runner() as other:
            noted(lambda: other.run(_called(do, face)))
            _in_threads([once])
            noted(lambda: other.run(_called(do, face)))
    noted(lambda: asyncio.run(face.aclose()))
    for each in endings:
        if not is_ours(each.error):
            broken("not ours", f"{type(each.error).__name__}: {each.error}"[:160])


_OPEN = contextlib.ExitStack()


@cache
def _loopback() -> str:
    """Return the origin of one server for all stories of this process: it keeps nothing that they would miss."""
    return _OPEN.enter_context(serving()).origin


def _in_threads(doing: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=do) for do in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)


async def _called(do: Callable[[Any], Any], face: Any) -> Any:
    return await do(face)


def _after_close(recipe: Any, way: Way, harness: Harness, broken: Broken) -> None:
    """Use a client that has been closed: it says so, and sends nothing."""
    server = ScriptedServer()
    face = client(recipe.provider, way, transport=transport_of(server, way), **recipe.options)
    harness.close(face)
    ended = harness.end(partial(recipe.do, face))
    if not is_ours(ended.error):
        broken("not ours", f"{type(ended.error).__name__}: {ended.error}"[:160])
    if server.asked:
        broken("sent later", f"{len(server.asked)} requests after it was closed")


def _forked(how: How, warm: Warm, is_tls: bool, calls: int, harness: Harness, broken: Broken) -> None:
    """Use a client before a fork, and then in every child at once: each has its own answers."""
    context = processes()
    with tempfile.TemporaryDirectory() as folder, serving(is_tls=is_tls) as remote:
        here, there = context.Pipe(duplex=False)
        given = (how, warm, remote.origin, remote.authority, folder, calls, guards.taken(), there)
        # The client is made and forked in a process that has no other threads.
        process = context.Process(target=_parent, args=given)
        process.start()
        there.close()
        told: list[tuple[str, str, str]] = []
        with contextlib.suppress(EOFError):
            if here.poll(SECONDS):
                told = here.recv()
        with contextlib.suppress(ProcessLookupError):
            # It leads a group of its own, with its children.
            if process.pid is not None and os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
        process.join(SECONDS)
        here.close()
        _judge_forked(remote, told, calls, broken)


def _judge_forked(remote: Remote, told: list[tuple[str, str, str]], calls: int, broken: Broken) -> None:
    rows: list[dict[str, Any]] = remote.ask("rows") or []
    folios = {str(row["id"]): str(row["folio"]) for row in rows}
    wrong = [each for each in told if each[1] and folios.get(each[1]) != each[0]]
    failed = [each for each in told if each[2]]
    if wrong:
        broken("wrong answer", f"{len(wrong)} of {len(told)} calls got another worker's answer, as {wrong[0][:2]}")
    if failed:
        broken("failed call", f"{len(failed)} of {len(told)} calls before a sound server, as {failed[0][2]}"[:200])
    if len(told) < calls // CHILDREN * CHILDREN:
        broken("failed call", f"{calls - len(told)} of {calls} calls never ended")
    ids = [each[1] for each in told if each[1] and each[0] not in ("3", "4")]
    if len(ids) != len(set(ids)):
        broken("wrong answer", f"{len(ids) - len(set(ids))} payments were handed to two callers")


def _parent(
    how: How, warm: Warm, origin: str, authority: str | None, folder: str, calls: int, without: str | None, line: Any
) -> None:
    os.setsid()
    if authority is not None:
        os.environ["SSL_CERT_FILE"] = authority
    with guards.without(without):
        journal = str(Path(folder) / "journal")
        face = client("facti", "sync", origin, policy=policy(settle=2.0, retries=0), timeout=TIMEOUT, journal=journal)
        if warm == "read":
            face.payment(PAID)
        else:
            request(face, "warm", folio="warm")
        told = list[tuple[str, str, str]]()
        _START.append(time.monotonic() + TOGETHER)
        running = (_by_multiprocessing if how == "multiprocessing" else _by_fork)(face, how, calls // CHILDREN)
        for pipe in running:
            with contextlib.suppress(EOFError):
                told += pipe.recv()
        line.send(told)
    line.close()


def _by_fork(face: Any, how: How, calls: int) -> list[Any]:
    """Fork as gunicorn does: the children inherit the client, and run threads of their own where it is preloaded."""
    pipes, children = list[Any](), list[int]()
    for child in range(CHILDREN):
        here, there = multiprocessing.Pipe(duplex=False)
        pid = os.fork()
        if pid == 0:
            try:
                here.close()
                there.send(_threaded(face, child, calls) if how == "preload" else _worked(face, child, "", calls))
            finally:
                os._exit(0)
        there.close()
        children.append(pid)
        pipes.append(here)
    threading.Thread(target=lambda: [os.waitpid(pid, 0) for pid in children], daemon=True).start()
    return pipes


def _by_multiprocessing(face: Any, how: How, calls: int) -> list[Any]:
    context = multiprocessing.get_context("fork")
    pipes = list[Any]()
    for child in range(CHILDREN):
        here, there = context.Pipe(duplex=False)
        context.Process(target=_told, args=(there, face, child, calls)).start()
        there.close()
        pipes.append(here)
    return pipes


def _told(pipe: Any, face: Any, child: int, calls: int) -> None:
    pipe.send(_worked(face, child, "", calls))


def _threaded(face: Any, child: int, calls: int) -> list[tuple[str, str, str]]:
    told = list[tuple[str, str, str]]()

    def ran(name: str) -> None:
        told.extend(_worked(face, child, name, calls // 2))

    threads = [threading.Thread(target=ran, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return told


def _worked(face: Any, child: int, thread: str, calls: int) -> list[tuple[str, str, str]]:
    """Return for each call what was asked for, the id that came, and what went wrong."""
    told = list[tuple[str, str, str]]()
    # All children begin at the same moment, before any of them can have finished with what they share.
    time.sleep(max(0.0, _START[-1] - time.monotonic()))
    ends_at = time.monotonic() + CHILD_SECONDS
    for number in range(calls):
        if time.monotonic() > ends_at:
            break
        folio = f"w{child}{thread}-{number}"
        try:
            if number % 4 in (0, 3):
                # Two payments, of folios 3 and 4, so that another's answer is not the same.
                folio, id = ("3", PAID) if child % 2 else ("4", PENDING)
                told.append((folio, str(face.payment(id).id), ""))
            else:
                made = request(face, folio, folio=folio, total_amount=Decimal(number + 1))
                told.append((folio, str(made.request_id), ""))
        except BaseException as error:
            told.append((folio, "", f"{type(error).__name__}: {error}"))
    return told
