"""Every test holds the services, and the mock that stands for them, to the letter of their specs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from ventanilla import _limiter, _retry, drift

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


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


SAID = "said"


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[object], None]:
    """Say something at the end of the run, such as a seed and what was counted: also from a worker, also on success."""

    def say(something: object) -> None:
        request.node.user_properties.append((SAID, str(something)))

    return say


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    for report in reports:
        if getattr(report, "when", "") == "call":
            for name, text in report.user_properties:
                if name == SAID:
                    terminalreporter.write_line(text)
