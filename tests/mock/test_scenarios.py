"""Proves that the table of scenarios is complete and true, and that scenarios can be chosen by name."""

import json
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from document_sources import Account, payroll_of
from syncfy_caller import Syncfy

from ventanilla.mock import facti, scenarios
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facti.access import API_KEY, CLIENT_ID
from ventanilla.mock.facti.amounts import SCENARIOS, Customer
from ventanilla.mock.scenarios import Scenario
from ventanilla.mock.syncfy._sites import ALL_IN_ONE, CONSTANCIA, NORMAL, OPINION, SITES
from ventanilla.mock.syncfy._state import State
from ventanilla.mock.wire import Request
from ventanilla.mock.world import World

ROWS = scenarios.table()
PROVIDERS = ("syncfy", "facti", "facturaonline")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def rows(provider: str, start: str = "") -> list[Scenario]:
    return [row for row in ROWS if row.provider == provider and row.name.startswith(start)]


def logins() -> list[Scenario]:
    return [row for row in rows("syncfy") if row.by_name and row.name != "documents_fail"]


def ask(mock: Mock, amount: str = "55.20") -> Any:
    """Ask a customer of Facti for a payment and return the answer."""
    fields = {"client_id": CLIENT_ID, "api_key": API_KEY, "folio": 3, "from_rfc": "EKU9003173C9"}
    more = {"to_client_name": "El Santo", "to_email": "santo@example.mx", "total_amount": amount}
    body = urlencode(fields | more).encode()
    answer: Any = mock.handle(Request("POST", "/facti/v1/payments/new_request", FORM, body)).json()
    assert answer["result"] == 1, answer
    return answer


def details(mock: Mock, id: int) -> Any:
    query = urlencode({"client_id": CLIENT_ID, "api_key": API_KEY})
    return mock.handle(Request("GET", f"/facti/v1/payments/{id}?{query}")).json()["details"]


@pytest.fixture
def payments() -> Mock:
    return Mock(clock=ManualClock(), providers=[facti.provider()])


def test_the_table_has_every_provider_and_no_name_twice() -> None:
    assert {row.provider for row in ROWS} == set(PROVIDERS)
    names = [(row.provider, row.name) for row in ROWS]
    assert len(names) == len(set(names))


def test_every_row_says_whose_it_is_where_from_and_how_it_is_used() -> None:
    levels = ("documented: ", "client: ", "third-party: ", "invented: ")
    for row in ROWS:
        assert row.origin in ("provider", "ours")
        assert row.source.startswith(levels), row
        assert row.does
        assert row.where
        assert row.value in row.example or row.value == "(none)", row
        assert "{value}" not in row.example
        # What the mock alone has can be chosen by name; what the provider has cannot.
        assert row.by_name <= (row.origin == "ours")


def test_the_plain_rows_are_json() -> None:
    plain = scenarios.rows()
    assert json.loads(json.dumps(plain)) == plain
    assert len(plain) == len(ROWS)
    assert list(plain[0]) == [
        *("provider", "name", "where", "value", "does", "origin", "source", "example", "by_name"),
    ]


def test_the_markdown_has_a_line_for_every_row() -> None:
    lines = scenarios.markdown().splitlines()
    assert [line for line in lines if line.startswith("## ")] == [f"## {name}" for name in PROVIDERS]
    assert sum(line.startswith("| ") for line in lines) == len(ROWS) + 2 * len(PROVIDERS)
    assert all(line.count(" | ") == 7 for line in lines if line.startswith("| "))


def test_a_bar_in_a_row_does_not_break_the_markdown() -> None:
    row = Customer(name="a|b", value="1", does="x|y", source="z")
    [*_, line] = scenarios.markdown([row]).splitlines()
    assert "a\\|b" in line
    assert "x\\|y" in line


@pytest.mark.parametrize(
    "row", [row for row in rows("syncfy") if row.example.startswith("POST /syncfy/v1/credentials")]
)
def test_the_examples_of_logins_can_be_sent_as_they_are(linked: Syncfy, row: Scenario) -> None:
    method, path, body = row.example.split(" ", 2)
    job = linked.call(method, path.removeprefix("/syncfy/v1"), json.loads(body))
    linked.clock.advance(1)
    codes = linked.codes(job["id_job"])
    assert codes[:2] == [100, 101]
    # Whoever signs in is not refused, and whoever is to be refused is.
    assert (401 in codes) == (row.name == "error_401")


def test_every_site_is_in_the_table() -> None:
    assert {row.value for row in rows("syncfy", "site_")} == set(SITES)


@pytest.mark.parametrize(
    "row", [row for row in rows("syncfy", "answer_") if row.name not in ("answer_none", "answer_wrong")]
)
def test_the_answers_in_the_table_are_right(linked: Syncfy, row: Scenario) -> None:
    [site] = [site for site in SITES.values() if site.challenge and f"twofa.{site.challenge.name} " in row.where]
    job = linked.link(site.id)["id_job"]
    linked.clock.advance(1)
    assert linked.codes(job)[-1] == 410
    body = json.loads(row.example.split(" ", 2)[2])
    linked.call("POST", f"/jobs/{job}/twofa", body)
    linked.clock.advance(1)
    assert linked.codes(job)[-1] == 200


def asked(api: Syncfy) -> str:
    """Start a job that waits for a token and return its id."""
    token = next(row.value for row in rows("syncfy", "site_token"))
    job: str = api.link(token)["id_job"]
    api.clock.advance(1)
    assert api.codes(job)[-1] == 410
    return job


def test_a_wrong_answer_ends_as_the_table_says(linked: Syncfy) -> None:
    job = asked(linked)
    [row] = rows("syncfy", "answer_wrong")
    linked.call("POST", f"/jobs/{job}/twofa", json.loads(row.example.split(" ", 2)[2]))
    assert linked.codes(job)[-1] == 403
    assert "403" in row.does


def test_no_answer_ends_as_the_table_says(linked: Syncfy) -> None:
    job = asked(linked)
    linked.clock.advance(300)
    # The session has idled away in the meantime.
    linked.token = linked.key_call("POST", "/sessions", {"id_user": linked.id_user})["token"]
    assert linked.codes(job)[-1] == 411
    [row] = rows("syncfy", "answer_none")
    assert "411 after five minutes" in row.does


@pytest.mark.parametrize("row", logins(), ids=lambda row: row.name)
def test_a_login_chosen_by_name_goes_as_its_username_would(linked: Syncfy, row: Scenario) -> None:
    def played(username: str) -> tuple[list[int], int]:
        job = linked.link(NORMAL.id, username)
        linked.clock.advance(1)
        for name in ("token", "code"):
            if linked.codes(job["id_job"])[-1] == 410:
                linked.call("POST", f"/jobs/{job['id_job']}/twofa", {"twofa": {name: "1"}})
                linked.clock.advance(1)
        linked.clock.advance(40)
        found = linked.call("GET", f"/transactions?id_credential={job['id_credential']}")
        return linked.codes(job["id_job"]), len({each["id_account"] for each in found})

    expected = played(row.value)
    scenarios.choose(linked.mock.world, "syncfy", row.name)
    assert played("test") == expected
    # Once is once: the next job goes its ordinary way.
    assert played("someone")[0][-1] == 401


def test_a_choice_overrides_the_username_of_another_scenario(linked: Syncfy) -> None:
    scenarios.choose(linked.mock.world, "syncfy", "error_509")
    job = linked.link(NORMAL.id, "error_401")["id_job"]
    linked.clock.advance(1)
    assert linked.codes(job)[-1] == 509


def test_a_choice_holds_for_a_pull_of_a_known_credential(linked: Syncfy) -> None:
    credential = linked.link(NORMAL.id)["id_credential"]
    linked.clock.advance(1)
    scenarios.choose(linked.mock.world, "syncfy", "error_405")
    job = linked.call("PUT", f"/credentials/{credential}/sync", {})["id_job"]
    linked.clock.advance(1)
    assert linked.codes(job)[-1] == 405


def document_jobs(api: Syncfy) -> list[int]:
    """Run SAT All in One and return the last codes of its jobs at the sites of documents."""
    api.call("POST", "/jobs", {"id_site": ALL_IN_ONE.id, "input": {"rfc": "EKU9003173C9", "password": "test"}})
    api.clock.advance(5)
    api.mock.run_due()
    jobs = api.mock.world.state(State).jobs.values()
    return [job.code for job in jobs if job.site in (CONSTANCIA, OPINION)]


@pytest.mark.parametrize(("times", "expected"), [(1, [500, 200]), (2, [500, 500])])
def test_documents_can_be_made_to_fail_by_name(linked: Syncfy, times: int, expected: list[int]) -> None:
    scenarios.choose(linked.mock.world, "syncfy", "documents_fail", times)
    # A job that has nothing to do with documents does not use the choice up.
    job = linked.link(NORMAL.id)["id_job"]
    linked.clock.advance(1)
    assert linked.codes(job)[-1] == 200
    assert document_jobs(linked) == expected


def test_documents_fail_as_rfc_also_where_the_job_stands_alone(linked: Syncfy) -> None:
    job = linked.call("POST", "/jobs", {"id_site": CONSTANCIA.id, "input": {"rfc": "documents_fail", "password": "x"}})
    linked.clock.advance(1)
    assert linked.codes(job["id_job"])[-1] == 500


@pytest.mark.parametrize("row", rows("facti"), ids=lambda row: row.name)
def test_a_customer_chosen_by_name_does_what_the_amount_would(payments: Mock, row: Any) -> None:
    scenarios.choose(payments.world, "facti", row.name)
    answer = ask(payments, "1000.00")
    assert ("References_errors" in answer) == (row.fails is not None)
    clock: Any = payments.world.clock
    clock.advance(10)
    payment = details(payments, answer["request_id"])
    assert payment["status"] == str(int(row.pays_with is not None))
    assert "References_errors" not in ask(payments, "1000.00")


def test_a_refused_request_does_not_use_the_choice_up(payments: Mock) -> None:
    scenarios.choose(payments.world, "facti", "stp_fails")
    body = urlencode({"client_id": CLIENT_ID, "api_key": API_KEY, "folio": 3}).encode()
    assert payments.handle(Request("POST", "/facti/v1/payments/new_request", FORM, body)).json()["result"] == 0
    assert scenarios.chosen(payments.world) == {"facti": ["stp_fails"]}
    assert "References_errors" in ask(payments)
    assert scenarios.chosen(payments.world) == {}


@pytest.mark.parametrize("row", [row for row in rows("facturaonline") if row.by_name], ids=lambda row: row.name)
def test_a_stamping_chosen_by_name_goes_as_the_given_name_would(row: Any) -> None:
    account = Account()
    scenarios.choose(account.mock.world, "facturaonline", row.name)
    uid = account.read("POST", "create", payroll_of(Random(0)))["uid"]
    account.clock.advance(2)
    states = [record["status_timbre"] for record in account.read("GET", f"{uid}/view")["data"]["registros"]]
    assert states[0] == ("error" if row.error else "en fila")
    assert set(states[1:]) <= {"timbrada"}
    account.clock.advance(3600)
    states = [record["status_timbre"] for record in account.read("GET", f"{uid}/view")["data"]["registros"]]
    assert states[0] == ("error" if row.error else "en fila" if row.steps is None else "timbrada")


def test_motive_01_and_version_3_3_do_what_the_table_says() -> None:
    account = Account()
    old = payroll_of(Random(0)) | {"version_cfdi": "3.3"}
    uid = account.read("POST", "create", old)["uid"]
    account.clock.advance(2)
    records = account.read("GET", f"{uid}/view")["data"]["registros"]
    assert {record["status_timbre"] for record in records} == {"error"}
    item = account.stamped(payroll_of(Random(0)))[0]["uid"]
    body = {"motivo": "01", "folioSustituto": "9728d285-a060-47db-b261-eae9ab39dae8"}
    assert b'"error"' in account.send("POST", f"{item}/item/cancel", body)


def test_choices_wait_in_their_order_and_in_their_own_world() -> None:
    here, there = World(), World()
    scenarios.choose(here, "syncfy", "error_401", times=2)
    scenarios.choose(here, "syncfy", "slow_30")
    assert scenarios.chosen(here) == {"syncfy": ["error_401", "error_401", "slow_30"]}
    assert scenarios.chosen(there) == {}
    assert scenarios.taken(here, "syncfy", ("slow_30", "partial")) == "slow_30"
    assert scenarios.taken(here, "syncfy", ("partial",)) is None
    assert scenarios.taken(here, "facti", ("error_401",)) is None
    assert scenarios.chosen(here) == {"syncfy": ["error_401", "error_401"]}


@pytest.mark.parametrize(
    ("provider", "name", "told"),
    [
        ("syncfy", "error_999", "error_401"),
        ("facti", "error_401", "pays_by_stp"),
        ("syncfy", "sandbox_user", "error_401"),
        ("paypal", "error_401", "syncfy, facti, facturaonline"),
    ],
    ids=["no such name", "another provider's", "not by name", "no such provider"],
)
def test_what_cannot_be_chosen_is_refused_with_what_can(provider: str, name: str, told: str) -> None:
    world = World()
    with pytest.raises(LookupError, match=told):
        scenarios.choose(world, provider, name)
    assert scenarios.chosen(world) == {}


def test_a_scenario_is_chosen_at_least_once() -> None:
    with pytest.raises(ValueError, match="at least one"):
        scenarios.choose(World(), "syncfy", "error_401", times=0)


def test_the_amounts_in_the_table_are_those_that_act() -> None:
    assert {Decimal(row.value) for row in rows("facti")} == set(SCENARIOS)
