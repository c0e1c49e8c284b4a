"""Says how each side is measured: by the CPU that a running server spends on requests, its memory, or its start."""

import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from bench_clients.environment import ROOT, SPEC, clean
from bench_mock import environment, holding, plans
from bench_mock.load import Plan, send
from bench_mock.server import Command, Server, serving
from bench_rows import BenchFailed, Measure, Series, Sides, progress

WARMING = 2_000
FEW, MANY = 1_000, 10_000
# Memory is compared between these two numbers of requests; in steps, so that progress can be shown.
EARLY, LATE, STEP = 100_000, 1_000_000, 50_000
MOST_LEFT = 1_000
LONGEST = 300.0


def cost(server: Server, plan: Plan) -> Measure:
    """Return the measurement of the CPU seconds that a server spends on one request of a plan, once it is warm."""
    send(server.port, plan.times(min(WARMING, plan.count)))

    def figure() -> float:
        before = server.cpu_seconds()
        sent = send(server.port, plan)
        return (server.cpu_seconds() - before) / sent

    return figure


def ours() -> AbstractContextManager[Server]:
    """Serve the mock, as users run it."""
    return serving(environment.mock, plans.new_user())


def theirs(command: Command) -> AbstractContextManager[Server]:
    """Serve Prism."""
    return serving(command, plans.new_user(mount=""))


@contextmanager
def posts() -> Generator[Sides]:
    """Create users at the mock and at Prism, which answers with the spec's example of the same length."""
    with ExitStack() as stack:
        mock, *prisms = (
            stack.enter_context(server)
            for server in (
                ours(),
                theirs(environment.prism()),
                theirs(environment.prism(SPEC, "-m", "-v", "error")),
            )
        )
        default, quiet = (cost(prism, plans.users(mount="")) for prism in prisms)
        yield {"ours": cost(mock, plans.users()), "prism": default, "quiet": quiet}


@contextmanager
def lists() -> Generator[Sides]:
    """List a hundred transactions of the mock, and the same hundred as Prism's example."""
    with ExitStack() as stack:
        mock = stack.enter_context(ours())
        user = holding.linked(mock)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ventanilla-bench-")))
        prism = stack.enter_context(theirs(environment.prism(_spec_that_lists(user, folder))))
        listed = plans.transactions(user.token, mount="")
        yield {"ours": cost(mock, plans.transactions(user.token)), "prism": cost(prism, listed)}


def _spec_that_lists(user: holding.Linked, folder: Path) -> Path:
    spec = json.loads(SPEC.read_bytes())
    (content,) = spec["components"]["responses"]["Transactions"]["content"].values()
    content["examples"] = {"hundred": {"value": user.answer}}
    path = folder / "openapi.json"
    path.write_text(json.dumps(spec), encoding="utf-8")
    return path


@contextmanager
def starts() -> Generator[Sides]:
    """Start each, wait for its first answer, and end it; once before, for what is compiled at the first time."""

    def first_answer(server: Callable[[], AbstractContextManager[Server]]) -> float:
        with server() as started:
            return started.first_answer

    sides = {"ours": ours, "prism": lambda: theirs(environment.prism())}
    for server in sides.values():
        first_answer(server)
    yield {name: functools.partial(first_answer, server) for name, server in sides.items()}


@contextmanager
def memory() -> Generator[Sides]:
    """Send a mixture of requests to one mock, and see how large it is early and late."""
    with ours() as mock:
        user = holding.linked(mock)
        sent = plans.mixture(user.token, user.id_user)

        @functools.cache
        def sizes() -> tuple[float, float]:
            early = 0.0
            for count in range(STEP, LATE + 1, STEP):
                send(mock.port, sent.times(STEP))
                if count == EARLY:
                    early = mock.resident()
                progress(f"{count:,} of {LATE:,} requests: {mock.resident():.1f} MB", done=count % (2 * STEP) == 0)
            if (left := len(holding.user_ids(mock))) > MOST_LEFT:
                raise BenchFailed(f"{left} users were left: the requests were meant to leave the state as it is")
            return early, mock.resident()

        yield {"size": lambda: sizes()[1], "growth": lambda: sizes()[1] - sizes()[0]}


@contextmanager
def scale() -> Generator[Sides]:
    """Hold few and many users and payments in two mocks, and do the same at both."""
    with ExitStack() as stack:
        sides = dict[str, Measure]()
        for name, count in (("few", FEW), ("many", MANY)):
            mock = stack.enter_context(ours())
            users, payments = holding.with_users(mock, count), holding.with_payments(mock, count)
            done = {
                "user": plans.users_by_id(users),
                "new_user": plans.users_in_passing(),
                "users": plans.page_of_users(),
                "payment": plans.payments_by_id(payments),
                "new_payment": plans.payments_in_passing(),
                "payments": plans.page_of_payments(),
            }
            sides |= {f"{work}_of_{name}": cost(mock, plan) for work, plan in done.items()}
        # Each pair stands together, so that the two are measured one right after the other.
        yield dict(sorted(sides.items()))


def inside(side: str) -> Measure:
    """Return the measurement that a function of `inprocess` takes, in a process of its own."""

    def figure() -> float:
        command = [sys.executable, "-P", "-m", "bench_mock.inprocess", side]
        done = subprocess.run(
            command, env=clean(), capture_output=True, text=True, check=False, cwd=ROOT, timeout=LONGEST
        )
        if done.returncode:
            raise BenchFailed(f"inside.{side} failed:\n{done.stderr.strip() or done.stdout.strip()}")
        measured: float = json.loads(done.stdout)["figure"]
        return measured

    return figure


@contextmanager
def insides() -> Generator[Sides]:
    """Give what is measured without a server of its own."""
    yield {side: inside(side) for side in ("stop", "call", "create", "reset")}


SERIES = (
    Series("post", posts, least=3),
    Series("list", lists, least=3),
    Series("start", starts, least=7),
    Series("memory", memory, most=1),
    Series("scale", scale, least=3),
    Series("inside", insides, least=3),
)
