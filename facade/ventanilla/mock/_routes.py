"""Knows which operations live at which path of a spec."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import define, field

A = TypeVar("A")


@define
class _Node(Generic[A]):
    """One path segment of the routing tree; fixed text goes before a parameter."""

    fixed: "dict[str, _Node[A]]" = field(factory=dict[str, "_Node[A]"])
    parameter: "_Node[A] | None" = None
    operations: dict[str, A] = field(factory=dict[str, A])

    def find(self, segments: tuple[str, ...]) -> "_Node[A] | None":
        if not segments:
            return self if self.operations else None
        if (child := self.fixed.get(segments[0])) and (found := child.find(segments[1:])):
            return found
        # An empty segment is nobody's id: /users/ is not /users/{id_user}.
        return self.parameter.find(segments[1:]) if self.parameter and segments[0] else None


class Routes(Generic[A]):
    """The operations of one spec by path and method."""

    def __init__(self) -> None:
        self._root = _Node[A]()
        # By their paths: those without a parameter, which need no search.
        self._fixed: dict[tuple[str, ...], Mapping[str, A]] = {}

    def add(self, template: str, method: str, operation: A) -> None:
        """Have an operation live at a path such as /users/{id_user}."""
        node, parts = self._root, tuple(template.removeprefix("/").split("/"))
        for part in parts:
            if part.startswith("{"):
                node.parameter = node.parameter or _Node[A]()
                node = node.parameter
            else:
                node = node.fixed.setdefault(part, _Node[A]())
        node.operations[method] = operation
        if "{" not in template:
            self._fixed[parts] = node.operations

    def find(self, segments: tuple[str, ...]) -> Mapping[str, A]:
        """Return the operations by method that live at a path; empty when nothing does."""
        if (known := self._fixed.get(segments)) is not None:
            return known
        node = self._root.find(segments)
        return {} if node is None else node.operations
