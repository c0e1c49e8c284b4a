"""Knows how applications and clients reach the mock of one test: addresses, keys, variables, transports."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from ventanilla.mock.namespaces import prefix_of
from ventanilla.mock.stage._access import KEYS, MOUNTS, variables
from ventanilla.mock.stage._settings import provider_of
from ventanilla.mock.stage._wires import Wires

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter


class Environment(Protocol):
    """Sets variables for the time of a test, as pytest's `monkeypatch` does."""

    def setenv(self, name: str, value: str) -> None:
        """Set one."""
        ...


class Reach:
    """How to get to one namespace of a mock.

    Attributes:
        name: the name of the namespace.
    """

    def __init__(self, name: str, wires: Wires) -> None:
        self.name = name
        self._wires = wires
        self._open = ExitStack()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @property
    def url(self) -> str:
        """Where it is, the namespace included; without a socket only clients with its transport get there."""
        return self._wires.origin + prefix_of(self.name)

    def base_url(self, provider: str) -> str:
        """Return the base URL of a provider (syncfy, facti, facturaonline), as its clients take it."""
        return self.url + MOUNTS[provider_of(provider)]

    def credentials(self, provider: str) -> dict[str, Any]:
        """Return the keys that a provider lets in, as arguments of its face."""
        return dict(KEYS[provider_of(provider)])

    @property
    def env(self) -> dict[str, str]:
        """The environment variables of an application: SYNCFY_BASE_URL, SYNCFY_API_KEY, FACTI_CLIENT_ID and so on."""
        return variables(self.url)

    def use_env(self, environment: Environment) -> None:
        """Set the environment variables: `ventanilla_mock.use_env(monkeypatch)`."""
        for name, value in self.env.items():
            environment.setenv(name, value)

    def options(self, provider: str) -> dict[str, Any]:
        """Return all arguments of a synchronous face: `Facti(**mock.options("facti"))`."""
        return {**self.credentials(provider), "base_url": self.base_url(provider), "transport": self.transport()}

    def async_options(self, provider: str) -> dict[str, Any]:
        """Return all arguments of an asynchronous face."""
        return {**self.credentials(provider), "base_url": self.base_url(provider), "transport": self.async_transport()}

    def transport(self) -> httpx.BaseTransport:
        """Return a transport for an httpx.Client; it need not be closed."""
        return self._wires.transport()

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport for an httpx.AsyncClient; it need not be closed, and may outlive an event loop."""
        return self._wires.async_transport()

    def requests_adapter(self) -> "HTTPAdapter":
        """Return an adapter for a requests.Session: `session.mount(mock.url, mock.requests_adapter())`."""
        adapter = self._wires.requests_adapter()
        self._open.callback(adapter.close)
        return adapter
