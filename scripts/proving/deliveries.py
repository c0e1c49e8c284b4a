"""Delivers events while receivers and workers are killed, as `proving.events` does, in terms of the other suites."""

from typing import Literal, get_args

from proving import events, guards
from proving.event_house import Control
from proving.setting import Setting
from proving.tally import Tally

COUNTS: dict[bool, tuple[int, int]] = {False: (6000, 20), True: (250, 3)}
REPEATS = 0.3
Kept = Literal["lost", "twice", "stale", "unfinished"]
WORDS: dict[Kept, str] = {
    "lost": "events were acknowledged and never applied",
    "twice": "events were applied more than once",
    "stale": "users were left stale",
    "unfinished": "events were still pending when time was up",
}


def control() -> Control | None:
    """Return the guard that is taken out now, if the receiver has it."""
    taken = guards.taken()
    return next((name for name in get_args(Control) if name == taken), None)


def run(setting: Setting) -> Tally:
    """Send events and kill."""
    count, kills = COUNTS[setting.small]
    found = events.run(
        count, REPEATS, kills, setting.seed, lambda text: setting.say(f"events: {text}"), control=control()
    )
    tally = Tally(
        "events",
        delivered=found.deliveries,
        lost=found.lost,
        twice=found.twice,
        stale=found.stale,
        kills=found.kills,
        seeds=str(setting.seed),
    )
    for name, words in WORDS.items():
        if number := getattr(found, name):
            tally.breaks(f"{number} {words} (seed {setting.seed})")
    tally.notes.append(f"{found.events:,} different events, {found.aimed} kills between an effect and its end")
    return tally
