"""Every test holds the services, and the mock that stands for them, to the letter of their specs."""

from collections.abc import Iterator

import pytest

from ventanilla import _limiter, _retry, drift


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    drift.set_strict(True)
    yield
    drift.set_strict(False)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the mock faster than the providers allow, and again at once; tests of these limits bring their own."""
    monkeypatch.setattr(_limiter, "DOCUMENTED", {})
    monkeypatch.setattr(_retry, "FIRST", 0.0)
