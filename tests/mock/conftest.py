"""Gives each test of Syncfy's mock one of its own."""

import pytest
from syncfy_caller import Syncfy

from ventanilla.mock import syncfy
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock


@pytest.fixture
def api() -> Syncfy:
    """A Syncfy of its own, without users."""
    clock = ManualClock()
    return Syncfy(clock, Mock(clock=clock, providers=[syncfy.provider()]))


@pytest.fixture
def linked(api: Syncfy) -> Syncfy:
    """The same with a user whose session is open."""
    api.enter()
    return api
