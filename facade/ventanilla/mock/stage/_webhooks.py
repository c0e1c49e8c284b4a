"""Knows the webhook calls of a test: who takes them, which were made, and what came of each attempt."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict, Unpack

from ventanilla.mock.facti import ipn
from ventanilla.mock.outbox import Attempt, Delivery
from ventanilla.mock.stage._post import AsgiApplication, Post, Receiver, to_asgi, to_function, to_wsgi
from ventanilla.mock.syncfy._events import NAMES
from ventanilla.mock.syncfy.webhooks import register_v3
from ventanilla.mock.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GLANCE_SECONDS = 0.005
SHOWN = 50


class Wanted(TypedDict, total=False):
    """Which calls: those with this profile (sync-v1, sync-v3, facti-ipn), event, state and url."""

    profile: str | None
    event: str | None
    state: str | None
    url: str | None


class Webhooks:
    """The webhook calls of one world.

        mock.webhooks.deliver_to(wsgi=shop)                       # the application under test, in this process
        mock.webhooks.configure_ipn("https://shop.example.mx/hooks/facti", password="secret")
        …
        assert [each.status for each in mock.webhooks.attempts(event="payment_notification")] == [503, 200]

    Unless told otherwise they go where their URL leads, by HTTP and to this machine alone. Whoever takes them, a call
    that is not answered with a 2xx is made again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h of the test's clock.
    """

    def __init__(self, world: Callable[[], World], post: Post) -> None:
        self._world, self._post = world, post

    def deliver_to(
        self,
        *,
        wsgi: "WSGIApplication | None" = None,
        asgi: AsgiApplication | None = None,
        call: Callable[[Delivery], int | None] | None = None,
        url: str | None = None,
    ) -> None:
        """Have every call taken from now on by one of these; with none of them they go where their URL leads.

        Args:
            wsgi: an application (Flask, Django), called in this process with the URL that was registered.
            asgi: an application (Starlette, FastAPI), likewise, in the running event loop if there is one; its
                lifespan is not run.
            call: a function that takes a Delivery and returns the HTTP status to answer; None is 200.
            url: a server on this machine, `http://127.0.0.1:5000`; the path stays the one that was registered.

        What an application raises is logged, and is to the mock a call that nobody answered.

        Raises ValueError for a URL that leads elsewhere, and for more than one of them.
        """
        given: list[Receiver] = []
        given += [to_wsgi(wsgi)] if wsgi is not None else []
        given += [to_asgi(asgi)] if asgi is not None else []
        given += [to_function(call)] if call is not None else []
        given += [self._post.moved(url)] if url is not None else []
        if len(given) > 1:
            raise ValueError("webhook calls go to one of wsgi, asgi, call and url")
        self._post.turn_to(given[0] if given else None)

    def collect(self, status: int = 200) -> list[Delivery]:
        """Have every call answered with a status from now on, and return the list in which they gather."""
        gathered: list[Delivery] = []

        def call(delivery: Delivery) -> int:
            gathered.append(delivery)
            return status

        self.deliver_to(call=call)
        return gathered

    def register(self, url: str, *events: str) -> None:
        """Register a webhook of version 3 at Syncfy, as its dashboard does; those of version 1 have an operation.

        Args:
            url: http or https.
            events: `credentials.created`, `credentials.updated`, `credentials.refreshed`, `documents.completed`,
                `documents.success`, `documents.fail`; all of them where none is given.

        Raises ValueError for an event that there is not.
        """
        if strange := [event for event in events if event not in NAMES]:
            raise ValueError(f"there is no event {strange[0]!r}; there are {', '.join(NAMES)}")
        world = self._world()
        with world.lock:
            register_v3(world, {"url": url, **({"events": [*events]} if events else {})})

    def configure_ipn(self, url: str | None, *, password: str = "", company_id: int = 5) -> None:
        """Say where Facti's payment notifications go, as its portal does; None is nowhere.

        Args:
            url: http or https.
            password: in clear; it is sent as MD5, as Facti does.
            company_id: the company that is paid.
        """
        world = self._world()
        with world.lock:
            ipn.configure(world, {"company_id": company_id, "url": url, "password": password})

    def deliveries(self, **wanted: Unpack[Wanted]) -> list[Delivery]:
        """Return the calls, the oldest first, whatever became of them; only the wanted ones."""
        world = self._world()
        with world.lock:
            return world.outbox.deliveries(**wanted)

    def attempts(self, **wanted: Unpack[Wanted]) -> list[Attempt]:
        """Return every attempt to make the wanted calls, in the order of time."""
        return sorted((attempt for each in self.deliveries(**wanted) for attempt in each.attempts), key=_at)

    def wait(self, count: int = 1, timeout: float = 5.0, **wanted: Unpack[Wanted]) -> list[Delivery]:
        """Wait until so many of the wanted calls have been answered with a 2xx, and return them.

        For applications that do things beside the test, in a thread or process of their own; otherwise `settle`.

        Raises TimeoutError after so many seconds, which says what came instead.
        """
        end = time.monotonic() + timeout
        while True:
            found = [each for each in self.deliveries(**wanted) if any(one.is_success for one in each.attempts)]
            if len(found) >= count:
                return found
            if time.monotonic() > end:
                what = ", ".join(f"{name}={value!r}" for name, value in wanted.items()) or "anything at all"
                raise TimeoutError(f"after {timeout:g} s {len(found)} calls with {what}, not {count}.{self._came()}")
            time.sleep(GLANCE_SECONDS)

    def settle(self, timeout: float = 5.0) -> None:
        """Do what has fallen due, and see to it that no call waits to be made, or is being made.

        In one process calls are made at the end of the request that brings them about. A server makes them beside the
        test, which settles before it looks at what came of them.

        Raises TimeoutError when calls are still being made after so many seconds, as from within one.
        """
        if not self._post.settle(self._world(), timeout):
            raise TimeoutError(f"webhook calls were still being made after {timeout:g} s.{self._came()}")

    async def asettle(self, timeout: float = 5.0) -> None:
        """Settle as `settle` does, with the calls made in the running event loop."""
        if not await self._post.asettle(self._world(), timeout):
            raise TimeoutError(f"webhook calls were still being made after {timeout:g} s.{self._came()}")

    def lines(self) -> list[str]:
        """Return the last calls, a line each: event, where to, every attempt, what has become of it."""
        return [_line(each) for each in self.deliveries()[-SHOWN:]]

    def _came(self) -> str:
        lines = self.lines()
        return "\n  ".join([" These are the calls:", *lines]) if lines else " There is no call at all."


def _at(attempt: Attempt) -> float:
    return attempt.at


def _line(delivery: Delivery) -> str:
    attempts = [f"{each.cause} {each.status or each.error}" for each in delivery.attempts]
    state = delivery.state if delivery.reason is None else f"{delivery.state} ({delivery.reason})"
    return f"{delivery.profile} {delivery.event} → {delivery.url}: {', '.join(attempts) or 'not tried'}: {state}"
