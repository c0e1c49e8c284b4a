"""Knows one exchange with a service, as a tape has it."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from ventanilla.errors import VentanillaError
from ventanilla.mock.wire import Request, Response, decode

JSON_SUFFIX = "+json"


class TapeError(VentanillaError, ValueError):
    """A tape or a log cannot be used; the message names the file, the field, and what is wrong with it."""


@frozen
class Exchange:
    """One exchange: what was asked and what the service answered, without secrets.

    Attributes:
        number: counts from 1 in its tape.
        name: the file that it stands in, and its place there if there are several.
        at: when it was asked, in unix seconds.
        origin: scheme, host and port of the service.
        request: what was asked; its target is the whole path with its query.
        response: what came back.
        provider: whose spec describes it (syncfy, facti, facturaonline); None where nobody has said so.
        base: the path below which the provider's own paths hang.
        is_cut: the answer's body is not all there, so that nothing can be said of it.
        is_request_cut: the same of the request's body.
        has_values: False where every value has been replaced by a placeholder of its type.
    """

    number: int
    name: str
    at: float
    origin: str
    request: Request
    response: Response
    provider: str | None = None
    base: str = ""
    is_cut: bool = False
    is_request_cut: bool = False
    has_values: bool = True

    @property
    def path(self) -> str:
        """The path that was asked for, still percent-encoded."""
        return self.request.target.partition("?")[0].partition("#")[0]

    @property
    def media_type(self) -> str:
        """The content type of the answer without its parameters, in lower case; empty when there is none."""
        return media_type_of(self.response)

    @property
    def is_json(self) -> bool:
        """Whether the answer says that it is JSON."""
        return is_json(self.media_type)

    def json(self) -> Any:
        """Decode the answer. Raises ValueError when it is not JSON."""
        return decode(self.response.body)


def media_type_of(response: Response) -> str:
    """Return the content type of an answer without its parameters, in lower case; empty when there is none."""
    return next(iter(_content_types(response)), "")


def is_json(media_type: str) -> bool:
    """Return whether a media type is that of JSON."""
    return media_type == "application/json" or media_type.endswith(JSON_SUFFIX)


def _content_types(response: Response) -> Iterator[str]:
    for name, value in response.headers:
        if name.lower() == "content-type":
            yield value.split(";")[0].strip().lower()
