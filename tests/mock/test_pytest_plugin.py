"""What pytest does with our plugin: in other people's runs, with and without a socket, alone and under pytest-xdist."""

import inspect
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ventanilla import pytest_plugin
from ventanilla.mock.stage import Stage

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
STRICT = ("-W", "error", "--strict-markers", "--strict-config", "-p", "no:cacheprovider")
PAY = """
from ventanilla.facti import parse_ipn

def pay(facti):
    asked = facti.request_payment(folio=3, total_amount="55.20", to_client_name="Ana", to_email="a@example.mx")
    return facti.mark_paid(asked.request_id).is_paid
"""
WAYS = pytest.mark.parametrize("way", ["process", "socket"])


def run(pytester: pytest.Pytester, *more: str, **files: str) -> pytest.RunResult:
    pytester.makepyfile(**files)
    return pytester.runpytest_inprocess(*STRICT, *more)


def test_nothing_is_loaded_before_a_fixture_is_used(pytester: pytest.Pytester) -> None:
    code = """
        import sys

        def test_that_has_nothing_to_do_with_us():
            loaded = [name for name in sys.modules if name.partition(".")[0] in (
                "ventanilla", "ventanilla_clients", "httpx", "uvicorn", "jsonschema_rs", "attrs", "msgspec", "requests"
            )]
            assert sorted(loaded) == ["ventanilla", "ventanilla.pytest_plugin"]
    """
    path = pytester.makepyfile(code)
    # Other people's plugins load what they need.
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", *STRICT, "-p", "ventanilla.pytest_plugin", str(path)]
    done = subprocess.run(command, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_is_missing_is_said(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys\nsys.modules['jsonschema_rs'] = None")
    pytester.makepyfile("def test_mock(ventanilla_mock):\n    pass")
    done = pytester.runpytest_subprocess("-p", "no:schemathesis")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*the mock needs jsonschema_rs: pip install 'ventanilla[[]mock[]]'*"])


def test_plugin_is_found_by_its_entry_point(pytester: pytest.Pytester) -> None:
    done = pytester.runpytest_inprocess("--markers")
    done.stdout.fnmatch_lines(["@pytest.mark.ventanilla(socket=None, seed=0, frozen=True, *"])
    done = pytester.runpytest_inprocess("--help")
    done.stdout.fnmatch_lines(["*--ventanilla-mock={process,socket}", "*ventanilla_mock (string):*"])
    done = pytester.runpytest_inprocess("--fixtures")
    done.stdout.fnmatch_lines(["ventanilla_mock -- *", "*that nobody else uses, its clock standing still*"])


def test_clock_stands_still_and_everything_ends_at_once_by_default(pytester: pytest.Pytester) -> None:
    code = """
        import time

        def test_link(ventanilla_mock, ventanilla_syncfy):
            before = ventanilla_mock.clock.now()
            assert abs(before - time.time()) < 10
            link = ventanilla_syncfy.link(
                id_external="ana", name="Ana", site="56cf5728784806f72b8b4568",
                credentials={"username": "test", "password": "test"},
            )
            assert link.is_finished
            ventanilla_mock.assert_called(operation="list_job_statuses", times=1)
            assert ventanilla_mock.clock.now() == before
    """
    run(pytester, test_default=code).assert_outcomes(passed=1)


@WAYS
def test_every_face_talks_to_the_mock_of_the_test(pytester: pytest.Pytester, way: str) -> None:
    code = """
        import asyncio
        import pytest

        async def collected(items):
            return [item async for item in items]

        def test_sync(ventanilla_mock, ventanilla_syncfy, ventanilla_facti, ventanilla_facturaonline):
            assert [*ventanilla_syncfy.users()] == [*ventanilla_facti.payments()] == []
            assert [*ventanilla_facturaonline.groups()]
            ventanilla_mock.assert_called(times=3)

        def test_async(
            ventanilla_mock, ventanilla_async_syncfy, ventanilla_async_facti, ventanilla_async_facturaonline
        ):
            for _ in range(2):
                assert asyncio.run(collected(ventanilla_async_syncfy.users())) == []
                assert asyncio.run(collected(ventanilla_async_facti.payments())) == []
                assert asyncio.run(collected(ventanilla_async_facturaonline.groups()))
            ventanilla_mock.assert_called(times=6)

        @pytest.mark.anyio
        async def test_in_the_loop_of_a_plugin(ventanilla_mock, ventanilla_async_syncfy):
            assert (await ventanilla_async_syncfy.create_user("Ana")).name == "Ana"
            ventanilla_mock.assert_called(operation="create_user", times=1)

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
    """
    run(pytester, f"--ventanilla-mock={way}", "-p", "anyio", test_faces=code).assert_outcomes(passed=3)


def test_each_test_has_a_mock_of_its_own(pytester: pytest.Pytester) -> None:
    code = """
        import pytest

        NAMES = set()

        @pytest.mark.parametrize("name", ["a", "b", "á/ñ" * 30, "", "a"])
        def test_user(ventanilla_mock, ventanilla_syncfy, name):
            assert [*ventanilla_syncfy.users()] == []
            ventanilla_syncfy.create_user("Ana")
            ventanilla_mock.clock.advance(days=1)
            assert ventanilla_mock.name not in NAMES
            assert ventanilla_mock.name.startswith("test_user")
            NAMES.add(ventanilla_mock.name)
    """
    run(pytester, test_own=code).assert_outcomes(passed=5)


def test_socket_is_opened_when_asked_for(pytester: pytest.Pytester) -> None:
    code = """
        import pytest
        import threading

        def served():
            return "ventanilla mock" in {thread.name for thread in threading.enumerate()}

        def test_process(ventanilla_mock):
            assert ventanilla_mock.url.startswith("https://in-process.localhost/_ns/test_process-")
            assert not served()

        @pytest.mark.ventanilla(socket=True)
        def test_socket(ventanilla_mock):
            assert ventanilla_mock.url.startswith("http://127.0.0.1:")
            assert served()
    """
    run(pytester, "-k", "process or socket", test_ways=code).assert_outcomes(passed=2)
    assert "ventanilla mock" not in {thread.name for thread in threading.enumerate()}
    pytester.makeini("[pytest]\nventanilla_mock = socket")
    run(pytester, test_ways=code).assert_outcomes(passed=1, failed=1)
    run(pytester, "--ventanilla-mock=process", test_ways=code).assert_outcomes(passed=2)
    pytester.makeini("[pytest]\nventanilla_mock = sockets")
    done = run(pytester, test_ways=code)
    done.assert_outcomes(errors=2)
    done.stdout.fnmatch_lines(["*ventanilla_mock must be one of process, socket, not 'sockets'*"])


def test_marker_says_how_the_mock_begins(pytester: pytest.Pytester) -> None:
    code = """
        import pytest

        pytestmark = pytest.mark.ventanilla(seed=7, at="2030-03-01T12:00:00Z")
        SEEN = []

        @pytest.mark.ventanilla(lifecycle={"syncfy": "polls"}, pace=5.0)
        @pytest.mark.parametrize("seed", [7, 7, pytest.param(8, marks=pytest.mark.ventanilla(seed=8))])
        def test_marked(ventanilla_mock, ventanilla_syncfy, seed):
            assert ventanilla_mock.clock.moment.isoformat() == "2030-03-01T12:00:00+00:00"
            assert ventanilla_mock.world.lifecycle("syncfy").mode == "polls"
            assert ventanilla_mock.world.lifecycle("facti").mode == "immediate"
            assert (ventanilla_mock.world.pace, ventanilla_mock.world.seed) == (5.0, seed)
            SEEN.append(ventanilla_syncfy.create_user("Ana").id_user)
            if len(SEEN) == 3:
                assert SEEN[0] == SEEN[1] != SEEN[2]

        @pytest.mark.ventanilla(frozen=False)
        def test_runs(ventanilla_mock):
            assert ventanilla_mock.clock.rate == 1

        @pytest.mark.ventanilla(freeze=True)
        def test_misspelt(ventanilla_mock):
            pass

        @pytest.mark.ventanilla("socket")
        def test_unnamed(ventanilla_mock):
            pass
    """
    done = run(pytester, test_marked=code)
    done.assert_outcomes(passed=4, errors=2)
    done.stdout.fnmatch_lines(["*there is no setting 'freeze'; there are seed, frozen, at, lifecycle, *"])
    done.stdout.fnmatch_lines(["*the marker ventanilla takes named settings, not ('socket',)*"])


@WAYS
def test_failing_test_shows_what_was_asked(pytester: pytest.Pytester, way: str) -> None:
    code = f"""
        import pytest
        {PAY.replace(chr(10), chr(10) + " " * 8)}
        @pytest.fixture
        def paid(ventanilla_mock, ventanilla_facti):
            ventanilla_mock.webhooks.configure_ipn("https://shop.example.mx/hook", password="hush-hush")
            ventanilla_mock.webhooks.collect(status=204)
            assert pay(ventanilla_facti)
            ventanilla_mock.webhooks.settle()

        @pytest.fixture
        def broken(paid):
            raise RuntimeError

        def test_passes(paid):
            pass

        def test_fails(paid):
            assert False

        def test_fails_before_it_begins(broken):
            pass
    """
    done = run(pytester, f"--ventanilla-mock={way}", test_shown=code)
    done.assert_outcomes(passed=1, failed=1, errors=1)
    text = done.stdout.str()
    assert text.count("ventanilla mock: requests (3)") == 2
    assert text.count("POST /facti/v1/payments/new_request 200 create_request") == 2
    told = "facti-ipn payment_notification → https://shop.example.mx/hook: event 204: delivered"
    assert text.count(told) == text.count("ventanilla mock: webhooks (1)") == 2
    assert "26b413ah0ba67543c7642069a91h743t" not in text
    assert "hush-hush" not in text.partition("ventanilla mock:")[2].partition("____")[0]


def test_a_test_without_the_mock_shows_nothing_of_it(pytester: pytest.Pytester) -> None:
    done = run(pytester, test_other="def test_fails():\n    assert False")
    done.assert_outcomes(failed=1)
    assert "ventanilla mock" not in done.stdout.str()


def test_assertions_do_not_show_our_own_code(pytester: pytest.Pytester) -> None:
    code = """
        def test_called(ventanilla_mock):
            ventanilla_mock.assert_called(operation="create_user")
    """
    done = run(pytester, test_readable=code)
    done.stdout.fnmatch_lines(["E *AssertionError: no request came with operation='create_user'. No request came*"])
    assert "_checks.py" not in done.stdout.str()


def test_snapshot_of_a_fixture_of_another_scope(pytester: pytest.Pytester) -> None:
    code = """
        import pytest
        from ventanilla import Syncfy

        @pytest.fixture(scope="module")
        def users(ventanilla_mocks):
            with ventanilla_mocks.open(seed=3) as mock, Syncfy(**mock.options("syncfy")) as syncfy:
                syncfy.create_user("Ana")
                yield mock.snapshot()

        @pytest.mark.parametrize("name", ["Eva", "Luis"])
        def test_two(ventanilla_mock, ventanilla_syncfy, users, name):
            ventanilla_mock.restore(users)
            ventanilla_syncfy.create_user(name)
            assert [user.name for user in ventanilla_syncfy.users()] == ["Ana", name]
    """
    run(pytester, test_scopes=code).assert_outcomes(passed=2)


@WAYS
def test_workers_of_xdist_do_not_meet(pytester: pytest.Pytester, way: str) -> None:
    code = """
        import os
        import pytest

        @pytest.mark.parametrize("number", range(20))
        def test_user(ventanilla_mock, ventanilla_syncfy, number):
            assert os.environ["PYTEST_XDIST_WORKER"] in ("gw0", "gw1")
            assert [*ventanilla_syncfy.users()] == []
            ventanilla_syncfy.create_user("Ana")
            ventanilla_mock.assert_called(times=2)
            assert number < 19, "the report crosses from the worker"
    """
    pytester.makepyfile(test_many=code)
    done = pytester.runpytest_subprocess(*STRICT, "-n", "2", f"--ventanilla-mock={way}")
    done.assert_outcomes(passed=19, failed=1)
    done.stdout.fnmatch_lines(["*ventanilla mock: requests (2)*", "*POST /syncfy/v1/users 200 create_user"])


@pytest.mark.parametrize("options", [["--ventanilla-mock=socket"], ["-n", "2"]], ids=["on sockets", "under xdist"])
def test_tests_of_the_shop_pass(options: list[str]) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *options, "tests/examples"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None
    assert int(found[1]) >= 20


@pytest.mark.parametrize("place", [pytest_plugin, Stage], ids=["the plugin", "the stage"])
def test_example_of_the_docstring_runs(pytester: pytest.Pytester, place: object) -> None:
    (example,) = re.findall(r"(?m)^    def test_.*\n(?:(?: {8}.*)?\n)+", inspect.cleandoc(str(place.__doc__)) + "\n")
    run(pytester, test_example=example).assert_outcomes(passed=1)


def test_the_annotation_is_what_the_fixture_gives(ventanilla_mock: Stage) -> None:
    assert isinstance(ventanilla_mock, Stage)
