"""Receives webhooks, free of any framework: verifies a call, keeps its events, and only then says that it has them.

    receiver = Receiver(SqliteInbox("inbox.sqlite3"), tokens=[os.environ["WEBHOOK_TOKEN"]])
    status, headers, body = receiver.handle("POST", "/hooks/<token>", headers, body)

Nothing is done about an event here; that is a Worker's part, and so senders are answered at once.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import msgspec
from attrs import frozen

from ventanilla._forms import MAX_BYTES, inflated
from ventanilla.errors import ConfigurationError, InvalidRequest, VentanillaError
from ventanilla.webhooks._reading import Parcel, event_of, read
from ventanilla.webhooks.events import Event, UnknownEvent
from ventanilla.webhooks.inbox import Inbox, Kept
from ventanilla.webhooks.verification import Call, Check, Secrets, blanking, path_tokens

if TYPE_CHECKING:
    # Made where one is asked for.
    from ventanilla.webhooks.asgi import AsgiApp
    from ventanilla.webhooks.wsgi import WsgiApp

T = TypeVar("T")
Headers = Mapping[str, str] | Iterable[tuple[str, str]]
RETRY_AFTER = 5
_log = logging.getLogger("ventanilla.webhooks")


class Answer(NamedTuple):
    """What to answer a call with."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@frozen
class _Refused(Exception):
    status: int
    message: str
    headers: tuple[tuple[str, str], ...] = ()


class Receiver:
    """Receives the webhooks of Syncfy (both versions) and Facti at one secret path.

    The path ends with a token: `https://shop.example.mx/hooks/<token>`; what stands before it is yours. Whoever knows
    the token is let in, so it is in no log, answer or repr of ours; keep it out of your web server's log too.

    Answers: 200 when the events are on disk, known ones included, and what cannot be read too, as an `UnknownEvent`;
    503 with Retry-After when they cannot be kept; 404 for a wrong token, whatever else is wrong; 401 when a password or
    a check says no; 405, 413 and 400 for another method, too large a body, and one that is empty or was cut off.
    Providers are assumed to send again what was not answered with a 2xx.

    Args:
        inbox: where events are kept.
        tokens: of the path; several while a new one replaces an old one. `new_token()` makes them.
        ipn_password: the company's notification password at Facti, in clear; several for several companies. Without
            one Facti's notifications are refused.
        checks: more that has to hold for a call: `Addresses`, `HeaderSecret`, or a function that takes a `Call` and
            returns a bool, as for the JWT of Syncfy's version 3, whose form is not public.
        max_bytes: of a body, as it comes and once inflated; 8 MiB unless told otherwise. Some 10,000 events are 8 MiB.
        on_kept: called with what became of the events, once they are on disk. What it raises is logged.

    Raises:
        ConfigurationError: there is no token, or one is too weak; a password is empty.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        tokens: Iterable[str],
        ipn_password: str | Iterable[str] = (),
        checks: Sequence[Check] = (),
        max_bytes: int = MAX_BYTES,
        on_kept: Callable[[Sequence[Kept]], object] | None = None,
    ) -> None:
        self._inbox, self._checks, self._on_kept = inbox, tuple(checks), on_kept
        passwords = [ipn_password] if isinstance(ipn_password, str) else [*ipn_password]
        found = _ipn_digests(passwords)
        self._passwords = Secrets(found)
        self._without_password = blanking(found, passwords)
        self._let_in([tokens] if isinstance(tokens, str) else [*tokens])
        self.max_bytes = max_bytes

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._inbox!r}, tokens={len(self._tokens)})"

    def accept(self, *tokens: str) -> None:
        """Let these tokens in from now on, and no others: `accept(new, old)`, and later `accept(new)`."""
        self._let_in(tokens)

    def _let_in(self, tokens: Sequence[str]) -> None:
        self._tokens, self._without_token = path_tokens(tokens), blanking(tokens)

    @property
    def asgi(self) -> "AsgiApp":
        """The receiver as an ASGI application, to mount in Starlette, FastAPI or Django."""
        from ventanilla.webhooks.asgi import AsgiApp

        return AsgiApp(self)

    @property
    def wsgi(self) -> "WsgiApp":
        """The receiver as a WSGI application, to mount in Flask or Django."""
        from ventanilla.webhooks.wsgi import WsgiApp

        return WsgiApp(self)

    def handle(self, method: str, path: str, headers: Headers, body: bytes, *, peer: str | None = None) -> Answer:
        """Take one call.

        Args:
            method: of HTTP.
            path: as it was called; its last segment is the token.
            headers: in any spelling of their names.
            body: as it came, compressed or not.
            peer: the address of the connection, needed where addresses are checked.

        Returns:
            Status, headers and body of the answer. It never raises, whatever comes.
        """

        def take() -> Answer:
            lower = _lower(headers)
            self._admit(method, path, lower, peer)
            return self._take(lower, body, peer)

        return _answered(take)

    def turn_away(self, method: str, path: str, headers: Headers, *, peer: str | None = None) -> Answer | None:
        """Return the refusal of a call whose body is not worth reading; None for one that `handle` should take."""
        return _answered(lambda: self._admit(method, path, _lower(headers), peer))

    def _admit(self, method: str, path: str, headers: Mapping[str, str], peer: str | None) -> None:
        token = path.split("?", 1)[0].rstrip("/").rpartition("/")[2]
        if token not in self._tokens:
            raise _Refused(404, "not found")
        if method != "POST":
            raise _Refused(405, "webhooks are posted", (("Allow", "POST"),))
        length = headers.get("content-length", "0").strip()
        if not (length.isascii() and length.isdecimal()):
            raise _Refused(400, "the content length is no number")
        # No more digits than tell: int() refuses thousands of them.
        if int(length[-20:]) > self.max_bytes or len(length.lstrip("0")) > 20:
            raise _too_large(self.max_bytes)

    def _take(self, headers: Mapping[str, str], body: bytes, peer: str | None) -> Answer:
        if len(body) < int(headers.get("content-length", "0")[-20:]) and "content-encoding" not in headers:
            raise _Refused(400, "the body was cut off")
        plain = body if len(body) > self.max_bytes else inflated(body, self.max_bytes)
        if len(plain) > self.max_bytes:
            raise _too_large(self.max_bytes)
        try:
            parcel = read(plain, headers.get("content-type"))
        except InvalidRequest as problem:
            raise _Refused(400, problem.message) from None
        self._verify(parcel, Call(profile=parcel.profile, headers=headers, body=body, peer=peer))
        kept = self._keep(parcel)
        return _answer(200, {"received": len(kept), "new": sum(each.arrival == "new" for each in kept)})

    def _verify(self, parcel: Parcel, call: Call) -> None:
        if parcel.profile == "facti-ipn" and not any(each in self._passwords for each in parcel.digests):
            why = "is wrong" if self._passwords else "cannot be checked: the receiver was given no ipn_password"
            _log.warning("a Facti notification was refused: its password %s", why)
            raise _Refused(401, "unauthorized")
        for check in self._checks:
            try:
                is_right = check(call)
            except Exception as failure:
                _log.exception("a check of a webhook failed")
                raise _unavailable(RETRY_AFTER) from failure
            if not is_right:
                _log.warning("a %s call was refused by %s", parcel.profile, type(check).__name__)
                raise _Refused(401, "unauthorized")

    def _blanked(self, event: Event) -> Event:
        """Return an event without our own secrets, under the key that it came with, so that it is known again."""
        raw = self._without_token(self._without_password(event.raw))
        return event if raw == event.raw else event_of(event.profile, raw, event.key)

    def _keep(self, parcel: Parcel) -> Sequence[Kept]:
        try:
            kept = self._inbox.put([self._blanked(each) for each in parcel.events])
        except Exception as failure:
            # Whatever it is, the events are not on disk, and must not be taken for received.
            why = str(failure) if isinstance(failure, VentanillaError) else type(failure).__name__
            _log.warning("webhooks cannot be kept: %s", why, exc_info=failure)
            raise _unavailable(getattr(failure, "retry_after", RETRY_AFTER)) from failure
        unread = [each.id for each in kept if isinstance(each.event, UnknownEvent) and not each.event.name]
        if unread:
            _log.warning("%d of %d events cannot be read; kept, from event %d on", len(unread), len(kept), unread[0])
        if self._on_kept is not None:
            try:
                self._on_kept(kept)
            except Exception:
                _log.exception("what was to be told of a webhook that is kept could not be")
        return kept


def _answered(take: Callable[[], T]) -> T | Answer:
    """Return what is to be said of a call. No failure leaves the receiver: the sender is asked to come again."""
    try:
        return take()
    except _Refused as refused:
        said = refused
    except Exception as failure:
        # Not what it says: it may quote the path.
        _log.error("a webhook could not be taken: %s", type(failure).__name__)
        said = _unavailable(RETRY_AFTER)
    return _answer(said.status, {"error": said.message}, said.headers)


def _ipn_digests(passwords: Sequence[str]) -> list[str]:
    if not passwords:
        return []
    from ventanilla.facti.ipn import digests  # most receivers serve one provider, and this one brings its faces along

    if not all(passwords):
        raise ConfigurationError(
            (
                "ipn_password is empty: anybody could send Facti's notifications",
                "ipn_password está vacía: cualquiera podría enviar las notificaciones de Facti",
            )
        )
    return [digest for each in passwords for digest in digests(each)]


def _lower(headers: Headers) -> dict[str, str]:
    pairs: Iterable[tuple[str, str]] = cast("Any", headers).items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _too_large(most: int) -> _Refused:
    return _Refused(413, f"a body has at most {most} bytes")


def _unavailable(retry_after: int) -> _Refused:
    return _Refused(503, "the event cannot be kept now; send it again", (("Retry-After", str(retry_after)),))


def _answer(status: int, said: Mapping[str, object], headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    body = msgspec.json.encode(said)
    return Answer(status, (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers), body)
