"""Holds what a comparison finds: which element of a spec changed, how, and what that does to whom."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from attrs import frozen

Mapped = dict[str, Any]  # a node of a loaded spec
Sort = Literal["document", "operation", "parameter", "schema", "field", "shared"]


class Direction(StrEnum):
    """Who fills in the data: the user of the client (request) or the provider (response)."""

    REQUEST = "request"
    RESPONSE = "response"


class Kind(StrEnum):
    """What became of an element. `retyped`: it has another Python type; `changed`: nothing is known about the key."""

    ADDED = "added"
    DEMANDED = "added, required"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    NARROWED = "narrowed"
    WIDENED = "widened"
    REQUIRED = "made required"
    OPTIONAL = "made optional"
    RETYPED = "retyped"
    CHANGED = "changed"
    NOTED = "noted"
    TEXT = "text"


class Verdict(StrEnum):
    """What a change does to a typed user of the client, worst first."""

    BREAKING = "breaking"
    UNCERTAIN = "uncertain"
    COMPATIBLE = "compatible"
    TEXT = "text"

    @property
    def rank(self) -> int:
        """Return 0 for the worst."""
        return [*Verdict].index(self)

    @property
    def stops(self) -> bool:
        """Return whether it needs another version: what nobody has understood counts as breaking."""
        return self in (Verdict.BREAKING, Verdict.UNCERTAIN)


@frozen(order=True)
class Element:
    """A named thing of a spec: an operation and its parameter, a schema and its field, or another part.

    Attributes:
        owner: the operationId, the schema's name, or for shared parts `parameters/limit`; empty for the document.
        member: the parameter or field; of a document, the key.
    """

    sort: Sort
    owner: str = ""
    member: str = ""

    @property
    def title(self) -> str:
        """Return how a reader names it: `list_users(limit)`, `User.name`."""
        match self.sort:
            case "parameter":
                return f"{self.owner}({self.member})"
            case "field":
                return f"{self.owner}.{self.member}"
            case _:
                return self.owner or self.member


@frozen
class Change:
    """One difference.

    Attributes:
        pointer: where it is, as a JSON pointer into the spec.
        says: the predicate of a sentence whose subject is the element.
        verdicts: the judgement for each direction in which the element is used.
        before: the value in the old spec as JSON text, None where there is none.
        after: the same in the new spec.
    """

    element: Element
    kind: Kind
    pointer: str
    says: str
    verdicts: Mapping[Direction, Verdict]
    before: str | None = None
    after: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Return the worst of its verdicts."""
        return min(self.verdicts.values(), key=lambda verdict: verdict.rank)

    @property
    def sentence(self) -> str:
        """Return the change as a full sentence."""
        colon = ":" if self.says.startswith(("its ", "each ", "header ")) else ""
        return f"`{self.element.title}`{colon} {self.says}."
