"""Take the secrets out of an exchange, and keep its types and shapes."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlsplit

from attrs import evolve

from ventanilla._redact import LONG, SHORTEST, is_secret
from ventanilla.mock._mask import UNREADABLE, Mask, named_secrets, readings
from ventanilla.mock._request import FORM
from ventanilla.mock._spec import Operation, Spec
from ventanilla.mock.wire import Headers, Response, decode
from ventanilla.tapes._blanks import blank_answer
from ventanilla.tapes._exchange import Exchange, media_type_of
from ventanilla.tapes._marks import Marks, common, marks

# In an answer these describe what a caller has to give, more often than they repeat what he gave.
_described = re.compile(r"credentials?|input|twofa|headers", re.IGNORECASE)
_address = re.compile(r"[\w.:%-]*(/[\w.:%-]*)+")
# Keys and tokens: their placeholders have to pass for such in paths.
_digits = re.compile(r"[0-9a-fA-F]{16,}")
_files = re.compile(r"(application|text)/(.*\+)?(xml|pdf|zip|x-download|octet-stream)|image/.*")
# Names that are names, and values: no base64, which ends in an equals sign.
_pair = re.compile(r"[\w.\[\]%+-]{1,200}=(?!=+(&|$))[^&]*", re.ASCII)
_cookie = re.compile(r"=([^;,\s]{16,})")
# A number that is filled up with zeros, where no other digits or letters touch it.
PLACEHOLDER = re.compile(r"hidden-[1-9]\d*|(?<![0-9A-Za-z])0{8}[0-9]{8,}(?![0-9A-Za-z])")


class Scrubber(Mask):
    """Takes the secrets out of exchanges, one after the other, and knows those of all that came before.

    Where a secret stood there is a placeholder, the same one for the same secret: `hidden-1`, or for keys and tokens
    as many digits, zeros for the most part. Numbers become 0 or 0.5.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sought = 0

    def seeks(self, text: str) -> bool:
        """Look for what is neither too short nor a word of the specs."""
        return len(text) >= SHORTEST and text not in common()

    def cover(self, text: str) -> str:
        """Return a placeholder of the same shape."""
        number = str(len(self._found) + 1)
        return number.zfill(len(text)) if _digits.fullmatch(text) else f"hidden-{number}"

    def number(self, value: Any) -> Any:
        """Return a number of the same kind."""
        return Decimal("0.5") if isinstance(value, Decimal) else 0

    def exchange(self, exchange: Exchange, spec: Spec | None = None, operation: Operation | None = None) -> Exchange:
        """Return an exchange without its secrets."""
        marked = Marks() if spec is None or operation is None else marks(spec, operation)
        self._learn_cookies(exchange)
        for body in (exchange.request.body, exchange.response.body):
            self._learn(body, marked)
        self.request(exchange.request)
        for body in readings(exchange.request.body):
            self.request(evolve(exchange.request, body=body))
        self._answer(exchange, marked)
        if len(self._found) > self._sought:
            self._sought = len(self._found)
            self.look()
        # Once more, now that all are known: what is a secret here may stand there under another name.
        request, (response, is_cut) = self.request(exchange.request), self._answer(exchange, marked)
        if is_hidden := request.body == UNREADABLE.encode():
            # The answer may repeat what nobody could read.
            response, is_cut = blank_answer(response)
        return evolve(
            exchange,
            request=request,
            response=response,
            is_cut=exchange.is_cut or is_cut,
            is_request_cut=exchange.is_request_cut or is_hidden,
        )

    def is_form(self, media_type: str, text: str) -> bool:
        """Take for a form what says so and looks like one."""
        parts = text.split("&")
        return media_type in (FORM, "") and all(map(_pair.fullmatch, parts)) and any(part[-1] != "=" for part in parts)

    def opaque(self, body: bytes) -> bytes:
        """Keep nothing of a body that cannot be read."""
        return UNREADABLE.encode() if body else body

    def _learn_cookies(self, exchange: Exchange) -> None:
        """Take the values of cookies for secrets of their own: they may stand elsewhere without their names."""
        for name, value in (*exchange.request.headers.items(), *exchange.response.headers):
            if "cookie" in name.lower():
                for found in _cookie.findall(value):
                    self.value(found)

    def _learn(self, body: bytes, marked: Marks) -> None:
        """Take for secrets the parts of addresses that may be a token."""
        if not marked.addresses:
            return
        try:
            plain = decode(body)
        except ValueError:
            return
        for address in _under(plain, marked.addresses):
            parts = urlsplit(address)
            for part in re.split(r"[/&=]", f"{parts.path}/{parts.query}"):
                if _is_token(part):
                    self.value(part)

    def _answer(self, exchange: Exchange, marked: Marks) -> tuple[Response, bool]:
        """Return an answer without secrets, and whether it had to be hidden as a whole."""
        response = exchange.response
        headers: Headers = tuple(
            (name, self.value(value) if is_secret(name) else self.scrub(self.text(value)))
            for name, value in response.headers
        )
        media_type, is_unreadable = media_type_of(response), False
        try:
            body = self.rewritten(response.body, lambda plain: self._of_answer(plain, marked))
        except (ValueError, RecursionError):
            body = self._words_of(response.body)
            is_unreadable = not _files.fullmatch(media_type) and super().opaque(body) != body
        body = UNREADABLE.encode() if is_unreadable else self.scrub_bytes(body)
        return evolve(response, headers=headers, body=body), is_unreadable or body == UNREADABLE.encode()

    def _words_of(self, body: bytes) -> bytes:
        """Hide the short secrets in a body that is text and no JSON."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return body
        return self.scrub(text, words=True).encode()

    def _of_answer(self, value: Any, marked: Marks, is_inside: bool = False) -> Any:
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            named = named_secrets(fields)
            return {
                name: self._of_answer(item, marked, is_inside or name in named or _is_secret_there(name, item, marked))
                for name, item in fields.items()
            }
        if isinstance(value, list):
            return [self._of_answer(item, marked, is_inside) for item in cast("Iterable[Any]", value)]
        if is_inside:
            return self.secret(value)
        return self.leaf(self.text(value) if "/sessions/" in value else value) if isinstance(value, str) else value


def _is_secret_there(name: str, value: Any, marked: Marks) -> bool:
    """Return whether a field of an answer has a secret, and not only the name of one."""
    if name in marked.secrets:
        return True
    if not is_secret(name) or (name in marked.others and not _described.fullmatch(name)):
        return False
    if not _described.fullmatch(name):
        return True
    if isinstance(value, dict):
        return not any(isinstance(each, dict | list) for each in cast("Mapping[str, Any]", value).values())
    return isinstance(value, str) and not _address.fullmatch(value)


def _under(value: Any, names: frozenset[str]) -> list[str]:
    """Return the texts under some names, wherever they stand."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        own = [each for name, each in fields.items() if name in names and isinstance(each, str)]
        return own + [text for each in fields.values() for text in _under(each, names)]
    if isinstance(value, list):
        return [text for each in cast("Iterable[Any]", value) for text in _under(each, names)]
    return []


def _is_token(part: str) -> bool:
    return len(part) >= LONG and (len(part) >= 24 or not part.islower() or any(map(str.isdigit, part)))
