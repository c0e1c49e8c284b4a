"""Knows Factura Online's three headers, and how it says no: in two shapes, inside HTTP 200, in a file's place too."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec

from ventanilla import errors
from ventanilla._http import ProviderAuth, facts
from ventanilla._messages import readable, texts
from ventanilla._redact import hidden
from ventanilla._verdicts import STATUSES, Envelope, Verdict, Verdicts
from ventanilla_clients._runtime import Operation

PROVIDER = "Factura Online"
# Published in the provider's document; the same for every customer.
PLUGIN = "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed"

# The first is the document's own message of a failed authentication; the others are inferred, since no list exists.
_UNAUTHENTICATED = "la cuenta que intenta autenticarse"
_UNKNOWN = ("no existe", "no se encontr", "no encontrad", "not found")
_NO_ACUSE = (
    ("the acuse is empty or cut off", "el acuse está vacío o cortado"),
    ("a web page came instead of the acuse", "llegó una página web en lugar del acuse"),
)


class _Envelope(Envelope):
    status: Any = msgspec.UNSET
    response: Any = msgspec.UNSET
    messsage: Any = None  # so in answers of other parts of the API
    reason: Any = msgspec.field(default=None, name="0")  # with status "create"
    Data: Any = None
    Secret: Any = None

    def reasons(self) -> Iterator[str]:
        """Yield what it says, without what it was sent and echoes, as hashes as a rule."""
        echoed = [m for m in (self.Data, self.Secret) if isinstance(m, str) and m]
        for text in (*super().reasons(), *texts([self.messsage, self.reason])):
            yield hidden(text, echoed)


def _verdict(found: _Envelope, status: int) -> tuple[Verdict, int]:
    """Return what `status` (reads, and failed authentications) or `response` (writes) says."""
    said = {_word(each) for each in (found.status, found.response) if each is not msgspec.UNSET}
    if not said or (found.response is msgspec.UNSET and type(found.status) is int and found.status == status):
        return "none", status  # a gateway's, which repeats HTTP's status
    if len(said) > 1:
        said.discard(None)
    return "success" if said == {"success"} else "refused" if said == {"error"} else "odd", status


def _word(verdict: Any) -> str | None:
    if not isinstance(verdict, str):
        return None if verdict is None else "odd"
    word = verdict.strip().lower()
    # A refusal proves that nothing was done, so it is taken to the letter.
    return "odd" if word == "error" != verdict else word


def _kind(response: httpx.Response, found: _Envelope | None, status: int, words: str) -> type[errors.ProviderError]:
    is_echo = found is not None and (found.Data is not None or found.Secret is not None)
    if is_echo or _UNAUTHENTICATED in words.lower():
        return errors.AuthenticationFailed
    known = errors.NotFound if any(each in words.lower() for each in _UNKNOWN) else errors.Rejected
    return STATUSES.get(status, known)


_VERDICTS = Verdicts(
    provider=PROVIDER,
    decoder=msgspec.json.Decoder(_Envelope),
    success=re.compile(rb'\{"(?:status":"success","data|response":"success","(?:message|uid|data))":'),
    keys=(b'"status"', b'"response"'),
    told=1,
    verdict=_verdict,
    kind=_kind,
)
check = _VERDICTS.check


def plain(message: Any) -> str:
    """Return a message as one line of text, whatever its shape, without hashes of keys."""
    return readable(hidden("; ".join(dict.fromkeys(texts(message))), ()))


class HeadersAuth(ProviderAuth):
    """Adds the three headers."""

    provider = PROVIDER

    def __init__(self, base_url: httpx.URL, api_key: str, secret_key: str, plugin: str) -> None:
        super().__init__(base_url)
        self._keys = (api_key, secret_key)
        self._headers = {"F-PLUGIN": plugin, "F-Api-Key": api_key, "F-Secret-Key": secret_key}

    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Return the request with the headers."""
        request.headers.update(self._headers)
        return request

    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success; an acuse that is none has its bytes."""
        try:
            _VERDICTS.check(response)
        except (errors.HtmlAnswer, errors.MalformedAnswer) as problem:
            operation: Operation | None = response.request.extensions.get("operation")
            if operation is None or operation.name != "get_payroll_item_acuse":
                raise
            said = _NO_ACUSE[isinstance(problem, errors.HtmlAnswer)]
            found = errors.UnreadableAcuse(said, **facts(PROVIDER, response, problem.request_id))
            found.content = response.content
        else:
            return
        raise found

    def secrets(self) -> tuple[str, ...]:
        """Return the keys."""
        return self._keys
