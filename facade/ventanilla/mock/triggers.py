"""Knows how to make the providers' events happen: by the calls that cause them, made through the mock itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import field, frozen

from ventanilla.mock.namespaces import prefix_of
from ventanilla.mock.wire import Headers, Request, Response

if TYPE_CHECKING:
    from ventanilla.mock.core import Mock
    from ventanilla.mock.outbox import Delivery
    from ventanilla.mock.world import World

Options = Mapping[str, Any]
Made = dict[str, Any]
URL = "register this http or https address for the event first, unless it is"


@frozen
class Caller:
    """Makes calls in one world of a mock, as an application would that reaches it at `origin`."""

    mock: "Mock"
    world: "World"
    origin: str

    def send(self, method: str, path: str, headers: Headers, body: bytes = b"") -> Response:
        """Send a request to this world and return what it is answered."""
        here = urlsplit(self.origin)
        sent = {"Host": here.netloc, **dict(headers)}
        return self.mock.handle(
            Request(method, prefix_of(self.world.name) + path, sent, body, here.scheme, root=here.path)
        )


@frozen
class Told:
    """One webhook that is told of an event, by the name that its profile has for it."""

    profile: str
    event: str
    url: str


@frozen(kw_only=True)
class Trigger:
    """One event that can be caused. `options` say what else may be given, and what each one means.

    `cause` makes the calls and returns the ids of what it made; `told` returns who will hear of it.
    """

    provider: str
    profile: str
    event: str
    does: str
    options: Mapping[str, str]
    cause: Callable[[Caller, Options], Made] = field(repr=False)
    told: Callable[["World", Made], Sequence[Told]] = field(repr=False)

    def row(self) -> dict[str, Any]:
        """Return the trigger as plain data."""
        return {
            "provider": self.provider,
            "profile": self.profile,
            "event": self.event,
            "does": self.does,
            "options": dict(self.options),
        }


@frozen
class Triggered:
    """What was set going: the ids of what was made on the way, and who will be told once it gets there."""

    event: str
    profile: str
    made: Made
    told: tuple[Told, ...]

    def row(self) -> dict[str, Any]:
        """Return it as plain data."""
        told = [{"profile": each.profile, "event": each.event, "url": each.url} for each in self.told]
        return {"event": self.event, "profile": self.profile, "made": self.made, "told": told}


def known() -> tuple[Trigger, ...]:
    """Return every event that can be caused, provider by provider."""
    from ventanilla.mock.facti._triggers import TRIGGERS as FACTI
    from ventanilla.mock.syncfy._triggers import TRIGGERS as SYNCFY

    return (*SYNCFY, *FACTI)


def trigger(mock: "Mock", world: "World", event: str, *, origin: str = "http://localhost", **options: Any) -> Triggered:
    """Cause an event by the calls that lead to it, made in one world with the accepted credentials.

    Only what happens at once has happened when this returns; the rest comes as in that world it comes: with its clock,
    which the caller may have to advance, with its lifecycles, and at the pace that is set. Nobody is registered for the
    event unless there is the option `url`.

    Args:
        mock: in which.
        world: in which of its worlds.
        event: its name in any version, e.g. refresh, documents.fail or payment_notification; known() has them all.
        origin: scheme and host that links in answers lead to.
        options: see the `options` of known().

    Raises: ValueError for an unknown event or option, and when one of the calls is refused; it says why.
    """
    triggers = [each for each in known() if each.provider in mock.providers]
    found = next((each for each in triggers if each.event == event), None)
    if found is None:
        raise ValueError(f"there is no event {event!r}; there is {', '.join(each.event for each in triggers)}")
    for name, value in options.items():
        if name not in found.options:
            raise ValueError(f"{event} does not take {name!r}; it takes {', '.join(found.options)}")
        if not isinstance(value, str | int):
            raise ValueError(f"{name}: must be a text or a whole number")
    if "url" in options and not _is_url(options["url"]):
        raise ValueError("url: must be an http or https address")
    with world.lock:
        made = found.cause(Caller(mock, world, origin), options)
        told = tuple(found.told(world, made))
        # Where steps are immediate they happen now.
        mock.run_due(world)
    return Triggered(event, found.profile, made, told)


def replay(mock: "Mock", world: "World", id: str, times: int = 1) -> "Delivery":
    """Make a webhook call again, as Outbox.replay() does, and let the mock know that it waits to be made.

    Raises LookupError when there is no call of this id, and ValueError when it cannot be replayed so often.
    """
    with world.lock:
        delivery = world.outbox.replay(id, times)
        mock.run_due(world)
    return delivery


def _is_url(url: Any) -> bool:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
