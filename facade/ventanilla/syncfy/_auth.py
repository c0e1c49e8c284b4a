"""Knows Syncfy's envelope and its two authentications: the API key, and a session token per user."""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import httpx
import msgspec

from ventanilla import errors
from ventanilla._http import ENCODINGS, ProviderAuth
from ventanilla._translation import TypedErrors
from ventanilla._verdicts import STATUSES, Envelope, Verdict, Verdicts
from ventanilla_clients._runtime import Operation, decode
from ventanilla_clients.syncfy import api, models

if TYPE_CHECKING:
    import anyio
    from anyio.lowlevel import RunVar

PROVIDER = "Syncfy"
_TOKEN = re.compile(r"[!-~]{8,512}")


class _Envelope(Envelope):
    status: Any = msgspec.UNSET
    code: Any = msgspec.UNSET


def _verdict(found: _Envelope, status: int) -> tuple[Verdict, int]:
    """Return what `status` says together with `code`; Syncfy says `status: false` inside HTTP 200 too."""
    if found.status is msgspec.UNSET or (type(found.status) is int and found.status == status):
        return "none", status  # a gateway's, which repeats HTTP's status
    code: int = found.code if type(found.code) is int else 0
    if found.status is True and 200 <= code < 300:
        return "success", status
    return ("refused", code) if found.status is False and 400 <= code < 600 else ("odd", status)


def _kind(response: httpx.Response, found: _Envelope | None, status: int, words: str) -> type[errors.ProviderError]:
    sent: str = response.request.headers.get("authorization", "")
    if status == 401 and not sent.lower().startswith("api_key"):
        return errors.SessionExpired
    return STATUSES.get(status, errors.Rejected)


_VERDICTS = Verdicts(
    provider=PROVIDER,
    decoder=msgspec.json.Decoder(_Envelope),
    success=re.compile(rb'\{"rid":"[^"]*","code":200,"errors":null,"status":true,'),
    keys=(b'"status"', b'"code"'),
    told=2,
    verdict=_verdict,
    kind=_kind,
)
check = _VERDICTS.check


class KeyAuth(ProviderAuth):
    """Authenticates with the API key: users, sessions, webhooks, all credentials."""

    provider = PROVIDER

    def __init__(self, base_url: httpx.URL, api_key: str) -> None:
        super().__init__(base_url)
        self._header = f"api_key api_key={api_key}"
        self._key = api_key
        self._open = f"{base_url.path.rstrip('/')}/sessions/"

    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Put the key on the request, but not on the operations that carry a token in their path."""
        if not request.url.path.startswith(self._open):
            request.headers["Authorization"] = self._header
        return request

    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success."""
        _VERDICTS.check(response)

    def secrets(self) -> tuple[str, ...]:
        """Return the key."""
        return (self._key,)


class SessionAuth(ProviderAuth):
    """Authenticates as one user: opens a session when there is none and once again when it has expired.

    A 401 in Syncfy's own form proves that nothing was done, so the request may be sent again with the new token.
    """

    provider = PROVIDER

    def __init__(self, key: KeyAuth, id_user: str) -> None:
        super().__init__(key.base_url, key.sent)
        self._key = key
        self._id_user = id_user
        self._token: str | None = None
        self._lock = os.getpid(), threading.Lock()

    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Put the session's token on the request."""
        return self._carrying(self._token, request)

    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success."""
        _VERDICTS.check(response)

    def secrets(self) -> tuple[str, ...]:
        """Return the key and the token."""
        return (*self._key.secrets(), self._token or "")

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Open the session if there is none, send, renew it once after a 401, check; threads open one together."""
        self.guard(request)
        self.remember(request)
        used: str | None = None
        has_retried = False
        while True:
            if self._token == used:
                with self._of_threads():
                    if self._token == used:
                        opened = yield self._opening(request)
                        opened.read()
                        self._open(opened)
            used = self._token
            response = yield self._carrying(used, request)
            response.read()
            if has_retried or not _has_expired(response):
                break
            has_retried = True
        self.examine(response)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same in a task; the tasks of a loop open one together."""
        self.guard(request)
        self.remember(request)
        used: str | None = None
        has_retried = False
        while True:
            if self._token == used:
                async with self._of_tasks():
                    if self._token == used:
                        opened = yield self._opening(request)
                        await opened.aread()
                        self._open(opened)
            used = self._token
            response = yield self._carrying(used, request)
            await response.aread()
            if has_retried or not _has_expired(response):
                break
            has_retried = True
        self.examine(response)

    def _of_threads(self) -> threading.Lock:
        if self._lock[0] != os.getpid():  # it may have been held when the process forked
            self._lock = os.getpid(), threading.Lock()
        return self._lock[1]

    def _of_tasks(self) -> anyio.Lock:
        import anyio  # only asynchronous programs pay for it

        variable = _locks_of_the_loop()
        locks = variable.get(None)
        if locks is None:
            variable.set(locks := WeakKeyDictionary())
        return locks.setdefault(self, anyio.Lock())

    def _carrying(self, token: str | None, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"TOKEN token={token}"
        return request

    def _opening(self, request: httpx.Request) -> httpx.Request:
        built = api.sessions.create_session.request_kwargs(body=models.NewSession(id_user=self._id_user))
        built["url"] = self.base_url.copy_with(path=self.base_url.path.rstrip("/") + built["url"])
        built["extensions"] = {**request.extensions, **built["extensions"]}
        opening = httpx.Request(**built)
        opening.headers["User-Agent"] = request.headers.get("User-Agent", "")
        opening.headers["Accept-Encoding"] = ENCODINGS
        return self._key.authorize(opening)

    def _open(self, response: httpx.Response) -> None:
        with TypedErrors(api.sessions.create_session.OPERATION.name, handed_on=True):
            self._key.examine(response)
            self._token = token_of(decode(response, models.SessionAnswer))


def _has_expired(response: httpx.Response) -> bool:
    """Return whether an answer says that the token is no good, and proves it where the request may have an effect."""
    if response.status_code != 401:
        return False
    operation: Operation | None = response.request.extensions.get("operation")
    try:
        check(response)
    except errors.VentanillaError as refusal:
        return refusal.outcome == "not_sent" or (operation is not None and operation.effect == "read")
    return False


@functools.cache
def _locks_of_the_loop() -> RunVar[WeakKeyDictionary[SessionAuth, anyio.Lock]]:
    from anyio.lowlevel import RunVar

    return RunVar("locks of the sessions")


def token_of(answer: models.SessionAnswer) -> str:
    """Return the token of a new session; nothing else may get into a header or a path."""
    token = getattr(answer.response, "token", None)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        said = "the answer has no session token", "la respuesta no trae el token de la sesión"
        raise errors.MalformedAnswer(said, provider=PROVIDER, operation="create_session")
    return token


class Sessions:
    """Keeps one authentication for each user, so that no request ever carries another user's token."""

    def __init__(self, key: KeyAuth) -> None:
        self._key = key
        self._users: dict[str, SessionAuth] = {}

    def of(self, id_user: str) -> SessionAuth:
        """Return the authentication of one user."""
        return self._users.setdefault(id_user, SessionAuth(self._key, id_user))

    def forget(self, id_user: str) -> None:
        """Drop a user's session, as when the user is deleted."""
        self._users.pop(id_user, None)
