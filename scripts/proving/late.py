"""Lets requests arrive late, and others make what looks alike: nothing is made twice, nobody else's taken for ours."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

from proving.facti_writes import grouped, request
from proving.facturaonline_writes import payroll
from proving.faults import BY_NAME, Fault
from proving.sabotage import LATEST_SECONDS, READ_SECONDS, Sabotage
from proving.setting import Setting
from proving.stage import WAYS, Ended, Way, staged, transport_of
from proving.tally import Tally
from proving.verdicts import BROKEN, Verdict, count, judged
from proving.write import Write
from proving.writes import CATALOGUE
from ventanilla.facti import Invoice
from ventanilla.intents import MemoryJournal

MOMENTS, SMALL_MOMENTS = 40, 3
LATE = BY_NAME["late commit"]
# What may strike the second request, where there is one.
SECOND: tuple[Fault | None, ...] = (None, BY_NAME["too many requests"], BY_NAME["refused"], LATE)
LOST = ("closed on accept", "reset before executing", "hang before executing", "closed after executing")
Other = Callable[[Any], Any]


@frozen
class Lateness:
    """One write whose request arrives some seconds after its caller has given up."""

    write: Write
    way: Way
    seconds: float
    second: Fault | None

    def __str__(self) -> str:
        then = "" if self.second is None else f", then {self.second.name}"
        return f"{self.write}, {self.way}, {self.seconds:.1f} s late{then}"


def latenesses(setting: Setting) -> Iterator[Lateness]:
    """Yield each write of the facade at moments up to twice the time for which it is looked for."""
    moments = SMALL_MOMENTS if setting.small else MOMENTS
    for write in CATALOGUE:
        dice = setting.dice("late", write)
        for number in range(moments):
            # At any time at all, and more often when the caller has just given up and does something about it.
            seconds = dice.uniform(READ_SECONDS, READ_SECONDS + 2) if number % 2 else dice.uniform(0, LATEST_SECONDS)
            way, second = WAYS[number // 2 % 2], SECOND[number // 4 % len(SECOND)]
            yield Lateness(write, way, seconds, second if write.kind == "face" else None)


def run(setting: Setting) -> Tally:
    """Try all moments, then all that looks alike."""
    tally = Tally("late", faults=0, seeds=str(setting.seed))
    verdicts: Counter[Verdict] = Counter()
    planned = list(latenesses(setting))
    found_later = 0
    with asyncio.Runner() as runner:
        for late in setting.progress("late", planned, len(planned)):
            found_later += _arriving(late, runner, tally, verdicts)
        for other in ALIKE:
            for way in WAYS:
                for fault in LOST[:1] if setting.small else LOST:
                    _alike(other, way, BY_NAME[fault], runner, tally, verdicts)
    count(tally, verdicts)
    tally.notes.append(f"{found_later} operations whose outcome was unknown were found by resume() later")
    return tally


def _arriving(late: Lateness, runner: asyncio.Runner, tally: Tally, verdicts: Counter[Verdict]) -> int:
    write = late.write
    with staged(runner) as stage:
        given = write.arrange(stage, stage.plain(write.provider))
        sabotage = Sabotage(stage, write.provider, write.operation, (LATE, late.second), late_seconds=late.seconds)
        face = stage.face(write.provider, late.way, transport_of(late.way, sabotage.answer), **write.options)
        before = stage.last
        ended = stage.end(lambda: write.do(face, given))
        sabotage.settle()
        _note(
            str(late), write.operation, ended, stage.effects(write.provider, write.operation, before), tally, verdicts
        )
        tally.faults = (tally.faults or 0) + sabotage.injected
        resumed = stage.resumed(face, ended)
        if resumed is not None:
            again = stage.effects(write.provider, write.operation, before)
            _note(f"{late}, resumed", write.operation, resumed, again, tally, verdicts)
        stage.close(face)
    return resumed is not None and resumed.error is None


def _note(what: str, operation: str, ended: Ended, effects: int, tally: Tally, verdicts: Counter[Verdict]) -> None:
    verdict = judged(ended, effects, operation)
    verdicts[verdict] += 1
    if verdict in BROKEN:
        tally.breaks(f"{verdict}: {what} {ended}, the server did it {effects} times")


@frozen
class Alike:
    """What others make that looks like ours: before ours is asked for, or while it is under way.

    Args:
        what: in words.
        provider: whose.
        ours: asks for ours.
        theirs: asks for the other one, with another face and another journal, or by another natural key.
        is_before: whether the other one is there first.
        is_same_journal: whether both share a journal, as those of one program do.
    """

    what: str
    provider: str
    ours: Other
    theirs: Other
    is_before: bool
    is_same_journal: bool = False


def _ours(face: Any) -> Any:
    return request(face, {})


def _payroll(face: Any) -> Any:
    return face.create_payroll(**payroll())


def _named(face: Any) -> Any:
    return request(face, {"to_rfc": "GGM011210S72"})


def _grouped(face: Any) -> Any:
    return grouped(face, {})


def _other_group(face: Any) -> Any:
    invoices = [Invoice(folio=70, amount="10.10"), Invoice(folio=80, amount="20.20")]
    return face.request_grouped_payment(invoices=invoices, to_client_name="Santo", to_email="santo@example.mx")


ALIKE = (
    Alike("a twin that was there before", "facti", _ours, _ours, is_before=True),
    Alike("a group that was there before", "facti", _grouped, _grouped, is_before=True),
    Alike("a payroll that was there before", "facturaonline", _payroll, _payroll, is_before=True),
    Alike("a payroll of somebody else meanwhile", "facturaonline", _payroll, _payroll, is_before=False),
    Alike("a request to another RFC meanwhile", "facti", _ours, _named, is_before=False, is_same_journal=True),
    Alike(
        "a group of other invoices meanwhile", "facti", _grouped, _other_group, is_before=False, is_same_journal=True
    ),
)
OPERATIONS = {"facti": "create_request", "facturaonline": "create_payroll"}


def _alike(
    case: Alike, way: Way, fault: Fault, runner: asyncio.Runner, tally: Tally, verdicts: Counter[Verdict]
) -> None:
    operation = OPERATIONS[case.provider]
    with staged(runner) as stage:
        journal = MemoryJournal()
        other = stage.plain(case.provider, journal=journal if case.is_same_journal else MemoryJournal())
        theirs: list[Any] = [case.theirs(other)] if case.is_before else []
        sabotage = Sabotage(stage, case.provider, operation, (fault,))
        if not case.is_before:
            sabotage.meanwhile = lambda: theirs.append(case.theirs(other))
        face = stage.face(case.provider, way, transport_of(way, sabotage.answer), journal=journal)
        before = stage.last
        ended = stage.end(lambda: case.ours(face))
        effects = stage.effects(case.provider, operation, before) - (0 if case.is_before else len(theirs))
        stage.close(face)
    tally.faults = (tally.faults or 0) + sabotage.injected
    what = f"{case.what}, {way}, {fault.name}"
    _note(what, operation, ended, effects, tally, verdicts)
    if ended.error is None and _id(ended.value) in map(_id, theirs):
        tally.breaks(f"{what}: {_id(ended.value)} is somebody else's, and was taken for ours")


def _id(value: Any) -> str:
    return str(getattr(value, "request_id", value))
