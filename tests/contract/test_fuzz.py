"""schemathesis tests the mock of each provider through all of its phases and finds nothing; put a bug in, and it does.

A longer campaign: FUZZ_SEED=7 FUZZ_SCALE=20 scripts/test tests/contract/test_fuzz.py
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve, frozen
from fuzz_providers import PAYMENT, STAGES, FactiStage, FacturaOnlineStage, SyncfyStage
from fuzz_stages import CANARY, FORM, JSON, Stage
from fuzzing import campaign_of, requests_of, run, webhook_problems
from tampering import Making, body, group_lost, kept, webhook_lost, with_answers, with_provider

from ventanilla.contract._campaign import Campaign
from ventanilla.mock.facturaonline import access
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.syncfy import HANDLERS
from ventanilla.mock.syncfy._auth import Caller, authenticate
from ventanilla.mock.wire import Request, Response, decode, encode
from ventanilla.mock.world import World

SEED = int(os.environ.get("FUZZ_SEED", "1"))
SCALE = int(os.environ.get("FUZZ_SCALE", "1"))


@frozen
class Budget:
    """How much one provider is tested, and how many of its links have to be followed at least."""

    examples: int
    sequences: int
    links: int


# With room to spare: Hypothesis draws on the strings in our sources, so that any change of them is another campaign.
BUDGETS = {
    "syncfy": Budget(examples=5, sequences=20, links=65),
    "facturaonline": Budget(examples=5, sequences=10, links=35),
    "facti": Budget(examples=10, sequences=30, links=8),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two processes at a time, a new one for each task."""
    with ProcessPoolExecutor(2, get_context("spawn"), max_tasks_per_child=1) as pool:
        yield pool


@pytest.fixture(scope="module")
def campaigns(pool: ProcessPoolExecutor) -> dict[str, Future[Campaign]]:
    """One campaign for each provider."""
    return {
        provider: pool.submit(campaign_of, provider, SEED, budget.examples * SCALE, budget.sequences * SCALE)
        for provider, budget in BUDGETS.items()
    }


@pytest.mark.parametrize("provider", BUDGETS)
def test_nothing_is_found(campaigns: dict[str, Future[Campaign]], provider: str, say: Callable[[object], None]) -> None:
    campaign = campaigns[provider].result()
    say(campaign)
    assert not campaign.failures, campaign.report
    assert not campaign.errors, campaign.report
    assert {"examples", "coverage", "fuzzing", "stateful"} <= campaign.cases.keys()
    assert not campaign.operations - campaign.reached, "some operations never succeeded"
    assert campaign.followed <= campaign.links
    assert len(campaign.followed) >= BUDGETS[provider].links


def test_a_seed_decides_every_request(pool: ProcessPoolExecutor) -> None:
    # In processes of their own, so that neither addresses nor hashes can be what makes them alike.
    runs = [pool.submit(requests_of, "syncfy", seed) for seed in (SEED, SEED, SEED + 1)]
    first, second, other = (run.result() for run in runs)
    assert first == second
    assert first != other
    assert len(first) > 50


V1 = {"credential_create", "credential_update", "refresh", "documents_completed"}
V3 = {"credentials.created", "credentials.updated", "credentials.refreshed"}
DOCUMENTS = {"documents.completed", "documents.success", "documents.fail"}


def test_every_webhook_call_of_syncfy_fits_the_spec() -> None:
    stage = SyncfyStage()
    job = {"id_site": stage.all_in_one, "input": {"rfc": "documents_fail", "password": "test"}}
    headers = {**stage.own.headers, "Content-Type": JSON}
    assert stage.ask(Request("POST", "/syncfy/v1/jobs", headers, encode(job))).is_success
    calls = made(stage)
    expected = {("sync-v1", event) for event in V1} | {("sync-v3", event) for event in V3 | DOCUMENTS}
    assert {(call.profile, call.event) for call in calls} == expected
    assert [problem for call in calls for problem in webhook_problems(stage, call)] == []


@pytest.mark.parametrize("amount", ["111.11", "222.22", "333.33", "444.44", "666.66"])
def test_every_notification_of_facti_fits_the_spec(amount: str) -> None:
    stage = FactiStage()
    form = urlencode({**stage.credentials, **PAYMENT, "total_amount": amount}).encode()
    assert stage.ask(Request("POST", "/facti/v1/payments/new_request", {"Content-Type": FORM}, form)).is_success
    calls = made(stage)
    assert {call.profile for call in calls} == {"facti-ipn"}
    assert [problem for call in calls for problem in webhook_problems(stage, call)] == []


def test_a_webhook_call_that_breaks_the_spec_is_noticed() -> None:
    stage = SyncfyStage()
    calls = made(stage)
    v1, v3 = (next(call for call in calls if call.profile == profile) for profile in ("sync-v1", "sync-v3"))
    assert webhook_problems(stage, evolve(v1, body=encode({**decode(v1.body), "event": 1})))
    assert webhook_problems(stage, evolve(v3, body=encode({**decode(v3.body), "events": [{}]})))


def made(stage: Stage) -> list[Delivery]:
    """Return the webhook calls that the mock wants made, after everything has happened that was under way."""
    stage.clock.advance(60)
    stage.mock.run_due()
    return stage.mock.outgoing()


# Bugs put into the mock on purpose, each to be found at its operation by the check that is there for it.


def ask_nobody(world: World, call: Call) -> None:
    pass


def to_whoever_asks(world: World, call: Call) -> Reply:
    return HANDLERS["get_credential"](world, evolve(call, principal=Caller(None)))


def let_everybody_in(world: World, call: Call) -> Caller | None:
    try:
        return authenticate(world, call)
    except Refused:
        return Caller(None)


def without_the_plugin(world: World, call: Call) -> None:
    headers = {**call.request.headers, "F-PLUGIN": FacturaOnlineStage.credentials["F-PLUGIN"]}
    access.authenticate(world, evolve(call, request=evolve(call.request, headers=headers)), auth_status=200)


def cut_off(request: Request, answer: Response) -> Response:
    return evolve(answer, body=answer.body[:-9]) if answer.body.startswith(b"<?xml") else answer


def fails(world: World, call: Call) -> Reply:
    raise KeyError("nothing of this kind")


def requested(value: Any) -> Any:
    return {"result": 1, "msg": "", "request_id": 38, "total_amount": 1, "send_to": "", "references": []}


@frozen
class Bug:
    """A bug in the mock, where the run looks for it, and what has to find it."""

    provider: str
    make: Making
    operations: tuple[str, ...]
    label: str
    check: str
    phases: tuple[str, ...] = ("coverage",)


BUGS = {
    "a creation stores nothing": Bug(
        "syncfy",
        with_provider("syncfy", handlers={"create_webhook": webhook_lost}),
        ("create_webhook",),
        "POST /webhooks",
        "keeps_what_it_makes",
    ),
    "a creation inside HTTP 200 stores nothing": Bug(
        "facturaonline",
        with_provider("facturaonline", handlers={"create_group": group_lost}),
        ("create_group",),
        "POST /payroll/employee/group/create",
        "keeps_what_it_makes",
    ),
    "a deletion keeps the row": Bug(
        "syncfy",
        with_provider("syncfy", handlers={"delete_credential": kept}),
        ("create_credential", "delete_credential"),
        "DELETE /credentials/{id_credential}",
        "forgets_what_it_ends",
        ("stateful",),
    ),
    "a deleted credential is still read": Bug(
        "syncfy",
        with_provider("syncfy", handlers={"delete_credential": kept}),
        ("create_credential", "delete_credential", "get_credential"),
        "GET /credentials/{id_credential}",
        "use_after_free",
        ("stateful",),
    ),
    "a new credential cannot be read": Bug(
        "syncfy",
        with_answers("syncfy", "/credentials/6", lambda request, answer: evolve(answer, status=404)),
        ("create_credential", "get_credential"),
        "GET /credentials/{id_credential}",
        "ensure_resource_availability",
        ("stateful",),
    ),
    "credentials are not asked for": Bug(
        "syncfy",
        with_provider("syncfy", authenticate=let_everybody_in),
        ("list_users",),
        "GET /users",
        "ignored_auth",
    ),
    "credentials in forms are not looked at": Bug(
        "facti",
        with_provider("facti", authenticate=ask_nobody),
        ("authenticate",),
        "POST /v1/user/authenticate",
        "EnforcesCredentials",
    ),
    "one of three credentials is not looked at": Bug(
        "facturaonline",
        with_provider("facturaonline", authenticate=without_the_plugin),
        ("list_series",),
        "GET /v4/series",
        "EnforcesCredentials",
    ),
    "one user reads what another one owns": Bug(
        "syncfy",
        with_provider("syncfy", handlers={"get_credential": to_whoever_asks}),
        ("create_credential", "get_credential"),
        "GET /credentials/{id_credential}",
        "hides_data_from_strangers",
        ("stateful",),
    ),
    "a required field is missing": Bug(
        "syncfy",
        with_answers("syncfy", "/countries", body(lambda value: {**value, "response": [{"name": "Mexico"}]})),
        ("list_countries",),
        "GET /catalogues/countries",
        "response_schema_conformance",
    ),
    "a narrowed row is not what was asked for": Bug(
        "syncfy",
        with_answers("syncfy", "/countries", body(lambda value: {**value, "response": [{"id_country": "1", "x": 1}]})),
        ("list_countries",),
        "GET /catalogues/countries",
        "narrowed_rows_fit",
    ),
    "an undocumented status": Bug(
        "facti",
        with_answers("facti", "/authenticate", lambda request, answer: evolve(answer, status=201)),
        ("authenticate",),
        "POST /v1/user/authenticate",
        "status_code_conformance",
    ),
    "an undocumented content type": Bug(
        "facti",
        with_answers(
            "facti", "/authenticate", lambda request, answer: evolve(answer, headers=(("Content-Type", "text/plain"),))
        ),
        ("authenticate",),
        "POST /v1/user/authenticate",
        "content_type_conformance",
    ),
    "a handler fails": Bug(
        "facti",
        with_provider("facti", handlers={"authenticate": fails}),
        ("authenticate",),
        "POST /v1/user/authenticate",
        "not_a_server_error",
    ),
    "invalid data are accepted": Bug(
        "syncfy",
        with_answers("syncfy", "/countries", lambda request, answer: evolve(answer, status=200)),
        ("list_countries",),
        "GET /catalogues/countries",
        "negative_data_rejection",
    ),
    "invalid data are accepted inside HTTP 200": Bug(
        "facti",
        with_answers("facti", "_payment_ways", body(lambda value: {"result": 1, "msg": "", "payment_ways": []})),
        ("list_payment_ways",),
        "POST /v1/payments/company_payment_ways",
        "refuses_invalid_data",
    ),
    "invalid data deep in a form are accepted": Bug(
        "facti",
        with_answers("facti", "new_request", body(requested)),
        ("create_request",),
        "POST /v1/payments/new_request",
        "refuses_invalid_forms",
    ),
    "valid data are refused inside HTTP 200": Bug(
        "facti",
        with_answers("facti", "_payment_ways", body(lambda value: {"result": 0, "msg": "No"})),
        ("list_payment_ways",),
        "POST /v1/payments/company_payment_ways",
        "AcceptsValidData",
    ),
    "a file is cut off": Bug(
        "syncfy",
        with_answers("syncfy", "/attachments/6", cut_off),
        ("get_attachment",),
        "GET /attachments/{id_attachment}",
        "files_can_be_opened",
    ),
    "a password comes back": Bug(
        "syncfy",
        with_answers("syncfy", "/credentials", body(lambda value: {**value, "message": CANARY})),
        ("create_credential",),
        "POST /credentials",
        "secrets_do_not_come_back",
    ),
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_bug_is_found_at_its_operation(bug: Bug) -> None:
    stage = STAGES[bug.provider](bug.make)
    campaign = run(stage, seed=SEED, examples=2, sequences=2, operations=bug.operations, phases=bug.phases)
    assert (bug.check, bug.label) in campaign.failures, campaign.report
