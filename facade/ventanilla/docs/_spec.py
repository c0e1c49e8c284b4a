"""Reads a compiled spec for the pages: references, operations, and what it says of its sources and oddities."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from ventanilla._markdown import code, prose
from ventanilla.mock._provenance import DOCUMENTED, LEVELS, UNSOURCED

Row = Mapping[str, Any]
METHODS = ("get", "post", "put", "delete")


@frozen
class Called:
    """One operation of a spec, or one webhook: what the provider calls."""

    document: Row = field(repr=False)
    path: str
    method: str
    is_webhook: bool = False

    @property
    def item(self) -> Row:
        """What is said of the path."""
        found: Row = self.document["webhooks" if self.is_webhook else "paths"][self.path]
        return found

    @property
    def raw(self) -> Row:
        """The operation itself."""
        found: Row = self.item[self.method]
        return found

    @property
    def id(self) -> str:
        """Its operationId."""
        return str(self.raw["operationId"])

    @property
    def line(self) -> str:
        """Its method and path, as code."""
        return code(f"{self.method.upper()} {'(your URL)' if self.is_webhook else self.path}")

    @property
    def parameters(self) -> list[Row]:
        """Those of the path, then its own."""
        declared = [*self.item.get("parameters", ()), *self.raw.get("parameters", ())]
        return [resolved(self.document, each) for each in declared]


def operations(document: Row, branch: str = "paths") -> Iterator[Called]:
    """Yield the operations of a spec, or of its `webhooks`, in its order."""
    for path, item in document.get(branch, {}).items():
        for method in METHODS:
            if method in item:
                yield Called(document, path, method, branch == "webhooks")


def resolved(document: Row, node: Row) -> Row:
    """Follow references, keeping what stands beside them."""
    while "$ref" in node:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = {**target, **beside}
    return node


def effect(called: Called) -> str:
    """Return whether a call reads or writes, and why where that is not plain from its method."""
    return str(called.raw.get("x-effect", "read" if called.method == "get" else "write"))


def source(node: Row, *, always: bool = False) -> list[str]:
    """Return where a thing is known from; nothing where it is documented, unless that is to be said too."""
    said = node.get("x-source")
    if said is None or (not always and str(said).startswith(DOCUMENTED)):
        return []
    level, _, who = str(said).partition(":")
    known = level if level in LEVELS else UNSOURCED
    return [f"*Source:* **{known}**: {prose(who.strip())}" if who else f"*Source:* **{known}**"]


def notes(node: Row) -> list[str]:
    """Return the oddities of a thing, and what it must not be shown in."""
    said = [f"*Note:* {prose(' '.join(str(node['x-note']).split()))}"] if "x-note" in node else []
    said += ["*Secret:* never shown or logged."] if node.get("x-secret") else []
    return said + (["*Credential:* the face fills it in."] if node.get("x-credential") else [])
