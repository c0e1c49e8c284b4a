"""Knows one webhook call: what is sent and where to, every attempt so far, and what it has come to."""

import re
from collections.abc import Callable
from typing import Any, Literal

from attrs import asdict, define, field, frozen

from ventanilla._redact import is_secret
from ventanilla.mock._masks import HIDDEN
from ventanilla.mock.wire import Headers

State = Literal["waiting", "delivered", "failed", "lost", "disabled"]
Cause = Literal["event", "retry", "duplicate", "replay"]
# Of one call; the older ones go.
KEPT_ATTEMPTS = 1000
# The one field of any profile that is a secret, if only the hash of one.
_password = re.compile("(?<=ipn_password=)[^&]*")
_userinfo = re.compile(r"(?<=://)[^/?#@]+(?=@)")
_parameter = re.compile(r"(?<=[?&])([^=&#]+)=[^&#]*")


def _url(url: str) -> str:
    text = _userinfo.sub(HIDDEN, url)
    return _parameter.sub(lambda found: f"{found[1]}={HIDDEN}" if is_secret(found[1]) else found[0], text)


@frozen
class Attempt:
    """One time that a call was made: why, when it was over (unix seconds), and what the receiver answered.

    `cause` is event for the first time, retry after a failure, duplicate for a fault's copy, replay by hand. Without a
    `status` there was no answer, and `error` says why: the class of the exception, or that the call was refused.
    """

    number: int
    at: float
    cause: Cause
    status: int | None
    error: str | None

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


@define(eq=False)
class Delivery:
    """One webhook call: an HTTP POST of `body` to `url`, made until it is taken or nobody tries again.

    `profile` is sync-v1, sync-v3 or facti-ipn; `event` the event's name; `at` the moment it was put in the outbox;
    `world` the name of the world that it leaves.

    `state` is waiting (for its next attempt, be it under way, in the queue or at the moment `due`), delivered, failed
    (no attempt is left), lost (a fault's doing, or it gave way to newer ones) or disabled (its receiver no longer gets
    anything). `reason` says more about the last three.

    `settled`, when given, is told the status of each attempt that the provider makes, None when nothing answered.
    `ended` returns why the receiver no longer gets anything, None while it does.
    """

    id: str
    profile: str
    event: str
    url: str = field(repr=_url)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    at: float
    world: str = ""
    settled: Callable[[int | None], None] | None = field(default=None, repr=False)
    ended: Callable[[], str | None] | None = field(default=None, repr=False)
    state: State = "waiting"
    reason: str | None = None
    due: float | None = None
    attempts: list[Attempt] = field(factory=list[Attempt])
    # How many more attempts have been arranged after failures, and why each one that waits or is under way is made.
    retried: int = 0
    queued: list[Cause] = field(factory=list[Cause], repr=False)
    leaving: list[Cause] = field(factory=list[Cause], repr=False)

    @property
    def last(self) -> Attempt | None:
        """The latest attempt; None before the first one is over."""
        return self.attempts[-1] if self.attempts else None

    def note(self, at: float, status: int | None, error: str | None) -> Attempt:
        """Add the attempt that is over, of those under way the one that left first."""
        number = 1 if self.last is None else self.last.number + 1
        attempt = Attempt(number, at, self.leaving.pop(0), status, error)
        self.attempts.append(attempt)
        del self.attempts[:-KEPT_ATTEMPTS]
        return attempt


def shown(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as plain data, secrets masked: headers that the user gave, passwords, tokens in the URL."""
    last = delivery.last
    return {
        "id": delivery.id,
        "profile": delivery.profile,
        "event": delivery.event,
        "url": _url(delivery.url),
        "at": delivery.at,
        "state": delivery.state,
        "reason": delivery.reason,
        "due": delivery.due,
        "status": None if last is None else last.status,
        "error": None if last is None else last.error,
        "headers": [{"name": name, "value": _header(name, value)} for name, value in delivery.headers],
        "body": _body(delivery),
        "attempts": [asdict(attempt) for attempt in delivery.attempts],
    }


def _header(name: str, value: str) -> str:
    return value if name.lower() == "content-type" else HIDDEN


def _body(delivery: Delivery) -> str:
    return _password.sub(HIDDEN, delivery.body.decode("utf-8", "replace"))
