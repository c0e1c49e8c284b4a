"""A job's WebSocket: one frame for each code, as the status tells them, until the last one."""

import asyncio
import gc
import json
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from attrs import define, evolve
from foreign import foreign
from raw_caller import answer, everything, line, request
from receiving import NORMAL
from syncfy_caller import KEY
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ventanilla.mock import ManualClock, Mock, syncfy
from ventanilla.mock._lobby import Limits, Lobby
from ventanilla.mock._pulse import Pulse
from ventanilla.mock._reader import Upgrade
from ventanilla.mock.asgi import App
from ventanilla.mock.deliveries import AsyncCourier
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.provider import Look
from ventanilla.mock.server import running
from ventanilla.mock.sockets import WebSocket
from ventanilla.mock.wire import Request, Response
from ventanilla.mock.world import PACE, World

# The sandbox site that asks for a token.
TOKEN = "56cf5728784806f72b8b4569"
SOON = 0.2


@define
class Story:
    """A server with one user whose session is open."""

    base: str
    clock: ManualClock
    mock: Mock
    client: httpx.Client
    token: str = ""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return the `response` of a successful call, with the session's token once there is one."""
        header = f"TOKEN token={self.token}" if self.token else KEY
        answered = self.client.request(
            method, f"{self.base}/syncfy/v1{path}", json=body, headers={"Authorization": header}
        )
        assert answered.status_code == 200, answered.text
        return answered.json()["response"]

    def enter(self) -> None:
        """Create a user and open its session."""
        user = self.call("POST", "/users", {"name": "a"})
        self.token = self.call("POST", "/sessions", {"id_user": user["id_user"]})["token"]

    def link(self, site: str = NORMAL) -> Any:
        """Start a job, and return its ids and addresses."""
        return self.call(
            "POST", "/credentials", {"id_site": site, "credentials": {"username": "test", "password": "test"}}
        )

    def rows(self, job: Any) -> Any:
        """Return the status of a job."""
        return self.call("GET", f"/jobs/{job['id_job']}/status")

    def step(self, steps: float = 1) -> None:
        """Let some of a job's steps pass."""
        self.clock.advance(steps * PACE)


@contextmanager
def served(prefix: str = "", limits: Limits | None = None) -> Generator[Story]:
    clock = ManualClock()
    mock = Mock(clock=clock, providers=[syncfy.provider()])
    with running(mock=mock, limits=limits) as base, httpx.Client(trust_env=False) as client:
        story = Story(base + prefix, clock, mock, client)
        story.enter()
        yield story


@pytest.fixture
def story() -> Generator[Story]:
    with served() as one:
        yield one


def listen(url: str) -> ClientConnection:
    return connect(url, proxy=None, open_timeout=5, close_timeout=5)


def heard(web_socket: ClientConnection, count: int) -> list[Any]:
    return [json.loads(web_socket.recv(timeout=5)) for _ in range(count)]


def rest(web_socket: ClientConnection) -> tuple[list[Any], int | None]:
    """Return what comes until the end, and the code of the farewell."""
    frames = list[Any]()
    while True:
        try:
            frames.append(json.loads(web_socket.recv(timeout=5)))
        except ConnectionClosed:
            return frames, web_socket.close_code


def test_each_code_comes_as_it_is_reached_and_after_the_last_one_the_socket_closes(story: Story) -> None:
    job = story.link()
    with listen(job["ws"]) as web_socket:
        assert heard(web_socket, 1) == [{"code": 100}]
        story.step()
        assert heard(web_socket, 1) == [{"code": 101}]
        story.step(10)
        frames, code = rest(web_socket)
    rows = story.rows(job)
    assert [{"code": 100}, {"code": 101}, *frames] == rows
    assert rows[-1]["code"] == 200
    assert code == 1000


def test_what_was_reached_before_comes_first_in_order(story: Story) -> None:
    job = story.link()
    story.step(10)
    with listen(job["ws"]) as web_socket:
        assert rest(web_socket) == (story.rows(job), 1000)


def test_a_challenge_comes_with_its_fields_and_the_socket_stays_open_until_it_is_answered(story: Story) -> None:
    job = story.link(TOKEN)
    with listen(job["ws"]) as web_socket:
        story.step(10)
        *_, challenge = heard(web_socket, len(story.rows(job)))
        assert challenge == story.rows(job)[-1]
        assert (challenge["code"], challenge["address"]) == (410, job["twofa"])
        assert challenge["twofa"]
        story.call("POST", f"/jobs/{job['id_job']}/twofa", {"twofa": {challenge["twofa"][0]["name"]: "123"}})
        story.step(10)
        frames, code = rest(web_socket)
    assert frames == story.rows(job)[-len(frames) :]
    assert (frames[-1]["code"], code) == (200, 1000)


def test_the_clock_of_the_server_moves_what_is_told() -> None:
    mock = Mock(pace=0.05, providers=[syncfy.provider()])
    with running(mock=mock) as base, httpx.Client(trust_env=False) as client:
        story = Story(base, ManualClock(), mock, client)
        story.enter()
        job = story.link()
        with listen(job["ws"]) as web_socket:
            assert rest(web_socket) == (story.rows(job), 1000)


def test_two_who_listen_hear_the_same_and_one_who_goes_away_takes_nothing_along(story: Story) -> None:
    job = story.link()
    with listen(job["ws"]) as stays:
        with listen(job["ws"]) as goes:
            assert heard(goes, 1) == heard(stays, 1)
        story.step(10)
        assert rest(stays)[0] == story.rows(job)[1:]
    until = time.monotonic() + 5
    while any(type(one) is WebSocket for one in gc.get_objects()) and time.monotonic() < until:
        gc.collect()
        time.sleep(0.02)
    assert not any(type(one) is WebSocket for one in gc.get_objects())


def test_a_caller_who_vanishes_without_a_word_is_found_out() -> None:
    with served(limits=Limits(idle_seconds=SOON, leave_seconds=SOON)) as story:
        job = story.link()
        head = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        head["Sec-WebSocket-Key"] = "AAAAAAAAAAAAAAAAAAAAAA=="
        with line(story.base) as silent, listen(job["ws"]) as speaking:
            silent.sendall(request("GET", f"/syncfy/v1/status/{job['id_job']}", None, head))
            # After the handshake and the first frame a ping comes, which stays without an answer.
            said = everything(silent)
            assert said.endswith(b'{"code":100}\x89\x00')
            # A caller who does answer pings stays.
            heard(speaking, 1)
            time.sleep(3 * SOON)
            story.step()
            assert heard(speaking, 1) == [{"code": 101}]


def test_what_a_caller_says_is_of_no_interest_but_pings_are_answered(story: Story) -> None:
    job = story.link()
    with listen(job["ws"]) as web_socket:
        web_socket.send("hello")
        assert web_socket.ping().wait(5)
        story.step(10)
        assert rest(web_socket) == (story.rows(job), 1000)


def test_no_credentials_are_asked_for_and_unknown_jobs_are_404_in_the_providers_words(story: Story) -> None:
    with pytest.raises(InvalidStatus) as refused, listen(f"ws{story.base[4:]}/syncfy/v1/status/{'0' * 24}"):
        pass
    response = refused.value.response
    body = json.loads(response.body or b"")
    assert (response.status_code, body["code"], body["status"]) == (404, 404, False)
    assert body["message"] == f"there is no job {'0' * 24}"
    # The connection ends in order, and others are served.
    assert story.link()["id_job"]


def test_a_job_that_is_deleted_ends_its_socket(story: Story) -> None:
    job = story.link()
    with listen(job["ws"]) as web_socket:
        heard(web_socket, 1)
        story.token = ""
        (owner,) = story.call("GET", "/users")
        story.call("DELETE", f"/users/{owner['id_user']}")
        assert rest(web_socket) == ([], 1001)


def test_elsewhere_there_is_no_websocket(story: Story) -> None:
    job = story.link()
    longer = f"/syncfy/v1/status/{job['id_job']}/x"
    for path in ("/syncfy/v1/users", "/syncfy/v1/status", longer, "/nowhere", "/_mock/health"):
        with pytest.raises(InvalidStatus) as refused, listen(f"ws{story.base[4:]}{path}"):
            pass
        plain = httpx.get(f"{story.base}{path}")
        assert refused.value.response.status_code == plain.status_code
    # And without the handshake there is nothing at the address.
    assert httpx.get(f"http{job['ws'][2:]}").status_code == 404


def test_a_handshake_that_is_none_is_refused(story: Story) -> None:
    job = story.link()
    head = {"Upgrade": "websocket", "Connection": "Upgrade"}
    with line(story.base) as opened:
        opened.sendall(request("GET", f"/syncfy/v1/status/{job['id_job']}", None, head))
        assert everything(opened).startswith(b"HTTP/1.1 4")


def test_a_namespace_has_jobs_of_its_own() -> None:
    with served("/_ns/one") as story:
        job = story.link()
        assert "/_ns/one/syncfy/v1/status/" in job["ws"]
        with listen(job["ws"]) as web_socket:
            assert heard(web_socket, 1) == [{"code": 100}]
        for other in ("", "/_ns/two"):
            with pytest.raises(InvalidStatus), listen(job["ws"].replace("/_ns/one", other)):
                pass


def test_where_polls_drive_a_job_each_look_counts_and_the_socket_hears_it_all(story: Story) -> None:
    story.mock.world.lifecycles["syncfy"] = Lifecycle("polls", polls=3)
    job = story.link(TOKEN)
    with listen(job["ws"]) as web_socket:
        frames = heard(web_socket, 3)
        assert [row["code"] for row in frames] == [100, 101, 410]
        story.call("POST", f"/jobs/{job['id_job']}/twofa", {"twofa": {frames[-1]["twofa"][0]["name"]: "123"}})
        more, code = rest(web_socket)
    assert (more[-1]["code"], code) == (200, 1000)
    assert frames + more == story.rows(job)


def test_where_events_drive_a_job_the_socket_tells_of_each(story: Story) -> None:
    story.mock.world.lifecycles["syncfy"] = Lifecycle("event")
    job = story.link()
    with listen(job["ws"]) as web_socket:
        assert heard(web_socket, 1) == [{"code": 100}]
        with pytest.raises(TimeoutError):
            web_socket.recv(timeout=SOON)
        httpx.post(f"{story.base}/_mock/processes/syncfy/{job['id_job']}/step").raise_for_status()
        assert heard(web_socket, 1) == [{"code": 101}]
        # Whoever holds the mock in Python may push as well, and nobody tells the server.
        with story.mock.world.lock:
            story.mock.world.push("syncfy", job["id_job"])
        assert heard(web_socket, 1) == story.rows(job)[2:3]


def test_the_handshake_is_in_the_journal(story: Story) -> None:
    job = story.link()
    with listen(job["ws"]) as web_socket:
        heard(web_socket, 1)
        story.step(10)
        rest(web_socket)
    with pytest.raises(InvalidStatus), listen(f"ws{story.base[4:]}/syncfy/v1/status/0"):
        pass
    shaken = [entry for entry in story.mock.world.journal if "/status/" in entry.request.target]
    assert [(entry.response.status, entry.provider, entry.problems) for entry in shaken] == [
        (101, "syncfy", ()),
        (404, "syncfy", ("there is no job 0",)),
    ]


def test_leaving_waits_for_nobody_who_listens() -> None:
    taken = list[float]()
    for _ in range(3):
        with ExitStack() as stack:
            with served() as story:
                web_socket = stack.enter_context(listen(story.link()["ws"]))
                heard(web_socket, 1)
                begun = time.perf_counter()
            taken.append(time.perf_counter() - begun)
            assert rest(web_socket) == ([], 1001)
    assert min(taken) < 0.1


def test_another_server_tells_the_same() -> None:
    clock = ManualClock()
    mock = Mock(clock=clock, providers=[syncfy.provider()])
    with foreign(App(mock)) as base, httpx.Client(trust_env=False) as client:
        story = Story(base, clock, mock, client)
        story.enter()
        job = story.link()
        with listen(job["ws"]) as web_socket:
            assert heard(web_socket, 1) == [{"code": 100}]
            story.step(10)
            frames, code = rest(web_socket)
        assert ([{"code": 100}, *frames], code) == (story.rows(job), 1000)
        with pytest.raises(InvalidStatus) as refused, listen(f"ws{base[4:]}/syncfy/v1/status/0"):
            pass
        assert json.loads(refused.value.response.body or b"")["message"] == "there is no job 0"
        assert httpx.get(f"{base}/_mock/health").status_code == 200


def test_a_plain_request_on_the_same_connection_is_answered_before_the_handshake(story: Story) -> None:
    job = story.link()
    head = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    head["Sec-WebSocket-Key"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    with line(story.base) as opened:
        opened.sendall(request("GET", "/_mock/health", None))
        opened.sendall(request("GET", f"/syncfy/v1/status/{job['id_job']}", None, head))
        assert answer(opened)[1] == b'{"status":"ok"}'
        assert opened.recv(4096).startswith(b"HTTP/1.1 101 ")


def test_a_look_that_fails_is_a_500_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(world: World, segments: tuple[str, ...]) -> Look:
        raise RuntimeError("out of order")

    mock = Mock(clock=ManualClock(), providers=[evolve(syncfy.provider(), listen=fail)])
    answered = mock.look(Request("GET", "/syncfy/v1/status/0"))
    assert isinstance(answered, Response)
    assert (answered.status, answered.json()["message"]) == (500, "the mock failed: RuntimeError: out of order")
    assert "the mock failed to look at what a WebSocket tells" in caplog.text


class Lost(asyncio.Transport):
    """A transport whose other side has gone, which nobody has noticed yet."""

    def write(self, data: Any) -> None:
        """Lose what is sent."""

    def can_write_eof(self) -> bool:
        """Say that nothing can be."""
        return False

    def close(self) -> None:
        """Do nothing."""


def test_a_farewell_in_the_middle_of_the_story_breaks_nothing() -> None:
    problems = list[Any]()

    async def tell(mock: Mock, path: str) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context))
        head = f"GET {path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        asked = Request("GET", path)
        look = mock.look(asked)
        assert isinstance(look, Look)
        lobby = Lobby(mock, Pulse(mock, AsyncCourier(mock)), Limits())
        web_socket = WebSocket(lobby, Upgrade(asked, head.encode(), b""), look)
        web_socket.connection_made(Lost())
        await asyncio.sleep(0)
        web_socket.data_received(b"\x88\x82\x00\x00\x00\x00\x03\xe8")
        mock.world.clock.advance(10)
        await asyncio.sleep(0.1)

    with served() as story:
        job = story.link()
    asyncio.run(tell(story.mock, f"/syncfy/v1/status/{job['id_job']}"))
    # What a task raised is told when it goes.
    gc.collect()
    assert problems == []
