"""Knows how sure the mock is of what it does: what is documented, what others have seen, what is inferred or invented.

Everything comes from the compiled specs (`x-source`, `x-note`) and from what functions tell of themselves (`ours`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import NoReturn

from attrs import asdict, frozen

from ventanilla.mock._deviations_page import html, markdown
from ventanilla.mock._ours import CHOICES, WHOLE, Choice
from ventanilla.mock._provenance import DOCUMENTED, LEVELS, Row, Walk, escaped, level_of
from ventanilla.mock._spec import METHODS
from ventanilla.mock.provider import Provider
from ventanilla.mock.registry import every_provider

__all__ = ["LEVELS", "html", "markdown", "report"]
_TELLING = ("clock", "core", "deliveries", "faults", "outbox", "scenarios")


@frozen
class _Unserved:
    """Something that documents name and that no spec of ours has."""

    provider: str
    method: str
    path: str
    level: str
    source: str
    what: str


_EVENTS = (
    "client",
    "official webhooks/sync/events.md",
    "the link of a documents_completed event of version 1; GET /documents has the same documents",
)
_UNSERVED = (
    _Unserved(
        "syncfy",
        "GET",
        "/credentials/{id_credential}/status",
        "third-party",
        "copy of the 2016 API page",
        "the history of a credential's last 15 days; GET /credentials has its current code",
    ),
    _Unserved("syncfy", "GET", "/webhooks/events/{uuid}/documents", *_EVENTS),
    _Unserved("syncfy", "GET", "/webhooks/events/{uuid}/documents/json", *_EVENTS),
    _Unserved("syncfy", "GET", "/webhooks/events/{uuid}/documents/zip", *_EVENTS),
    _Unserved(
        "syncfy",
        "GET",
        "/images/{id_site_organization}/{image}",
        "client",
        "Postman collection sync.json",
        "the pictures of an organization, to which avatar, cover and small_cover lead",
    ),
    _Unserved(
        "facti",
        "POST",
        "/v1/payments/creditcard_charge_ck.php",
        "client",
        "facti-sdk-php (2014), Facti.php",
        "a charge to a credit card; the document does not have it any more",
    ),
)


@frozen
class _Place:
    """One operation or webhook of a provider's spec."""

    provider: Provider
    branch: str
    path: str
    method: str

    @property
    def item(self) -> Row:
        """What is said of the path."""
        found: Row = self.provider.spec.document[self.branch][self.path]
        return found

    @property
    def raw(self) -> Row:
        """The operation itself."""
        found: Row = self.item[self.method]
        return found

    @property
    def pointer(self) -> str:
        """Where the path stands in the spec."""
        return f"#/{self.branch}/{escaped(self.path)}"

    def walked(self) -> Walk:
        """Return what is told below the operation, by its parameters, body and answers."""
        walk = Walk(self.provider.spec.document)
        walk.over(self.item.get("parameters"), f"{self.pointer}/parameters", "")
        walk.over(self.raw.get("parameters"), f"{self.pointer}/{self.method}/parameters", "")
        walk.over(self.raw.get("requestBody"), f"{self.pointer}/{self.method}/requestBody", "body")
        for status, answer in self.raw.get("responses", {}).items():
            walk.over(answer, f"{self.pointer}/{self.method}/responses/{status}", f"answer {status}")
        return walk


def report(providers: Iterable[Provider] | None = None) -> Row:
    """Return the deviations as plain data: of each operation and webhook, of the rest, and what is not served.

    Raises LookupError when a note (`ours`) names an operation or a parameter that its provider does not have.
    """
    found = list(every_provider() if providers is None else providers)
    names = [provider.name for provider in found]
    operations = [row for provider in found for row in _rows(provider, "paths")]
    unserved = [asdict(each) for each in _UNSERVED if each.provider in names]
    return {
        "levels": dict(LEVELS),
        "summary": {name: _counted(operations, name) for name in names},
        "operations": operations,
        "webhooks": [row for provider in found for row in _rows(provider, "webhooks")],
        "not_served": unserved + [_unhandled(row) for row in operations if not row["served"]],
        "general": [*map(_rest, found), _whole()],
    }


def _places(provider: Provider, *branches: str) -> Iterator[_Place]:
    for branch in branches:
        for path, item in provider.spec.document.get(branch, {}).items():
            yield from (_Place(provider, branch, path, method) for method in METHODS if method in item)


def _rows(provider: Provider, branch: str) -> Iterator[Row]:
    choices = [(choice.what, _concerned(provider, choice)) for choice in _choices_of(provider)]
    for place in _places(provider, branch):
        id = place.raw["operationId"]
        served = branch == "webhooks" or id in provider.handlers
        yield _row(place) | {"served": served, "ours": [what for what, ids in choices if id in ids]}


def _row(place: _Place) -> Row:
    raw, walk, pointer = place.raw, place.walked(), f"{place.pointer}/{place.method}"
    level, source = level_of(raw.get("x-source"))
    own = [{"where": "", "pointer": pointer, "text": raw["x-note"].strip()}] if "x-note" in raw else []
    return {
        "provider": place.provider.name,
        "operation": raw["operationId"],
        "method": place.method.upper(),
        "path": place.path,
        "summary": raw.get("summary", ""),
        "level": level,
        "source": source,
        "parts": [part for part in walk.parts if part["level"] != DOCUMENTED],
        "notes": own + walk.notes,
    }


def _choices_of(provider: Provider) -> list[Choice]:
    return [choice for choice in CHOICES.values() if choice.package == provider.name]


def _concerned(provider: Provider, choice: Choice) -> set[str]:
    """Return the operations and webhooks that a choice concerns; none when it concerns the provider as a whole."""
    if not choice.on and choice.takes is None:
        return {id for id, one in provider.handlers.items() if one is choice.function}
    found = set[str]()
    for name in choice.on.split():
        found |= _named(provider, name) or _nobody(choice, name)
    if choice.takes is not None:
        found |= _takers(provider, choice.takes) or _nobody(choice, choice.takes)
    return found


def _named(provider: Provider, name: str) -> set[str]:
    webhooks = {place.raw["operationId"] for place in _places(provider, "webhooks")}
    return {name} & webhooks | {each.id for each in provider.spec.operations.values() if name in (each.id, each.tag)}


def _takers(provider: Provider, parameter: str) -> set[str]:
    operations = provider.spec.operations.values()
    return {each.id for each in operations if any(one.name == parameter for one in each.parameters)}


def _nobody(choice: Choice, name: str) -> NoReturn:
    raise LookupError(f"{choice.place} tells what it does for {name}, which {choice.package} does not have")


def _rest(provider: Provider) -> Row:
    """Tell what belongs to no single operation or webhook of a provider."""
    walk = Walk(provider.spec.document)
    for place in _places(provider, "paths", "webhooks"):
        walk.seen |= {*place.walked().seen, f"{place.pointer}/{place.method}"}
    walk.over(provider.spec.document, "#", "")
    ours = [choice.what for choice in _choices_of(provider) if not _concerned(provider, choice)]
    return {"provider": provider.name, "parts": walk.parts, "notes": walk.notes, "ours": ours}


def _whole() -> Row:
    # Whatever has been loaded by now: the modules that tell of themselves, in an order that is always the same.
    for name in _TELLING:
        import_module(f"ventanilla.mock.{name}")
    whole = [choice for choice in CHOICES.values() if choice.package == WHOLE]
    ours = [choice.what for choice in sorted(whole, key=lambda choice: choice.place)]
    return {"provider": WHOLE, "parts": [], "notes": [], "ours": ours}


def _unhandled(row: Row) -> Row:
    kept = {name: row[name] for name in ("provider", "method", "path", "level", "source")}
    return {**kept, "what": "the spec has it, but the mock has no handler for it"}


def _counted(operations: Iterable[Row], name: str) -> dict[str, int]:
    counted = Counter(row["level"] for row in operations if row["provider"] == name)
    return {level: counted[level] for level in LEVELS}
