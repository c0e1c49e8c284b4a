"""Every test holds the services, and the mock that stands for them, to the letter of their specs."""

from collections.abc import Iterator

import pytest

from ventanilla import drift


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    drift.set_strict(True)
    yield
    drift.set_strict(False)
