"""The ASGI application below a path: what is asked there is what it means, and what it links to is there."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from attrs import frozen
from foreign import foreign
from receiving import NORMAL
from syncfy_caller import KEY
from websockets.sync.client import connect

from ventanilla.mock import ManualClock, Mock, syncfy
from ventanilla.mock.asgi import App, Message, Receive, Send
from ventanilla.mock.syncfy._state import State

Way = Callable[[str, bytes], dict[str, Any]]
HOST = "http://mock.test"
KEYS = {"Authorization": KEY}


def as_it_is_said(root: str, raw: bytes) -> dict[str, Any]:
    """As ASGI says: Starlette since 0.33, uvicorn since 0.26."""
    whole = quote(root).encode() + raw
    return {"root_path": root, "path": unquote(whole), "raw_path": whole}


def as_starlette_did(root: str, raw: bytes) -> dict[str, Any]:
    """As Starlette before 0.33 mounts: the root is taken away from the path, the raw one is left as it is."""
    return {"root_path": root, "path": unquote(raw), "raw_path": quote(root).encode() + raw}


def as_uvicorn_did(root: str, raw: bytes) -> dict[str, Any]:
    """As uvicorn before 0.26 was told by --root-path: nothing that comes has the root in it."""
    return {"root_path": root, "path": unquote(raw), "raw_path": raw}


def without_raw_path(root: str, raw: bytes) -> dict[str, Any]:
    """As servers do that keep no raw path; the root may end with a slash."""
    return {"root_path": f"{root}/", "path": root + unquote(raw), "raw_path": None}


@frozen
class Below:
    """Puts the application below a root, in one of the ways in which servers and frameworks do that."""

    app: App
    root: str
    way: Way

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Call it as for a request below the root."""
        raw = scope["raw_path"].removeprefix(quote(self.root).encode())
        await self.app({**scope, **self.way(self.root, raw)}, receive, send)


async def sent(transport: httpx.ASGITransport, method: str, url: str, **more: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, url, **more)


@frozen
class Caller:
    """Calls a mock that is mounted below a root."""

    mock: Mock
    root: str
    way: Way

    def send(self, method: str, path: str, *, status: int = 200, **more: Any) -> httpx.Response:
        """Send a request below the root, or to a whole address."""
        url = path if "://" in path else f"{HOST}{self.root}{path}"
        app = Below(App(self.mock), self.root, self.way)
        answer = asyncio.run(sent(httpx.ASGITransport(app), method, url, **{"headers": KEYS, **more}))
        assert answer.status_code == status, answer.text
        return answer

    def linked(self, world: str = "") -> tuple[Any, dict[str, str]]:
        """Start a job, and return what it is answered and the header of its user."""
        at = f"{world}/syncfy/v1"
        user = self.send("POST", f"{at}/users", json={"name": "a"}).json()["response"]
        session = self.send("POST", f"{at}/sessions", json={"id_user": user["id_user"]}).json()["response"]
        token = {"Authorization": f"TOKEN token={session['token']}"}
        login = {"id_site": NORMAL, "credentials": {"username": "test", "password": "test"}}
        return self.send("POST", f"{at}/credentials", json=login, headers=token).json()["response"], token


WAYS = [as_it_is_said, as_starlette_did, as_uvicorn_did, without_raw_path]
# A root that is called like something in the mock only tells itself from that where the path has it.
MOUNTS = [*((way, root) for way in WAYS for root in ("/fake", "/a/fäke")), (as_it_is_said, "/syncfy")]


@pytest.fixture(params=MOUNTS, ids=lambda mount: f"{mount[0].__name__} {mount[1]}")
def caller(request: pytest.FixtureRequest) -> Caller:
    """Somebody who calls a mock below a root."""
    way, root = request.param
    return Caller(Mock(clock=ManualClock(), seed=1), root, way)


def test_routes_are_below_the_root_and_links_lead_there(caller: Caller) -> None:
    root = quote(caller.root)
    for world in ("", "/_ns/one"):
        job, token = caller.linked(world)
        here = f"{root}{world}/syncfy/v1"
        assert job["status"] == f"{HOST}{here}/jobs/{job['id_job']}/status"
        assert job["twofa"] == f"{HOST}{here}/jobs/{job['id_job']}/twofa"
        assert job["ws"] == f"ws://mock.test{here}/status/{job['id_job']}"
        rows = caller.send("GET", job["status"], headers=token).json()["response"]
        assert [row["code"] for row in rows] == [100]


def test_the_mocks_own_addresses_have_the_root_in_them(caller: Caller) -> None:
    here = f"{HOST}{quote(caller.root)}"
    servers = caller.send("GET", "/_mock/openapi/facti.json").json()["servers"]
    assert servers == [{"url": f"{here}/facti"}]
    servers = caller.send("GET", "/_ns/one/_mock/openapi/syncfy.json").json()["servers"]
    assert servers == [{"url": f"{here}/_ns/one/syncfy/v1"}]
    made = caller.send("PUT", "/_mock/namespaces/two").json()
    assert made["url"] == f"{here}/_ns/two"
    caller.send("GET", "/_ns/two/syncfy/v1/users?limit=1")
    command = caller.send("GET", "/_ns/two/_mock/requests/1/curl").text
    assert f"{here}/_ns/two/syncfy/v1/users?limit=1" in command
    [entry] = caller.send("GET", "/_ns/two/_mock/requests/har").json()["log"]["entries"]
    assert entry["request"]["url"] == f"{here}/_ns/two/syncfy/v1/users?limit=1"


def test_what_an_event_makes_is_below_the_root(caller: Caller) -> None:
    made = caller.send("POST", "/_ns/one/_mock/events", json={"event": "refresh"}).json()["made"]
    job = caller.mock.world_of("one").state(State).jobs[made["id_job"]]
    assert job.base_url == f"{HOST}{quote(caller.root)}/_ns/one/syncfy/v1"


@pytest.mark.parametrize("way", [way for way in WAYS if way is not without_raw_path])
def test_an_encoded_slash_stays_inside_its_segment(way: Way) -> None:
    caller = Caller(Mock(), "/a/fäke", way)
    answer = caller.send("GET", "/_mock/openapi/a%2Fb.json", status=400)
    assert answer.json()["error"].startswith("document: ")


def test_what_only_begins_like_the_root_is_not_below_it() -> None:
    transport = httpx.ASGITransport(App(Mock()), root_path="/syn")
    answer = asyncio.run(sent(transport, "GET", f"{HOST}/syncfy/v1/users", headers=KEYS))
    assert answer.status_code == 200


def test_the_root_itself_is_nobodys_path(caller: Caller) -> None:
    for path in ("", "/"):
        assert "this mock serves" in caller.send("GET", path, status=404).json()["error"]


def test_a_server_that_is_told_its_root_serves_below_it() -> None:
    """uvicorn --root-path /fake, behind a proxy that takes /fake away."""
    mock = Mock(clock=ManualClock(), providers=[syncfy.provider()])
    with foreign(App(mock), root_path="/fake") as base, httpx.Client(trust_env=False, headers=KEYS) as client:
        made = client.post(f"{base}/_ns/a/_mock/events", data={"event": "refresh"}).json()["made"]
        assert client.get(f"{base}/_mock/openapi/syncfy.json").json()["servers"][0]["url"] == f"{base}/fake/syncfy/v1"
        address = mock.world_of("a").state(State).jobs[made["id_job"]].links()["ws"]
        assert address == f"ws{base[4:]}/fake/_ns/a/syncfy/v1/status/{made['id_job']}"
        with connect(address.replace("/fake", ""), proxy=None) as socket:
            assert json.loads(socket.recv(timeout=5)) == {"code": 100}
