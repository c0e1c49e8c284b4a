"""Knows Factura Online's three headers, and how it says no: in two shapes, inside HTTP 200, in a file's place too."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

import httpx
import msgspec

from ventanilla import errors
from ventanilla._http import STATUSES, ProviderAuth, envelope, facts, is_overloaded, overload, unreadable
from ventanilla._redact import HIDDEN, hidden

PROVIDER = "Factura Online"
# Published in the provider's document; the same for every customer.
PLUGIN = "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed"

# The first is the document's own message of a failed authentication; the others are inferred, since no list exists.
_UNAUTHENTICATED = "la cuenta que intenta autenticarse"
_UNKNOWN = ("no existe", "no se encontr", "no encontrad", "not found")
# The provider echoes the keys as bcrypt hashes; the document's own second sample is shorter than a whole one.
_BCRYPT = re.compile(r"\$2[abxy]?\$[0-9]{2}\$[./0-9A-Za-z]*")


_SILENT = (
    "Factura Online refused the call without saying why",
    "Factura Online rechazó la llamada sin decir por qué",
)


class _Envelope(msgspec.Struct):
    status: Any = None
    response: Any = None
    message: Any = None
    messsage: Any = None  # so in answers of other parts of the API
    reason: Any = msgspec.field(default=None, name="0")  # with status "create"
    Data: Any = None
    Secret: Any = None


_decoder = msgspec.json.Decoder(_Envelope)
# The documented start of a success, which spares decoding the body twice; what starts otherwise is looked into.
_SUCCESS = re.compile(rb'\{"(?:status":"success","data|response":"success","(?:message|uid|data))":')


def check(response: httpx.Response) -> None:
    """Raise the typed error of an answer that is neither a success nor a file.

    Reads say `status`, writes say `response`, and a failed authentication says `status` on both; the HTTP status is
    200 on failures too, and the content type of files is not to be trusted, so the bytes decide.

    Args:
        response: the answer, read.
    """
    if response.is_success and (_SUCCESS.match(response.content) or is_file(response.content)):
        return
    if is_overloaded(response):
        raise overload(PROVIDER, response, _outage(response))
    found = envelope(PROVIDER, response, _decoder)
    if found.status is None and found.response is None:
        raise unreadable(PROVIDER, response)
    verdicts = {str(verdict).lower() for verdict in (found.status, found.response)}
    if "success" not in verdicts or "error" in verdicts:
        message = _message(found)
        raise _kind(response.status_code, found, message)(message, **facts(PROVIDER, response))


def is_file(content: bytes) -> bool:
    """Return whether bytes are a PDF or XML that is not a web page."""
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(b"%pdf") or (start.startswith((b"<?xml", b"<cfdi:", b"<acuse")) and b"<html" not in start)


def _kind(status_code: int, found: _Envelope, message: errors.Words) -> type[errors.ProviderError]:
    text = message.lower() if isinstance(message, str) else ""
    if found.Data is not None or found.Secret is not None or _UNAUTHENTICATED in text:
        return errors.AuthenticationFailed
    if status_code in STATUSES:
        return STATUSES[status_code]
    return errors.NotFound if any(words in text for words in _UNKNOWN) else errors.Rejected


def _message(found: _Envelope) -> errors.Words:
    said = next((m for m in (found.message, found.messsage, found.reason) if m), None)
    # The provider echoes what it was sent, as hashes as a rule.
    echoed = [m for m in (found.Data, found.Secret) if isinstance(m, str) and m]
    return hidden(plain(said), echoed) or _SILENT


def plain(message: Any) -> str:
    """Return a message as one line of text, whatever its shape, without hashes of keys."""
    return _BCRYPT.sub(HIDDEN, "; ".join(dict.fromkeys(_parts(message))))


def _parts(message: Any) -> Iterator[str]:
    if isinstance(message, dict):
        for key, value in cast("dict[str, Any]", message).items():
            if key.lower() not in ("data", "secret", "status"):
                yield from _parts(value)
    elif isinstance(message, list):
        for each in cast("Sequence[Any]", message):
            yield from _parts(each)
    elif message is not None and str(message).strip():
        yield " ".join(str(message).split())


def _outage(response: httpx.Response) -> errors.Words | None:
    try:
        return _message(_decoder.decode(response.content))
    except (msgspec.DecodeError, RecursionError):
        return None  # a gateway's page


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
        """Raise the typed error of an answer that is not a success."""
        check(response)
        if response.is_success:
            # Recorded traffic has 201 on some creates. The body has decided, and a batch that was accepted must not
            # look like a failure to somebody who would then send it again.
            response.status_code = 200

    def secrets(self) -> tuple[str, ...]:
        """Return the keys."""
        return self._keys
