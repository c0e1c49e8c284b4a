"""Holds what one run has found so far: which rules were broken where, and how far it got."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping

from attrs import define, field, frozen

from ventanilla.mock._spec import Spec


@frozen
class Finding:
    """One rule that one operation breaks.

    Attributes:
        operation: the spec's operationId; empty where no single one is concerned.
        label: method and path of the operation, as `POST /users`.
        rule: the name of the rule.
        sentence: what happened, without a secret.
        detail: more of it: a difference, the answer; may be empty.
        curl: a command line that asks the same again, with variables in place of secrets; empty if nothing was asked.
    """

    operation: str
    label: str
    rule: str
    sentence: str
    detail: str = ""
    curl: str = ""

    def __str__(self) -> str:
        more = [text for text in (self.detail, self.curl) if text]
        return "\n".join([f"{self.rule} of {self.label or self.operation or 'the server'}: {self.sentence}", *more])


@define
class Campaign:
    """What one run found: broken rules, errors, and how far it got.

    Attributes:
        provider: whose API the server is to be.
        seed: decides every generated request.
        operations: the ids of those that are tested.
        links: those between these operations, as schemathesis names them.
        cases: how many were sent in each phase.
        sent: how many were sent to each operation.
        followed: the links that were followed.
        reached: the operations that have succeeded at least once.
        failures: by rule and label of the operation.
        errors: what kept a case from being judged.
        server_errors: answers of 500 and more.
        seconds: how long it took.
        stopped: why it ended early; empty if it did not.
    """

    provider: str
    seed: int
    operations: frozenset[str]
    links: frozenset[str]
    cases: Counter[str] = field(factory=Counter[str])
    sent: Counter[str] = field(factory=Counter[str])
    followed: set[str] = field(factory=set[str])
    reached: set[str] = field(factory=set[str])
    failures: dict[tuple[str, str], Finding] = field(factory=dict[tuple[str, str], Finding])
    errors: list[Finding] = field(factory=list[Finding])
    server_errors: int = 0
    seconds: float = 0.0
    stopped: str = ""

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {phase}" for phase, count in self.cases.items())
        return (
            f"{self.provider}: seed {self.seed}, {self.cases.total()} cases ({counts}), "
            f"{len(self.followed)} of {len(self.links)} links followed, "
            f"{len(self.reached)} of {len(self.operations)} operations succeeded"
        )

    @property
    def report(self) -> str:
        """Everything that went wrong, readable."""
        return "\n\n".join([str(self), *map(str, self.errors), *map(str, self.failures.values())])


def labels(spec: Spec) -> Mapping[str, str]:
    """Return method and path of each operation of a spec, by its id."""
    return {operation.id: f"{operation.method} {operation.template}" for operation in spec.operations.values()}


def links(spec: Spec, operations: Container[str]) -> Iterator[str]:
    """Return the links between some operations of a spec under the names that schemathesis gives them."""
    named = labels(spec)
    for operation in spec.operations.values():
        for status, answer in operation.raw["responses"].items():
            for name, link in spec.resolve(answer).get("links", {}).items():
                if operation.id in operations and link["operationId"] in operations:
                    yield f"{named[operation.id]} -> [{status}] {name} -> {named[link['operationId']]}"
