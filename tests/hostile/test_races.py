"""One user and one session, however many threads, tasks and processes ask for them at once."""

import asyncio
import contextlib
import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest

from ventanilla import AsyncSyncfy, Policy, Syncfy, _claims, errors

KEY = "7767a4a04f990e9231bafc949e8ca08a"
USER = "5e06694b93f4a91cb218f28f"
BASE = "http://127.0.0.1/v1"
SLOW = 0.01


class Service:
    """A Syncfy of users and sessions that keeps nothing unique, and takes its time between asking and doing.

    Attributes:
        users: those that were created.
        posts: how many sessions were opened.
        dead: tokens that have expired.
        failing: openings that are answered with an error.
    """

    def __init__(self) -> None:
        self.users: list[dict[str, Any]] = []
        self.posts, self.failing = 0, 0
        self.dead: set[str] = set()
        self.used: Counter[str] = Counter()
        self._ids, self._lock = itertools.count(1), threading.Lock()

    def do(self, method: str, path: str, query: dict[str, list[str]], body: bytes, token: str) -> tuple[int, Any]:
        with self._lock:
            if path.endswith("/sessions"):
                self.posts += 1
                if self.failing:
                    self.failing -= 1
                    return 500, None
                return 200, {"token": f"{self.posts:064x}"}
            if method == "POST":
                made = {"id_user": f"{next(self._ids):024x}", "dt_create": 1, "dt_modify": None, **json.loads(body)}
                self.users.append(made)
                return 200, made
            if path.endswith("/users"):
                return 200, [each for each in self.users if each["id_external"] in query.get("id_external", [])]
            self.used[token] += 1
            return (401, None) if token in self.dead else (200, {"count": 1})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        time.sleep(SLOW)
        return self._said(request)

    async def slowly(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(SLOW)
        answer = self._said(request)
        await anyio.sleep(SLOW)
        return answer

    def _said(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization", "").removeprefix("TOKEN token=")
        query = parse_qs(request.url.query.decode())
        code, response = self.do(request.method, request.url.path, query, request.content, token)
        return httpx.Response(code, json=envelope(code, response))


def envelope(code: int, response: Any) -> dict[str, Any]:
    return {"rid": "r", "code": code, "errors": None, "status": code == 200, "message": None, "response": response}


def client(service: Service) -> Syncfy:
    return Syncfy(api_key=KEY, base_url=BASE, policy=Policy(retries=0), transport=httpx.MockTransport(service))


def aclient(service: Service) -> AsyncSyncfy:
    transport = httpx.MockTransport(service.slowly)
    return AsyncSyncfy(api_key=KEY, base_url=BASE, policy=Policy(retries=0), transport=transport)


def created(face: Syncfy, id_external: str = "shop-1") -> str:
    try:
        return face.create_user("n", id_external=id_external).id_user
    except errors.AlreadyExists as there:
        return str(there.existing.id_user)


def by_threads(service: Service) -> list[str]:
    with ThreadPoolExecutor(8) as pool:
        return [*pool.map(created, [client(service) for _ in range(8)])]


def by_tasks(service: Service) -> list[str]:
    made: list[str] = []

    async def one(face: AsyncSyncfy) -> None:
        try:
            made.append((await face.create_user("n", id_external="shop-1")).id_user)
        except errors.AlreadyExists as there:
            made.append(there.existing.id_user)

    async def everyone() -> None:
        async with aclient(service) as face, anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one, face)

    anyio.run(everyone)
    return made


PROGRAM = """
import sys
from ventanilla import Syncfy, errors
with Syncfy(api_key=sys.argv[1], base_url=sys.argv[2]) as face:
    print("ready", flush=True); sys.stdin.readline()
    try: print(face.create_user("n", id_external="shop-1").id_user)
    except errors.AlreadyExists as there: print(there.existing.id_user)
"""


def by_processes(service: Service) -> list[str]:
    with served(service) as base:
        command = [sys.executable, "-c", PROGRAM, KEY, base]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        running = [subprocess.Popen(command, **pipes) for _ in range(3)]
        assert all(each.stdout and each.stdout.readline() == "ready\n" for each in running)
        for each in running:
            assert each.stdin
            each.stdin.write("\n")
            each.stdin.flush()
        return [each.communicate(timeout=30)[0].strip() for each in running]


@contextlib.contextmanager
def served(service: Service) -> Generator[str]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = urlsplit(self.path)
            time.sleep(SLOW)
            code, response = service.do(self.command, asked.path, parse_qs(asked.query), body, "")
            said = json.dumps(envelope(code, response)).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Way = Callable[[Service], list[str]]
ways = pytest.mark.parametrize("way", [by_threads, by_tasks, by_processes])


@ways
def test_one_user_is_created(way: Way) -> None:
    service = Service()
    made = way(service)
    assert len(made) > 2
    assert {*made} == {service.users[0]["id_user"]}
    assert len(service.users) == 1


def at_once(claim: object) -> bool:
    return True


@pytest.mark.parametrize("way", [by_threads, by_tasks])
def test_control_without_a_claim_several_are(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_claims._Claim, "take", at_once)  # pyright: ignore[reportPrivateUsage] - the guard
    service = Service()
    way(service)
    assert len(service.users) > 1


def test_a_claim_ends_with_its_process() -> None:
    held = (
        "import os\nfrom ventanilla import _claims\nfrom ventanilla._flow import Do, run\n"
        "def work():\n    yield Do(os._exit, (7,))\nrun(_claims.claimed('x', work))"
    )
    assert subprocess.run([sys.executable, "-c", held]).returncode == 7

    def work() -> Any:
        return "mine"
        yield

    from ventanilla._flow import run

    assert run(_claims.claimed("x", work)) == "mine"


@pytest.mark.parametrize("has_temporary", [True, False])
def test_a_home_that_cannot_be_written(
    has_temporary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("VENTANILLA_JOURNAL", str(tmp_path / "file" / "journal" / "i.sqlite3"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path if has_temporary else tmp_path / "file"))
    service = Service()
    with caplog.at_level(logging.WARNING, "ventanilla.claims"):
        assert created(client(service)) == service.users[0]["id_user"]
    assert len(caplog.records) == (not has_temporary)


def test_a_cancelled_task_strands_nobody() -> None:
    service = Service()

    async def everyone() -> None:
        async with aclient(service) as face:
            for seconds in (0.0, 0.001, 0.005, 0.015, 0.025, 0.035):
                with anyio.move_on_after(seconds):
                    await face.create_user("n", id_external="shop-1")
                with anyio.move_on_after(seconds):
                    await face.count_transactions(USER)
            with anyio.fail_after(5):
                assert (await face.count_transactions(USER)) == 1
                with contextlib.suppress(errors.AlreadyExists):
                    await face.create_user("n", id_external="shop-1")

    anyio.run(everyone)


def test_a_cancelled_error_that_is_kept_holds_no_claim() -> None:
    service = Service()
    kept: list[BaseException] = []

    async def everyone() -> None:
        async with aclient(service) as face:
            begun = asyncio.create_task(face.create_user("n", id_external="shop-1"))
            await asyncio.sleep(SLOW)
            begun.cancel()
            try:
                await begun
            except asyncio.CancelledError as error:
                kept.append(error)
            with anyio.fail_after(5):
                await face.create_user("n", id_external="shop-1")

    anyio.run(everyone)
    assert kept
    assert len(service.users) == 1


def count_by_threads(service: Service, face: Any) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return [*pool.map(attempt, [lambda: face.count_transactions(USER)] * 8)]


def attempt(do: Callable[[], Any]) -> Any:
    try:
        return do()
    except errors.VentanillaError as error:
        return type(error).__name__


def test_threads_open_one_session() -> None:
    service = Service()
    with client(service) as face:
        assert count_by_threads(service, face) == [1] * 8
        assert service.posts == 1
        service.dead.add(f"{1:064x}")
        assert count_by_threads(service, face) == [1] * 8
        assert service.posts == 2


def test_tasks_open_one_session() -> None:
    service = Service()
    counted: list[int] = []

    async def one(face: AsyncSyncfy) -> None:
        counted.append(await face.count_transactions(USER))

    async def everyone() -> None:
        async with aclient(service) as face:
            for ended in range(2):
                service.dead.update([f"{1:064x}"] * ended)
                async with anyio.create_task_group() as group:
                    for _ in range(20):
                        group.start_soon(one, face)
                assert service.posts == 1 + ended

    anyio.run(everyone)
    assert counted == [1] * 40


def test_one_client_serves_several_loops_of_events() -> None:
    service = Service()
    face = aclient(service)
    assert [anyio.run(face.count_transactions, USER) for _ in range(2)] == [1, 1]
    assert service.posts == 1


def test_a_late_401_opens_no_other_session() -> None:
    service = Service()
    late = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        said = service(request)
        if request.url.params.get("keywords") == "late" and said.status_code == 401:
            late.wait(5)
        return said

    with Syncfy(api_key=KEY, base_url=BASE, transport=httpx.MockTransport(answer)) as face:
        face.count_transactions(USER)
        service.dead.add(f"{1:064x}")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(face.count_transactions, USER, keywords="late")
            while not service.used[f"{1:064x}"] > 1:
                time.sleep(0.001)
            face.count_transactions(USER)
            late.set()
            assert waiting.result(5) == 1
    assert service.posts == 2


def test_an_opening_that_fails_lets_the_next_try() -> None:
    service = Service()
    service.failing = 3
    with client(service) as face:
        assert Counter(count_by_threads(service, face)) == {1: 5, "ServiceUnavailable": 3}
        assert service.posts == 4


@pytest.mark.parametrize("token", [None, "", 7, "a b", "x" * 9 + "\r\nX-Evil: 1", "ñ" * 20], ids=str)
def test_what_is_no_token_is_never_sent(token: Any) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=envelope(200, {"token": token}))

    with Syncfy(api_key=KEY, base_url=BASE, transport=httpx.MockTransport(answer)) as face:
        with pytest.raises(errors.VentanillaError) as raised:
            face.count_transactions(USER)
        assert raised.value.outcome == "not_sent"
        with pytest.raises(errors.VentanillaError):
            face.open_session(USER)
    assert all(request.url.path.endswith("/sessions") for request in seen)


def test_a_fork_within_an_opening_strands_no_child() -> None:
    service = Service()
    face = client(service)
    auth = face._sessions.of(USER)  # pyright: ignore[reportPrivateUsage] - to fork while it is held
    with auth._of_threads():  # pyright: ignore[reportPrivateUsage]
        child = os.fork()
        if child == 0:
            signalled = 1
            with contextlib.suppress(BaseException):
                signalled = 0 if face.count_transactions(USER) == 1 else 2
            os._exit(signalled)
        deadline = time.monotonic() + 10
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
            time.sleep(0.01)
        if ended == (0, 0):
            os.kill(child, 9)
            os.waitpid(child, 0)
    assert ended == (child, 0)
