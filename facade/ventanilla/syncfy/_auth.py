"""Knows Syncfy's envelope and its two authentications: the API key, and a session token per user."""

from __future__ import annotations

import re
from collections.abc import Generator

import httpx
import msgspec

from ventanilla import errors
from ventanilla._http import ENCODINGS, STATUSES, ProviderAuth, envelope, facts, is_overloaded, overload, unreadable
from ventanilla._translation import TypedErrors
from ventanilla_clients._runtime import decode
from ventanilla_clients.syncfy import api, models

PROVIDER = "Syncfy"


class _Envelope(msgspec.Struct):
    status: bool
    code: int = 0
    rid: str | None = None
    message: str | None = None


_decoder = msgspec.json.Decoder(_Envelope)
# The documented start of a success, which spares decoding the body twice; what starts otherwise is looked into.
_SUCCESS = re.compile(rb'\{"rid":"[^"]*","code":200,"errors":null,"status":true,')


def check(response: httpx.Response) -> None:
    """Raise the typed error of an answer that is not a success.

    Syncfy says `status: false` even inside HTTP 200, and its gateway answers 52x with web pages.
    """
    if response.status_code == 200 and _SUCCESS.match(response.content):
        return
    if response.status_code == 200 and not _is_json(response):
        if "text/html" in response.headers["content-type"]:
            raise unreadable(PROVIDER, response)
        return  # a file: its operation takes the bytes as they are
    if is_overloaded(response):
        found = _peek(response)
        raise overload(PROVIDER, response, found.message, found.rid)
    found = envelope(PROVIDER, response, _decoder)
    code = response.status_code if response.status_code >= 400 else found.code
    if not found.status or code >= 400:
        message = found.message or ("the operation did not finish", "la operación no terminó")
        raise _kind(code, response)(message, **facts(PROVIDER, response, found.rid))


def _is_json(response: httpx.Response) -> bool:
    return "json" in response.headers.get("content-type", "application/json") or not response.content


def _peek(response: httpx.Response) -> _Envelope:
    """Return what an outage says of itself; gateways say it in no envelope."""
    try:
        return _decoder.decode(response.content)
    except (msgspec.DecodeError, RecursionError):
        return _Envelope(status=False)


def _kind(code: int, response: httpx.Response) -> type[errors.ProviderError]:
    sent: str = response.request.headers.get("authorization", "")
    if code == 401 and not sent.lower().startswith("api_key"):
        return errors.SessionExpired
    if code in (408, 429) or code >= 500:
        return errors.RateLimited if code == 429 else errors.ServiceUnavailable
    return STATUSES.get(code, errors.Rejected)


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
        check(response)

    def secrets(self) -> tuple[str, ...]:
        """Return the key."""
        return (self._key,)


class SessionAuth(ProviderAuth):
    """Authenticates as one user: opens a session when there is none and once again when it has expired.

    A 401 proves that nothing was done, so the request may be sent again with the new token.
    """

    provider = PROVIDER

    def __init__(self, key: KeyAuth, id_user: str) -> None:
        super().__init__(key.base_url)
        self._key = key
        self._id_user = id_user
        self._token: str | None = None

    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Put the session's token on the request."""
        request.headers["Authorization"] = f"TOKEN token={self._token}"
        return request

    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success."""
        check(response)

    def secrets(self) -> tuple[str, ...]:
        """Return the key and the token."""
        return (*self._key.secrets(), self._token or "")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Open the session if need be, send, renew once after a 401, check."""
        self.guard(request)
        if self._token is None:
            yield from self._open(request)
        response = yield self.authorize(request)
        if response.status_code == 401:
            yield from self._open(request)
            response = yield self.authorize(request)
        self.examine(response)

    def _open(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        built = api.sessions.create_session.request_kwargs(body=models.NewSession(id_user=self._id_user))
        built["url"] = self.base_url.copy_with(path=self.base_url.path.rstrip("/") + built["url"])
        built["extensions"] = {**request.extensions, **built["extensions"]}
        opening = httpx.Request(**built)
        opening.headers["User-Agent"] = request.headers.get("User-Agent", "")
        opening.headers["Accept-Encoding"] = ENCODINGS
        response = yield self._key.authorize(opening)
        with TypedErrors(api.sessions.create_session.OPERATION.name, handed_on=True):
            self._key.examine(response)
            self._token = decode(response, models.SessionAnswer).response.token


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
