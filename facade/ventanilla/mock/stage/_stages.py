"""Knows how many tests share one mock: each has a namespace of its own, and those that want it a server for all."""

import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import anyio.to_thread

from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.stage._settings import Settings
from ventanilla.mock.stage._stage import Stage
from ventanilla.mock.stage._waiting import waiting_by

LONGEST_NAME = 50
_strange = re.compile(r"[^A-Za-z0-9_]+")


class Stages:
    """One mock for many tests, in one process; its server runs from the first test that asks for a socket.

    Args:
        socket: whether tests get sockets that do not say.
    """

    def __init__(self, *, socket: bool = False) -> None:
        self.mock = Mock()
        self._socket = socket
        self._count = 0
        self._stages: dict[str, Stage] = {}
        self._open = ExitStack()

    @contextmanager
    def open(self, name: str = "", *, socket: bool | None = None, **settings: Any) -> Generator[Stage]:
        """Open a mock of its own while the block runs; in fixtures of any scope.

            @pytest.fixture(scope="module")
            def linked(ventanilla_mocks):
                with ventanilla_mocks.open() as mock, Syncfy(**mock.options("syncfy")) as syncfy:
                    link = syncfy.link(…)
                    yield mock.snapshot(), link

        Args:
            name: what its namespace is called after; a number makes it unique.
            socket: whether it is reached by a socket.
            settings: how it begins, see Settings.

        Raises ValueError for what is no setting, or not one of its values.
        """
        by_socket = self._socket if socket is None else socket
        stage = Stage(self.mock, self._unique(name), Settings.of(settings), self.server if by_socket else None)
        self._stages[stage.name] = stage
        try:
            with waiting_by(stage.clock, stage.world.rate_limits):
                yield stage
        finally:
            # First it is over, so that no call of it that is still to come leaves for its URL.
            stage.close()
            del self._stages[stage.name]

    @cached_property
    def server(self) -> str:
        """The base URL of the server, which runs from now on."""
        from ventanilla.mock.server import running

        return self._open.enter_context(running(mock=self.mock, courier=_ToStages(self.mock, self._stages)))

    def close(self) -> None:
        """Stop the server."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _unique(self, name: str) -> str:
        self._count += 1
        text = _strange.sub("-", name)[:LONGEST_NAME].strip("-_")
        return f"{text or 'test'}-{self._count}"


class _ToStages(AsyncCourier):
    """Leaves each webhook call that the server is to make to the stage whose world it leaves."""

    def __init__(self, mock: Mock, stages: dict[str, Stage]) -> None:
        super().__init__(mock)
        self._stages = stages

    async def deliver_one(self, delivery: Delivery) -> None:
        stage = self._stages.get(delivery.world)
        if stage is None:
            await super().deliver_one(delivery)
        else:
            # In a thread: the application that takes it may well ask the server something meanwhile.
            await anyio.to_thread.run_sync(stage.post.courier.deliver_one, delivery, abandon_on_cancel=True)
