"""Lets something happen at every call of the journal: another process asks, resumes, or the journal itself fails."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from attrs import define, evolve, frozen

from proving.facti_writes import request
from proving.facturaonline_writes import payroll
from proving.faults import BY_NAME, Fault
from proving.late import OPERATIONS
from proving.sabotage import Sabotage
from proving.setting import Setting
from proving.stage import WAYS, Ended, Stage, Way, staged, transport_of
from proving.tally import Tally
from proving.verdicts import BROKEN, Verdict, count, judged
from ventanilla.intents import Intent, Journal, MemoryJournal

LOST: tuple[Fault | None, ...] = (None, BY_NAME["closed on accept"], BY_NAME["closed after executing"])
HAPPENINGS = ("asks for the same", "asks by the same id", "resumes it", "the journal fails")
ID = "proof-1"


class Broken(Exception):
    """What a journal raises that cannot be written."""


@define
class Eventful:
    """A journal at whose call of some number something happens first."""

    journal: Journal
    number: int
    happens: Callable[[], object]
    calls: int = 0

    def _call(self) -> None:
        self.calls += 1
        if self.calls == self.number:
            self.happens()

    def begin(self, intent: Intent) -> Intent:
        """Keep a new intent."""
        self._call()
        return self.journal.begin(intent)

    def move(self, before: Intent, after: Intent) -> bool:
        """Replace an intent."""
        self._call()
        return self.journal.move(before, after)

    def find(self, scope: str, operation_id: str) -> Intent | None:
        """Return an intent."""
        self._call()
        return self.journal.find(scope, operation_id)

    def pending(self, scope: str) -> list[Intent]:
        """Return the open intents."""
        return self.journal.pending(scope)

    def owners(self, scope: str, kind: str, instance: str, ids: Sequence[str]) -> dict[str, str]:
        """Return which ids are committed."""
        self._call()
        return self.journal.owners(scope, kind, instance, ids)

    def highest(self, scope: str, kind: str, instance: str) -> int:
        """Return the highest id that is committed."""
        self._call()
        return self.journal.highest(scope, kind, instance)


@frozen
class Story:
    """What happens at which call of the journal, and what becomes of the request."""

    provider: str
    way: Way
    happening: str
    number: int
    fault: Fault | None

    def __str__(self) -> str:
        lost = "nothing is lost" if self.fault is None else self.fault.name
        return f"{self.provider}, {self.way}, at call {self.number} of the journal: {self.happening}; {lost}"


def stories() -> Iterator[Story]:
    """Yield them all, but for the numbers: those go on until the journal has no more calls."""
    for provider in OPERATIONS:
        for place, happening in enumerate(HAPPENINGS):
            for fault in LOST:
                yield Story(provider, WAYS[place % 2], happening, 1, fault)


def ask(provider: str, face: Any, operation_id: str | None) -> Any:
    """Ask for what both ask for."""
    if provider == "facti":
        return request(face, {"operation_id": operation_id})
    return face.create_payroll(**payroll(), operation_id=operation_id)


def run(setting: Setting) -> Tally:
    """Tell all stories."""
    tally = Tally("interleaved", faults=0)
    verdicts: Counter[Verdict] = Counter()
    endings: Counter[str] = Counter()
    with asyncio.Runner() as runner:
        for story in stories():
            number, is_over = 1, False
            while not is_over:
                setting.say(f"interleaved: {story.happening}")
                is_over = _told(evolve(story, number=number), runner, tally, verdicts, endings)
                number += 1
    count(tally, verdicts)
    tally.notes.append(f"ours ended: {', '.join(f'{name} {number}' for name, number in endings.most_common())}")
    return tally


def _told(
    story: Story, runner: asyncio.Runner, tally: Tally, verdicts: Counter[Verdict], endings: Counter[str]
) -> bool:
    """Tell one story; return whether the journal had no call of its number."""
    with staged(runner) as stage:
        shared = MemoryJournal()
        other = stage.plain(story.provider, journal=shared)
        theirs: list[Ended] = []
        eventful = Eventful(shared, story.number, lambda: _happens(story, stage, other, theirs))
        sabotage = Sabotage(stage, story.provider, OPERATIONS[story.provider], (story.fault,))
        face = stage.face(story.provider, story.way, transport_of(story.way, sabotage.answer), journal=eventful)
        ours = stage.end(lambda: ask(story.provider, face, None if story.happening == HAPPENINGS[0] else ID))
        effects = stage.effects(story.provider, OPERATIONS[story.provider], 0)
        stage.close(face)
    tally.faults = (tally.faults or 0) + sabotage.injected
    if eventful.calls < story.number:
        return True
    endings[str(ours)] += 1
    _judge(story, ours, theirs, effects, tally, verdicts)
    return False


def _happens(story: Story, stage: Stage, other: Any, theirs: list[Ended]) -> None:
    if story.happening == "the journal fails":
        raise Broken("the disk is full")
    if story.happening == "resumes it":
        theirs += [stage.end(partial(other.resume, intent.operation_id)) for intent in other.pending()]
        return
    id = ID if story.happening == "asks by the same id" else None
    theirs.append(stage.end(lambda: ask(story.provider, other, id)))


def _judge(
    story: Story, ours: Ended, theirs: list[Ended], effects: int, tally: Tally, verdicts: Counter[Verdict]
) -> None:
    """Judge both: what has one id is done once; what was asked for twice may be one thing or two, each its own."""
    asked = 2 if story.happening == "asks for the same" else 1
    got = {_id(each.value) for each in (ours, *theirs) if each.error is None}
    verdict: Verdict = judged(ours, min(effects, 1), OPERATIONS[story.provider])
    if effects > asked or (effects > len(got) and all(each.error is None for each in (ours, *theirs))):
        verdict = "duplicate"
    verdicts[verdict] += 1
    if verdict in BROKEN:
        tally.breaks(f"{verdict}: {story}: ours {ours}, theirs {[str(each) for each in theirs]}, {effects} effects")


def _id(value: Any) -> str:
    return str(getattr(value, "request_id", getattr(value, "uid", value)))
