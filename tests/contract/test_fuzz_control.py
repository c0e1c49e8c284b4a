"""schemathesis tests the mock's own control through all of its phases and finds nothing; put a bug in, and it does.

A longer campaign: FUZZ_SEED=7 FUZZ_SCALE=20 scripts/test tests/contract/test_fuzz_control.py
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from attrs import evolve, frozen
from fuzz_control import ControlStage
from fuzz_stages import CANARY, STEP, TOKEN
from fuzzing import campaign_of, run

from ventanilla.mock import control
from ventanilla.mock.clock import Clock
from ventanilla.mock.control import about, troubles, worlds
from ventanilla.mock.core import Mock
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.wire import Request, Response
from ventanilla.mock.world import World

SEED = int(os.environ.get("FUZZ_SEED", "1"))
SCALE = int(os.environ.get("FUZZ_SCALE", "1"))
Making = Callable[[Clock], Mock]
Handler = Callable[[Mock, World, Call], Reply]


def test_nothing_is_found(say: Callable[[object], None]) -> None:
    # In a process of its own: schemathesis keeps much in memory.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        campaign = pool.submit(campaign_of, "mock", SEED, 5 * SCALE, 30 * SCALE).result()
    say(campaign)
    assert not campaign.failures, campaign.report
    assert not campaign.errors, campaign.report
    assert {"examples", "coverage", "fuzzing", "stateful"} <= campaign.cases.keys()
    assert not campaign.operations - campaign.reached, "some operations never succeeded"
    assert campaign.followed <= campaign.links
    assert len(campaign.followed) >= 0.8 * len(campaign.links)


def mocked(clock: Clock) -> Mock:
    return Mock(clock=clock, pace=STEP, token=TOKEN)


def with_handlers(**handlers: Handler) -> Making:
    """Return a mock some of whose control handlers are others."""

    def make(clock: Clock) -> Mock:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(control, "HANDLERS", {**control.HANDLERS, **handlers})
            return mocked(clock)

    return make


def without_lock(clock: Clock) -> Mock:
    """Return a mock that asks for no token."""
    return Mock(clock=clock, pace=STEP)


def kept(mock: Mock, world: World, call: Call) -> Reply:
    return Reply({"deleted": 1}) if call.path["name"] in mock.worlds else worlds.delete_namespace(mock, world, call)


def fault_lost(mock: Mock, world: World, call: Call) -> Reply:
    reply = troubles.add_fault(mock, world, call)
    world.faults.clear()
    return reply


def fails(mock: Mock, world: World, call: Call) -> Reply:
    raise KeyError("nothing of this kind")


def tells(mock: Mock, world: World, call: Call) -> Reply:
    reply = about.get_version(mock, world, call)
    return evolve(reply, body={**reply.body, "name": CANARY})


def takes_anything(clock: Clock) -> Mock:
    class Tampering(Mock):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return evolve(answer, status=200) if request.target.startswith("/_mock/clock/advance") else answer

    return Tampering(clock=clock, pace=STEP, token=TOKEN)


@frozen
class Bug:
    """A bug in the control, where the run looks for it, and what has to find it."""

    make: Making
    operations: tuple[str, ...]
    label: str
    check: str


BUGS: Mapping[str, Bug] = {
    "a creation stores nothing": Bug(
        with_handlers(add_fault=fault_lost), ("add_fault", "get_fault"), "POST /faults", "keeps_what_it_makes"
    ),
    "a deletion keeps what is there": Bug(
        with_handlers(delete_namespace=kept),
        ("delete_namespace", "get_namespace"),
        "DELETE /namespaces/{name}",
        "forgets_what_it_ends",
    ),
    "a handler fails": Bug(with_handlers(get_clock=fails), ("get_clock",), "GET /clock", "not_a_server_error"),
    "a secret comes back": Bug(
        with_handlers(get_version=tells), ("get_version",), "GET /version", "secrets_do_not_come_back"
    ),
    "the token is not asked for": Bug(without_lock, ("get_clock",), "GET /clock", "ignored_auth"),
    "invalid data are accepted": Bug(
        takes_anything, ("advance_clock",), "POST /clock/advance", "negative_data_rejection"
    ),
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_bug_is_found_at_its_operation(bug: Bug) -> None:
    stage = ControlStage(bug.make)
    phases = ("examples", "coverage")
    campaign = run(stage, seed=SEED, examples=2, sequences=2, operations=bug.operations, phases=phases)
    assert (bug.check, bug.label) in campaign.failures, campaign.report
