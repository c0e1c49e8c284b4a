"""Both faces follow a job by its WebSocket, and lose nothing when it is refused, broken, silent or a lie."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import msgspec
import pytest
import uvicorn

from ventanilla import AsyncSyncfy, Syncfy, errors
from ventanilla._frames import MOST, Lines
from ventanilla._waiting import Patience
from ventanilla.mock.server import running
from ventanilla.syncfy import Challenge, JobState, Link
from ventanilla_clients._runtime import Client

KEY, TOKEN = "7767a4a04f990e9231bafc949e8ca08a", "d5b33dcf996ac34fd2fa56782d72bff6"
USER_ID, JOB_ID = "5e06694b93f4a91cb218f28f", "5e17c4325d4f6077171c0254"
ASKED = {
    "code": 410,
    "address": "https://elsewhere.example/twofa",
    "twofa": [{"name": "token", "type": "text", "label": "?"}],
}
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Service:
    """A service of one job, on one port: GET status tells `rows`, and `speak` is what its WebSocket does."""

    def __init__(self) -> None:
        self.url = ""
        self.rows: list[dict[str, Any]] = [{"code": 100}]
        self.looks = 0
        self.answers: list[Any] = []
        self.handshakes: list[dict[str, str]] = []
        self.speak: Callable[[Speech], Awaitable[None]] = refuse
        self.on_look: Callable[[int], None] = lambda looks: None
        self.is_over = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self.handshakes.append({name.decode(): value.decode() for name, value in scope["headers"]})
            assert scope["path"] == f"/v1/status/{JOB_ID}"
            await self.speak(Speech(self, receive, send))
        elif scope["type"] == "http":
            message = await receive()
            status, found = self.answer(scope["method"], scope["path"], message["body"])
            known = {"rid": "r", "code": status, "errors": None, "status": status == 200, "message": None}
            body = msgspec.json.encode({**known, "response": found})
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        match method, path:
            case "POST", "/v1/sessions":
                return 200, {"token": TOKEN}
            case "POST", _ if path == f"/v1/jobs/{JOB_ID}/twofa":
                self.answers.append(msgspec.json.decode(body))
                self.rows.append({"code": 103})
                return 200, True
            case "GET", _ if path == f"/v1/jobs/{JOB_ID}/status":
                self.looks += 1
                self.on_look(self.looks)
                return 200, self.rows
            case _:
                return 404, None


class Speech:
    """One connection of the WebSocket, as the server speaks on it."""

    def __init__(self, service: Service, receive: Receive, send: Send) -> None:
        self.service = service
        self._receive = receive
        self.send = send

    async def open(self) -> None:
        await self._receive()
        await self.send({"type": "websocket.accept"})

    async def say(self, *messages: int | str | bytes) -> None:
        """Send codes, or other messages as they are."""
        for message in messages:
            text = msgspec.json.encode({"code": message}).decode() if isinstance(message, int) else message
            kind = "bytes" if isinstance(text, bytes) else "text"
            await self.send({"type": "websocket.send", kind: text})

    async def reach(self, *codes: int) -> None:
        """Let the job reach codes, and send each."""
        for code in codes:
            self.service.rows.append(ASKED if code == 410 else {"code": code})
            await self.say(code)

    async def gone(self) -> None:
        """Wait until the other side has hung up."""
        while (await self._receive())["type"] != "websocket.disconnect":
            pass

    async def close(self, code: int = 1000) -> None:
        await self.send({"type": "websocket.close", "code": code})


async def refuse(speech: Speech) -> None:
    await speech.send({"type": "websocket.close"})


@contextmanager
def served(app: Any, **options: Any) -> Generator[str]:
    """Serve an ASGI application on a free port of this machine while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(app, ws="websockets-sansio", lifespan="off", log_level="critical", **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def service() -> Generator[Service]:
    made = Service()
    with served(made) as url:
        made.url = f"{url}/v1"
        yield made
        made.is_over = True


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polling and patience in tens of milliseconds."""
    monkeypatch.setattr("ventanilla.syncfy._jobs.PATIENCE", Patience(deadline=20.0, first=0.02, longest=0.05))
    monkeypatch.setattr("ventanilla.syncfy._listening.SILENCE_SECONDS", 0.3)


def ones(challenge: Challenge) -> dict[str, str]:
    return {field.name: "1" for field in challenge.fields}


def followed(service: Service, asynchronous: bool, id_job: str = JOB_ID, **options: Any) -> JobState:
    """Follow the service's job by socket with one of the faces."""
    options = {"watch": "socket", "timeout": 10.0, **options}
    if not asynchronous:
        with Syncfy(api_key=KEY, base_url=service.url) as face:
            return face.follow_job(USER_ID, id_job, **options)

    async def follow() -> JobState:
        async with AsyncSyncfy(api_key=KEY, base_url=service.url) as face:
            return await face.follow_job(USER_ID, id_job, **options)

    return anyio.run(follow)


both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


async def tell(speech: Speech) -> None:
    """Tell the whole of a job, as documented."""
    await speech.open()
    await speech.say(*(row["code"] for row in speech.service.rows))
    await speech.reach(101, 102)
    await asyncio.sleep(0.15)
    await speech.reach(200)
    await speech.close()


@both
def test_job_followed_by_socket_costs_two_looks(service: Service, asynchronous: bool) -> None:
    service.speak = tell
    ended = followed(service, asynchronous)
    assert (ended.code, ended.history) == (200, (100, 101, 102, 200))
    assert service.looks == 2
    assert len(service.handshakes) == 1
    # The same job polled: this is what the socket spares.
    service.rows, service.looks, service.handshakes = [{"code": 100}], 0, []
    service.on_look = lambda looks: service.rows.append({"code": 200}) if looks == 8 else None
    assert followed(service, asynchronous, watch="poll").code == 200
    assert service.looks == 8
    assert service.handshakes == []


@both
def test_challenge_is_answered_and_the_job_followed_on(service: Service, asynchronous: bool) -> None:
    async def ask(speech: Speech) -> None:
        await speech.open()
        await speech.say(*(row["code"] for row in speech.service.rows))
        await asyncio.sleep(0.15)  # what is only repeated leads to no look meanwhile
        await speech.reach(*((102, 200) if speech.service.answers else (101, 410)))
        await speech.gone()

    service.speak = ask
    assert followed(service, asynchronous, answer=ones).history == (100, 101, 410, 103, 102, 200)
    assert service.answers == [{"twofa": {"token": "1"}}]
    assert service.looks == 3
    assert len(service.handshakes) == 2


@both
def test_nothing_secret_is_sent_or_logged(
    service: Service, asynchronous: bool, caplog: pytest.LogCaptureFixture
) -> None:
    service.speak = tell
    with caplog.at_level(logging.DEBUG):
        followed(service, asynchronous)
    (handshake,) = service.handshakes
    assert handshake["host"] == service.url.split("/")[2]
    assert handshake["user-agent"].startswith("ventanilla/")
    assert not {"authorization", "cookie", "sec-websocket-extensions"} & {*handshake}
    assert any(record.name == "websockets.client" for record in caplog.records)
    told = caplog.text + str([*handshake.values()])
    assert KEY not in told
    assert TOKEN not in told


async def garbage(speech: Speech) -> None:
    await speech.open()
    await speech.say("not JSON")
    await speech.gone()


async def binary(speech: Speech) -> None:
    await speech.open()
    await speech.say(b"\x82\x00\xff")
    await speech.gone()


async def too_large(speech: Speech) -> None:
    await speech.open()
    await speech.say('{"code":200,"more":"' + "x" * 2**20 + '"}')
    await speech.gone()


async def close_early(speech: Speech) -> None:
    await speech.open()
    await speech.say(100, 101)
    await speech.close()


async def break_off(speech: Speech) -> None:
    await speech.open()
    await speech.say(100)
    raise RuntimeError("the server fails here")


async def never_open(speech: Speech) -> None:
    while not speech.service.is_over:
        await asyncio.sleep(0.02)


async def be_unknown(speech: Speech) -> None:
    await speech.send({"type": "websocket.http.response.start", "status": 404, "headers": []})
    await speech.send({"type": "websocket.http.response.body", "body": b""})


USELESS = [garbage, binary, too_large, close_early, break_off, never_open, be_unknown, refuse]


@both
@pytest.mark.parametrize("useless", USELESS)
def test_socket_of_no_use_is_left_for_polling(
    service: Service, asynchronous: bool, useless: Callable[[Speech], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    service.speak = useless
    service.on_look = lambda looks: service.rows.append({"code": 200}) if looks == 6 else None
    with caplog.at_level(logging.INFO, "ventanilla.frames"):
        assert followed(service, asynchronous).history == (100, 200)
    assert service.looks == 6
    assert len(service.handshakes) == 1
    assert [record for record in caplog.records if record.name == "ventanilla.frames"]


@both
def test_unknown_job_is_not_found(service: Service, asynchronous: bool) -> None:
    with pytest.raises(errors.NotFound):
        followed(service, asynchronous, id_job="5e17c4325d4f6077171c0255")
    assert service.handshakes == []


async def keep_silent(speech: Speech) -> None:
    await speech.open()
    await speech.gone()


@both
def test_silent_socket_delays_news_and_loses_none(service: Service, asynchronous: bool) -> None:
    service.speak = keep_silent
    service.on_look = lambda looks: service.rows.append({"code": 200}) if looks == 3 else None
    began = time.monotonic()
    assert followed(service, asynchronous).code == 200
    assert 0.6 <= time.monotonic() - began < 2.0
    assert len(service.handshakes) == 2


async def chatter(speech: Speech) -> None:
    await speech.open()
    while True:
        await speech.say(101)
        await asyncio.sleep(0.02)


@both
@pytest.mark.parametrize("speak", [keep_silent, chatter, never_open])
def test_deadline_is_kept(
    service: Service, asynchronous: bool, speak: Callable[[Speech], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("syncfy._listening.SILENCE_SECONDS", "_frames.OPEN_SECONDS"):
        monkeypatch.setattr(f"ventanilla.{name}", 30.0)
    service.speak = speak
    began = time.monotonic()
    with pytest.raises(errors.WaitTimeout):
        followed(service, asynchronous, timeout=0.5)
    assert 0.5 <= time.monotonic() - began < 1.5


@both
def test_a_socket_that_does_not_open_is_not_waited_for_as_long_as_one_that_is_silent(
    service: Service, asynchronous: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ventanilla.syncfy._listening.SILENCE_SECONDS", 30.0)
    monkeypatch.setattr("ventanilla._frames.OPEN_SECONDS", 0.2)
    service.speak = never_open
    service.on_look = lambda looks: service.rows.append({"code": 200}) if looks == 2 else None
    began = time.monotonic()
    assert followed(service, asynchronous, timeout=60.0).code == 200
    assert 0.2 <= time.monotonic() - began < 20.0


@both
def test_redirect_is_not_followed(service: Service, asynchronous: bool) -> None:
    visits: list[str] = []

    async def canary(scope: Message, receive: Receive, send: Send) -> None:
        visits.append(scope["path"])

    with served(canary) as elsewhere:
        for target in (f"{elsewhere}/v1/status/{JOB_ID}", f"{elsewhere.replace('http', 'ws')}/", "/v1/another"):

            async def redirect(speech: Speech, target: str = target) -> None:
                headers = [(b"location", target.encode())]
                start = {"type": "websocket.http.response.start", "status": 302, "headers": headers}
                await speech.send(start)
                await speech.send({"type": "websocket.http.response.body", "body": b""})

            service.rows, service.looks, service.handshakes, service.speak = [{"code": 100}], 0, [], redirect
            service.on_look = lambda looks: service.rows.append({"code": 200}) if looks == 4 else None
            assert followed(service, asynchronous).code == 200
            assert len(service.handshakes) == 1
    assert visits == []


def listened(url: str, asynchronous: bool, wanted: Callable[[bytes], bool], seconds: float) -> bool:
    """Listen once, without a face."""
    if not asynchronous:
        with httpx.Client(base_url=url, auth=("user", "secret")) as http:
            return Lines(Client(http=http), None).listen(f"status/{JOB_ID}", wanted, seconds)

    async def listen() -> bool:
        async with httpx.AsyncClient(base_url=url, auth=("user", "secret")) as http:
            return await Lines(Client(async_http=http), None).alisten(f"status/{JOB_ID}", wanted, seconds)

    return anyio.run(listen)


@both
def test_deadline_is_kept_by_who_is_slow_to_hear(service: Service, asynchronous: bool) -> None:
    def slow(message: bytes) -> bool:
        time.sleep(0.3)
        return False

    service.speak = tell
    assert not listened(service.url, asynchronous, slow, 0.2)


@both
def test_authentication_of_the_client_itself_is_not_sent(service: Service, asynchronous: bool) -> None:
    service.speak = tell
    assert listened(service.url, asynchronous, lambda message: True, 5.0)
    assert "authorization" not in service.handshakes[0]


@both
def test_pings_are_answered(asynchronous: bool) -> None:
    async def be_slow(speech: Speech) -> None:
        await speech.open()
        await asyncio.sleep(0.6)
        await speech.say("done")

    made = Service()
    made.speak = be_slow
    # A server that gets no pong closes after a twentieth of a second.
    with served(made, ws_ping_interval=0.05, ws_ping_timeout=0.05) as url:
        assert listened(f"{url}/v1", asynchronous, lambda message: message == b"done", 5.0)


@both
def test_messages_arrive_whole_however_they_are_cut(asynchronous: bool) -> None:
    """The handshake, two fragments and a whole message in one packet, then one byte after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen: list[bytes] = []
        frames = b"\x01\x03one" + b"\x80\x04 two" + b"\x81\x05three"

        def serve() -> None:
            from websockets.server import ServerProtocol

            connection, _ = server.accept()
            with connection:
                protocol = ServerProtocol()
                protocol.receive_data(connection.recv(65536))
                (request,) = protocol.events_received()
                protocol.send_response(protocol.accept(request))  # type: ignore[arg-type]  # it is the handshake
                connection.sendall(b"".join(protocol.data_to_send()) + frames)
                for byte in frames + b"\x81\x04four":
                    connection.sendall(bytes([byte]))
                    time.sleep(0.002)
                seen.append(connection.recv(65536))

        thread = threading.Thread(target=serve)
        thread.start()
        heard: list[bytes] = []

        def wanted(message: bytes) -> bool:
            heard.append(message)
            return message == b"four"

        assert listened(f"http://127.0.0.1:{server.getsockname()[1]}", asynchronous, wanted, 5.0)
        thread.join(5)
    assert heard == [b"one two", b"three", b"one two", b"three", b"four"]
    assert seen[0][0] == 0x88  # a close frame: it said goodbye


@both
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", errors.ConnectionFailed),
        (b"\x00\x01\x02", errors.ConnectionFailed),
        (SWITCHING + b"\r\n\x81\x04done", errors.UnexpectedAnswer),
        (SWITCHING + b"Sec-WebSocket-Accept: YW5vdGhlcidzIGtleQ==\r\n\r\n\x81\x04done", errors.UnexpectedAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone", errors.UnexpectedAnswer),
    ],
    ids=["reset", "no HTTP", "no accept", "another's accept", "no upgrade"],
)
def test_handshake_that_is_none_is_refused(asynchronous: bool, answer: bytes, kind: type[Exception]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(kind):
            listened(f"http://127.0.0.1:{server.getsockname()[1]}", asynchronous, lambda message: True, 2.0)
        thread.join(5)


def test_sockets_leave_connections_for_requests(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many jobs are listened to at a time, the face's other calls find a connection."""
    monkeypatch.setattr("ventanilla._frames.OPEN_SECONDS", 60.0)  # fifty at once, on a machine that may be busy
    service.speak = keep_silent

    async def listen_to_many(face: AsyncSyncfy, lines: Lines) -> None:
        async def listen() -> None:
            await lines.alisten(f"status/{JOB_ID}", lambda message: True, 60.0)

        before = len(service.handshakes)
        async with anyio.create_task_group() as group:
            for _ in range(MOST):
                group.start_soon(listen)
            while len(service.handshakes) < before + MOST:
                await anyio.sleep(0.01)
            with pytest.raises(errors.ConnectionFailed, match="50 WebSockets"):
                await listen()
            assert (await face.job(USER_ID, JOB_ID)).code == 100
            group.cancel_scope.cancel()

    async def twice() -> None:
        async with AsyncSyncfy(api_key=KEY, base_url=service.url) as face:
            lines = Lines(face.raw, None)
            await listen_to_many(face, lines)
            await listen_to_many(face, lines)  # who was cancelled has given back place and connection

    anyio.run(twice)


def linked(url: str, asynchronous: bool, watch: Any) -> Link:
    """Link the mock's site that asks for a token, with one of the faces."""
    options: dict[str, Any] = {
        "id_external": "MIST030794",
        "name": "Rey Misterio",
        "site": "56cf5728784806f72b8b4569",
        "credentials": {"username": "test", "password": "test"},
        "answer": ones,
        "watch": watch,
    }
    if not asynchronous:
        with Syncfy(api_key=KEY, base_url=f"{url}/syncfy/v1") as face:
            return face.link(**options)

    async def link() -> Link:
        async with AsyncSyncfy(api_key=KEY, base_url=f"{url}/syncfy/v1") as face:
            return await face.link(**options)

    return anyio.run(link)


@both
def test_mock_tells_its_jobs_by_socket(
    asynchronous: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ventanilla.syncfy._listening.SILENCE_SECONDS", 10.0)
    looks: dict[str, int] = {}
    with running() as url, caplog.at_level(logging.INFO, "httpx"):
        for watch in ("poll", "socket"):
            caplog.clear()
            assert linked(url, asynchronous, watch).code == 200
            looks[watch] = sum(" 200 OK" in told and '/status "HTTP' in told for told in caplog.messages)
    assert looks["socket"] == 3  # at the start, at the challenge, at the end
    assert looks["poll"] > looks["socket"]
