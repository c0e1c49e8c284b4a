"""Only ventanilla's errors and the caller's own leave a call, with nothing in reach of them that is secret."""

import asyncio
import gc
import socket
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from attrs import evolve
from driving import CANARIES, FACES, JOB, KEYS, USER, Drive, Fast, driven, drives
from httpx import InvalidURL
from standing import PREFIX, Answer, Standing

from ventanilla import AsyncSyncfy, Policy, Syncfy, drift, errors
from ventanilla._face import Operations, listing, operation
from ventanilla._flow import Flow, Listing, Page, call
from ventanilla_clients.syncfy import api, models

both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
# What everybody holds, and what leads to all that there is.
APART = (type, types.ModuleType, types.BuiltinFunctionType, types.CodeType)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())
    drift.set_strict(False)


def frames(error: BaseException) -> Iterator[types.FrameType]:
    """Yield the frames of a traceback below the caller's: from the first of ventanilla on, but for these tests' own."""
    place, is_below = error.__traceback__, False
    while place is not None:
        is_below |= place.tb_frame.f_globals["__name__"].startswith("ventanilla")
        if is_below and Path(__file__).parent not in Path(place.tb_frame.f_code.co_filename).parents:
            yield place.tb_frame
        place = place.tb_next


def reached(error: BaseException) -> Iterator[str]:
    """Yield every text that can be reached from an error: its chain, its attributes, the locals of its frames."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, APART):
            continue
        seen.add(id(each))
        match each:
            case str():
                yield each
            case bytes() | bytearray():
                yield bytes(each).decode("latin-1")
            case BaseException():
                waiting += [each.args, vars(each), each.__cause__, each.__context__, repr(each), str(each)]
                waiting += [getattr(each, name, None) for name in ("object", "doc", "obj", "value", "request")]
                waiting += [frame.f_locals for frame in frames(each)]
            case types.TracebackType():
                waiting += [each.tb_next, each.tb_frame.f_locals]
            case types.FunctionType():
                waiting += [cell.cell_contents for cell in each.__closure__ or ()]
            case types.GeneratorType() | types.CoroutineType():
                waiting += [vars_of(each)]
            case _:
                waiting += gc.get_referents(each)


def vars_of(running: Any) -> Any:
    frame = getattr(running, "gi_frame", None) or getattr(running, "cr_frame", None)
    return None if frame is None else frame.f_locals


def leaks(error: BaseException) -> set[str]:
    return {name for text in reached(error) for name, secret in CANARIES.items() if secret in text}


ECHOES: dict[str, Callable[[httpx.Request], Exception]] = {
    "quoted by h11": lambda r: httpx.RemoteProtocolError(
        f"illegal status line: bytearray(b'{r.headers}{r.content!r}')"
    ),
    "half of it": lambda r: httpx.RemoteProtocolError(f"illegal header line: b'{CANARIES['syncfy key']}'"),
    "quoted": lambda r: httpx.ReadError(f"reset {r.url} {r.headers} {r.read().decode()}", request=r),
    "a key": lambda r: KeyError(f"{r.url} {dict(r.headers)} {r.read().decode()}"),
    "bytes": lambda r: UnicodeDecodeError("utf-8", f"{r.url} {dict(r.headers)}".encode() + r.read(), 0, 1, "?"),
}


@pytest.mark.parametrize(("echo", "asynchronous"), [(each, n % 2 == 1) for n, each in enumerate(ECHOES)])
@pytest.mark.parametrize("provider", FACES)
def test_nothing_secret_is_in_reach(provider: str, echo: str, asynchronous: bool, fast: None, tmp_path: Path) -> None:
    def bend(answer: Answer, request: httpx.Request) -> Answer:
        if answer.operation == "create_session":
            return answer
        try:
            raise OSError(str(request.headers))
        except OSError as cause:
            raise ECHOES[echo](request) from cause

    transport, base = httpx.MockTransport(Standing(provider, bend)), f"http://127.0.0.1{PREFIX[provider]}"
    ended = driven(drives(provider, tmp_path), transport, asynchronous=asynchronous, base_url=base)
    assert sum(error is not None for _, _, error in ended) > 10
    for drive, _, error in ended:
        if error is not None:
            assert isinstance(error, errors.VentanillaError), drive.name
            assert leaks(error) == set(), drive.name


def test_control_without_silence_much_is_in_reach(fast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def noisy(error: BaseException, handled: BaseException | None) -> BaseException:
        return error

    monkeypatch.setattr("ventanilla._quiet.silenced", noisy)

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        raise ECHOES["a key"](request)

    transport = httpx.MockTransport(Standing("facti", bend))
    ended = driven(drives("facti", tmp_path), transport, asynchronous=False, base_url="http://127.0.0.1")
    assert {"facti key", "facti client"} <= {name for _, _, error in ended if error for name in leaks(error)}


class Bugs(Operations):
    """What our own code may do wrong, before and after something was sent."""

    @operation
    def before(self) -> Flow[None]:
        raise KeyError(CANARIES["syncfy key"])
        yield

    @operation
    def eagerly(self) -> Flow[None]:
        raise KeyError(CANARIES["syncfy key"])

    @operation
    def after_read(self) -> Flow[None]:
        yield from call(api.users.list_users.sync_detailed, client=self.raw)
        raise AttributeError("x", name="x", obj=CANARIES["syncfy key"])

    @operation
    def after_write(self) -> Flow[None]:
        yield from call(api.users.create_user.sync_detailed, client=self.raw, body=models.NewUser(name="x"))
        raise InvalidURL(CANARIES["syncfy key"])

    @operation
    def after_both(self) -> Flow[None]:
        yield from call(api.users.create_user.sync_detailed, client=self.raw, body=models.NewUser(name="x"))
        yield from call(api.users.list_users.sync_detailed, client=self.raw)
        raise UnicodeEncodeError("ascii", CANARIES["syncfy key"], 0, 1, "?")

    @operation
    def after_refused_write(self) -> Flow[None]:
        with suppress(errors.Rejected):
            yield from call(api.users.delete_user.sync_detailed, USER, client=self.raw)
        raise KeyError(CANARIES["syncfy key"])

    @operation
    def with_a_cause(self) -> Flow[None]:
        yield from call(api.users.list_users.sync_detailed, client=self.raw)
        try:
            raise KeyError(CANARIES["syncfy key"])
        except KeyError as problem:
            raise errors.UnexpectedAnswer("test_boundary, line 1", operation="list_users") from problem

    @operation
    def in_the_request(self) -> Flow[None]:
        unfit: Any = object()
        yield from call(api.users.create_user.sync_detailed, client=self.raw, body=unfit)

    @listing
    def page(self) -> Listing[int]:
        yield Page([1])
        yield from call(api.users.list_users.sync_detailed, client=self.raw)
        raise KeyError(CANARIES["syncfy key"])


class Buggy(Bugs, Syncfy):
    """Makes them synchronously."""


class AsyncBuggy(Bugs, AsyncSyncfy):
    """Makes them asynchronously."""


@both
@pytest.mark.parametrize(
    ("does", "kind", "outcome", "name"),
    [
        ("before", errors.InvalidRequest, "not_sent", None),
        ("eagerly", errors.InvalidRequest, "not_sent", None),
        ("in_the_request", errors.InvalidRequest, "not_sent", "create_user"),
        ("after_read", errors.UnexpectedAnswer, "unknown", "list_users"),
        ("page", errors.UnexpectedAnswer, "unknown", "list_users"),
        ("after_refused_write", errors.UnexpectedAnswer, "unknown", "delete_user"),
        ("with_a_cause", errors.UnexpectedAnswer, "unknown", "list_users"),
        ("after_write", errors.OutcomeUnknown, "unknown", "create_user"),
        ("after_both", errors.OutcomeUnknown, "unknown", "create_user"),
    ],
)
def test_a_bug_of_ours_says_what_was_sent_before(
    does: str, kind: type[errors.VentanillaError], outcome: str, name: str | None, asynchronous: bool
) -> None:
    options: dict[str, Any] = {**KEYS["syncfy"], "base_url": "http://127.0.0.1/v1"}

    def refused(answer: Answer, request: httpx.Request) -> Answer:
        body = b'{"rid":"r","code":400,"errors":null,"status":false,"message":"no","response":null}'
        return evolve(answer, body=body) if answer.operation == "delete_user" else answer

    options["transport"] = httpx.MockTransport(Standing("syncfy", refused))

    async def go() -> None:
        async with AsyncBuggy(**options) as face:
            made = getattr(face, does)()
            [each async for each in made] if does == "page" else await made

    def do() -> None:
        with Buggy(**options) as face:
            made = getattr(face, does)()
            assert list(made)

    with pytest.raises(kind) as raised:
        anyio.run(go) if asynchronous else do()
    assert (raised.value.outcome, raised.value.operation) == (outcome, name)
    assert "test_boundary, line " in str(raised.value) or does == "in_the_request"
    assert leaks(raised.value) == set()


class Mine(Exception):
    """One of the caller's."""


@both
def test_what_the_callers_own_function_raises_is_theirs(asynchronous: bool, fast: None) -> None:
    drift.set_strict(False)
    mine = Mine("no")

    def answer(challenge: Any) -> dict[str, str]:
        raise mine

    def bend(reply: Answer, request: httpx.Request) -> Answer:
        if reply.operation != "list_job_statuses":
            return reply
        body = b'{"rid":"r","code":200,"errors":null,"status":true,"message":null,"response":[{"code":100},{"code":410,'
        body += b'"address":"x","twofa":[{"name":"token","type":"text","label":"t"}]}]}'
        return Answer(reply.operation, 200, reply.headers, body)

    transport = httpx.MockTransport(Standing("syncfy", bend))
    drive = Drive("syncfy", "follow_job", {"user": USER, "id_job": JOB, "answer": answer})
    ((_, _, error),) = driven([drive], transport, asynchronous=asynchronous, base_url="http://127.0.0.1/v1")
    assert error is mine
    assert error is not None
    assert [frame.f_code.co_name for frame in frames(error)] == ["do", "__exit__"]
    assert leaks(error) == set()


def test_a_wrong_call_is_a_type_error() -> None:
    with Syncfy(**KEYS["syncfy"], base_url="http://127.0.0.1/v1", transport=PAGE) as face:
        create: Any = face.create_user
        with pytest.raises(TypeError, match="unexpected keyword argument 'nmae'"):
            create(nmae=CANARIES["site user"])


def test_warnings_stay_what_they_are() -> None:
    def warn(request: httpx.Request) -> httpx.Response:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        raise AssertionError

    with Syncfy(**KEYS["syncfy"], base_url="http://127.0.0.1/v1", transport=httpx.MockTransport(warn)) as face:
        with pytest.raises(DeprecationWarning):
            face.find_user("x")
        with pytest.raises(DeprecationWarning):
            face.create_user("x")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_interruptions_pass_without_their_frames(kind: type[BaseException]) -> None:
    def interrupt(request: httpx.Request) -> httpx.Response:
        raise kind(str(7))

    with (
        Syncfy(**KEYS["syncfy"], base_url="http://127.0.0.1/v1", transport=httpx.MockTransport(interrupt)) as face,
        pytest.raises(kind) as raised,
    ):
        face.create_user(CANARIES["site user"])
    assert leaks(raised.value) == set()


USERS = b'{"rid":"r","code":200,"errors":null,"status":true,"message":null,"response":[]}'
PAGE = httpx.MockTransport(lambda _: httpx.Response(200, content=USERS, headers={"Content-Type": "application/json"}))


@both
def test_use_after_close_says_what_to_do(asynchronous: bool) -> None:
    options: dict[str, Any] = {**KEYS["syncfy"], "base_url": "http://127.0.0.1/v1", "transport": PAGE}

    async def go() -> None:
        face = AsyncSyncfy(**options)
        half = face.transactions(USER)
        await face.aclose()
        for use in (face.find_user("x"), anext(aiter(half)), face.create_user("x"), _get(face)):
            with pytest.raises(errors.ConfigurationError, match="closed") as raised:
                await use
            assert raised.value.outcome == "not_sent"

    async def _get(face: Any) -> None:
        await face.raw.async_http.get("/users")

    if asynchronous:
        return anyio.run(go)
    face = Syncfy(**options)
    half = face.transactions(USER)
    face.close()
    http: Any = face.raw.http
    uses: list[Callable[[], Any]] = [
        *(lambda: face.find_user("x"), lambda: next(half), lambda: face.create_user("x")),
        *(lambda: http.get("/users"), lambda: http.send(http.build_request("GET", "/"), stream=True)),
    ]
    for use in uses:
        with pytest.raises(errors.ConfigurationError, match="closed") as raised:
            use()
        assert raised.value.outcome == "not_sent"
    return None


class Kept:
    """A server that answers on connections that it keeps, and counts them."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.hold, args=(connection,), daemon=True).start()

    def hold(self, connection: socket.socket) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(USERS)
        with connection:
            while connection.recv(65536):
                connection.sendall(head + USERS)


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept()
    yield made
    made.listening.shutdown(socket.SHUT_RDWR)
    made.listening.close()


def test_one_client_serves_one_loop_after_the_other(kept: Kept) -> None:
    face = AsyncSyncfy(**KEYS["syncfy"], base_url=f"http://127.0.0.1:{kept.port}/v1")

    async def twice() -> None:
        await face.find_user("x")
        await face.find_user("x")

    for _ in range(3):
        asyncio.run(twice())
    assert kept.connections == 3  # each loop keeps its own
    transport: Any = vars(face.raw.async_http)["_transport"]
    assert transport.inner._pools == {}
    threads = [threading.Thread(target=asyncio.run, args=(twice(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert kept.connections == 6
    asyncio.run(face.aclose())
    with pytest.raises(errors.ConfigurationError):
        asyncio.run(twice())


def test_a_loop_that_was_only_closed_is_forgotten(kept: Kept) -> None:
    face = AsyncSyncfy(**KEYS["syncfy"], base_url=f"http://127.0.0.1:{kept.port}/v1")
    transport: Any = vars(face.raw.async_http)["_transport"]
    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(face.find_user("x"))
        assert len(transport.inner._pools) == 1
        loop.run_until_complete(transport.inner.aclose())
        loop.close()
    asyncio.run(face.find_user("x"))
    assert transport.inner._pools == {}


def test_a_transport_of_another_loop_says_what_to_do(kept: Kept) -> None:
    def other(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("Event loop is closed")

    options: dict[str, Any] = {
        **KEYS["syncfy"],
        "base_url": "http://127.0.0.1/v1",
        "transport": httpx.MockTransport(other),
    }

    async def go() -> None:
        async with AsyncSyncfy(**options) as face:
            await face.find_user("x")

    with pytest.raises(errors.UnexpectedAnswer, match="make a client in each loop"):
        asyncio.run(go())


PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
BAD = [
    *(("SSL_CERT_FILE", value) for value in ("{missing}", "{folder}", "{text}", "{pem}", "{empty}")),
    *(("SSL_CERT_DIR", value) for value in ("{missing}", "{folder}", "{text}", "{missing}:{folder}")),
    *(("SSLKEYLOGFILE", value) for value in ("{missing}/keys", "{folder}")),
    *(
        ("ALL_PROXY", value)
        for value in ("socks5://u:hunter2@127.0.0.1:9", "socks5h://127.0.0.1", "socks4://h", "ftp://h")
    ),
    *(
        ("HTTPS_PROXY", value)
        for value in ("socks5://127.0.0.1:9", "ftp://u:hunter2@h", "://", "http://", "http://[::1")
    ),
    *(("HTTPS_PROXY", value) for value in ("http://h:999999", "\x7f", "http://u:hunter2@:8080", "http://\udcff")),
    *(("HTTP_PROXY", value) for value in ("socks5://127.0.0.1:9", "file:///etc/passwd")),
    *(("NO_PROXY", value) for value in ("[::1]:8080", "a.mx,[::1]:8080", "\x7f")),
]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP", "HTTPS", "ALL", "NO"):
        for each in (f"{name}_PROXY", f"{name}_proxy".lower()):
            monkeypatch.delenv(each, raising=False)


@pytest.mark.parametrize(("name", "value", "asynchronous"), [(*each, n % 2 == 1) for n, each in enumerate(BAD)])
def test_a_variable_that_cannot_be_used_is_named(
    name: str, value: str, asynchronous: bool, tmp_path: Path, bare: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"folder": tmp_path / "empty folder", "text": tmp_path / "text", "pem": tmp_path / "pem"}
    made["folder"].mkdir()
    made["text"].write_text("no PEM")
    made["pem"].write_text(PEM)
    made |= {"missing": tmp_path / "missing", "empty": tmp_path / "nothing"}
    made["empty"].touch()
    for each in (name, name.lower()) if name.endswith("PROXY") else (name,):
        with monkeypatch.context() as patch:
            patch.setenv(each, value.format(**made))
            with pytest.raises(errors.ConfigurationError, match=rf"^Syncfy: {each} ") as raised:
                FACES["syncfy"][asynchronous](**KEYS["syncfy"], base_url="https://api.example.mx/v1")
            assert raised.value.outcome == "not_sent"
            assert not any("hunter2" in text for text in reached(raised.value))
            # Where a transport is given none of them is read.
            FACES["syncfy"][asynchronous](**KEYS["syncfy"], transport=PAGE)


@pytest.mark.parametrize("breaking", ["httpx.create_ssl_context", "httpx.Client.__init__"])
def test_only_a_variable_that_is_set_is_named(breaking: str, bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object, **options: object) -> None:
        raise ModuleNotFoundError("certifi")

    monkeypatch.setattr(breaking, broken)
    monkeypatch.setenv("SSL_CERT_FILE", "")
    for name in (None, "SSL_CERT_FILE" if breaking.endswith("context") else "NO_PROXY"):
        if name is not None:
            monkeypatch.setenv(name, "localhost")
        with pytest.raises(errors.ConfigurationError, match="ModuleNotFoundError") as raised:
            FACES["syncfy"][0](**KEYS["syncfy"], base_url="https://api.example.mx/v1")
        texts = str(raised.value), raised.value.explain("es")
        assert all(("SSL_CERT" in each or "PROXY" in each.upper()) == (name is not None) for each in texts), texts
        assert name is None or all(name in each for each in texts)
        assert ("what this Python" in texts[0], "este Python" in texts[1]) == (name is None,) * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("HTTPS_PROXY", value) for value in ("127.0.0.1:9", "http://u:p@127.0.0.1:9", "https://h", "")),
        *(("NO_PROXY", value) for value in ("*", "a.mx, b.mx,::1, localhost,127.0.0.1", ",")),
        *(("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")),
    ],
)
def test_variables_that_can_be_used_are(name: str, value: str, bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "ftp://h")
    monkeypatch.setenv("all_proxy", "")  # lower case counts, even when it is empty
    monkeypatch.setenv(name, value)
    for kind in FACES["syncfy"]:
        kind(**KEYS["syncfy"], base_url="https://api.example.mx/v1", policy=Policy())
