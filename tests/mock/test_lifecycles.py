"""What takes time at the three providers gets on by the clock, at once, by polls or by event, as the world says."""

from collections.abc import Callable
from typing import Any

import pytest
from busy_world import PAYROLL, TOKEN, Caller

from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facturaonline.seed import SCENARIO_GROUP
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.syncfy._state import State

NORMAL, QR = "56cf5728784806f72b8b4568", "5efe27e84cc5f861897a5431"
SLOW_EMPLOYEE = "6660e3c0e5ce3"


@pytest.fixture
def caller() -> Caller:
    """Somebody with a session, in a world whose clock stands still."""
    caller = Caller(Mock(clock=ManualClock(), seed=7))
    caller.enter()
    return caller


def lives(caller: Caller, **modes: Lifecycle) -> None:
    caller.world.lifecycles.update(modes)


def statuses(caller: Caller) -> list[str]:
    return [record["status_timbre"] for record in caller.records()]


def is_paid(caller: Caller, payment: str) -> bool:
    return bool(caller.payment(payment)["details"]["status"] == "1")


# At once.


def test_an_immediate_job_is_over_when_somebody_asks(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("immediate"))
    assert caller.codes(caller.link(NORMAL)["id_job"]) == [100, 101, 102, 200]
    assert caller.codes(caller.link(NORMAL, "slow_30")["id_job"]) == [100, 101, 102, 200]
    assert caller.codes(caller.link(QR)["id_job"]) == [100, 101, 410, 102, 200]
    assert caller.codes(caller.aggregate()) == [100, 101, 102, 200]
    assert {row["code"] for row in caller.syncfy("GET", "/credentials")} == {200}


def test_an_immediate_job_still_waits_for_its_second_factor(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("immediate"))
    id_job = caller.link(TOKEN)["id_job"]
    assert caller.codes(id_job) == [100, 101, 410]
    caller.syncfy("POST", f"/jobs/{id_job}/twofa", {"twofa": {"token": "1"}})
    assert caller.codes(id_job) == [100, 101, 410, 102, 200]


def test_immediate_stamping_and_payers_are_done_when_somebody_asks(caller: Caller) -> None:
    lives(caller, facti=Lifecycle("immediate"), facturaonline=Lifecycle("immediate"))
    caller.payroll = caller.pay()
    assert statuses(caller) == ["timbrada", "timbrada"]
    assert is_paid(caller, caller.ask_for("555.55"))
    assert not is_paid(caller, caller.ask_for("777.77"))


# By the clock.


def test_timed_processes_take_their_pace(caller: Caller) -> None:
    caller.world.pace = 10
    id_job, caller.payroll, payment = caller.link(NORMAL)["id_job"], caller.pay(), caller.ask_for("111.11")
    seen: list[Any] = []
    for _ in range(4):
        seen.append((caller.codes(id_job)[-1], statuses(caller), is_paid(caller, payment)))
        caller.world.clock.advance(10)
    assert seen == [
        (100, ["en fila", "en fila"], False),
        (101, ["en fila", "en fila"], False),
        (102, ["timbrada", "en fila"], True),
        (200, ["timbrada", "timbrada"], True),
    ]
    assert caller.world.processes() == []


# By polls.


def test_polls_drive_a_job(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("polls", 2))
    id_job = caller.link(NORMAL)["id_job"]
    caller.world.clock.advance(60)
    assert [caller.codes(id_job)[-1] for _ in range(7)] == [100, 101, 101, 102, 102, 200, 200]


def test_polls_do_not_answer_for_the_user(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("polls"))
    id_job = caller.link(TOKEN)["id_job"]
    assert [caller.codes(id_job)[-1] for _ in range(5)] == [101, 410, 410, 410, 410]
    caller.syncfy("POST", f"/jobs/{id_job}/twofa", {"twofa": {"token": "1"}})
    assert [caller.codes(id_job)[-1] for _ in range(2)] == [200, 200]
    late = caller.link(TOKEN)["id_job"]
    assert [caller.codes(late)[-1] for _ in range(2)] == [101, 410]
    caller.world.clock.advance(299)
    assert caller.codes(late)[-1] == 410
    caller.world.clock.advance(1)
    assert caller.codes(late)[-1] == 411


def test_asking_for_credentials_asks_for_their_jobs(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("polls"))
    one, other = caller.link(NORMAL), caller.link(QR)

    def codes(path: str) -> list[int]:
        return [row["code"] for row in caller.syncfy("GET", path)]

    assert codes("/credentials") == [101, 101]
    assert codes(f"/credentials?id_credential={one['id_credential']}") == [102]
    assert codes(f"/credentials/{one['id_credential']}") == [200]
    assert codes("/credentials") == [200, 410]
    assert caller.codes(other["id_job"]) == [100, 101, 410, 102]


def test_polls_drive_an_aggregate_with_its_children(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("polls"))
    id_job = caller.aggregate()
    caller.world.clock.advance(60)
    seen = [caller.codes(id_job)[-1] for _ in range(8)]
    assert seen == [101, 102, 102, 102, 102, 200, 200, 200]
    assert [row["code"] for row in caller.syncfy("GET", "/credentials")] == [200] * 4
    assert len(caller.syncfy("GET", "/documents")) == 4
    assert caller.world.processes() == []


def test_asking_for_a_child_asks_for_its_parent(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("polls"))
    id_job = caller.aggregate()
    assert [caller.codes(id_job)[-1] for _ in range(3)] == [101, 102, 102]
    # Four credentials, one process: asked about once.
    assert [row["code"] for row in caller.syncfy("GET", "/credentials")] == [101] * 4
    assert [row["code"] for row in caller.syncfy("GET", "/credentials")] == [102] * 4
    assert caller.codes(id_job)[-1] == 200


def test_polls_drive_stamping(caller: Caller) -> None:
    lives(caller, facturaonline=Lifecycle("polls", 3))
    caller.payroll = caller.pay()
    caller.world.clock.advance(3600)
    caller.factura("GET", "/payroll/list")
    uid = caller.records()[0]["uid"]
    assert caller.factura("GET", f"/payroll/{uid}/view/item").json()["data"]["status_timbre"] == "timbrada"
    assert statuses(caller) == ["timbrada", "timbrada"]


def test_who_is_stamped_later_takes_a_step_more(caller: Caller) -> None:
    lives(caller, facturaonline=Lifecycle("polls"))
    (quick, slow) = (
        {**record, "data": {"id": id, "dias": 15}}
        for record, id in zip(PAYROLL["registros"], ("6660e3c0e5ce1", SLOW_EMPLOYEE), strict=True)
    )
    caller.payroll = caller.pay({**PAYROLL, "grupo": SCENARIO_GROUP, "registros": [quick, slow]})
    assert [statuses(caller) for _ in range(2)] == [["error", "en fila"], ["error", "timbrada"]]


@pytest.mark.parametrize("search", [False, True])
def test_polls_drive_a_payer(caller: Caller, search: bool) -> None:
    lives(caller, facti=Lifecycle("polls", 2))
    payment = caller.ask_for("111.11")
    caller.world.clock.advance(3600)

    def asked() -> bool:
        if not search:
            return is_paid(caller, payment)
        return bool(caller.facti("/payments/company_payments", company_id=5, status=1)["payments"])

    assert [asked() for _ in range(3)] == [False, True, True]


def test_polls_of_one_invoice_of_a_group_drive_the_group(caller: Caller) -> None:
    lives(caller, facti=Lifecycle("polls"))
    group = {"folios[0]": 7, "folios[1]": 8, "series[0]": "", "series[1]": "", "folio": 1}
    amounts = {"total_amounts[0]": "100.00", "total_amounts[1]": "11.11", "total_amount": "111.11"}
    fields = {"from_rfc": "EKU9003173C9", "to_client_name": "El Santo", "to_email": "s@example.mx"}
    payment = caller.facti("/payments/new_request", **fields, **group, **amounts)["request_id"]
    assert is_paid(caller, payment + 1)
    assert is_paid(caller, payment)


# By event.


def pushed(caller: Caller, provider: str, process: str, read: Callable[[], Any]) -> list[Any]:
    """Return what there is to read before the first and after each step, until there is none."""
    caller.world.clock.advance(3600)
    seen = [read()]
    while caller.world.push(provider, process):
        seen.append(read())
    return seen


def last_code(caller: Caller, id_job: str) -> int:
    return caller.world.state(State).jobs[id_job].code


def test_events_drive_a_job(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("event"))
    id_job = caller.link(NORMAL)["id_job"]
    assert caller.codes(id_job) == [100]
    assert caller.codes(id_job) == [100]
    assert caller.world.processes() == [("syncfy", id_job)]
    assert pushed(caller, "syncfy", id_job, lambda: last_code(caller, id_job)) == [100, 101, 102, 200]


def test_events_drive_an_aggregate_with_its_children(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("event"))
    id_job = caller.aggregate()
    assert caller.world.processes() == [("syncfy", id_job)]
    seen = pushed(caller, "syncfy", id_job, lambda: last_code(caller, id_job))
    assert seen == [100, 101, 102, 102, 102, 102, 200]
    assert caller.world.processes() == []


def test_an_aggregate_ends_without_the_children_that_were_deleted(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("event"))
    id_job = caller.aggregate()
    for _ in range(3):
        caller.world.push("syncfy", id_job)
    for row in caller.syncfy("GET", "/credentials"):
        caller.syncfy("DELETE", f"/credentials/{row['id_credential']}")
    seen = pushed(caller, "syncfy", id_job, lambda: last_code(caller, id_job))
    assert seen == [102, 102, 102, 200]


def test_nothing_is_held_for_a_user_that_is_gone(caller: Caller) -> None:
    lives(caller, syncfy=Lifecycle("event"))
    id_job = caller.aggregate()
    for _ in range(2):
        caller.world.push("syncfy", id_job)
    assert caller.world.processes() == [("syncfy", id_job)]
    caller.token = ""
    caller.syncfy("DELETE", f"/users/{caller.id_user}")
    assert caller.world.processes() == []
    assert not caller.world.push("syncfy", id_job)


def test_events_drive_stamping_and_payers(caller: Caller) -> None:
    lives(caller, facti=Lifecycle("event"), facturaonline=Lifecycle("event"))
    caller.payroll, payment = caller.pay(), caller.ask_for("111.11")
    assert caller.world.processes() == [("facturaonline", caller.payroll), ("facti", payment)]
    seen = pushed(caller, "facturaonline", caller.payroll, lambda: statuses(caller))
    assert seen == [["en fila", "en fila"], ["timbrada", "timbrada"]]
    assert pushed(caller, "facti", payment, lambda: is_paid(caller, payment)) == [False, True]


def test_a_payment_that_is_settled_or_deleted_waits_for_nobody(caller: Caller) -> None:
    lives(caller, facti=Lifecycle("event"))
    settled, deleted = caller.ask_for("111.11"), caller.ask_for("111.11")
    caller.facti(f"/payments/{settled}", payed=1)
    caller.facti("/payments/delete", company_id=5, id=deleted)
    assert is_paid(caller, settled)
    assert caller.world.processes() == []


# From one to the other.


def test_another_lifecycle_leaves_what_is_scheduled_as_it_was(caller: Caller) -> None:
    id_job = caller.link(NORMAL)["id_job"]
    lives(caller, syncfy=Lifecycle("event"))
    caller.world.clock.advance(0.2)
    assert caller.codes(id_job) == [100, 101]
    caller.world.clock.advance(1)
    assert caller.codes(id_job) == [100, 101]
    lives(caller, syncfy=Lifecycle("timed"))
    caller.world.clock.advance(1)
    assert caller.codes(id_job) == [100, 101]
    assert caller.world.push("syncfy", id_job)
    assert caller.codes(id_job) == [100, 101, 102]
    caller.world.clock.advance(0.2)
    assert caller.codes(id_job) == [100, 101, 102, 200]


@pytest.mark.parametrize("lifecycle", [Lifecycle("immediate"), Lifecycle("polls", 2), Lifecycle("event")])
def test_one_seed_and_script_give_the_same_bytes_however_it_gets_on(lifecycle: Lifecycle) -> None:
    def seen() -> list[bytes]:
        caller = Caller(Mock(clock=ManualClock(), seed=7))
        caller.begin()
        lives(caller, **dict.fromkeys(("syncfy", "facti", "facturaonline"), lifecycle))
        caller.go_on()
        for process in caller.world.processes():
            caller.world.push(*process)
        caller.look()
        return caller.seen

    assert seen() == seen()
