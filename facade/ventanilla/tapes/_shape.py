"""Knows of what shape values are, without the values: which types, which fields, which items."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from attrs import field, frozen

# In the order in which a spec lists types.
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


@frozen
class Shape:
    """The types that came in one place; of objects the fields, of arrays what is in them."""

    types: frozenset[str] = frozenset()
    fields: "Mapping[str, Shape]" = field(factory=dict[str, "Shape"])
    items: "Shape | None" = None

    @property
    def text(self) -> str:
        """The types, as one reads them."""
        return " or ".join(name for name in TYPES if name in self.types)

    def __or__(self, other: "Shape") -> "Shape":
        names = [*self.fields, *(name for name in other.fields if name not in self.fields)]
        fields = {name: self.fields.get(name, NOTHING) | other.fields.get(name, NOTHING) for name in names}
        items = other.items if self.items is None else self.items if other.items is None else self.items | other.items
        types = self.types | other.types
        # Every integer is a number.
        return Shape(types - {"integer"} if "number" in types else types, fields, items)


NOTHING = Shape()


def type_of(value: Any) -> str:
    """Return the JSON type of a plain value; a whole number is an integer, however it was written."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case Decimal():
            return "integer" if value == value.to_integral_value() else "number"
        case _:
            return "integer"


def shape_of(value: Any) -> Shape:
    """Return the shape of a plain value."""
    types = frozenset({type_of(value)})
    if isinstance(value, dict):
        return Shape(types, {name: shape_of(item) for name, item in cast("dict[str, Any]", value).items()})
    if isinstance(value, list):
        return Shape(types, items=merged(shape_of(item) for item in cast("Iterable[Any]", value)))
    return Shape(types)


def merged(shapes: Iterable[Shape]) -> Shape | None:
    """Return what several shapes are together; None where there are none."""
    found: Shape | None = None
    for shape in shapes:
        found = shape if found is None else found | shape
    return found
