"""Users who share a face never share a token: in threads, in tasks, and while sessions expire under them."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import msgspec
import pytest
from driving import Fast

from ventanilla import AsyncSyncfy, Syncfy, errors
from ventanilla.syncfy._auth import SessionAuth, Sessions

SEED = 20261126
KEY = "7767a4a04f990e9231bafc949e8ca08a"
BASE = "http://127.0.0.1/v1"
USERS, ROUNDS, WORKERS = 24, 12, 16


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())


class Provider:
    """Gives out sessions, ends some of them without a word, and notes whose token asked for whose data.

    Attributes:
        strangers: requests that came with another user's token, a cookie, or two authorisations.
        asked: data requests of each user, those that were refused included.
        opened: sessions of each user.
    """

    def __init__(self, ending: float = 0.0) -> None:
        self.strangers: list[str] = []
        self.asked: Counter[str] = Counter()
        self.opened: Counter[str] = Counter()
        self._owners: dict[str, str] = {}
        self._dice, self._ending = random.Random(SEED), ending
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        # A careless gateway sets the session as a cookie as well.
        cookie = {"Set-Cookie": f"sid={len(self._owners)}; Path=/"}
        if "cookie" in request.headers:
            self.strangers.append("a cookie came back")
        if request.method == "POST":
            user = msgspec.json.decode(request.content)["id_user"]
            self.opened[user] += 1
            token = f"{self._dice.getrandbits(128):032x}"
            self._owners[token] = user
            return _said(200, {"token": token}, cookie)
        user = request.url.params["keywords"]
        self.asked[user] += 1
        token = request.headers["authorization"].removeprefix("TOKEN token=")
        owner = self._owners.get(token)
        if owner is None or self._dice.random() < self._ending:
            self._owners.pop(token, None)
            return _said(401, None, cookie)
        if owner != user:
            self.strangers.append(f"{owner} read for {user}")
        return _said(200, {"count": int(user[-6:], 16)}, cookie)


def _said(code: int, response: Any, headers: dict[str, str]) -> httpx.Response:
    known = {"rid": "r", "code": code, "errors": None, "status": code == 200, "message": "Unauthorized"}
    return httpx.Response(code, headers=headers, json={**known, "response": response})


def users() -> list[str]:
    """The users, each as often as it asks, shuffled."""
    dice = random.Random(SEED)
    everyone = [f"{dice.getrandbits(96):024x}" for _ in range(USERS)] * ROUNDS
    dice.shuffle(everyone)
    return everyone


def threads(provider: Provider) -> Iterator[tuple[str, int | None]]:
    """Ask for each in threads that share one face; yield what each was told, None where the session had ended."""
    with (
        Syncfy(api_key=KEY, base_url=BASE, transport=httpx.MockTransport(provider)) as face,
        ThreadPoolExecutor(WORKERS) as pool,
    ):

        def ask(user: str) -> int | None:
            try:
                return face.count_transactions(user, keywords=user)
            except errors.SessionExpired:
                return None

        yield from zip(users(), pool.map(ask, users()), strict=True)


def tasks(provider: Provider) -> Iterator[tuple[str, int | None]]:
    """Ask likewise in tasks."""
    told: list[tuple[str, int | None]] = []

    async def slowly(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0)
        answer = provider(request)
        await anyio.sleep(0)
        return answer

    async def everyone() -> None:
        async with AsyncSyncfy(api_key=KEY, base_url=BASE, transport=httpx.MockTransport(slowly)) as face:

            async def ask(user: str) -> None:
                try:
                    told.append((user, await face.count_transactions(user, keywords=user)))
                except errors.SessionExpired:
                    told.append((user, None))

            async with anyio.create_task_group() as group:
                for user in users():
                    group.start_soon(ask, user)

    anyio.run(everyone)
    yield from told


ways = pytest.mark.parametrize("way", [threads, tasks])
Way = Callable[[Provider], Iterator[tuple[str, int | None]]]


@ways
def test_each_user_reads_with_its_own_token(way: Way) -> None:
    provider = Provider()
    told = [*way(provider)]
    assert provider.strangers == [], f"seed {SEED}"
    assert len(told) == USERS * ROUNDS
    assert all(count == int(user[-6:], 16) for user, count in told)
    assert len(provider.opened) == USERS


@ways
def test_sessions_that_end_are_opened_again_once_for_each_call(way: Way) -> None:
    provider = Provider(ending=0.1)  # of a session, which the tasks of a user share
    told = [*way(provider)]
    assert provider.strangers == [], f"seed {SEED}"
    assert all(count in (None, int(user[-6:], 16)) for user, count in told)
    given_up = sum(count is None for _, count in told)
    assert 0 < given_up < len(told) / 4
    # Each call asks at most twice, and opens at most as many sessions as it asks.
    assert max(provider.asked.values()) <= 2 * ROUNDS
    assert sum(provider.opened.values()) <= sum(provider.asked.values())


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_session_that_is_refused_is_opened_again_once_only(asynchronous: bool) -> None:
    provider = Provider(ending=1.0)
    user = users()[0]
    if asynchronous:

        async def ask() -> None:
            async with AsyncSyncfy(api_key=KEY, base_url=BASE, transport=httpx.MockTransport(provider)) as face:
                await face.count_transactions(user, keywords=user)

        with pytest.raises(errors.SessionExpired):
            anyio.run(ask)
    else:
        face = Syncfy(api_key=KEY, base_url=BASE, transport=httpx.MockTransport(provider))
        with face, pytest.raises(errors.SessionExpired):
            face.count_transactions(user, keywords=user)
    assert (provider.asked[user], provider.opened[user]) == (2, 2)


@ways
def test_control_with_one_session_for_all_a_stranger_is_seen(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[SessionAuth] = []

    def of(self: Sessions, id_user: str) -> SessionAuth:
        shared[:] = shared or [SessionAuth(self._key, id_user)]  # pyright: ignore[reportPrivateUsage] - its own fault
        return shared[0]

    monkeypatch.setattr(Sessions, "of", of)
    provider = Provider()
    assert [*way(provider)]
    assert provider.strangers


def test_control_a_client_that_keeps_cookies_is_seen() -> None:
    provider = Provider()
    with httpx.Client(transport=httpx.MockTransport(provider)) as client:
        for user in users()[:2]:
            client.post(f"{BASE}/sessions", json={"id_user": user})
    assert provider.strangers == ["a cookie came back"]
