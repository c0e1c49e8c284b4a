"""Threads, tasks and processes that want the same at the same moment."""

import asyncio
import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen

from proving import guards
from proving.odd_stage import Harness, client, respond
from proving.odd_story import Broken, Stories, Story, is_ours, judge
from proving.parallel import processes
from proving.recipes import KEY, LOGIN, NEW_EXTERNAL, payroll, policy, request
from proving.scripted import Script, ScriptedServer
from proving.scripted_http import serving
from proving.scripted_syncfy import NORMAL, USER
from proving.stage import Ended
from ventanilla.errors import AlreadyExists

RACERS = 8
SECONDS = 60.0
LATENCY = 0.02


class Busy(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Takes its time before and after each request, so that others come meanwhile."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        time.sleep(LATENCY)
        answer = respond(self._server, request, request.read())
        time.sleep(LATENCY)
        return answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        body = await request.aread()
        await asyncio.sleep(LATENCY)
        answer = respond(self._server, request, body)
        await asyncio.sleep(LATENCY)
        return answer


@frozen
class Race:
    """What all want at once.

    Args:
        name: of it.
        provider: whose.
        do: asks for it.
        write: the operation that is done once.
        is_refused: what a loser may be told in place of the result.
    """

    name: str
    provider: str
    do: Callable[[Any], Any]
    write: str
    is_refused: tuple[type[Exception], ...] = ()


RACES = (
    Race("payment", "facti", request, "create_request"),
    Race("payroll", "facturaonline", payroll, "create_payroll"),
    Race("user", "syncfy", lambda f: f.create_user("Rey", id_external=NEW_EXTERNAL), "create_user", (AlreadyExists,)),
    Race(
        "link",
        "syncfy",
        lambda f: f.link(id_external=NEW_EXTERNAL, name="Rey", site=NORMAL, credentials=LOGIN, timeout=5.0),
        "create_user",
    ),
    Race("webhook", "syncfy", lambda f: f.register_webhook("https://a.mx/hook", events=["refresh"]), "create_webhook"),
)


def stories(*, is_small: bool) -> Stories:
    """Yield the races of threads, tasks and, at full size, processes; with one client and with one for each."""
    for race in RACES[:3] if is_small else RACES:
        for is_shared in (True, False):
            name = f"{race.name}/{'one client' if is_shared else 'a client each'}"
            yield Story(f"threads/{name}", partial(_threads, race, is_shared), RACERS)
            yield Story(f"tasks/{name}", partial(_tasks, race, is_shared), RACERS)
        if not is_small:
            yield Story(f"processes/{race.name}", partial(_processes, race), RACERS)
    for provider, do, write in (("facti", request, "create_request"), ("facturaonline", payroll, "create_payroll")):
        yield Story(f"threads/send again/{provider}", partial(_send_again, provider, do, write), RACERS)
        yield Story(f"threads/send again lost/{provider}", partial(_send_again_lost, provider, do, write), RACERS)
    yield Story("threads/session", _sessions, RACERS)
    yield Story("tasks/session", _async_sessions, RACERS)


def _client(race: Race, way: Any, server: ScriptedServer, folder: str) -> Any:
    options: dict[str, Any] = {} if race.provider == "syncfy" else {"journal": str(Path(folder) / "journal")}
    # Others wait for the one that sends, in real time: nothing passes at once where threads meet.
    return client(race.provider, way, transport=Busy(server), policy=policy(settle=10.0), **options)


def _all_at_once(doing: Sequence[Callable[[], Any]]) -> list[Ended]:
    barrier, endings = threading.Barrier(len(doing)), list[Ended]()

    def ran(do: Callable[[], Any]) -> None:
        barrier.wait(SECONDS)
        try:
            endings.append(Ended(do()))
        except Exception as error:
            endings.append(Ended(error=error))

    threads = [threading.Thread(target=ran, args=(do,)) for do in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return endings


def _judge(race: Race, server: ScriptedServer, endings: list[Ended], broken: Broken) -> None:
    judge(server, race.write, endings, broken)
    if len(endings) < RACERS:
        broken("not ours", f"{RACERS - len(endings)} of {RACERS} never ended")
    lost = [each for each in endings if each.error is not None and not isinstance(each.error, race.is_refused)]
    if lost and all(is_ours(each.error) for each in lost):
        broken("loser without the result", f"{len(lost)} of {RACERS}, as {lost[0]}: {lost[0].error}"[:200])


def _threads(race: Race, is_shared: bool, harness: Harness, broken: Broken) -> None:
    server = ScriptedServer()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        faces = [_client(race, "sync", server, folder) for _ in range(1 if is_shared else RACERS)]
        for face in faces:
            stack.callback(face.close)
        doing = [partial(race.do, faces[number % len(faces)]) for number in range(RACERS)]
        _judge(race, server, _all_at_once(doing), broken)


def _tasks(race: Race, is_shared: bool, harness: Harness, broken: Broken) -> None:
    server = ScriptedServer()

    async def ran(face: Any) -> Ended:
        try:
            return Ended(await race.do(face))
        except Exception as error:
            return Ended(error=error)

    async def all_of_them(folder: str) -> list[Ended]:
        faces = [_client(race, "async", server, folder) for _ in range(1 if is_shared else RACERS)]
        endings = await asyncio.gather(*(ran(faces[number % len(faces)]) for number in range(RACERS)))
        for face in faces:
            await face.aclose()
        return endings

    with tempfile.TemporaryDirectory() as folder:
        _judge(race, server, harness.runner.run(all_of_them(folder)), broken)


def _processes(race: Race, harness: Harness, broken: Broken) -> None:
    context = processes()
    with tempfile.TemporaryDirectory() as folder, serving(latency=LATENCY * 4) as remote:
        barrier, lines, running = context.Barrier(RACERS), list[Any](), list[Any]()
        for _ in range(RACERS):
            here, there = context.Pipe(duplex=False)
            given = (RACES.index(race), remote.origin, folder, guards.taken(), barrier, there)
            process = context.Process(target=_process, args=given)
            process.start()
            there.close()
            lines.append(here)
            running.append(process)
        told = list[tuple[str, bool, bool]]()
        for line, process in zip(lines, running, strict=True):
            with contextlib.suppress(EOFError):
                if line.poll(SECONDS):
                    told.append(line.recv())
            process.join(SECONDS)
            line.close()
        effects: dict[str, int] = remote.ask("effects") or {}
        done = effects.get(race.write, 0)
    if done != 1:
        broken("duplicate" if done > 1 else "not done", f"{race.write} was done {done} times by {RACERS} processes")
    if len(told) < RACERS:
        broken("not ours", f"{RACERS - len(told)} of {RACERS} never ended")
    for said, is_known, is_good in told:
        if not is_known:
            broken("not ours", said)
        elif not is_good:
            broken("loser without the result", said)


def _process(which: int, origin: str, folder: str, without: str | None, barrier: Any, line: Any) -> None:
    race = RACES[which]
    options: dict[str, Any] = {} if race.provider == "syncfy" else {"journal": str(Path(folder) / "journal")}
    with guards.without(without), client(race.provider, "sync", origin, policy=policy(settle=10.0), **options) as face:
        barrier.wait(SECONDS)
        try:
            race.do(face)
        except Exception as error:
            line.send((f"{type(error).__name__}: {error}"[:160], is_ours(error), isinstance(error, race.is_refused)))
        else:
            line.send(("", True, True))
    line.close()


def _lost() -> BaseException:
    return httpx.ReadError("lost")


def _send_again(provider: str, do: Callable[[Any], Any], write: str, harness: Harness, broken: Broken) -> None:
    """All say at once that what was lost shall be sent again."""
    server = ScriptedServer()
    server.scripts = [Script(write, executes=False, raises=_lost)]
    with tempfile.TemporaryDirectory() as folder:
        journal = str(Path(folder) / "journal")
        options: dict[str, Any] = {"journal": journal, "policy": policy(settle=1.0)}
        with client(provider, "sync", transport=Busy(server), **options) as first:
            harness.end(partial(do, first))
        faces = [client(provider, "sync", transport=Busy(server), **options) for _ in range(RACERS)]
        endings = _all_at_once([partial(_resumed, face) for face in faces])
        for face in faces:
            face.close()
    judge(server, write, endings, broken)
    if server.requests(write) != 2:
        broken("sent again", f"{server.requests(write) - 1} requests by {RACERS} × resume(send_again=True)")
    lost = [each for each in endings if each.error is not None]
    if lost:
        broken("loser without the result", f"{len(lost)} of {RACERS}, as {lost[0]}: {lost[0].error}"[:200])


def _send_again_lost(provider: str, do: Callable[[Any], Any], write: str, harness: Harness, broken: Broken) -> None:
    """Likewise, and what is sent again is lost as well: who has read of it before does not send it once more."""
    server = ScriptedServer()
    server.scripts = [Script(write, executes=False, raises=_lost, times=None)]
    with tempfile.TemporaryDirectory() as folder:
        journal = str(Path(folder) / "journal")
        options: dict[str, Any] = {"journal": journal, "policy": policy(settle=0.2)}
        with client(provider, "sync", transport=Busy(server), **options) as first:
            harness.end(partial(do, first))
        faces = [client(provider, "sync", transport=Busy(server), **options) for _ in range(RACERS)]
        endings = _all_at_once([partial(_resumed, face) for face in faces])
        for face in faces:
            face.close()
    for each in endings:
        if not is_ours(each.error):
            broken("not ours", f"{type(each.error).__name__}: {each.error}"[:160])
    if server.requests(write) != 2:
        broken("sent again", f"{server.requests(write) - 1} requests by {RACERS} × resume(send_again=True), all lost")


def _resumed(face: Any) -> Any:
    return face.resume(KEY, send_again=True)


def _sessions(harness: Harness, broken: Broken) -> None:
    """Threads that find no session, and then an expired one: each time one is opened."""
    server = ScriptedServer()
    server.syncfy.tokens = set()
    with client("syncfy", "sync", transport=Busy(server)) as face:
        doing = [partial(face.count_transactions, USER) for _ in range(RACERS)]
        endings = _all_at_once(doing)
        first = server.requests("create_session")
        server.syncfy.tokens.clear()
        endings += _all_at_once(doing)
    _judge_sessions(first, server, endings, broken)


def _async_sessions(harness: Harness, broken: Broken) -> None:
    server = ScriptedServer()
    server.syncfy.tokens = set()

    async def ran(face: Any) -> Ended:
        try:
            return Ended(await face.count_transactions(USER))
        except Exception as error:
            return Ended(error=error)

    async def both() -> tuple[int, list[Ended]]:
        async with client("syncfy", "async", transport=Busy(server)) as face:
            endings = list(await asyncio.gather(*(ran(face) for _ in range(RACERS))))
            first = server.requests("create_session")
            if server.syncfy.tokens is not None:
                server.syncfy.tokens.clear()
            return first, [*endings, *await asyncio.gather(*(ran(face) for _ in range(RACERS)))]

    _judge_sessions(*_swapped(server, harness.runner.run(both())), broken)


def _swapped(server: ScriptedServer, told: tuple[int, list[Ended]]) -> tuple[int, ScriptedServer, list[Ended]]:
    return told[0], server, told[1]


def _judge_sessions(first: int, server: ScriptedServer, endings: list[Ended], broken: Broken) -> None:
    renewed = server.requests("create_session") - first
    if (first, renewed) != (1, 1):
        broken("sessions", f"{first} sessions opened at first and {renewed} when they had expired, by {RACERS} at once")
    for each in endings:
        if each.error is not None:
            broken("not ours" if not is_ours(each.error) else "sessions", f"{each}: {each.error}"[:160])
