"""Knows what a schema of a spec says of values: types, fields, items; references followed, parts put together."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from ventanilla.mock._provenance import escaped
from ventanilla.mock._spec import Spec


@frozen
class Schema:
    """One schema, whole. What stands where is a JSON pointer into the spec.

    Attributes:
        pointer: where it stands.
        types: what is allowed; nothing says that anything is.
        fields: what it declares, by name.
        required: the names that must be there, and the part that says so.
        own: the part that further fields belong into; None where the schema declares none, so that all are welcome.
        rest: the schema of all fields that are not declared, if there is one.
        items: the schema of what is in an array, if there is one.
        choices: the schemas of which one has to fit.
    """

    pointer: str
    types: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(factory=dict[str, str])
    required: Mapping[str, str] = field(factory=dict[str, str])
    own: str | None = None
    rest: str | None = None
    items: str | None = None
    choices: tuple[str, ...] = ()

    def allows(self, kind: str) -> bool:
        """Return whether a value of a JSON type may stand here."""
        return not self.types or kind in self.types or (kind == "integer" and "number" in self.types)


class Schemas:
    """The schemas of one spec, each put together once."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._known: dict[str, Schema] = {}

    def __getitem__(self, pointer: str) -> Schema:
        if (found := self._known.get(pointer)) is None:
            found = self._known[pointer] = self._whole(pointer)
        return found

    def _whole(self, pointer: str) -> Schema:
        _, place = self.spec.follow(pointer)
        types, rest, items, own = frozenset[str](), None, None, None
        fields, required, choices = dict[str, str](), dict[str, str](), list[str]()
        for node, part in self._parts(place):
            kind = node.get("type", [])
            types |= {kind} if isinstance(kind, str) else {*kind}
            fields |= {name: f"{part}/properties/{escaped(name)}" for name in node.get("properties", {})}
            required |= dict.fromkeys(node.get("required", ()), part)
            items = f"{part}/items" if "items" in node else items
            rest = f"{part}/additionalProperties" if isinstance(node.get("additionalProperties"), dict) else rest
            own = part if "properties" in node else own
            for word in ("anyOf", "oneOf"):
                choices += [f"{part}/{word}/{index}" for index, _ in enumerate(node.get(word, ()))]
        return Schema(place, types, fields, required, own, rest, items, tuple(choices))

    def _parts(self, pointer: str) -> Iterator[tuple[Mapping[str, Any], str]]:
        node, place = self.spec.follow(pointer)
        for index, _ in enumerate(node.get("allOf", ())):
            yield from self._parts(f"{place}/allOf/{index}")
        yield node, place
