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


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep intents in a file of the test, never in that of whoever runs it."""
    monkeypatch.setenv("VENTANILLA_JOURNAL", str(tmp_path_factory.mktemp("journal") / "intents.sqlite3"))
