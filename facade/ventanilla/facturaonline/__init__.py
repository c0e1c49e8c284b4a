"""Factura Online: payroll CFDIs stamped, sent and cancelled, synchronous and asynchronous."""

import os
from pathlib import Path

import httpx

from ventanilla import _http
from ventanilla._attempts import Calls
from ventanilla._face import AsyncFace, SyncFace
from ventanilla._keeping import keeper
from ventanilla._policy import Policy
from ventanilla.facturaonline._auth import PLUGIN, PROVIDER, HeadersAuth
from ventanilla.facturaonline._catalogues import Catalogues
from ventanilla.facturaonline._items import Items
from ventanilla.facturaonline._payrolls import Payrolls
from ventanilla.facturaonline._people import Employees, Groups
from ventanilla.facturaonline.acuse import Acuse
from ventanilla.facturaonline.entries import Deduction, Disability, OtherPayment, PayrollEntry, Perception
from ventanilla.facturaonline.values import Cancelled, Payroll, PayrollRecord
from ventanilla.instrument import Instrument
from ventanilla.intents import Journal
from ventanilla.intents._sqlite import DEFAULT
from ventanilla_clients.facturaonline.models import NewEmployee

__all__ = [
    "Acuse",
    "AsyncFacturaOnline",
    "Cancelled",
    "Deduction",
    "Disability",
    "FacturaOnline",
    "NewEmployee",
    "OtherPayment",
    "Payroll",
    "PayrollEntry",
    "PayrollRecord",
    "Perception",
]

_HOSTS = {
    "production": "https://facturaonline.com.mx/api",
    "sandbox": "https://sandbox.facturaonline.com.mx/api",
}


class _Operations(Payrolls, Items, Employees, Groups, Catalogues):
    """All operations of Factura Online."""

    environment: str = ""  # a constructor that refuses leaves a face that can still be shown
    base_url: str = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, environment={self.environment!r})"

    def _settings(
        self, base_url: str | None, environment: str, timeout: float, policy: Policy | None
    ) -> _http.Settings:
        chosen = _http.settings(
            PROVIDER,
            base_url,
            variable="FACTURAONLINE_BASE_URL",
            environment=environment,
            known=_HOSTS,
            timeout=timeout,
            policy=policy,
        )
        self.base_url, self.environment = str(chosen.base_url), chosen.environment
        return chosen


def _key(api_key: str | None) -> str:
    return _http.credential(PROVIDER, "api_key", api_key, "FACTURAONLINE_API_KEY")


def _auth(chosen: _http.Settings, key: str, secret_key: str | None, plugin: str | None) -> HeadersAuth:
    published = plugin or os.environ.get("FACTURAONLINE_PLUGIN") or PLUGIN
    return HeadersAuth(
        chosen.base_url,
        key,
        _http.credential(PROVIDER, "secret_key", secret_key, "FACTURAONLINE_SECRET_KEY"),
        _http.credential(PROVIDER, "plugin", published, "FACTURAONLINE_PLUGIN"),
    )


class FacturaOnline(_Operations, SyncFace):
    """Factura Online, synchronously.

    Args:
        api_key: the API key of the issuing company; else from `FACTURAONLINE_API_KEY`.
        secret_key: its secret key; else from `FACTURAONLINE_SECRET_KEY`.
        plugin: the provider's public constant; else from `FACTURAONLINE_PLUGIN`, else the published one.
        base_url: where the service is, `/api` included; else from `FACTURAONLINE_BASE_URL`, else the provider's.
            `https://api.factura.com` serves the same paths.
        environment: `production` or `sandbox`.
        timeout: seconds to wait for each answer.
        policy: deadline, retries and limits; `Policy()` where left out.
        instrument: is told of each attempt on the wire, as `ventanilla.instrument` describes.
        transport: an httpx transport, for tests and proxies.
        journal: where intents are kept, so that nothing is done twice: the path of a file, any
            `ventanilla.intents.Journal`, or None for nothing that outlives the process. The default is the file that
            `VENTANILLA_JOURNAL` names, else `~/.ventanilla/intents.sqlite3`; for a mock in this process, None.
        account: the name under which the journal keeps this account's intents, whatever its key and URL; else from
            `FACTURAONLINE_ACCOUNT`, else a digest of the key, which begins anew when the key is rotated.

    Raises:
        ConfigurationError: a credential is missing, or the URL is not safe.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        secret_key: str | None = None,
        plugin: str | None = None,
        base_url: str | None = None,
        environment: str = "production",
        timeout: float = 30.0,
        policy: Policy | None = None,
        instrument: Instrument | None = None,
        transport: httpx.BaseTransport | None = None,
        journal: Journal | Path | str | None = DEFAULT,
        account: str | None = None,
    ) -> None:
        chosen, key = self._settings(base_url, environment, timeout, policy), _key(api_key)
        self.keeper = keeper(chosen, key, journal, account, transport)
        opened = self._open(Calls(chosen, key, instrument), chosen, transport)
        self.raw = opened.with_auth(_auth(chosen, key, secret_key, plugin))


class AsyncFacturaOnline(_Operations, AsyncFace):
    """Factura Online, asynchronously; arguments as in `FacturaOnline`."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        secret_key: str | None = None,
        plugin: str | None = None,
        base_url: str | None = None,
        environment: str = "production",
        timeout: float = 30.0,
        policy: Policy | None = None,
        instrument: Instrument | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        journal: Journal | Path | str | None = DEFAULT,
        account: str | None = None,
    ) -> None:
        chosen, key = self._settings(base_url, environment, timeout, policy), _key(api_key)
        self.keeper = keeper(chosen, key, journal, account, transport)
        opened = self._open(Calls(chosen, key, instrument), chosen, transport)
        self.raw = opened.with_auth(_auth(chosen, key, secret_key, plugin))
