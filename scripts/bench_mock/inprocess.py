"""Takes one measurement without a server of its own: `python -m bench_mock.inprocess call` prints it as JSON."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping

import httpx

from bench_clients.timing import cpu_seconds_of_calls
from bench_mock import plans
from ventanilla.mock import Mock, MockTransport, Request
from ventanilla.mock.server import running

CALLS, TURNS, STOPS, NAMESPACES, USES = 1_000, 5, 9, 200, 10


def call() -> float:
    """Return what the mock adds to a call of httpx, in CPU seconds: both sides in turns, the medians' difference."""
    sent = plans.new_user()

    def cost(transport: httpx.BaseTransport) -> float:
        with httpx.Client(base_url="http://127.0.0.1", transport=transport) as client:
            return cpu_seconds_of_calls(
                lambda: client.post(sent.path, headers=dict(sent.headers), content=sent.body), calls=CALLS
            )

    with httpx.Client(base_url="http://127.0.0.1", transport=MockTransport(Mock())) as client:
        answer = client.post(sent.path, headers=dict(sent.headers), content=sent.body)
    if answer.status_code != 200:
        raise SystemExit(f"the mock refused the call: {answer.text}")

    def canned(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=answer.content, headers=plans.JSON)

    turns = [(cost(MockTransport(Mock())), cost(httpx.MockTransport(canned))) for _ in range(TURNS)]
    return statistics.median(ours for ours, _ in turns) - statistics.median(bare for _, bare in turns)


def stop() -> float:
    """Return the wall seconds that it takes to leave `running()`, with a connection to it still open."""
    sent, taken = plans.new_user(), list[float]()
    for _ in range(STOPS):
        with httpx.Client(trust_env=False) as client:
            with running() as base:
                client.post(base + sent.path, headers=dict(sent.headers), content=sent.body).raise_for_status()
                started = time.perf_counter()
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def create() -> float:
    """Return the CPU seconds that a new namespace takes, all it does at its first request to each provider included."""
    mock, taken = Mock(), list[float]()
    for number in range(NAMESPACES):
        started = time.process_time()
        _touch(mock, f"/_ns/namespace-{number}")
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def reset() -> float:
    """Return the CPU seconds of resetting a namespace that has seen some requests, as a test leaves it."""
    mock, taken = Mock(), list[float]()
    for number in range(NAMESPACES):
        name = f"namespace-{number}"
        for _ in range(USES):
            _touch(mock, f"/_ns/{name}")
        world = mock.world_of(name)
        started = time.process_time()
        with world.lock:
            world.reset(mock.seed)
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def _touch(mock: Mock, prefix: str) -> None:
    for sent in plans.one_of_each():
        answer = mock.handle(Request(sent.method, prefix + sent.path, sent.headers, sent.body.encode()))
        if answer.status != 200:
            raise SystemExit(f"the mock refused {sent.method} {sent.path}: {answer.body.decode()}")


SIDES: Mapping[str, Callable[[], float]] = {"call": call, "stop": stop, "create": create, "reset": reset}

if __name__ == "__main__":
    print(json.dumps({"figure": SIDES[sys.argv[1]]()}))
