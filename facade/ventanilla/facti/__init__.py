"""Facti: payment requests to your customers, synchronous and asynchronous."""

import os
import warnings
from pathlib import Path

import httpx

from ventanilla import _http
from ventanilla._attempts import Calls
from ventanilla._face import AsyncFace, SyncFace
from ventanilla._keeping import keeper
from ventanilla._policy import Policy
from ventanilla.errors import AlreadyPaid
from ventanilla.facti._accounts import Accounts
from ventanilla.facti._auth import PROVIDER, KeysAuth, key_of
from ventanilla.facti._events import Events
from ventanilla.facti._operations import company_number, rfc
from ventanilla.facti._payments import Payments
from ventanilla.facti._requests import Requests
from ventanilla.facti.ipn import PaymentNotification, parse_ipn, verify_ipn
from ventanilla.facti.values import (
    Invoice,
    Payment,
    PaymentRequested,
    Reference,
    ReferenceFailure,
)
from ventanilla.facti.ways import Clabe, Clabes, PaymentWay
from ventanilla.instrument import Instrument
from ventanilla.intents import Journal
from ventanilla.intents._sqlite import DEFAULT
from ventanilla_clients.facti.models import Concepto, InvoiceReceiver

__all__ = [
    "AlreadyPaid",
    "AsyncFacti",
    "Clabe",
    "Clabes",
    "Concepto",
    "Facti",
    "Invoice",
    "InvoiceReceiver",
    "Payment",
    "PaymentNotification",
    "PaymentRequested",
    "PaymentWay",
    "Reference",
    "ReferenceFailure",
    "parse_ipn",
    "verify_ipn",
]

_HOSTS = {"production": "https://api.facti.mx", "sandbox": "http://api.sandbox.facti.mx"}


class _Operations(Requests, Payments, Accounts, Events):
    """All operations of Facti."""

    environment: str = ""  # a constructor that refuses leaves a face that can still be shown
    base_url: str = ""
    company_id: int | None = None
    from_rfc: str | None = None

    def __repr__(self) -> str:
        where = f"base_url={self.base_url!r}, environment={self.environment!r}"
        return f"{type(self).__name__}({where}, company_id={self.company_id!r}, from_rfc={self.from_rfc!r})"

    def _settings(
        self, base_url: str | None, environment: str, timeout: float, policy: Policy | None
    ) -> _http.Settings:
        chosen = _http.settings(
            PROVIDER,
            base_url,
            variable="FACTI_BASE_URL",
            environment=environment,
            known=_HOSTS,
            timeout=timeout,
            policy=policy,
        )
        self.base_url, self.environment = str(chosen.base_url), chosen.environment
        if _http.is_exposed(chosen.base_url):
            # The keys of sandbox and production are the same ones, and the sandbox has no https.
            warnings.warn(f"{self.base_url} is plain http: the network can read the keys", UserWarning, stacklevel=4)
        return chosen

    def _issuer(self, company_id: int | str | None, from_rfc: str | None) -> None:
        self.company_id = company_number(company_id or os.environ.get("FACTI_COMPANY_ID"))
        chosen = from_rfc or os.environ.get("FACTI_FROM_RFC")
        self.from_rfc = rfc("from_rfc", chosen) if chosen else None


def _client_id(chosen: _http.Settings, client_id: str | None) -> str:
    return key_of(chosen, "client_id", client_id, "FACTI_CLIENT_ID")


def _auth(chosen: _http.Settings, client: str, api_key: str | None) -> KeysAuth:
    return KeysAuth(chosen.base_url, client, key_of(chosen, "api_key", api_key, "FACTI_API_KEY"))


class Facti(_Operations, SyncFace):
    """Facti, synchronously.

    Args:
        client_id: the client id; else from `FACTI_CLIENT_ID`.
        api_key: the API key; else from `FACTI_API_KEY`.
        company_id: the company whose payments are searched and deleted; else from `FACTI_COMPANY_ID`. Needed only
            there and for CLABEs.
        from_rfc: the RFC that issues where a call names none; else from `FACTI_FROM_RFC`.
        base_url: where the service is; else from `FACTI_BASE_URL`, else the provider's.
        environment: `production` or `sandbox`. The sandbox is plain http and takes the same keys, so they can be read
            on the way: a warning says so, they must be passed here, and those of the two variables are refused.
        timeout: seconds to wait for each answer.
        policy: deadline, retries and limits; `Policy()` where left out.
        instrument: is told of each attempt on the wire, as `ventanilla.instrument` describes.
        transport: an httpx transport, for tests and proxies.
        journal: where intents are kept, so that nothing is done twice: the path of a file, any
            `ventanilla.intents.Journal`, or None for nothing that outlives the process. The default is the file that
            `VENTANILLA_JOURNAL` names, else `~/.ventanilla/intents.sqlite3`; for a mock in this process, None.
        account: the name under which the journal keeps this account's intents, whatever its key and URL; else from
            `FACTI_ACCOUNT`, else a digest of the key, which begins anew when the key is rotated.

    Raises:
        ConfigurationError: a credential is missing, or the URL is not safe.
    """

    def __init__(
        self,
        *,
        client_id: str | None = None,
        api_key: str | None = None,
        company_id: int | str | None = None,
        from_rfc: str | None = None,
        base_url: str | None = None,
        environment: str = "production",
        timeout: float = 30.0,
        policy: Policy | None = None,
        instrument: Instrument | None = None,
        transport: httpx.BaseTransport | None = None,
        journal: Journal | Path | str | None = DEFAULT,
        account: str | None = None,
    ) -> None:
        chosen = self._settings(base_url, environment, timeout, policy)
        client = _client_id(chosen, client_id)
        self._issuer(company_id, from_rfc)
        self.keeper = keeper(chosen, client, journal, account, transport, self.company_id)
        opened = self._open(Calls(chosen, client, instrument), chosen, transport)
        self.raw = opened.with_auth(_auth(chosen, client, api_key))


class AsyncFacti(_Operations, AsyncFace):
    """Facti, asynchronously; arguments as in `Facti`."""

    def __init__(
        self,
        *,
        client_id: str | None = None,
        api_key: str | None = None,
        company_id: int | str | None = None,
        from_rfc: str | None = None,
        base_url: str | None = None,
        environment: str = "production",
        timeout: float = 30.0,
        policy: Policy | None = None,
        instrument: Instrument | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        journal: Journal | Path | str | None = DEFAULT,
        account: str | None = None,
    ) -> None:
        chosen = self._settings(base_url, environment, timeout, policy)
        client = _client_id(chosen, client_id)
        self._issuer(company_id, from_rfc)
        self.keeper = keeper(chosen, client, journal, account, transport, self.company_id)
        opened = self._open(Calls(chosen, client, instrument), chosen, transport)
        self.raw = opened.with_auth(_auth(chosen, client, api_key))
