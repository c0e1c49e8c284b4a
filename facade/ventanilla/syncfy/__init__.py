"""Syncfy (Paybook Sync): bank and tax data of your users, synchronous and asynchronous."""

import hashlib

import httpx

from ventanilla import _http
from ventanilla._attempts import Calls
from ventanilla._face import AsyncFace, SyncFace
from ventanilla._policy import Policy
from ventanilla.instrument import Instrument
from ventanilla.syncfy._accounts import Accounts
from ventanilla.syncfy._attachments import Attachments
from ventanilla.syncfy._auth import PROVIDER, KeyAuth, Sessions
from ventanilla.syncfy._codes import explain
from ventanilla.syncfy._documents import Documents
from ventanilla.syncfy._events import Events
from ventanilla.syncfy._link import Linking
from ventanilla.syncfy.values import (
    Challenge,
    ChallengeField,
    Connection,
    JobState,
    Link,
    Option,
    WidgetConfiguration,
)

__all__ = [
    "AsyncSyncfy",
    "Challenge",
    "ChallengeField",
    "Connection",
    "JobState",
    "Link",
    "Option",
    "Syncfy",
    "WidgetConfiguration",
    "explain",
]

# One host serves both: the environment is a property of the key.
_HOSTS = {"production": "https://opendata-api.syncfy.com/v1", "sandbox": "https://opendata-api.syncfy.com/v1"}


class _Operations(Linking, Accounts, Attachments, Documents, Events):
    """All operations of Syncfy."""

    environment: str = ""  # a constructor that refuses leaves a face that can still be shown
    base_url: str = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, environment={self.environment!r})"

    def _settings(
        self, base_url: str | None, environment: str, timeout: float, policy: Policy | None, use_pulls: bool
    ) -> _http.Settings:
        chosen = _http.settings(
            PROVIDER,
            base_url,
            variable="SYNCFY_BASE_URL",
            environment=environment,
            known=_HOSTS,
            timeout=timeout,
            policy=policy,
        )
        self.base_url, self.environment = str(chosen.base_url), environment
        self.use_pulls, self.test_mode = use_pulls, environment == "sandbox"
        return chosen

    def _auth(self, chosen: _http.Settings, key: str) -> KeyAuth:
        auth = KeyAuth(chosen.base_url, key)
        self._sessions = Sessions(auth)
        self.whose = hashlib.sha256(key.encode()).hexdigest()[:16]
        return auth


def _key(api_key: str | None) -> str:
    return _http.credential(PROVIDER, "api_key", api_key, "SYNCFY_API_KEY")


class Syncfy(_Operations, SyncFace):
    """Syncfy, synchronously.

    Args:
        api_key: the API key; else from `SYNCFY_API_KEY`.
        base_url: where the service is, `/v1` included; else from `SYNCFY_BASE_URL`, else the provider's.
        environment: `production` or `sandbox`; the provider serves both from one host, by the key.
        timeout: seconds to wait for each answer.
        use_pulls: use the newer `/pulls` paths in place of the documented ones.
        policy: deadline, retries and limits; `Policy()` where left out.
        instrument: is told of each attempt on the wire, as `ventanilla.instrument` describes.
        transport: an httpx transport, for tests and proxies.

    Raises:
        ConfigurationError: a credential is missing, or the URL is not safe.

    A face may be shared between threads: each user's requests carry that user's own token.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        environment: str = "production",
        timeout: float = 30.0,
        use_pulls: bool = False,
        policy: Policy | None = None,
        instrument: Instrument | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        chosen, key = self._settings(base_url, environment, timeout, policy, use_pulls), _key(api_key)
        self._transport = transport
        self.raw = self._open(Calls(chosen, key, instrument), chosen, transport).with_auth(self._auth(chosen, key))


class AsyncSyncfy(_Operations, AsyncFace):
    """Syncfy, asynchronously; arguments as in `Syncfy`."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        environment: str = "production",
        timeout: float = 30.0,
        use_pulls: bool = False,
        policy: Policy | None = None,
        instrument: Instrument | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        chosen, key = self._settings(base_url, environment, timeout, policy, use_pulls), _key(api_key)
        self._transport = transport
        self.raw = self._open(Calls(chosen, key, instrument), chosen, transport).with_auth(self._auth(chosen, key))
