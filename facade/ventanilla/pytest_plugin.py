"""Knows how pytest gives each test a mock of its own, of Syncfy, Facti and Factura Online.

It is installed with ventanilla and does nothing until a test asks for one of its fixtures:

    def test_order_is_paid(ventanilla_mock, ventanilla_facti):
        request = ventanilla_facti.request_payment(
            folio=3, total_amount="55.20", to_client_name="El Santo", to_email="santo@example.mx"
        )
        assert ventanilla_facti.mark_paid(request.request_id).is_paid
        ventanilla_mock.assert_called(operation="mark_payment_paid", times=1)

`ventanilla_mock` is a `ventanilla.mock.stage.Stage`; `ventanilla_syncfy`, `ventanilla_facti` and
`ventanilla_facturaonline` are faces that talk to it, `ventanilla_async_syncfy` and so on the asynchronous ones;
`ventanilla_mocks` opens further mocks, in fixtures of any scope.

How a test's mock begins is said by a marker, on a test, a class or a module:

    @pytest.mark.ventanilla(seed=7, at="2026-03-01T12:00:00Z", lifecycle="timed", socket=True)

Without a socket nothing is opened: clients are given transports. `--ventanilla-mock=socket`, or `ventanilla_mock =
socket` in the configuration of pytest, serves all tests by one server, which other processes reach too. Each worker
of pytest-xdist has a mock of its own. When a test fails its report shows what was asked of its mock.
"""

# Loaded in every run of whoever has ventanilla installed: nothing but pytest is imported before a fixture is used.
from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Syncfy
    from ventanilla.mock.stage import Stage, Stages

OPTION, MODES = "ventanilla_mock", ("process", "socket")
MARKER = (
    "ventanilla(socket=None, seed=0, frozen=True, at=None, lifecycle='immediate', pace=0.2, rate_limits=False): "
    "how the test's mock of Syncfy, Facti and Factura Online begins."
)
_stage = pytest.StashKey["Stage"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice between process and socket."""
    group = parser.getgroup("ventanilla", "mock of Syncfy, Facti and Factura Online")
    text = "how tests reach the mock of ventanilla: process (default; clients are given its transports) or socket"
    group.addoption("--ventanilla-mock", choices=MODES, default=None, dest=OPTION, help=text)
    parser.addini(OPTION, text, default="process")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Show what was asked of the mock of a test that failed."""
    report: pytest.TestReport = (yield).get_result()
    stage = item.stash.get(_stage, None)
    if report.failed and stage is not None:
        report.sections.extend(stage.sections())


@pytest.fixture(scope="session")
def ventanilla_mocks(pytestconfig: pytest.Config) -> Iterator[Stages]:
    """One mock for the whole run, of which `ventanilla_mocks.open()` gives out namespaces, in fixtures of any scope."""
    try:
        from ventanilla.mock.stage import Stages
    except ImportError as missing:
        raise pytest.UsageError(f"the mock needs {missing.name}: pip install 'ventanilla[mock]'") from missing
    mode = pytestconfig.getoption(OPTION) or pytestconfig.getini(OPTION)
    if mode not in MODES:
        raise pytest.UsageError(f"{OPTION} must be one of {', '.join(MODES)}, not {mode!r}")
    with Stages(socket=mode == "socket") as stages:
        yield stages


@pytest.fixture
def ventanilla_mock(request: pytest.FixtureRequest, ventanilla_mocks: Stages) -> Iterator[Stage]:
    """A mock of Syncfy, Facti and Factura Online that nobody else uses, its clock standing still."""
    given: dict[str, Any] = {}
    for marker in request.node.iter_markers("ventanilla"):
        if marker.args:
            raise pytest.UsageError(f"the marker ventanilla takes named settings, not {marker.args!r}")
        given = {**marker.kwargs, **given}
    with ventanilla_mocks.open(request.node.name, **given) as stage:
        request.node.stash[_stage] = stage
        yield stage
        del request.node.stash[_stage]


@pytest.fixture
def ventanilla_syncfy(ventanilla_mock: Stage) -> Iterator[Syncfy]:
    """The synchronous face of Syncfy, talking to the test's mock."""
    from ventanilla import Syncfy

    with Syncfy(**ventanilla_mock.options("syncfy")) as face:
        yield face


@pytest.fixture
def ventanilla_facti(ventanilla_mock: Stage) -> Iterator[Facti]:
    """The synchronous face of Facti, talking to the test's mock."""
    from ventanilla import Facti

    with Facti(**ventanilla_mock.options("facti")) as face:
        yield face


@pytest.fixture
def ventanilla_facturaonline(ventanilla_mock: Stage) -> Iterator[FacturaOnline]:
    """The synchronous face of Factura Online, talking to the test's mock."""
    from ventanilla import FacturaOnline

    with FacturaOnline(**ventanilla_mock.options("facturaonline")) as face:
        yield face


# These leave nothing open, so they need no event loop to be closed in, and work with whatever runs the test.


@pytest.fixture
def ventanilla_async_syncfy(ventanilla_mock: Stage) -> AsyncSyncfy:
    """The asynchronous face of Syncfy, talking to the test's mock; it need not be closed."""
    from ventanilla import AsyncSyncfy

    return AsyncSyncfy(**ventanilla_mock.async_options("syncfy"))


@pytest.fixture
def ventanilla_async_facti(ventanilla_mock: Stage) -> AsyncFacti:
    """The asynchronous face of Facti, talking to the test's mock; it need not be closed."""
    from ventanilla import AsyncFacti

    return AsyncFacti(**ventanilla_mock.async_options("facti"))


@pytest.fixture
def ventanilla_async_facturaonline(ventanilla_mock: Stage) -> AsyncFacturaOnline:
    """The asynchronous face of Factura Online, talking to the test's mock; it need not be closed."""
    from ventanilla import AsyncFacturaOnline

    return AsyncFacturaOnline(**ventanilla_mock.async_options("facturaonline"))
