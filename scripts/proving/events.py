"""Proves that no event is lost, applied twice or left stale while receivers and workers are killed again and again.

    PYTHONPATH=scripts python -m proving.events [--events 6000] [--repeats 0.3] [--kills 20] [--seed 0] [--control NAME]

A provider (this process) changes what it knows of its users, and tells of each change by a webhook; changes of one
user share a second, repeats are sent, and everything is shuffled. Processes that receive and work, two of them by
default, share one inbox. They are killed by SIGKILL at random moments and, every other time, when it hurts most: after
an effect and before its end. What was answered with 200 must be applied once, and what is kept of a user must be what
the provider knows at the end.

Each control takes one guard out, and must be found out:

    claim-outside   the effect has a transaction of its own, and the event is claimed afterwards: applied twice
    strict          what was read has to be newer by a second: stale
    answer-first    200 is said before the event is on disk: lost
"""

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from attrs import asdict, define, frozen

from proving import event_house, event_provider
from proving.event_house import Control, House
from proving.event_provider import Provider

Progress = Callable[[str], object]
SECONDS = 120.0


@frozen(kw_only=True)
class Tally:
    """What came of it.

    Attributes:
        seed: what it was made from.
        control: the guard that was taken out; None for none.
        events: different ones that were sent.
        deliveries: webhook calls that were answered with 200, repeats included.
        kills: processes that were killed, `aimed` of them between an effect and its end.
        lost: events that were answered with 200 and never applied.
        twice: events that were applied more than once.
        stale: users of whom something old was kept.
        unfinished: events that were still pending when time was up.
        seconds: how long it took.
    """

    seed: int
    control: str | None
    events: int
    deliveries: int
    kills: int
    aimed: int
    lost: int
    twice: int
    stale: int
    unfinished: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.twice or self.stale or self.unfinished)


def run(
    events: int = 6000,
    repeats: float = 0.3,
    kills: int = 20,
    seed: int = 0,
    progress: Progress = print,
    *,
    workers: int = 2,
    control: Control | None = None,
) -> Tally:
    """Send events while receivers and workers are killed, and say what came of it.

    Args:
        events: how many different ones.
        repeats: the part of them that is sent again.
        kills: how often a process is killed.
        seed: what everything but the moments is made from.
        progress: told now and then how far it is.
        workers: processes that receive and work at a time.
        control: the guard to take out.
    """
    begun = time.monotonic()
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="ventanilla-events-") as folder:
        provider = Provider(Path(folder) / "provider.sqlite3", dice)
        with _houses(Path(folder), workers, control) as houses:
            post = event_provider.Post(lambda: [house.url for house in houses])
            reaper = _Reaper(houses, kills, events, dice)
            with ThreadPoolExecutor(4) as senders:
                pending: list[Future[None]] = []
                for sent, body in enumerate(provider.calls(events, repeats), 1):
                    pending.append(senders.submit(post.deliver, body))
                    if len(pending) >= 16:
                        pending.pop(0).result()
                    reaper.strike(sent)
                    if sent % 1000 == 0:
                        progress(f"{sent} calls sent, {reaper.kills} processes killed")
                for each in pending:
                    each.result()
            unfinished = _settled(houses[0].inbox, progress)
        counts = _found(Path(folder) / event_house.INBOX, provider, set(post.acknowledged))
        provider.close()
    return Tally(
        seed=seed,
        control=control,
        events=len({*post.acknowledged}),
        deliveries=len(post.acknowledged),
        kills=reaper.kills,
        aimed=reaper.aimed,
        unfinished=unfinished,
        seconds=round(time.monotonic() - begun, 1),
        **counts,
    )


@contextmanager
def _houses(folder: Path, count: int, control: Control | None) -> Generator[list[House]]:
    event_house.prepare(folder)
    houses = [House(folder, control) for _ in range(count)]
    try:
        for house in houses:
            house.open()
        yield houses
    finally:
        for house in houses:
            house.close()


@define
class _Reaper:
    """Kills a house as often as it is to, spread over the calls that are sent; each one opens again at once."""

    houses: Sequence[House]
    wanted: int
    calls: int
    dice: random.Random
    kills: int = 0
    aimed: int = 0

    def strike(self, sent: int) -> None:
        if self.kills >= self.wanted or sent < (self.kills + 1) * self.calls // (self.wanted + 1):
            return
        house = self.dice.choice(self.houses)
        self.aimed += house.kill(aimed=self.kills % 2 == 1)
        self.kills += 1
        house.open()


def _settled(inbox: Path, progress: Progress) -> int:
    """Wait until everything is handled, and return how much is not when time is up."""
    time.sleep(2 * event_house.HASTE)  # what a control has not put down yet is not lost
    until = time.monotonic() + SECONDS
    with closing(sqlite3.connect(inbox)) as connection:
        while True:
            (left,) = connection.execute("SELECT count(*) FROM ventanilla_events WHERE state = 'pending'").fetchone()
            if not left or time.monotonic() > until:
                return int(left)
            progress(f"{left} events are still to be handled")
            time.sleep(0.5)


def _found(inbox: Path, provider: Provider, acknowledged: set[str]) -> dict[str, int]:
    with closing(sqlite3.connect(inbox)) as connection:
        applied = dict(connection.execute("SELECT key, count(*) FROM applied GROUP BY key"))
        kept = dict(connection.execute("SELECT id, version FROM users"))
    known = provider.versions()
    # An event's key is its kind, its own id, and a digest.
    ids = {key.split(":")[1] for key in applied}
    return {
        "lost": len(acknowledged - ids),
        "twice": sum(count > 1 for count in applied.values()),
        "stale": sum(kept.get(user) != version for user, version in known.items()),
    }


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--events", type=int, default=6000)
    parser.add_argument("--repeats", type=float, default=0.3)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--control", choices=["claim-outside", "strict", "answer-first"])
    options = vars(parser.parse_args())
    tally = run(**options, progress=lambda line: print(line, file=sys.stderr))
    print(json.dumps(asdict(tally)))
    return 0 if tally.is_clean == (tally.control is None) else 1


if __name__ == "__main__":
    sys.exit(main())
