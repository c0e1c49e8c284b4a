"""Knows the two ways from an application to a mock: handed over within the process, or by a socket of this machine."""

import ssl
from typing import TYPE_CHECKING, Protocol

import httpx

from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Courier
from ventanilla.mock.transports import AsyncMockTransport, MockTransport

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

# Leads nowhere: what is not given a transport of the mock's says so when it cannot connect to "in-process".
ORIGIN = "https://in-process.localhost"


class Wires(Protocol):
    """How clients reach a mock: its scheme and host, and what the clients have to be given."""

    origin: str

    def transport(self) -> httpx.BaseTransport:
        """Return what an httpx.Client is given."""
        ...

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what an httpx.AsyncClient is given."""
        ...

    def requests_adapter(self) -> "HTTPAdapter":
        """Return what a requests.Session is given."""
        ...


class _Transport(MockTransport):
    """A transport with the courier of the stage."""

    def __init__(self, mock: Mock, courier: Courier) -> None:
        super().__init__(mock)
        self._courier = courier


class _AsyncTransport(AsyncMockTransport):
    """An asynchronous transport with the courier of the stage."""

    def __init__(self, mock: Mock, courier: AsyncCourier) -> None:
        super().__init__(mock)
        self._courier = courier


class InProcess:
    """No sockets: clients are given transports that hand requests over."""

    origin = ORIGIN

    def __init__(self, mock: Mock, courier: Courier, async_courier: AsyncCourier) -> None:
        self._mock, self._courier, self._async_courier = mock, courier, async_courier

    def transport(self) -> httpx.BaseTransport:
        """Return what an httpx.Client is given."""
        return _Transport(self._mock, self._courier)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what an httpx.AsyncClient is given."""
        return _AsyncTransport(self._mock, self._async_courier)

    def requests_adapter(self) -> "HTTPAdapter":
        """Return what a requests.Session is given."""
        from ventanilla.mock.stage._requests import StageAdapter

        return StageAdapter(self._mock, self._courier)


class OnSocket:
    """A server of this machine: clients are given ordinary transports, which leave no connection open."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        # Trusts nobody, and costs no time to load: there is no TLS between here and here.
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._limits = httpx.Limits(max_keepalive_connections=0)

    def transport(self) -> httpx.BaseTransport:
        """Return what an httpx.Client is given."""
        return httpx.HTTPTransport(verify=self._tls, limits=self._limits)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what an httpx.AsyncClient is given."""
        return httpx.AsyncHTTPTransport(verify=self._tls, limits=self._limits)

    def requests_adapter(self) -> "HTTPAdapter":
        """Return what a requests.Session is given."""
        from requests.adapters import HTTPAdapter

        return HTTPAdapter()
