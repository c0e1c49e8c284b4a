"""Knows how a webhook call leaves the mock: to a sink in the same process, or over HTTP to this machine alone."""

import inspect
import ipaddress
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from attrs import define

from ventanilla.mock._ours import ours
from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.world import World

if TYPE_CHECKING:
    # Imported when the first call is made: the server starts faster without.
    import httpx

Status = int | None
# Takes a delivery in place of the network and returns the HTTP status that a receiver would have answered; None is
# 200, so that `list.append` will do. What it raises is a call that nobody answered. For AsyncCourier it may be a
# coroutine function.
Sink = Callable[[Delivery], Status | Awaitable[Status]]
# For the connection, and again for each part of the answer.
TIMEOUT = 5.0
# Nobody needs what a receiver says beside its status; some of it is read so that its connection ends in order.
MOST_READ = 64 * 1024
LAST_PORT = 65_535


@ours("Webhooks go to this machine alone, unless the mock is told to let them go elsewhere.")
def refusal(url: str) -> str | None:
    """Say why a URL is not called, or None when it leads to this machine.

    That is an address of the loopback, localhost, or a name below it. Other names that lead here are not looked up:
    they may lead elsewhere a moment later.
    """
    import httpx

    try:
        # By the parser that the call is made with, so that both mean the same host.
        parsed = httpx.URL(url)
        host, port = parsed.raw_host.decode("ascii"), parsed.port or 0
    except (httpx.InvalidURL, ValueError):
        return "refused: not a URL"
    if port > LAST_PORT:
        return "refused: not a URL"
    if host == "localhost" or host.endswith(".localhost"):
        return None
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    return None if is_loopback else f"refused: {host} is not this machine; allow_remote permits it"


class Courier:
    """Makes the webhook calls of one mock, one after the other, blocking.

    A receiver that is silent for TIMEOUT seconds is given up; one that goes on answering, however slowly, is not.

    Args:
        mock: whose calls.
        sink: takes them in place of the network.
        allow_remote: whether calls may go to other machines than this one.
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self._mock, self._sink, self._allow_remote = mock, sink, allow_remote
        self._client: httpx.Client | None = None

    def deliver(self, world: World | None = None) -> None:
        """Make every call that waits, in one world or all."""
        for delivery in self._mock.leaving(world):
            self.deliver_one(delivery)

    def deliver_one(self, delivery: Delivery) -> None:
        """Make one call that was taken from the mock, if it is still to be made, and report what became of it."""
        if not self._mock.awaits(delivery):
            return
        with _reported(self._mock, delivery) as outcome:
            if self._sink is not None:
                outcome.status = _status(self._sink(delivery))
            else:
                _permit(delivery, self._allow_remote)
                outcome.status = self._post(delivery)

    def _post(self, delivery: Delivery) -> int:
        import httpx

        if self._client is None:
            self._client = httpx.Client(**_settings())
        with self._client.stream("POST", **_request(delivery)) as answer:
            until = time.monotonic() + TIMEOUT
            with suppress(httpx.HTTPError):
                for _ in answer.iter_raw():
                    if answer.num_bytes_downloaded > MOST_READ or time.monotonic() > until:
                        break
            return answer.status_code

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None


class AsyncCourier:
    """Makes the webhook calls of one mock without blocking; the arguments are those of Courier.

    A receiver that has not answered after twice TIMEOUT seconds is given up.
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self._mock, self._sink, self._allow_remote = mock, sink, allow_remote
        self._client: httpx.AsyncClient | None = None

    async def deliver(self, world: World | None = None) -> None:
        """Make every call that waits, in order, in one world or all."""
        for delivery in self._mock.leaving(world):
            await self.deliver_one(delivery)

    async def deliver_one(self, delivery: Delivery) -> None:
        """Make one call that was taken from the mock, if it is still to be made, and report what became of it."""
        if not self._mock.awaits(delivery):
            return
        with _reported(self._mock, delivery) as outcome:
            if self._sink is not None:
                answer = self._sink(delivery)
                outcome.status = _status(await answer if inspect.isawaitable(answer) else answer)
            else:
                _permit(delivery, self._allow_remote)
                outcome.status = await self._post(delivery)

    async def _post(self, delivery: Delivery) -> int:
        import anyio
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(**_settings())
        with anyio.fail_after(2 * TIMEOUT):
            async with self._client.stream("POST", **_request(delivery)) as answer:
                with suppress(httpx.HTTPError), anyio.move_on_after(TIMEOUT):
                    async for _ in answer.aiter_raw():
                        if answer.num_bytes_downloaded > MOST_READ:
                            break
                return answer.status_code

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


class _Refused(Exception):
    """The call is not made at all."""


@define
class _Outcome:
    status: int | None = None


@contextmanager
def _reported(mock: Mock, delivery: Delivery) -> Generator[_Outcome]:
    """Report what becomes of a call: a status, or what was raised instead; only what breaks the caller off goes on."""
    outcome = _Outcome()
    try:
        yield outcome
    except _Refused as refused:
        mock.delivered(delivery, None, str(refused))
    except Exception as failure:
        mock.delivered(delivery, None, type(failure).__name__)
    except BaseException as interruption:
        mock.delivered(delivery, None, type(interruption).__name__)
        raise
    else:
        mock.delivered(delivery, outcome.status)


def _permit(delivery: Delivery, allow_remote: bool) -> None:
    if not allow_remote and (reason := refusal(delivery.url)):
        raise _Refused(reason)


def _status(answer: Status | Awaitable[Status]) -> int:
    if answer is None:
        return 200
    if isinstance(answer, int):
        return answer
    if inspect.iscoroutine(answer):
        answer.close()
    raise TypeError("a sink returns an HTTP status or None; only an asynchronous courier waits for one")


def _settings() -> dict[str, Any]:
    import httpx

    # Nothing from the environment (proxies for one), and no connection that may be closed just when it is used again.
    limits = httpx.Limits(max_keepalive_connections=0)
    return {"timeout": TIMEOUT, "trust_env": False, "follow_redirects": False, "limits": limits}


def _request(delivery: Delivery) -> dict[str, Any]:
    import httpx

    url, headers = httpx.URL(delivery.url), list(delivery.headers)
    extensions: dict[str, Any] = {}
    if url.host.endswith(".localhost"):
        # Only some systems know such names, and a name server may know them otherwise (RFC 6761, 6.3).
        if "host" not in {name.lower() for name, _ in headers}:
            headers.append(("Host", url.netloc.decode("ascii")))
        extensions["sni_hostname"] = url.host
        url = url.copy_with(host="127.0.0.1")
    return {"url": url, "content": delivery.body, "headers": headers, "extensions": extensions}
