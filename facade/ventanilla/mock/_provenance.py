"""Knows what a compiled spec tells of its own sources: how sure it is of each part, and how oddities were resolved."""

from collections.abc import Mapping
from typing import Any, cast

from attrs import define, field

Row = dict[str, Any]
DOCUMENTED, UNSOURCED = "documented", "unsourced"
# From the surest to the least sure.
LEVELS = {
    DOCUMENTED: "a document of the provider says so",
    "recorded": "an answer of the service itself, recorded",
    "client": "an official client, sample or collection of the provider does so",
    "third-party": "code, recorded traffic or pages of third parties show it",
    "inferred": "it follows from the rest",
    "invented": "nobody says anything; somebody had to decide",
    UNSOURCED: "the spec does not say where this comes from",
}
# Data, not description: nothing in there speaks of sources.
_DATA = frozenset({"example", "value", "default", "enum", "const", "x-known-values"})
_STEPS = {"items": "[]", "examples": " example"}
_NAMED = frozenset({"properties", "headers", "examples"})


def level_of(source: str | None) -> tuple[str, str]:
    """Split a source into how sure it is and who says so: `client: sync.json` → ("client", "sync.json")."""
    if source is None:
        return UNSOURCED, ""
    level, colon, text = source.partition(":")
    return (level, text.strip()) if colon and level in LEVELS else (UNSOURCED, source)


def escaped(name: str) -> str:
    """Return a name as a JSON pointer writes it."""
    return name.replace("~", "~0").replace("/", "~1")


@define
class Walk:
    """One walk over parts of a spec, references followed, that gathers their sources and their notes once each."""

    document: Mapping[str, Any]
    parts: list[Row] = field(factory=list[Row])
    notes: list[Row] = field(factory=list[Row])
    seen: set[str] = field(factory=set[str])

    def over(self, node: Any, pointer: str, where: str, *, named: bool = False) -> None:
        """Visit `node`; `named` says that its keys are names of the API and not words of OpenAPI."""
        if pointer in self.seen or not isinstance(node, dict | list):
            return
        self.seen.add(pointer)
        if isinstance(node, list):
            for index, child in enumerate(cast("list[object]", node)):
                self.over(child, f"{pointer}/{index}", where)
        elif named:
            for name, child in cast("Row", node).items():
                self.over(child, f"{pointer}/{escaped(name)}", f"{where}.{name}".lstrip("."))
        else:
            self._over_object(cast("Row", node), pointer, where)

    def _over_object(self, node: Row, pointer: str, where: str) -> None:
        if "in" in node and "name" in node:
            where = f"{node['in']} {node['name']}"
        self._gather(node, pointer, where)
        if "$ref" in node:
            self.over(self._at(node["$ref"]), node["$ref"], where)
        for key, child in node.items():
            if key not in _DATA:
                below = where + _STEPS.get(key, "")
                self.over(child, f"{pointer}/{escaped(key)}", below, named=key in _NAMED)

    def _gather(self, node: Row, pointer: str, where: str) -> None:
        if "x-source" in node:
            level, text = level_of(node["x-source"])
            self.parts.append({"where": where, "pointer": pointer, "level": level, "text": text})
        if "x-note" in node:
            self.notes.append({"where": where, "pointer": pointer, "text": node["x-note"].strip()})

    def _at(self, reference: str) -> Any:
        node: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            node = node[int(name) if isinstance(node, list) else name]
        return node
