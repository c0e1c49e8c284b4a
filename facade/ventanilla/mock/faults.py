"""Knows what goes wrong in a world, on purpose: which exchanges are struck, and how."""

from typing import TYPE_CHECKING

from ventanilla.mock.provider import Provider, Reply
from ventanilla.mock.wire import Response

if TYPE_CHECKING:
    from ventanilla.mock.world import World


class Fault:
    """One fault: whom it strikes, and what then happens."""

    id: str
    # Whether the handler runs first: what was asked is done, only the answer goes wrong.
    is_after: bool


class Faults:
    """The faults of one world."""

    def strikes(self, provider: str, operation: str, now: float) -> Fault | None:
        """Return the fault that strikes this exchange, and count it; None when none does."""
        return None

    def instead(self, fault: Fault, world: "World", provider: Provider) -> Reply | None:
        """Return what is answered in place of the handler's reply; None when the fault leaves the reply as it is."""
        return None

    def bend(self, fault: Fault, response: Response) -> Response:
        """Return the response as it leaves."""
        return response
