"""Takes out one guard after the other, and sees that the suites that know it fail: else they would show nothing."""

import time

from attrs import evolve

from proving import suites
from proving.guards import GUARDS, without
from proving.setting import Setting
from proving.tally import Tally

LONGEST = 120


def run(setting: Setting) -> Tally:
    """Run the suites of each guard without it, small: each must fail."""
    begun = time.monotonic()
    tally = Tally("controls", seeds=str(setting.seed))
    small = evolve(setting, small=True)
    for name, guard in GUARDS.items():
        for suite in guard.suites:
            setting.say(f"controls: {suite} without {name}")
            with without(name):
                found = suites.run(suite, evolve(small, case=guard.case))
            if found.broken:
                tally.notes.append(f"{suite} fails without {name}, as it should: {_shown(found)}")
            else:
                tally.breaks(f"{suite} does not fail without {name}")
    tally.seconds = time.monotonic() - begun
    return tally


def _shown(tally: Tally) -> str:
    counts = {
        "duplicates": tally.duplicates,
        "false successes": tally.false_successes,
        "wrong refusals": tally.wrong_refusals,
        "lost": tally.lost,
        "applied twice": tally.twice,
        "stale": tally.stale,
    }
    shown = [f"{count} {name}" for name, count in counts.items() if count]
    return ", ".join(shown) or tally.broken[0][:LONGEST]
