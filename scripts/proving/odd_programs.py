"""Programs that nobody thought of: forked, cancelled, in many threads and loops, with old and broken journals."""

import asyncio
import logging
import time
import warnings
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial

from attrs import frozen

from proving import odd_cancelled, odd_journals, odd_loops, odd_together, odd_transports
from proving.odd_stage import Harness
from proving.odd_story import Story
from proving.parallel import spread
from proving.setting import Setting
from proving.tally import Tally
from ventanilla.testing import without_waiting

# In which time is real: others wait for the one who sends.
REAL = ("threads", "tasks", "processes", "fork", "loops")
KINDS: dict[str, tuple[str, ...]] = {
    "duplicates": ("duplicate", "sent again", "sent later"),
    "false_successes": ("false success", "wrong answer"),
    "wrong_refusals": ("false not sent",),
    "outside": ("not ours",),
}


@frozen
class Seen:
    """A promise that was seen broken in a story."""

    kind: str
    case: str
    said: str


@frozen
class Told:
    """What a share of the stories came to."""

    calls: Counter[str]
    seen: list[Seen]
    longest: tuple[float, str]


def stories(setting: Setting) -> list[Story]:
    """Return them all, the long ones first."""
    small = setting.small
    found = [*odd_loops.stories(is_small=small), *odd_together.stories(is_small=small)]
    found += odd_journals.stories(is_small=small)
    found += [*odd_cancelled.stories(is_small=small), *odd_transports.stories(is_small=small)]
    return [*found, *odd_transports.retrying(is_small=small)]


def share(setting: Setting, which: int, of: int) -> Told:
    """Tell every `of`th story, beginning with the one of this number."""
    return _told([story for number, story in enumerate(stories(setting)) if number % of == which])


def _told(chosen: Sequence[Story]) -> Told:
    calls, seen, longest = Counter[str](), list[Seen](), (0.0, "")
    with asyncio.Runner() as runner, warnings.catch_warnings(), _quietly():
        warnings.simplefilter("ignore")
        harness = Harness(runner)
        for story in chosen:
            begun, kind = time.monotonic(), story.id.split("/")[0]

            def broken(what: str, said: str, id: str = story.id) -> None:
                seen.append(Seen(what, id, said))

            tell = partial(story.tell, harness, broken)
            try:
                if kind in REAL:
                    tell()
                else:
                    with without_waiting():
                        tell()
            except Exception as problem:
                broken("nothing shown", f"the story itself failed: {type(problem).__name__}: {problem}"[:200])
            calls[kind] += story.calls
            longest = max(longest, (time.monotonic() - begun, story.id))
    odd_loops.close()
    return Told(calls, seen, longest)


@contextmanager
def _quietly() -> Generator[None]:
    """Have ventanilla log nothing: every attempt that is made again is worth a warning, and here there are many."""
    logger = logging.getLogger("ventanilla")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def run(setting: Setting) -> Tally:
    """Tell all stories, on every core; of one that is named, this one alone."""
    tally = Tally("odd-programs", seeds=str(setting.seed))
    if setting.case:
        wanted = setting.case
        told = [_told([each for each in stories(setting) if each.id == wanted or fnmatchcase(each.id, wanted)])]
    else:
        told = spread(share, setting)
    count(tally, told)
    if not tally.faults:
        tally.breaks("there is no such story")
    return tally


def count(tally: Tally, told: Sequence[Told]) -> None:
    """Put what was told into a tally, a sentence for each kind of problem and of story."""
    calls = sum((each.calls for each in told), Counter[str]())
    seen = sorted((each for part in told for each in part.seen), key=lambda each: each.case)
    kinds = Counter(each.kind for each in seen)
    tally.faults, tally.found = sum(calls.values()), seen
    for name, concerned in KINDS.items():
        setattr(tally, name, sum(kinds[kind] for kind in concerned))
    for kind, place in sorted({(each.kind, each.case.split("/")[0]) for each in seen}):
        found = [each for each in seen if (each.kind, each.case.split("/")[0]) == (kind, place)]
        first = found[0]
        tally.breaks(
            f"{kind}, {len(found)} times in {place}, as: {first.said}: "
            f"scripts/prove --only odd-programs --seed {tally.seeds} --case '{first.case}'"
        )
    tally.notes.append("calls: " + ", ".join(f"{kind} {number:,}" for kind, number in calls.most_common()))
    longest = max((each.longest for each in told), default=(0.0, ""))
    tally.notes.append(f"the longest story took {longest[0]:.1f} s: {longest[1]}")
