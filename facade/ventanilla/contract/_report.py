"""Holds what a run of contract tests has found, for programs, people and build servers."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from attrs import asdict, frozen

from ventanilla.contract._campaign import Campaign, Finding, labels
from ventanilla.mock._spec import Spec

# What XML 1.0 cannot have, not even escaped.
_codes = (*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
FORBIDDEN = dict.fromkeys(_codes, "\N{REPLACEMENT CHARACTER}")


@frozen
class Row:
    """How one operation fared.

    Attributes:
        operation: the spec's operationId.
        label: its method and path.
        cases: how many requests of it were judged.
        succeeded: whether it did at least once what it is there for.
        broken: the names of the rules that it broke.
    """

    operation: str
    label: str
    cases: int
    succeeded: bool
    broken: tuple[str, ...]


@frozen
class Report:
    """What came of contract tests.

    Attributes:
        spec: which API the server was held to: syncfy, facti or facturaonline.
        base_url: where it is.
        seed: decides every generated request; pass it again to ask the same.
        read_only: whether nothing but operations that read was sent.
        rows: how each operation fared that was to be tested.
        findings: the broken rules, one for each rule and operation.
        requests: how many were sent in all.
        seconds: how long it took.
        links: how many of the spec's links between these operations were followed, of how many.
        stopped: why it ended early; empty if it did not.
    """

    spec: str
    base_url: str
    seed: int
    read_only: bool
    rows: Sequence[Row]
    findings: Sequence[Finding]
    requests: int
    seconds: float
    links: tuple[int, int]
    stopped: str = ""

    @property
    def passed(self) -> bool:
        """Whether something was tested and no rule was broken."""
        return not self.findings and any(row.cases for row in self.rows)

    def __str__(self) -> str:
        return "\n\n".join([self.summary, *map(str, self.findings)])

    @property
    def summary(self) -> str:
        """One line on how far it got and what came of it."""
        tested = sum(row.cases > 0 for row in self.rows)
        succeeded = sum(row.succeeded for row in self.rows)
        broken = f"{len(self.findings)} rule{'s' if len(self.findings) > 1 else ''} broken"
        verdict = "passed" if self.passed else broken if self.findings else "nothing tested"
        return (
            f"{self.spec} at {self.base_url}: {verdict}; {sum(row.cases for row in self.rows)} cases of "
            f"{tested} of {len(self.rows)} operations, {succeeded} of which succeeded at least once, "
            f"{self.links[0]} of {self.links[1]} links followed, {self.requests} requests in {self.seconds:.0f} s, "
            f"seed {self.seed}{', read-only' if self.read_only else ''}"
            f"{f'; stopped early: {self.stopped}' if self.stopped else ''}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return {"passed": self.passed, **asdict(self)}

    def as_junit(self) -> str:
        """Return all of it as JUnit's XML, one test case for each operation."""
        suite = ElementTree.Element(
            "testsuite",
            name=f"ventanilla contract {self.spec}",
            tests=str(len(self.rows)),
            failures=str(sum(bool(row.broken) for row in self.rows)),
            errors=str(sum(not each.operation for each in self.findings)),
            skipped=str(sum(not row.cases for row in self.rows)),
            time=f"{self.seconds:.3f}",
        )
        for row in self.rows:
            self._add(suite, row)
        # What is nobody's in particular.
        for finding in self.findings:
            if not finding.operation:
                case = ElementTree.SubElement(suite, "testcase", classname=self.spec, name=finding.rule)
                ElementTree.SubElement(case, "error", message=_xml(finding.sentence)).text = _xml(str(finding))
        ElementTree.indent(suite)
        return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)

    def _add(self, suite: ElementTree.Element, row: Row) -> None:
        case = ElementTree.SubElement(suite, "testcase", classname=self.spec, name=row.label)
        if not row.cases:
            ElementTree.SubElement(case, "skipped", message="not tested")
        for finding in self.findings:
            if finding.operation == row.operation:
                failure = ElementTree.SubElement(case, "failure", type=finding.rule, message=_xml(finding.sentence))
                failure.text = _xml(str(finding))


def reported(campaign: Campaign, spec: Spec, *, base_url: str, read_only: bool, requests: int) -> Report:
    """Return the report of a campaign."""
    findings = (*campaign.failures.values(), *_once(campaign.errors))
    broken: dict[str, list[str]] = {}
    for each in findings:
        broken.setdefault(each.operation, []).append(each.rule)
    rows = [
        Row(id, label, campaign.sent[id], id in campaign.reached, tuple(dict.fromkeys(broken.get(id, ()))))
        for id, label in labels(spec).items()
        if id in campaign.operations
    ]
    return Report(
        spec=spec.name,
        base_url=base_url,
        seed=campaign.seed,
        read_only=read_only,
        rows=rows,
        findings=findings,
        requests=requests,
        seconds=campaign.seconds,
        links=(len(campaign.followed), len(campaign.links)),
        stopped=campaign.stopped,
    )


def _once(errors: Sequence[Finding]) -> Sequence[Finding]:
    """Return one error for each operation and rule: a server that is down has the same one for every request."""
    return list({(each.operation, each.rule): each for each in reversed(errors)}.values())


def _xml(text: str) -> str:
    return text.translate(FORBIDDEN)
