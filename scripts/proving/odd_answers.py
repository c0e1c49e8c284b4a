"""Try every odd answer at every method of the six clients, and judge by the scripted server's counters."""

import asyncio
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from attrs import frozen

from proving.canaries import Listener, in_error
from proving.odd_cases import Case, cases, named
from proving.odd_oracle import KINDS, PASSING, claims, is_own_envelope, refuses
from proving.odd_stage import Harness, client, transport_of
from proving.parallel import spread
from proving.recipes import KEY, missing
from proving.scripted import Answer, ScriptedServer, Turn, items_of
from proving.setting import Setting
from proving.stage import Ended
from proving.tally import Tally
from ventanilla.errors import OutcomeUnknown, VentanillaError
from ventanilla.testing import without_waiting

LEAST = 25_000
# Names in a row by which it is found: with another value there it is another object to everybody.
IDENTIFYING = {"id_external", "url", "events", "id_user", "id_webhook", "id_site", "is_disabled"}
ANOTHER = ("null", "text", "empty", "word", "other", "list")
_PAYMENTS = ("get_payment", "search_payments")
# Where nothing is said of a record that has a UUID, it may be stamped; another word never says so.
STATES = {"status_timbre": ("text", "word", "other", "number", "large", "list of null", "nested")}
# Writes whose effect can be read: a refusal by HTTP's status alone is proven or disproven by one look. Of the others
# the class says what came, and the outcome that nothing is proven.
READ_BACK = frozenset(
    {
        *("create_request", "mark_payment_paid", "delete_payment", "create_payroll", "cancel_payroll_item"),
        *("create_user", "update_user", "delete_user", "create_webhook", "delete_webhook", "delete_credential"),
    }
)


@frozen
class Problem:
    """A promise that was seen broken: which, in which case, and how."""

    kind: str
    case: str
    said: str
    concerns: str = ""


@frozen
class Ran:
    """What became of a case."""

    problems: list[Problem]
    ended: str
    seconds: float
    effects: int


@frozen
class Told:
    """What a share of the cases came to, for whoever asked a process for it."""

    tried: Counter[str]
    problems: list[Problem]
    endings: Counter[str]
    longest: tuple[float, str]


class Bench:
    """Runs cases, one after the other, in this process."""

    def __init__(self, harness: Harness, listener: Listener) -> None:
        self.harness, self.listener = harness, listener

    def run(self, case: Case) -> Ran:
        """Run one case."""
        begun = time.perf_counter()
        self.listener.taken()
        server = ScriptedServer()
        if case.recipe.prepare is not None:
            case.recipe.prepare(server)
        server.scripts = case.scripts()
        given = _watch(server, case)
        face = client(case.recipe.provider, case.way, transport=transport_of(server, case.way), **case.recipe.options)
        problems = list[Problem]()

        def broken(kind: str, said: str, concerns: str = "") -> None:
            problems.append(Problem(kind, case.id, said, concerns))

        try:
            ended = self.harness.end(partial(case.recipe.do, face))
            self._judge(case, server, ended, given, broken)
            self._secrets(face, ended, broken)
            first = server.effects(case.recipe.write) if case.recipe.write else 0
            if case.recipe.limit is not None:
                self._repeat(case, server, face, ended, given, broken)
        finally:
            self.harness.close(face)
        return Ran(problems, str(ended), time.perf_counter() - begun, first)

    def _judge(self, case: Case, server: ScriptedServer, ended: Ended, given: list[Answer], broken: Any) -> None:
        recipe, error = case.recipe, ended.error
        if error is not None and not isinstance(error, VentanillaError):
            broken("not ours", f"{type(error).__name__}: {error}"[:160], _where(error))
        if not any(refuses(recipe.provider, each) for each in given):
            _duplicates(case, server, 1, broken)
        if error is None:
            _wrong_values(case, ended.value, broken)
        if recipe.write is None or recipe.limit == 0:
            return
        done = server.effects(recipe.write)
        if error is None and not done and not any(claims(recipe.provider, each) for each in given):
            broken("false success", f"returned {type(ended.value).__name__}, and nothing was done")
        if not isinstance(error, VentanillaError) or error.operation not in (None, recipe.write):
            return
        if done and error.outcome in ("not_sent", "refused") and not _is_excused(case, error, given):
            broken("false not sent", f"{type(error).__name__} is {error.outcome}, and it was done")
        is_open = error.outcome == "unknown" and (isinstance(error, OutcomeUnknown) or recipe.write in READ_BACK)
        if _is_bare_refusal(case, given) and not case.executes and is_open:
            broken("unknown refusal", f"{type(error).__name__} after HTTP {given[-1].status} without an envelope")

    def _secrets(self, face: Any, ended: Ended, broken: Any) -> None:
        found = [f"{place}" for place in self.listener.taken()]
        if ended.error is not None:
            found += in_error(ended.error)
        for place in dict.fromkeys(found):
            broken("secret", place[:200], place[:80])

    def _repeat(
        self, case: Case, server: ScriptedServer, face: Any, first: Ended, given: list[Answer], broken: Any
    ) -> None:
        """Call it again, as a program that was restarted does, with a service that answers as documented."""
        recipe, write = case.recipe, case.recipe.write
        if write is None:
            return
        server.scripts = []
        done, asked = server.effects(write), server.requests(write)
        endings = list[Ended]()
        if recipe.is_keyed:
            endings += [self.harness.end(partial(face.resume, KEY))]
            for intent in self._pending(face, broken):
                endings += [self.harness.end(partial(face.resume, _key(intent)))]
        endings += [self.harness.end(partial(recipe.do, face))]
        if recipe.is_keyed:
            endings += [self.harness.end(partial(recipe.do, face))]
        for each in endings:
            if each.error is not None and not isinstance(each.error, VentanillaError):
                broken("not ours", f"again: {type(each.error).__name__}: {each.error}"[:160], _where(each.error))
        is_refused = any(refuses(recipe.provider, each) for each in given)
        if not is_refused:
            _duplicates(case, server, 1, broken, "again")
        is_over = isinstance(first.error, VentanillaError) and first.error.outcome in ("not_sent", "refused")
        if recipe.is_keyed and not is_over and asked and server.requests(write) > asked:
            broken("sent again", f"{first}, and the same key sent {server.requests(write)} requests")
        is_misnamed = case.place is not None and case.place[1][-1:] in (("uid",), ("request_id",))
        if recipe.is_keyed and done and endings[-1].error is not None and not is_refused and not is_misnamed:
            broken("not found again", f"{first}, it was done, and then {endings[-1]}: {endings[-1].error}"[:200])

    def _pending(self, face: Any, broken: Any) -> list[Any]:
        ended = self.harness.end(face.pending)
        if ended.error is not None:
            broken("not ours", f"pending(): {type(ended.error).__name__}", _where(ended.error))
        return ended.value or []


def _key(intent: Any) -> str:
    found: str = getattr(intent, "idempotency_key", None) or intent.operation_id
    return found


def _watch(server: ScriptedServer, case: Case) -> list[Answer]:
    """Return the answers that are given to the write of a case, as they are given."""
    given = list[Answer]()
    for script in server.scripts:
        make = script.answers
        if script.operation == case.recipe.write and make is not None:

            def noted(turn: Turn, make: Any = make) -> Answer:
                given.append(make(turn))
                return given[-1]

            script.answers = noted
    return given


def _duplicates(case: Case, server: ScriptedServer, most: int, broken: Any, when: str = "") -> None:
    effects = server.facti.effects + server.syncfy.effects + server.facturaonline.effects
    for operation, count in effects.items():
        allowed = case.recipe.limit if operation == case.recipe.write and case.recipe.limit is not None else most
        # In a workflow that is called again each step may be done again, but for what is made once.
        is_step = bool(when) and operation != case.recipe.write
        if count > allowed and not is_step and not _is_another(case, operation):
            broken("duplicate", f"{operation} was done {count} times{' when called ' + when if when else ''}")


def _is_another(case: Case, operation: str) -> bool:
    """Return whether the change made another object of what was there, so that nobody can know it by."""
    if case.place is None or case.recipe.limit != 0:
        return False
    _, path, change = case.place
    named = [step for step in path if isinstance(step, str)]
    return bool(named) and named[-1] in IDENTIFYING and change in ANOTHER


def _is_excused(case: Case, error: VentanillaError, given: list[Answer]) -> bool:
    """Return whether the service itself said that nothing was done, or nobody could find out."""
    if any(refuses(case.recipe.provider, each) for each in given):
        return True
    is_bare = _is_bare_refusal(case, given)
    return is_bare and not case.recipe.is_findable and error.outcome == "refused"


def _is_bare_refusal(case: Case, given: list[Answer]) -> bool:
    if not given or not 400 <= given[-1].status < 500 or given[-1].status in PASSING:
        return False
    return not is_own_envelope(case.recipe.provider, given[-1])


def _wrong_values(case: Case, value: Any, broken: Any) -> None:
    """Find what is taken for something that it is not: another object, a state that nobody said."""
    if case.place is None:
        return
    operation, path, change = case.place
    if change == "other" and (operation, path) in case.recipe.named:
        broken("wrong object", f"{operation} answered with another {path[-1]}, and {type(value).__name__} was returned")
    if path and path[-1] in STATES and change in STATES[str(path[-1])]:
        for each in _records(value):
            if each.uid == _record_at(path) and each.state == "stamped":
                broken("wrong state", f"a record is stamped whose {path[-1]} is {change}")
    if case.recipe.write is None and operation in _PAYMENTS and path and path[-1] == "status":
        is_paid = [each.is_paid for each in items_of(value) or [value] if hasattr(each, "is_paid")]
        is_first = len(path) < 2 or path[-2] in ("details", 0)
        if is_first and is_paid[:1] == [True] and change not in ("bool", "other"):
            broken("wrong state", f"a payment is paid whose status is {change}")


def _record_at(path: Any) -> str:
    from proving.scripted_facturaonline import RECORD

    return RECORD if 1 not in path[-2:] else "6206f370394f4"


def _records(value: Any) -> Iterator[Any]:
    for each in items_of(value) or [value]:
        yield from getattr(each, "records", [each] if hasattr(each, "status_timbre") else [])


def _where(error: BaseException) -> str:
    """Return the innermost place of our own at which an error came up."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "proving" not in frame.filename]
    ours = [frame for frame in frames if "/facade/" in frame.filename or "/generated/" in frame.filename]
    last = (ours or frames or traceback.extract_tb(error.__traceback__))[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name} {type(error).__name__}"


@contextmanager
def bench() -> Generator[Bench]:
    """Make a bench: nothing waits, and every logger is listened to."""
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        listener = stack.enter_context(Listener())
        stack.enter_context(without_waiting())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        yield Bench(Harness(runner), listener)


def share(setting: Setting, which: int, of: int) -> Told:
    """Run every `of`th case, beginning with the one of this number."""
    return _told(case for number, case in enumerate(cases(setting)) if number % of == which)


def _told(chosen: Iterable[Case]) -> Told:
    tried, problems, endings, longest = Counter[str](), list[Problem](), Counter[str](), (0.0, "")
    with bench() as made:
        for case in chosen:
            ran = made.run(case)
            tried[case.kind] += 1
            problems += ran.problems
            endings[ran.ended] += 1
            longest = max(longest, (ran.seconds, case.id))
    return Told(tried, problems, endings, longest)


def run(setting: Setting) -> Tally:
    """Run all cases, on every core; of a case that is named, this one alone."""
    tally = Tally("odd-answers", seeds=str(setting.seed))
    for name in missing():
        tally.breaks(f"{name} is a method that no recipe calls")
    told = [_told(named(setting, setting.case))] if setting.case else spread(share, setting)
    count(tally, told)
    if not tally.faults:
        tally.breaks("there is no such case")
    if not setting.small and not setting.case and (tally.faults or 0) < LEAST:
        tally.breaks(f"{tally.faults:,} cases, where at least {LEAST:,} are wanted")
    return tally


def count(tally: Tally, told: Sequence[Told]) -> None:
    """Put what was told into a tally, one sentence for each kind of problem, with the command that shows one."""
    tried = sum((each.tried for each in told), Counter[str]())
    problems = sorted((each for part in told for each in part.problems), key=lambda each: each.case)
    kinds = Counter(each.kind for each in problems)
    tally.faults = sum(tried.values())
    tally.duplicates = kinds["duplicate"] + kinds["sent again"]
    tally.false_successes = kinds["false success"] + kinds["wrong object"] + kinds["wrong state"]
    tally.wrong_refusals = kinds["false not sent"] + kinds["unknown refusal"]
    tally.outside, tally.secrets = kinds["not ours"], kinds["secret"]
    for kind in KINDS:
        found = [each for each in problems if each.kind == kind]
        if found:
            first = found[0]
            tally.breaks(
                f"{kind}, {len(found)} times, as: {first.said}: "
                f"scripts/prove --only {tally.suite} --seed {tally.seeds} --case '{first.case}'"
            )
    tally.found = problems
    tally.notes.append("cases: " + ", ".join(f"{kind} {number:,}" for kind, number in tried.most_common()))
    endings = sum((each.endings for each in told), Counter[str]())
    tally.notes.append("ended: " + ", ".join(f"{name} {number:,}" for name, number in endings.most_common(8)))
    longest = max((each.longest for each in told), default=(0.0, ""))
    tally.notes.append(f"the longest case took {longest[0] * 1000:.0f} ms: {longest[1]}")
