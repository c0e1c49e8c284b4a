"""Knows Facti's keys, which travel as form fields or in the query, and how it says no inside HTTP 200."""

import os
import re
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from ventanilla import errors
from ventanilla._http import ProviderAuth, Settings, credential, is_exposed
from ventanilla._verdicts import STATUSES, Envelope, Verdict, Verdicts

PROVIDER = "Facti"

# Inferred: Facti has no error codes and documents none of its messages, so the words of `msg` are all there is.
# Where no word is known the error is Rejected, and the message is always kept.
_WORDS: tuple[tuple[type[errors.ProviderError], tuple[str, ...]], ...] = (
    (
        errors.AuthenticationFailed,
        ("autentic", "credencial", "api_key", "api key", "client_id", "client id", "unauthorized", "no autorizad"),
    ),
    (errors.NotFound, ("no existe", "no se encontr", "no encontrad", "inexistente", "not found", "does not exist")),
)


class _Envelope(Envelope):
    result: Any = msgspec.UNSET
    status: Any = msgspec.UNSET


def _verdict(found: _Envelope, status: int) -> tuple[Verdict, int]:
    """Return what `result` says: 1 or 0.

    The document's tables call it `status`, which is also the name of a payment's state, so `status` counts only where
    `result` is absent; and of a gateway's, where it repeats HTTP's.
    """
    flag = found.status if found.result is msgspec.UNSET else found.result
    if flag is msgspec.UNSET or (found.result is msgspec.UNSET and flag == status):
        return "none", status
    if isinstance(flag, bool | int | str):  # 1.0 is none
        return "success" if flag in (1, "1") else "refused" if flag in (0, "0") else "odd", status
    return "odd", status


def _kind(response: httpx.Response, found: _Envelope | None, status: int, words: str) -> type[errors.ProviderError]:
    if response.request.url.path.endswith("/v1/user/authenticate"):
        return errors.AuthenticationFailed  # its only question is whether the keys are good
    said = (kind for kind, parts in _WORDS if any(part in words.lower() for part in parts))
    return STATUSES.get(status) or next(said, errors.Rejected)


_VERDICTS = Verdicts(
    provider=PROVIDER,
    decoder=msgspec.json.Decoder(_Envelope),
    success=re.compile(rb'\{"result":1,'),
    keys=(b'"result"',),
    told=1,
    verdict=_verdict,
    kind=_kind,
)
check = _VERDICTS.check


def key_of(chosen: Settings, name: str, given: str | None, variable: str) -> str:
    """Return a key; Facti's sandbox is plain http and is not shown production's, which are the environment's."""
    if is_exposed(chosen.base_url) and (given is None or given == os.environ.get(variable)):
        raise errors.ConfigurationError(
            (
                f"Facti's sandbox is plain http, and {variable} is production's: pass another {name}=",
                f"el sandbox de Facti usa http sin cifrar, y {variable} es de producción: pasar otro {name}=",
            ),
            provider=PROVIDER,
            hint=(
                "Use an account without real payments, and keep its keys in variables of other names",
                "Usar una cuenta sin pagos reales, y guardar sus llaves en variables con otros nombres",
            ),
        )
    return credential(PROVIDER, name, given, variable)


class KeysAuth(ProviderAuth):
    """Adds `client_id` and `api_key` to the form of a POST and to the query of a GET."""

    provider = PROVIDER
    requires_request_body = True

    def __init__(self, base_url: httpx.URL, client_id: str, api_key: str) -> None:
        super().__init__(base_url)
        self._keys = {"client_id": client_id, "api_key": api_key}

    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Return the request with the keys."""
        if request.method == "GET":
            # "Parameters" of a GET can only be the query, so the whole URL is a secret.
            request.url = request.url.copy_merge_params(self._keys)
            return request
        headers = request.headers.copy()
        for stale in ("Content-Length", "Transfer-Encoding"):
            headers.pop(stale, None)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        form = b"&".join(part for part in (request.content, urlencode(self._keys).encode()) if part)
        return httpx.Request(request.method, request.url, headers=headers, content=form, extensions=request.extensions)

    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success."""
        _VERDICTS.check(response)

    def secrets(self) -> tuple[str, ...]:
        """Return the keys."""
        return tuple(self._keys.values())
