"""Knows every magic value of the mock in one table, and the scenarios that were chosen by name for what comes next."""

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Literal

from attrs import define, field, frozen

from ventanilla._markdown import row_of
from ventanilla.mock._ours import ours

if TYPE_CHECKING:
    # The world's providers describe their scenarios with the class below.
    from ventanilla.mock.world import World

Origin = Literal["provider", "ours"]


@frozen(kw_only=True)
class Scenario:
    """One row of the table: what `value` does when it is found `where`.

    `origin` is provider for values that the service itself has, ours for those that only the mock has. `source` says
    who describes what the value brings about. `use` is a request in which `{value}` stands for the value. A scenario
    that is `by_name` can also be chosen for what comes next, whatever values that has.
    """

    provider: str
    name: str
    where: str
    value: str
    does: str
    origin: Origin
    source: str
    use: str
    by_name: bool = False

    @property
    def example(self) -> str:
        """A request with the value in its place."""
        return self.use.replace("{value}", self.value)

    def row(self) -> dict[str, str | bool]:
        """Return the row as plain data."""
        return {
            "provider": self.provider,
            "name": self.name,
            "where": self.where,
            "value": self.value,
            "does": self.does,
            "origin": self.origin,
            "source": self.source,
            "example": self.example,
            "by_name": self.by_name,
        }


@define
class _Chosen:
    """The names that wait for something to happen to, by provider, the oldest first."""

    names: dict[str, list[str]] = field(factory=dict[str, list[str]])


def table() -> tuple[Scenario, ...]:
    """Return every row, provider by provider."""
    from ventanilla.mock.facti.amounts import ROWS as FACTI
    from ventanilla.mock.facturaonline.scenarios import ROWS as FACTURAONLINE
    from ventanilla.mock.syncfy._magic import ROWS as SYNCFY

    return (*SYNCFY, *FACTI, *FACTURAONLINE)


def rows() -> list[dict[str, str | bool]]:
    """Return the table as plain data, for JSON and the command line."""
    return [scenario.row() for scenario in table()]


@ours("A scenario can be chosen by name for the next job, payment request or record.")
def choose(world: "World", provider: str, name: str, times: int = 1) -> None:
    """Have the next `times` matching things of a provider play a scenario, whatever values they come with.

    A thing is a job of Syncfy (`documents_fail`: a job at a site of documents), a payment request of Facti, or a
    record that Factura Online stamps. Several choices wait in the order they were made. Raises LookupError for a
    provider or a name that cannot be chosen, with those that can, and ValueError for `times` below 1.
    """
    known = [row.name for row in table() if row.provider == provider and row.by_name]
    if name not in known:
        providers = ", ".join(dict.fromkeys(row.provider for row in table()))
        what = f"no scenario {name!r} can be chosen for {provider}; known: {', '.join(known)}"
        raise LookupError(what if known else f"there is no provider {provider!r}; known: {providers}")
    if times < 1:
        raise ValueError(f"a scenario is chosen for at least one thing; times is {times}")
    world.state(_Chosen).names.setdefault(provider, []).extend([name] * times)


def chosen(world: "World") -> dict[str, list[str]]:
    """Return the names that still wait, by provider, in their order."""
    return {provider: list(names) for provider, names in world.state(_Chosen).names.items() if names}


def taken(world: "World", provider: str, among: Container[str]) -> str | None:
    """Take the oldest choice that is one of `among`, for the thing that happens now; None when there is none."""
    waiting = world.state(_Chosen).names.get(provider, [])
    name = next((name for name in waiting if name in among), None)
    if name is not None:
        waiting.remove(name)
    return name


COLUMNS = ("name", "where", "value", "does", "origin", "by name", "source", "example")


def markdown(scenarios: Iterable[Scenario] | None = None) -> str:
    """Return the table as Markdown, one section per provider."""
    lines: list[str] = []
    provider = ""
    for scenario in table() if scenarios is None else scenarios:
        if scenario.provider != provider:
            provider = scenario.provider
            lines += ["", f"## {provider}", "", row_of(COLUMNS), row_of(["---"] * len(COLUMNS))]
        lines.append(row_of(cells(scenario)))
    return "\n".join(lines[1:]) + "\n"


def cells(scenario: Scenario) -> tuple[str, ...]:
    """Return a row of the table as the cells of COLUMNS."""
    by_name = "yes" if scenario.by_name else ""
    value, example = f"`{scenario.value}`", f"`{scenario.example}`"
    head = (scenario.name, scenario.where, value, scenario.does, scenario.origin, by_name)
    return (*head, scenario.source, example)
