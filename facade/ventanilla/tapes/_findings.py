"""Knows how one exchange differs from its operation: what is not documented, and what is documented otherwise."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve, field, frozen

from ventanilla.mock._provenance import escaped
from ventanilla.mock._spec import Content, Operation, Spec
from ventanilla.tapes._blanks import shape_of as shape_of_path
from ventanilla.tapes._compare import Comparison, Kind
from ventanilla.tapes._exchange import Exchange, is_json
from ventanilla.tapes._headers import is_transport
from ventanilla.tapes._places import Place
from ventanilla.tapes._shape import Shape
from ventanilla.tapes._verdict import is_failure

FAILURE = "#/components/schemas/Failure"


@frozen
class Finding:
    """One way in which a service differs from its spec.

    Attributes:
        kind: unknown-field, type, null, missing-field, status, content-type, header, not-json, or no-operation.
        provider: whose spec it is; None where nobody's fits.
        operation: the operationId, or method and path where there is no operation.
        status: the HTTP status of the answers; None where a log does not say.
        path: where in the body ($.response[].amount), or the name of the header or the content type.
        expected: what the spec says.
        came: what came: types, never values.
        count: in how many exchanges.
        example: the first of them, as its tape calls it.
    """

    kind: Kind
    provider: str | None
    operation: str
    status: int | None
    path: str
    expected: str
    came: str
    count: int = 1
    example: str = ""
    # What a patch has to know: the part of the spec that says otherwise, and all that came there.
    pointer: str = field(default="", repr=False)
    shape: Shape | None = field(default=None, repr=False)
    media_type: str = field(default="", repr=False)
    is_failure: bool = field(default=False, repr=False)
    source: str = field(default="", repr=False)
    name: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[Any, ...]:
        """What findings of one kind and place have in common."""
        return self.kind, self.provider, self.operation, self.status, self.media_type, self.path, self.pointer


def strange(exchange: Exchange, place: Place | None) -> Finding:
    """Return what there is to say of an exchange that no operation describes."""
    path = shape_of_path(exchange.path, place)
    provider = None if place is None else place.spec.name
    what = f"{exchange.request.method} {path}"
    expected = "an operation" if place is not None else "an address of syncfy, facti or facturaonline"
    return Finding(
        "no-operation", provider, what, exchange.response.status, path, expected, "another", 1, exchange.name
    )


def findings(spec: Spec, operation: Operation, exchange: Exchange, comparison: Comparison) -> Iterator[Finding]:
    """Yield how an exchange differs from its operation."""
    about = _About(spec, operation, exchange)
    contents = operation.responses.get(about.status, operation.responses.get("default"))
    if contents is None:
        known = ", ".join(operation.responses)
        place = f"{about.pointer}/responses"
        found = about.finding("status", about.status, known, about.status, place, media_type=exchange.media_type)
        yield evolve(found, is_failure=_is_failure(about, comparison))
        yield from _headers(about, f"{place}/{about.status}", frozenset())
        return
    documented = about.spec.follow(about.answer)[0].get("headers", {})
    yield from _headers(about, about.answer, frozenset(name.lower() for name in documented))
    content = contents.get(exchange.media_type)
    if content is None:
        if contents and exchange.request.method != "HEAD":
            came = exchange.media_type or "none"
            found = about.finding("content-type", came, ", ".join(contents), came, about.answer, media_type=came)
            yield evolve(found, is_failure=_is_failure(about, comparison))
    elif is_json(exchange.media_type) and not exchange.is_cut:
        yield from _body(about, content, comparison)


def variant_of(spec: Spec, content: Content, exchange: Exchange) -> str | None:
    """Return the pointer to what an answer has to fit: of a success and a failure the one that it is."""
    success, failure = content.variants
    return success if success == failure or not is_failure(spec.name, exchange) else failure


@frozen
class _About:
    spec: Spec
    operation: Operation
    exchange: Exchange

    @property
    def status(self) -> str:
        return str(self.exchange.response.status)

    @property
    def pointer(self) -> str:
        return f"#/paths/{escaped(self.operation.template)}/{self.operation.method.lower()}"

    @property
    def answer(self) -> str:
        """Where the answer stands in the spec that came here."""
        status = self.status if self.status in self.operation.responses else "default"
        return self.spec.follow(f"{self.pointer}/responses/{status}")[1]

    def finding(
        self,
        kind: Kind,
        path: str,
        expected: str,
        came: str,
        pointer: str,
        shape: Shape | None = None,
        media_type: str = "",
    ) -> Finding:
        return Finding(
            kind,
            self.spec.name,
            self.operation.id,
            self.exchange.response.status,
            path,
            expected,
            came,
            1,
            self.exchange.name,
            pointer,
            shape,
            media_type,
        )


def _is_failure(about: _About, comparison: Comparison) -> bool:
    """Return whether an answer that nobody has described is a failure like the others."""
    try:
        return not [*comparison.misfits(FAILURE, about.exchange.json())]
    except ValueError:
        return False


def _headers(about: _About, place: str, documented: frozenset[str]) -> Iterator[Finding]:
    for name in dict.fromkeys(name for name, _ in about.exchange.response.headers):
        if name.lower() not in documented and not is_transport(name):
            yield about.finding("header", name, "no such header", "a header", place)


def _body(about: _About, content: Content, comparison: Comparison) -> Iterator[Finding]:
    try:
        value = about.exchange.json()
    except ValueError:
        yield about.finding("not-json", "$", "JSON", "something else", about.answer)
        return
    pointer = variant_of(about.spec, content, about.exchange)
    if pointer is None:
        return
    for misfit in comparison.misfits(pointer, value):
        came = "nothing" if misfit.shape is None else misfit.shape.text
        found = about.finding(misfit.kind, misfit.path, misfit.expected, came, misfit.pointer, misfit.shape)
        yield evolve(found, name=misfit.name)
