"""Knows what the three providers share on the wire: safe settings, the origin guard, and what an answer says."""

import os
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Generator, Mapping
from http.cookiejar import CookieJar
from itertools import chain
from typing import Any, NoReturn

import httpx
from msgspec import Struct

from ventanilla._messages import readable
from ventanilla._policy import Policy
from ventanilla._redact import HIDDEN, carried, hidden, protect_logs
from ventanilla._version import VERSION
from ventanilla.errors import (
    ConfigurationError,
    UnexpectedAnswer,
    VentanillaError,
    Words,
)

# What JSON may come in; what is not asked for is refused, for nothing else is inflated within bounds.
ENCODINGS = "gzip, deflate"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NoCookies(CookieJar):
    """Neither reads nor sends one: the users of a key share the connections, and it would tell one from another."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Read none."""

    def add_cookie_header(self, request: object) -> None:
        """Send none."""


class Settings(Struct, frozen=True):
    """Where a face sends its requests and how long it waits, checked."""

    provider: str
    base_url: httpx.URL
    timeout: float
    policy: Policy
    environment: str = "production"

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of the httpx clients."""
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30.0)
        return {
            "base_url": self.base_url,
            "timeout": httpx.Timeout(self.timeout, connect=min(self.timeout, 10.0)),
            "headers": {"User-Agent": f"ventanilla/{VERSION}", "Accept": "*/*", "Accept-Encoding": ENCODINGS},
            "follow_redirects": False,  # a redirect would carry the keys to another host
            "limits": limits,
            # What may go unencrypted to this machine must not go to a proxy of the environment instead.
            "trust_env": self.base_url.scheme != "http" or is_exposed(self.base_url),
            "cookies": NoCookies(),
        }


def settings(
    provider: str,
    base_url: str | None,
    *,
    variable: str,
    environment: str,
    known: Mapping[str, str],
    timeout: float,
    policy: Policy | None,
) -> Settings:
    """Choose and check the base URL: the argument, else the environment variable, else the provider's own.

    Plain http is accepted on loopback, and where the provider documents it for the environment that was asked for: a
    variable alone does not lead production's keys to Facti's sandbox, which has no https.
    """
    if environment not in known:
        names = ", ".join(known)
        said = f"environment must be one of {names}", f"environment debe ser uno de {names}"
        raise ConfigurationError(said, provider=provider)
    url = plain_url(base_url or os.environ.get(variable) or known[environment])
    if url is None:
        said = (
            f"base_url must be a scheme, a host and a path, without a user, a query or a fragment ({variable})",
            f"base_url debe tener esquema, host y ruta, sin usuario, parámetros ni fragmento ({variable})",
        )
        raise ConfigurationError(said, provider=provider)
    if is_exposed(url) and origin_of(url) != origin_of(httpx.URL(known[environment])):
        problem = f"plain http would show the keys to the network: use https ({variable})"
        problema = f"http sin cifrar mostraría las llaves en la red: usar https ({variable})"
        if str(url).rstrip("/") in known.values():
            problem += "; the sandbox has to be asked for with environment="
            problema += "; el sandbox se pide con environment="
        raise ConfigurationError((problem, problema), provider=provider)
    if timeout <= 0:
        said = "timeout must be a positive number of seconds", "timeout debe ser un número positivo de segundos"
        raise ConfigurationError(said, provider=provider)
    protect_logs()
    # Where the host says which it is, it is what counts: a provider's sandbox has several names.
    of_hosts = {httpx.URL(each).host: name for name, each in known.items()}
    host = url.host.rstrip(".")
    said_by_host = "sandbox" if "sandbox" in host.split(".") and "sandbox" in known else environment
    return Settings(provider, url, timeout, policy or Policy(), of_hosts.get(host, said_by_host))


def plain_url(text: str) -> httpx.URL | None:
    """Return a URL without surprises: no user that looks like a host, nothing that httpx would read otherwise."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return None
    is_plain = re.fullmatch(r"[!-~]+", text) is not None and not {*text} & {"@", "?", "#", "\\"}
    is_whole = url.scheme in ("https", "http") and re.fullmatch(r"[\w.:-]+", url.host) is not None
    return url if is_plain and is_whole and not url.userinfo else None


def is_exposed(url: httpx.URL) -> bool:
    """Return whether what is sent there can be read on the way."""
    return url.scheme == "http" and url.host not in LOOPBACK


def credential(provider: str, name: str, value: str | None, variable: str) -> str:
    """Return a credential from the argument or the environment; the error names both, never a value."""
    found = value or os.environ.get(variable)
    if not found:
        raise missing(provider, name, variable)
    if not found.isascii() or not found.isprintable() or " " in found:
        said = (
            f"{name} has characters that no key has ({len(found)} characters)",
            f"{name} tiene caracteres que no lleva ninguna llave ({len(found)} caracteres)",
        )
        raise ConfigurationError(said, provider=provider)
    return found


def missing(provider: str, name: str, variable: str) -> ConfigurationError:
    """Return the error of a setting that is given neither as an argument nor in the environment."""
    said = (
        f"{name} is missing: pass {name}= or set {variable}",
        f"falta {name}: pasar {name}= o definir la variable {variable}",
    )
    return ConfigurationError(said, provider=provider)


def origin_of(url: httpx.URL) -> tuple[bytes, bytes, int | None]:
    """Return what two URLs have in common that lead to the same server: scheme, host and port."""
    return url.raw_scheme, url.raw_host, url.port


class ProviderAuth(httpx.Auth, ABC):
    """Adds a provider's credentials to each request and checks each answer, for both faces and for `.raw`."""

    requires_response_body = True
    provider: str

    def __init__(self, base_url: httpx.URL, sent: deque[httpx.Request] | None = None) -> None:
        self.base_url = base_url
        self._origin = origin_of(base_url)
        # A later answer may repeat a login that was sent before, also as another user.
        self.sent = deque[httpx.Request](maxlen=REMEMBERED) if sent is None else sent

    @abstractmethod
    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Return the request with credentials."""

    @abstractmethod
    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success."""

    def guard(self, request: httpx.Request) -> None:
        """Refuse to send credentials anywhere but to the configured origin."""
        if origin_of(request.url) != self._origin:
            host = request.url.host
            said = f"refused to send credentials to {host}", f"no se mandan credenciales a {host}"
            raise ConfigurationError(said, provider=self.provider)

    def remember(self, request: httpx.Request) -> None:
        """Keep a request with an effect, to look for what it carried in later answers; long ones have no login."""
        length = request.headers.get("content-length", "")
        if request.method not in ("GET", "HEAD") and length.isdecimal() and int(length) <= LONGEST_LOGIN:
            self.sent.append(request)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authorise, send, check."""
        self.guard(request)
        self.remember(request)
        response = yield self.authorize(request)
        self.examine(response)

    def examine(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success, without the secrets that were sent.

        Providers echo what they refuse: keys, tokens, what the user typed.
        """
        try:
            if 300 <= response.status_code < 400:
                raise UnexpectedAnswer(REDIRECT, **facts(self.provider, response))
            self.check(response)
        except VentanillaError as error:
            requests = (response.request, *self.sent)
            secrets = {*self.secrets(), *chain.from_iterable(map(carried, requests))}
            # Cut after hiding: half a key is a secret too.
            said = {name: text for name, text in vars(error).items() if isinstance(text, str) and name not in OURS}
            error.__dict__.update({name: hidden(text, secrets)[:LONGEST] for name, text in said.items()})
            if HIDDEN in error.message:
                error.raw_message = None  # what hides a secret from us there may not hide it from people
            error.args = (error.message,)
            raise

    def secrets(self) -> tuple[str, ...]:
        """Return what must not appear in an error, whatever the provider echoes."""
        return ()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds keys, which are not pickled or copied")


# Characters of a provider's message: some echo the whole request.
LONGEST = 500
# Requests of a face, and bytes of each, that are searched for secrets when an answer is an error.
REMEMBERED, LONGEST_LOGIN = 32, 16_384
# Words of ours: a password such as `unknown` must not change what an error proves.
OURS = frozenset({"provider", "operation", "outcome"})
REDIRECT: Words = (
    "a redirect came; redirects are never followed, they would carry the keys",
    "llegó una redirección; nunca se siguen, porque llevarían las llaves a otro lado",
)


def facts(provider: str, response: httpx.Response, rid: str | None = None) -> dict[str, Any]:
    """Return what every error says of an answer: provider, status, and request id (the body's, else a header's)."""
    shown = readable(rid or request_id(response) or "") or None
    return {"provider": provider, "status_code": response.status_code, "request_id": shown}


def request_id(response: httpx.Response) -> str | None:
    """Return the id that a server or its gateway gave to the request in the headers."""
    return next((response.headers[h] for h in ("x-request-id", "cf-ray") if h in response.headers), None)
