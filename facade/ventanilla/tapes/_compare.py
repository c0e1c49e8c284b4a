"""Knows where a value differs from a schema: unknown fields, other types, nulls, missing fields; never which value."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, cast

from attrs import frozen

from ventanilla.tapes._schema import Schema, Schemas
from ventanilla.tapes._shape import TYPES, Shape, shape_of, type_of

Kind = Literal[
    "unknown-field", "type", "null", "missing-field", "status", "content-type", "header", "not-json", "no-operation"
]


@frozen
class Misfit:
    """One difference of one value.

    Attributes:
        kind: what is different.
        path: where in the answer, as $.response[].amount; [] is any item, * any field.
        pointer: the part of the spec that says otherwise.
        expected: the types that the spec allows there.
        shape: what came; None where nothing did.
        name: the field that is unknown or missing.
    """

    kind: Kind
    path: str
    pointer: str
    expected: str
    shape: Shape | None = None
    name: str = ""


class Comparison:
    """Holds values against schemas, and remembers which fields have been seen."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.seen: set[str] = set()

    def misfits(self, pointer: str, value: Any, path: str = "$") -> Iterator[Misfit]:
        """Yield where a value differs from the schema at a pointer."""
        self.seen.add(path)
        schema = self._schemas[pointer]
        kind = type_of(value)
        if schema.choices:
            yield from self._chosen(schema, pointer, value, path)
        elif not schema.allows(kind):
            word: Kind = "null" if value is None else "type"
            # Where the field is, not where its type is: others may refer to that as well.
            yield Misfit(word, path, pointer, _words(schema.types), shape_of(value))
        elif isinstance(value, dict):
            yield from self._object(schema, cast("dict[str, Any]", value), path)
        elif isinstance(value, list) and schema.items is not None:
            for item in cast("Iterable[Any]", value):
                yield from self.misfits(schema.items, item, f"{path}[]")

    def _chosen(self, schema: Schema, pointer: str, value: Any, path: str) -> Iterator[Misfit]:
        """Compare with the alternative that comes nearest, of those that allow the value's type."""
        kind = type_of(value)
        fitting = [choice for choice in schema.choices if self._schemas[choice].allows(kind)]
        if not fitting:
            types = frozenset(name for choice in schema.choices for name in self._schemas[choice].types)
            yield Misfit("null" if value is None else "type", path, pointer, _words(types), shape_of(value))
            return
        yield from min(([*self.misfits(choice, value, path)] for choice in fitting), key=len)

    def _object(self, schema: Schema, value: Mapping[str, Any], path: str) -> Iterator[Misfit]:
        for name, item in value.items():
            if (declared := schema.fields.get(name)) is not None:
                yield from self.misfits(declared, item, f"{path}.{name}")
            elif schema.rest is not None:
                yield from self.misfits(schema.rest, item, f"{path}.*")
            elif schema.own is not None:
                yield Misfit("unknown-field", f"{path}.{name}", schema.own, "no such field", shape_of(item), name)
        for name, part in schema.required.items():
            if name not in value:
                types = self._schemas[schema.fields[name]].types if name in schema.fields else frozenset[str]()
                yield Misfit("missing-field", f"{path}.{name}", part, _words(types), None, name)


def declared(schemas: Schemas, pointer: str, path: str = "$", above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths of all fields below a schema; one that leads back to itself is not gone into again."""
    schema = schemas[pointer]
    if schema.pointer in above:
        return
    above = (*above, schema.pointer)
    for choice in schema.choices:
        yield from declared(schemas, choice, path, above)
    for name, field in schema.fields.items():
        yield f"{path}.{name}"
        yield from declared(schemas, field, f"{path}.{name}", above)
    if schema.items is not None:
        yield from declared(schemas, schema.items, f"{path}[]", above)
    if schema.rest is not None:
        yield from declared(schemas, schema.rest, f"{path}.*", above)


def _words(types: frozenset[str]) -> str:
    return " or ".join(name for name in TYPES if name in types) or "anything"
