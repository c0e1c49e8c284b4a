"""Knows how a requests.Session reaches the mock of a test within the process. Nothing else of it needs requests."""

from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import Courier
from ventanilla.mock.requests_adapter import MockAdapter


class StageAdapter(MockAdapter):
    """An adapter with the courier of the stage."""

    def __init__(self, mock: Mock, courier: Courier) -> None:
        super().__init__(mock)
        self._courier = courier
