"""A client that was used before a fork opens connections of its own in the child, and no lock holds it up there."""

import asyncio
import json
import multiprocessing
import os
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ventanilla import AsyncSyncfy, Policy, Syncfy, _fork, _frames, _limiter, _retry, errors
from ventanilla._flow import Listing, Page, iterate
from ventanilla_clients import _runtime
from ventanilla_clients._runtime import Client

CHILDREN, CALLS = 4, 25
KEY = "a-key-of-forks"
# Python 3.12 says that it may go wrong, which is what these are about.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")


class Echo:
    """A server with keep-alive that gives back the name that it is sent, after a while."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.context = context
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                plain, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.hold, args=(plain,), daemon=True).start()

    def hold(self, plain: socket.socket) -> None:
        try:
            connection = plain if self.context is None else self.context.wrap_socket(plain, server_side=True)
        except OSError:
            return
        with connection:
            buffer = b""
            while True:
                try:
                    while b"\r\n\r\n" not in buffer:
                        buffer += self.more(connection)
                    head, _, buffer = buffer.partition(b"\r\n\r\n")
                    lines = [line.lower() for line in head.split(b"\r\n")]
                    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
                    while len(buffer) < length:
                        buffer += self.more(connection)
                    body, buffer = buffer[:length], buffer[length:]
                    time.sleep(0.002)
                    connection.sendall(answer(json.loads(body)["name"] if body else ""))
                except (OSError, EOFError, ValueError):
                    return

    def more(self, connection: socket.socket) -> bytes:
        try:
            came = connection.recv(65536)
        except ssl.SSLError:
            raise EOFError from None
        if not came:
            raise EOFError
        return came


def answer(name: str) -> bytes:
    user = {"id_user": "5e06694b93f4a91cb218f28f", "id_external": "", "name": name, "dt_create": 1, "dt_modify": None}
    shown = {"rid": "r", "code": 200, "errors": None, "status": True, "message": None}
    body = json.dumps({**shown, "response": user if name else []}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for 127.0.0.1, with its key in the same file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *private) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def served(scheme: str, certificate: Path) -> Generator[Echo]:
    context = None
    if scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = Echo(context)
    try:
        yield server
    finally:
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()


def in_children(work: Callable[[int], list[str]], count: int = CHILDREN) -> Counter[str]:
    """Fork children that work at the same time, and count what they say."""
    said: Counter[str] = Counter()
    pipes: list[tuple[int, int]] = []
    for number in range(count):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, json.dumps(work(number)).encode())
            except BaseException as error:
                os.write(writing, json.dumps([repr(error)]).encode())
            finally:
                os._exit(0)
        os.close(writing)
        pipes.append((child, reading))
    for child, reading in pipes:
        os.set_blocking(reading, False)
        content, ends_at = b"", time.monotonic() + 20
        while time.monotonic() < ends_at:
            try:
                part = os.read(reading, 65536)
            except BlockingIOError:
                time.sleep(0.005)
                continue
            if not part:
                break
            content += part
        else:
            os.kill(child, 9)
            content = b'["it hangs"]'
        os.waitpid(child, 0)
        os.close(reading)
        said.update(json.loads(content or b'["it died"]'))
    return said


def options(server: Echo, scheme: str, **more: Any) -> dict[str, Any]:
    port = server.listening.getsockname()[1]
    policy = Policy(requests_per_second=float("inf"), retries=0, settle=0.01)
    return {"api_key": KEY, "base_url": f"{scheme}://127.0.0.1:{port}/v1", "policy": policy, "timeout": 5.0, **more}


def called(face: Syncfy, child: int) -> list[str]:
    """Create users and say of each whether it is the one that was asked for."""
    said: list[str] = []
    for number in range(CALLS):
        name = f"{child}-{number}"
        try:
            said.append("right" if face.create_user(name).name == name else "wrong")
        except errors.VentanillaError as error:
            said.append(type(error).__name__)
    return said


def acalled(face: AsyncSyncfy, child: int) -> list[str]:
    async def go() -> list[str]:
        said: list[str] = []
        for number in range(CALLS):
            name = f"{child}-{number}"
            user = await face.create_user(name)
            said.append("right" if user.name == name else "wrong")
        return said

    return asyncio.run(go())


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("NO_PROXY", "*")


class Wrapped(httpx.BaseTransport):
    """Somebody's transport around httpx's."""

    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


RIGHT = {"right": CHILDREN * CALLS}


@pytest.mark.parametrize(
    ("scheme", "transport", "warmed"),
    [
        ("http", None, "read"),
        ("https", None, "write"),
        ("https", httpx.HTTPTransport, "read"),
        ("http", Wrapped, "write"),
    ],
)
def test_children_have_connections_of_their_own(
    scheme: str, transport: Any, warmed: str, certificate: Path, trusted: None
) -> None:
    with (
        served(scheme, certificate) as server,
        Syncfy(**options(server, scheme, transport=transport and transport())) as face,
    ):
        face.find_user("x") if warmed == "read" else face.create_user("x")
        assert in_children(lambda child: called(face, child)) == RIGHT
        # The parent's own goes on: no child has closed it, or said goodbye on it.
        assert face.create_user("parent").name == "parent"
        assert server.connections == 1 + CHILDREN


@pytest.mark.parametrize(("scheme", "transport"), [("https", None), ("http", httpx.AsyncHTTPTransport)])
def test_asynchronous_children_likewise(scheme: str, transport: Any, certificate: Path, trusted: None) -> None:
    with served(scheme, certificate) as server:
        face = AsyncSyncfy(**options(server, scheme, transport=transport and transport()))
        loop = asyncio.new_event_loop()
        loop.run_until_complete(face.find_user("x"))
        assert in_children(lambda child: acalled(face, child)) == RIGHT
        assert loop.run_until_complete(face.create_user("parent")).name == "parent"
        assert server.connections == 1 + CHILDREN
        loop.run_until_complete(face.aclose())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def test_control_on_a_shared_connection_answers_are_wrong(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: Counter[str] = Counter()
    with served("http", certificate) as server:
        for _ in range(20):  # who reads which answer is a matter of luck
            with Syncfy(**options(server, "http", timeout=0.2)) as face, monkeypatch.context() as patch:
                patch.setattr(_fork, "_renewals", {})
                face.find_user("x")
                said += in_children(partial(called, face))
            if said["wrong"]:
                break
    assert said["wrong"]


def test_control_children_that_share_tls_break_it(
    certificate: Path, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served("https", certificate) as server, Syncfy(**options(server, "https", timeout=0.2)) as face:
        monkeypatch.setattr(_fork, "_renewals", {})
        face.find_user("x")
        assert set(in_children(lambda child: called(face, child))) - {"right"}


def test_locks_that_threads_held_hold_up_no_child(certificate: Path) -> None:
    """As when the fork comes while other threads are inside."""
    pace: Any = _limiter
    runtime: Any = _runtime
    quota: Any = _retry.Quota()
    limiter: Any = pace.limiter("Syncfy", (b"https", b"h", None), KEY, 5.0)
    lines: Any = _frames.Lines(Client(), None)
    lines._places = threading.BoundedSemaphore(1)
    inside, leave = threading.Barrier(2), threading.Event()

    def hold() -> None:
        with limiter._lock, quota._lock, pace._lock, runtime._making, lines._place():
            inside.wait(5)
            leave.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(5)

    def work(child: int) -> list[str]:
        limiter.hold(0.0)
        limiter.reserve(0.0, 1.0)
        pace.limiter("Syncfy", (b"https", b"h", None), "another", 5.0)
        _runtime.decoder(list[list[int]])
        with lines._place():
            return ["free"] if quota.take() else ["empty"]

    assert in_children(work, 1) == {"free": 1}
    leave.set()
    thread.join(5)


def test_an_iterator_that_reads_ahead_says_that_it_cannot_go_on() -> None:
    def pages() -> Listing[int]:
        for number in range(100):
            yield Page([number], ahead=True)

    half = iterate(pages())
    assert next(half) == 0

    def work(child: int) -> list[str]:
        with pytest.raises(errors.ConfigurationError, match="forked process"):
            list(half)
        return ["said"]

    assert in_children(work, 1) == {"said": 1}
    assert list(half) == [*range(1, 100)]


PRELOADED = """
from ventanilla import Policy, Syncfy

# A module that is imported, and uses its client, before the workers are forked, as with `gunicorn --preload`.
face = Syncfy(api_key="key", base_url=url, policy=Policy(requests_per_second=float("inf"), retries=0))
face.create_user("at import")


def app(environ, start_response):
    start_response("200 OK", [])
    return [face.create_user(environ["QUERY_STRING"]).name.encode()]
"""


def test_preloaded_workers_have_connections_of_their_own(certificate: Path) -> None:
    with served("http", certificate) as server:
        module: dict[str, Any] = {"url": f"http://127.0.0.1:{server.listening.getsockname()[1]}/v1"}
        exec(PRELOADED, module)
        context = multiprocessing.get_context("fork")
        answers: Any = context.Queue()

        def serve(worker: int) -> None:
            for number in range(CALLS):
                asked = f"{worker}-{number}"
                (said,) = module["app"]({"QUERY_STRING": asked}, print)
                answers.put("right" if said.decode() == asked else "wrong")

        workers = [context.Process(target=serve, args=(worker,)) for worker in range(CHILDREN)]
        for worker in workers:
            worker.start()
        assert Counter(answers.get(timeout=20) for _ in range(CHILDREN * CALLS)) == RIGHT
        for worker in workers:
            worker.join(10)
        module["face"].close()
        answers.close()
        answers.join_thread()
