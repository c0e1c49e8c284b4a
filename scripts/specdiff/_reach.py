"""Knows who uses a component: which operations lead to it, and whether users write it or read it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from specdiff._place import BOTH, is_list, is_map, listed, mapped
from specdiff._types import followed
from specdiff._values import Direction, Mapped

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@frozen
class Operation:
    """One operation; `is_webhook`: the provider calls it, so that its request is read and its answer written."""

    id: str
    where: tuple[str, str]  # path or name of the webhook, and method
    raw: Mapped
    shared: list[Any]  # the parameters that stand at the path
    is_webhook: bool = False

    @property
    def parameters(self) -> list[Any]:
        """Return its parameters, as written."""
        return [*self.shared, *listed(self.raw.get("parameters"))]

    @property
    def writes(self) -> Direction:
        """Return the direction of its request for the user of the client."""
        return Direction.RESPONSE if self.is_webhook else Direction.REQUEST

    @property
    def reads(self) -> Direction:
        """Return the direction of its responses for the user of the client."""
        return Direction.REQUEST if self.is_webhook else Direction.RESPONSE


@frozen
class Reach:
    """Where references lead, by reference.

    Attributes:
        directions: the directions in which what it names is used.
        operations: the ids of the operations that lead to it.
    """

    directions: Mapping[str, frozenset[Direction]]
    operations: Mapping[str, frozenset[str]]

    def of(self, reference: str) -> tuple[Direction, ...]:
        """Return the directions of a component, in order; none for one that nothing leads to."""
        return tuple(each for each in BOTH if each in self.directions.get(reference, ()))


def operations(document: Mapped) -> Iterator[Operation]:
    """Yield the operations and the webhooks of a spec."""
    for section in ("paths", "webhooks"):
        for path, item in mapped(document.get(section)).items():
            for method in METHODS:
                if is_map(raw := mapped(item).get(method)):
                    name = raw.get("operationId")
                    identifier = name if isinstance(name, str) else f"{method.upper()} {path}"
                    shared = listed(item.get("parameters"))
                    yield Operation(identifier, (path, method), raw, shared, section == "webhooks")


def reach(document: Mapped) -> Reach:
    """Follow every operation to all that it leads to."""
    directions: defaultdict[str, set[Direction]] = defaultdict(set)
    users: defaultdict[str, set[str]] = defaultdict(set)
    for each in operations(document):
        sides = {each.writes: [each.parameters, each.raw.get("requestBody")], each.reads: [each.raw.get("responses")]}
        for direction, nodes in sides.items():
            for reference in _followed(document, nodes):
                directions[reference].add(direction)
                users[reference].add(each.id)
    return Reach(
        {name: frozenset(found) for name, found in directions.items()},
        {name: frozenset(found) for name, found in users.items()},
    )


def _followed(document: Mapped, node: Any) -> set[str]:
    found: set[str] = set()
    waiting = [*references(node)]
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found.add(reference)
            waiting += references(followed(document, {"$ref": reference}))
    return found


def references(node: Any, *, is_names: bool = False) -> Iterator[str]:
    """Yield the references in a node; those in examples are data."""
    if is_map(node):
        if isinstance(reference := node.get("$ref"), str) and not is_names:
            yield reference
        for key, value in node.items():
            if is_names or key not in ("example", "examples"):
                yield from references(value, is_names=key == "properties" and not is_names)
    elif is_list(node):
        for each in node:
            yield from references(each)
