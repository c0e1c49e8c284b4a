"""Knows what the mock chooses, simplifies or invents, told beside each function that does it."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import field, frozen

WHOLE = "mock"
F = TypeVar("F", bound=Callable[..., Any])


@frozen
class Choice:
    """One thing that no document settles, and the function that settles it here."""

    what: str
    function: Callable[..., Any] = field(repr=False)
    on: str
    takes: str | None

    @property
    def package(self) -> str:
        """The provider that it belongs to (ventanilla.mock.syncfy._lists: syncfy), or mock for the mock as a whole."""
        parts = self.function.__module__.split(".")
        return parts[2] if len(parts) > 3 else WHOLE

    @property
    def place(self) -> str:
        """Where the function is."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


CHOICES: dict[tuple[str, str], Choice] = {}


def ours(what: str, *, on: str = "", takes: str | None = None) -> Callable[[F], F]:
    """Note that a function does `what` on the mock's own account; the report of deviations says so.

    `on` names the operations, webhooks or tags of the spec that it concerns, `takes` a parameter that they have.
    Without either it concerns the operations whose handler the function is, and if it is none, its provider as a whole.
    """

    def note(function: F) -> F:
        choice = Choice(what, function, on, takes)
        CHOICES[choice.place, what] = choice
        return function

    return note
