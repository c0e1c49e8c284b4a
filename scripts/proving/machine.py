"""Plays random stories over one mock, with faults between the steps, and compares what was said with what is so."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from attrs import define, field
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from proving.facturaonline_writes import payroll
from proving.faults import FAULTS, Fault
from proving.sabotage import Sabotage
from proving.setting import Setting
from proving.stage import Ended, is_ours, staged, transport_of
from proving.tally import Tally
from proving.verdicts import says_nothing_happened
from ventanilla.intents import MemoryJournal
from ventanilla.mock.facti.state import Account as FactiAccount
from ventanilla.mock.facturaonline.account import Account as FacturaAccount

EXAMPLES, STEPS = 150, 40
SMALL_EXAMPLES, SMALL_STEPS = 12, 20
FOLIOS = (1, 2, 3)
PERIODS = ((1, 15), (16, 30))
EMAIL = "maquina@example.mx"
FAULT = st.none() | st.sampled_from(FAULTS)


@define
class Said:
    """What the calls with one natural key have said: how often it was surely done, and how often perhaps as well."""

    surely: int = 0
    perhaps: int = 0

    def hear(self, ended: Ended, operation: str) -> None:
        """Take note of how a call ended."""
        if ended.error is None:
            self.surely += 1
        elif not says_nothing_happened(ended.error, operation):
            self.perhaps += 1

    def allows(self, count: int) -> bool:
        """Return whether it can have been done so often."""
        return self.surely <= count <= self.surely + self.perhaps


@define
class Counts:
    """What the machines of one run have counted."""

    faults: int = 0
    endings: Counter[str] = field(factory=Counter[str])


def machine(counts: Counts, ways: tuple[str, ...] = ("sync", "async")) -> type[RuleBasedStateMachine]:
    """Return the machine; each story is told on a mock of its own."""

    class Stories(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            runner = self.stack.enter_context(asyncio.Runner())
            self.stage = self.stack.enter_context(staged(runner))
            self.sabotages = {name: Sabotage(self.stage, name, "", ()) for name in ("facti", "facturaonline")}
            # Both faces are of one program, and so share what it knows of its intents.
            self.journals = {name: MemoryJournal() for name in self.sabotages}
            self.faces = {(name, way): self._face(name, way) for name in self.sabotages for way in ways}
            self.asked = {folio: Said() for folio in FOLIOS}
            self.ran = {period: Said() for period in PERIODS}
            self.payments: dict[int, set[str]] = {}
            self.records: dict[str, set[str]] = {}

        def _face(self, provider: str, way: Any) -> Any:
            transport = transport_of(way, self.sabotages[provider].answer)
            return self.stage.face(provider, way, transport, journal=self.journals[provider])

        def teardown(self) -> None:
            with self.stack:
                for sabotage in self.sabotages.values():
                    sabotage.settle()
                    counts.faults += sabotage.injected
                for face in self.faces.values():
                    self.stage.close(face)
                self.is_as_said()

        def call(self, provider: str, operation: str, way: str, fault: Fault | None, do: Callable[[Any], Any]) -> Ended:
            sabotage = self.sabotages[provider]
            sabotage.operation, sabotage.plan, sabotage.sent = operation, (fault,), 0
            ended = self.stage.end(lambda: do(self.faces[provider, way]))
            counts.endings[str(ended)] += 1
            _holds(is_ours(ended), f"{operation} raised {ended.error!r}, which is no error of ours")
            return ended

        @rule(folio=st.sampled_from(FOLIOS), way=st.sampled_from(ways), fault=FAULT)
        def ask(self, folio: int, way: str, fault: Fault | None) -> None:
            ended = self.call("facti", "create_request", way, fault, lambda face: _ask(face, folio))
            self.asked[folio].hear(ended, "create_request")
            if ended.error is None:
                _holds(ended.value.request_id not in self.payments, "somebody else's payment was taken for ours")
                self.payments[ended.value.request_id] = {"open"}

        @precondition(lambda self: self.payments)
        @rule(data=st.data(), way=st.sampled_from(ways), fault=FAULT)
        def mark(self, data: st.DataObject, way: str, fault: Fault | None) -> None:
            id = data.draw(st.sampled_from(sorted(self.payments)))
            ended = self.call("facti", "mark_payment_paid", way, fault, lambda face: face.mark_paid(id))
            _learn(self.payments[id], ended, "mark_payment_paid", "open", "paid")

        @precondition(lambda self: self.payments)
        @rule(data=st.data(), way=st.sampled_from(ways), fault=FAULT)
        def delete(self, data: st.DataObject, way: str, fault: Fault | None) -> None:
            id = data.draw(st.sampled_from(sorted(self.payments)))
            ended = self.call("facti", "delete_payment", way, fault, lambda face: face.delete(id))
            _learn(self.payments[id], ended, "delete_payment", "open", "gone")

        @rule(period=st.sampled_from(PERIODS), way=st.sampled_from(ways), fault=FAULT)
        def pay(self, period: tuple[int, int], way: str, fault: Fault | None) -> None:
            ended = self.call("facturaonline", "create_payroll", way, fault, lambda face: _pay(face, period))
            self.ran[period].hear(ended, "create_payroll")
            if ended.error is None:
                for record in ended.value.stamped:
                    _holds(record.uid not in self.records, "somebody else's payroll was taken for ours")
                    self.records[record.uid] = {"timbrada"}

        @precondition(lambda self: self.records)
        @rule(data=st.data(), way=st.sampled_from(ways), fault=FAULT)
        def cancel(self, data: st.DataObject, way: str, fault: Fault | None) -> None:
            uid = data.draw(st.sampled_from(sorted(self.records)))
            ended = self.call("facturaonline", "cancel_payroll_item", way, fault, lambda face: face.cancel_item(uid))
            _learn(self.records[uid], ended, "cancel_payroll_item", "timbrada", "cancelada")

        @rule(seconds=st.floats(1, 600))
        def wait(self, seconds: float) -> None:
            self.stage.clock.advance(seconds)
            for sabotage in self.sabotages.values():
                sabotage.arrive()

        @invariant()
        def is_as_said(self) -> None:
            asked, ran = self._done()
            for folio, said in self.asked.items():
                _holds(said.allows(asked[folio]), f"folio {folio}: {said}, the mock made {asked[folio]}")
            for period, said in self.ran.items():
                _holds(said.allows(ran[period]), f"period {period}: {said}, the mock made {ran[period]}")
            for id, states in self.payments.items():
                _holds(self._payment(id) in states, f"payment {id} is {self._payment(id)}, said: {states}")
            for uid, states in self.records.items():
                _holds(self._record(uid) in states, f"record {uid} is {self._record(uid)}, said: {states}")

        def _done(self) -> tuple[Counter[int], Counter[tuple[int, int]]]:
            """Count what the mock has made, by natural key."""
            journal = self.stage.mock.world.journal
            asked: Counter[int] = Counter()
            for entry in journal.find(operation="create_request"):
                if entry.response.body.startswith(b'{"result":1'):
                    asked[int(parse_qs(entry.request.body.decode())["folio"][0])] += 1
            payrolls = self.stage.mock.world.state(FacturaAccount).payrolls.values()
            days = ((int(each.inicia[-2:]), int(each.termina[-2:])) for each in payrolls if each.inicia > "2026-11")
            return asked, Counter(days)

        def _record(self, uid: str) -> str:
            found = self.stage.mock.world.state(FacturaAccount).find(uid)
            return "gone" if found is None else found[1].status

        def _payment(self, id: int) -> str:
            found = self.stage.mock.world.state(FactiAccount).payments.get(id)
            return "gone" if found is None else "paid" if found.paid else "open"

    return Stories


def _holds(condition: bool, sentence: str) -> None:
    if not condition:
        raise AssertionError(sentence)


def _learn(states: set[str], ended: Ended, operation: str, before: str, after: str) -> None:
    """Keep what can be after a call that turns one state into another."""
    if ended.error is None:
        states.clear()
        states.add(after)
    elif before in states and not says_nothing_happened(ended.error, operation):
        states.add(after)


def _ask(face: Any, folio: int) -> Any:
    return face.request_payment(folio=folio, total_amount=folio * 10, to_client_name="Máquina", to_email=EMAIL)


def _pay(face: Any, period: tuple[int, int]) -> Any:
    first, last = period
    dates = {"inicial": date(2026, 11, first), "final": date(2026, 11, last), "fecha_pago": date(2026, 11, last)}
    return face.issue_payroll(**{**payroll(), **dates})


def run(setting: Setting) -> Tally:
    """Play stories."""
    tally = Tally("machine", seeds=str(setting.seed))
    counts = Counts()
    examples, steps = (SMALL_EXAMPLES, SMALL_STEPS) if setting.small else (EXAMPLES, STEPS)
    setting.say(f"machine: {examples} stories of {steps} steps")
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        phases=[Phase.generate, Phase.shrink],
        print_blob=False,
    )
    try:
        run_state_machine_as_test(seed(setting.seed)(machine(counts)), settings=chosen)
    except AssertionError as broken:
        story = " ".join(" ".join(getattr(broken, "__notes__", [])).split())
        tally.breaks(f"{broken} (seed {setting.seed}): {story}")
    tally.faults = counts.faults
    tally.notes.append(f"{sum(counts.endings.values()):,} steps ended: {_listed(counts.endings)}")
    return tally


def _listed(endings: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in endings.most_common())
