"""Decide what an answer says: success, refusal, or neither.

HTTP's status alone decides nothing. A refusal proves that nothing was done, so only what the provider documents as one
counts; whatever is no documented success either proves nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import httpx
import msgspec
from msgspec import Struct

from ventanilla._http import facts
from ventanilla._messages import readable, texts
from ventanilla._retry import retry_after
from ventanilla.errors import (
    AuthenticationFailed,
    HtmlAnswer,
    MalformedAnswer,
    NotFound,
    PaymentRequired,
    PermissionDenied,
    ProviderError,
    RateLimited,
    Rejected,
    ServiceUnavailable,
    UnexpectedAnswer,
    VentanillaError,
    Words,
)
from ventanilla_clients._runtime import Operation, mended

# `odd`: another value than the documented ones stands in the verdict's place. `none`: there is no such place.
Verdict: TypeAlias = Literal["success", "refused", "odd", "none"]
TOO_MANY: Words = "too many requests", "hubo demasiadas solicitudes"
DOWN: Words = "the service or its gateway failed", "falló el servicio o su gateway"
SILENT: tuple[str, str] = "{} refused the call without saying why", "{} rechazó la llamada sin decir por qué"
ODD: tuple[str, str] = (
    "the answer is neither a documented success nor a documented refusal",
    "la respuesta no es ni un éxito ni un rechazo documentado",
)
NOBODY: Words = (
    "the answer has no words of the provider: a gateway may have sent it, or base_url is wrong",
    "la respuesta no trae palabras del proveedor: pudo mandarla un gateway, o base_url es incorrecta",
)
UNPROVEN: Words = (
    "Correct what it says; before repeating a write, read whether it took effect: this is no proof that it did not",
    "Corregir lo que dice; antes de repetir una escritura, consultar si surtió efecto: esto no prueba que no",
)
# What an HTTP status means with every provider, where it says anything.
STATUSES: dict[int, type[ProviderError]] = {
    400: Rejected,
    401: AuthenticationFailed,
    402: PaymentRequired,
    403: PermissionDenied,
    404: NotFound,
}
WHOLE, END = 32_768, 4_096
_FILES = (b"%pdf", b"<?xml", b"<cfdi:", b"<acuse", b"pk\3")
# Compiled when they are needed: who starts a program waits for all that is done at once.
_PAGE = rb"(?s)<!doctype html|<html|<\?xml.*?<html"
_PART = rb"[^{\[]*<(?:body|br|center|div|h[1-6]|head|p|pre|title)\b"
# Conflict, too early, closed by the client: nobody can say whether the provider has begun.
UNDECIDED = frozenset({409, 425, 499})


class Envelope(Struct):
    """Where bodies say what went wrong: the providers', and those of frameworks and gateways in their place."""

    message: Any = None
    msg: Any = None
    error: Any = None
    errors: Any = None
    detail: Any = None
    title: Any = None
    rid: Any = None

    def reasons(self) -> Iterator[str]:
        """Yield what it says went wrong."""
        return texts([self.message, self.msg, self.error, self.errors, self.detail, self.title])


E = TypeVar("E", bound=Envelope)


class Verdicts(Struct, Generic[E], frozen=True):
    """How a provider says yes and no.

    Attributes:
        provider: its name.
        decoder: of the part of a body that decides.
        success: how documented successes begin; most are known by that, and decoded only once.
        keys: the names of the verdict, in quotes.
        told: how many of them a success has.
        verdict: returns what a body and an HTTP status say, and the status that the body names.
        kind: returns the class of a refusal with that status and those words.
    """

    provider: str
    decoder: msgspec.json.Decoder[E]
    success: re.Pattern[bytes]
    keys: tuple[bytes, ...]
    told: int
    verdict: Callable[[E, int], tuple[Verdict, int]]
    kind: Callable[[httpx.Response, E | None, int, str], type[ProviderError]]

    def check(self, response: httpx.Response) -> None:
        """Raise the typed error of an answer that is not a success.

        Args:
            response: the answer, read, with its request.
        """
        content, status = response.content, response.status_code
        is_well = 200 <= status < 300
        starts = is_well and self.success.match(content) is not None
        if starts and self._is_told_once(content):
            return
        verdict: Verdict = "none"
        found, code = self._read(response), status
        if found is not None:
            verdict, code = self.verdict(found, status)
        if starts and verdict == "success":
            return  # the first verdict and the last agree; where there are several, decoders take the last
        if is_well and verdict != "refused" and content and _is_file(response, is_json=found is not None):
            return  # its operation takes the bytes as they are
        if found is not None and self._contradicts(response):
            verdict = "odd"
        if not is_well or verdict != "success":
            raise self._error(response, found, verdict, code)

    def _is_told_once(self, content: bytes) -> bool:
        if len(content) > WHOLE:  # a list of like rows: a second verdict can only be before or behind it
            content = content[:END] + content[-END:]
        count = 0
        for key in self.keys:
            count += content.count(key)
        return count == self.told

    def _read(self, response: httpx.Response) -> E | None:
        try:
            return self.decoder.decode(response.content)
        except (ValueError, RecursionError):  # msgspec.DecodeError and UnicodeDecodeError among them
            content = mended(response)
        try:
            return None if content is None else self.decoder.decode(content)
        except (ValueError, RecursionError):
            return None

    def _contradicts(self, response: httpx.Response) -> bool:
        """Return whether a body gives two verdicts: decoders take the last, and the first may be what is so."""
        if all(response.content.count(key) < 2 for key in self.keys):
            return False
        try:
            # Of nested objects the outermost comes last.
            pairs: list[tuple[str, Any]] = json.loads(mended(response) or response.content, object_pairs_hook=list)
            told = [(name, repr(value)) for name, value in pairs if b'"%b"' % name.encode() in self.keys]
        except (ValueError, RecursionError):
            return True
        return len({*told}) > len({name for name, _ in told})

    def _error(self, response: httpx.Response, found: E | None, verdict: Verdict, code: int) -> VentanillaError:
        status, codes = response.status_code, {response.status_code, code}
        raw = "" if found is None else "; ".join(dict.fromkeys(found.reasons()))
        words, rid = readable(raw), found.rid if found is not None and isinstance(found.rid, str) else None
        known = facts(self.provider, response, rid)
        error: VentanillaError
        if any(each == 408 or each >= 500 for each in codes):
            error = ServiceUnavailable(words or DOWN, **known)
            error.retry_after = retry_after(response.headers)
        elif verdict in ("success", "odd") or codes & UNDECIDED or 300 <= status < 400:
            error = UnexpectedAnswer(_saying(ODD, words), **known)
        elif 429 in codes:
            error = RateLimited(words or TOO_MANY, **known)
            error.retry_after = retry_after(response.headers)
        elif verdict == "refused":
            silent = SILENT[0].format(self.provider), SILENT[1].format(self.provider)
            error = self.kind(response, found, status if status >= 400 else code, words)(words or silent, **known)
        elif status < 400:
            error = _unreadable(response, words, known)
        else:
            error = self.kind(response, found, status, words)(words or NOBODY, **known)
            error.outcome = "unknown"  # whatever its class says: the provider has not said so
            operation: Operation | None = response.request.extensions.get("operation")
            if operation is None or operation.effect == "write":
                error.advise(UNPROVEN)
        error.raw_message = raw if raw and raw != words else None
        return error


def _is_file(response: httpx.Response, *, is_json: bool) -> bool:
    """Return whether an answer is the file that was asked for; if it is not known what was, whether it may be one."""
    operation: Operation | None = response.request.extensions.get("operation")
    start, kind = _start(response), response.headers.get("content-type", "").lower()
    is_file = start.startswith(_FILES) if operation is None else operation.is_file
    is_cut = start.startswith(b"{") and "json" in kind and not is_json  # perhaps a refusal
    return is_file and not is_cut and not _is_page(response)


def _unreadable(response: httpx.Response, words: str, known: Mapping[str, Any]) -> UnexpectedAnswer:
    """Return the error of a body that is not the JSON documented: a page, empty, cut off or other."""
    if _is_page(response):
        return HtmlAnswer("a web page came instead of JSON", **known)
    size, kind = len(response.content), readable(response.headers.get("content-type", "none").split(";")[0])
    said = (
        f"the body ({size} bytes, content type {kind}) is not the JSON documented",
        f"el contenido ({size} bytes, de tipo {kind}) no es el JSON documentado",
    )
    return MalformedAnswer(_saying(said, words), **known)


def _saying(ours: tuple[str, str], words: str) -> Words:
    return (f"{ours[0]}; it says: {words}", f"{ours[1]}; dice: {words}") if words else ours


def _start(response: httpx.Response) -> bytes:
    return response.content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def _is_page(response: httpx.Response) -> bool:
    # The type alone says little: PHP calls everything text/html.
    start, is_said = _start(response), "html" in response.headers.get("content-type", "").lower()
    return re.match(_PAGE, start) is not None or (is_said and re.match(_PART, start) is not None)
