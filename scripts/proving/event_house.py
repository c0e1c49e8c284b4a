"""Is one process of the proof, which receives and works until it is killed, and how the others start and kill it.

    python scripts/proving/event_house.py FOLDER CONTROL

It prints its URL. SIGUSR1 has it kill itself at the next effect, after that is made and before it counts.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from ventanilla.webhooks import Event, Kept, Receiver, Retries, SqliteInbox, Worker, supersedes
from ventanilla.webhooks._serving import Door

Control = Literal["claim-outside", "strict", "answer-first"]
INBOX, TOKEN = "inbox.sqlite3", "Zk3vQ8sLr1Tn6Yw0Bd5Hx2Jc7Mf4Pg9A"
LEASE, IDLE, AIM_SECONDS = 1.5, 0.02, 3.0
# Long enough for a kill to fall into it, whatever else the machine does.
HASTE = 1.0
_aimed = threading.Event()


def prepare(folder: Path) -> None:
    """Make the inbox, and beside it the tables of whoever applies events."""
    with SqliteInbox(folder / INBOX):
        pass
    with closing(sqlite3.connect(folder / INBOX)) as connection, connection:
        connection.execute("CREATE TABLE applied (key TEXT)")
        connection.execute("CREATE TABLE users (id TEXT PRIMARY KEY, version INTEGER, second INTEGER)")


class House:
    """One of the processes: it can be opened, killed, and opened again."""

    def __init__(self, folder: Path, control: Control | None) -> None:
        self._command = [sys.executable, __file__, str(folder), control or ""]
        self.inbox = folder / INBOX
        self.url = ""

    def open(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        said = self._process.stdout
        self.url = "" if said is None else said.readline().strip()
        if not self.url:
            raise RuntimeError("a receiver did not start")

    def kill(self, *, aimed: bool) -> bool:
        """Kill it, between an effect and its end if aimed; return whether that was where it died."""
        if aimed:
            self._process.send_signal(signal.SIGUSR1)
            try:
                self._process.wait(AIM_SECONDS)
            except subprocess.TimeoutExpired:
                aimed = False  # there was nothing to apply
        self.close()
        return aimed

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Hasty(SqliteInbox):
    """The control that is answered before the event is on disk."""

    def put(self, events: Sequence[Event], **options: Any) -> tuple[Kept, ...]:
        """Keep them a little later."""
        threading.Timer(HASTE, super().put, (events,)).start()
        return tuple(Kept(0, event, "new") for event in events)


class Desk:
    """What a house does about an event: it reads what the provider knows, and writes that down."""

    def __init__(self, folder: Path, control: str) -> None:
        self._folder, self._control = folder, control
        self._provider = sqlite3.connect(folder / "provider.sqlite3", isolation_level=None, timeout=30)
        self._own = sqlite3.connect(folder / INBOX, isolation_level=None, timeout=30)

    def read(self, event: Event) -> tuple[int, int]:
        """Return version and second of the event's user."""
        query = "SELECT version, second FROM users WHERE id = ?"
        version, second = self._provider.execute(query, (event.subject,)).fetchone()
        time.sleep(random.uniform(0, 0.004))
        return version, second

    def apply(self, connection: sqlite3.Connection, event: Event, found: tuple[int, int]) -> None:
        """Write it down, in the transaction that claims the event."""
        self._write(connection, event, found)
        _die_if_aimed()

    def apply_apart(self, event: Event) -> None:
        """Write it down in a transaction of its own; the event is claimed afterwards."""
        found = self.read(event)
        self._own.execute("BEGIN IMMEDIATE")
        self._write(self._own, event, found)
        self._own.execute("COMMIT")
        _die_if_aimed()

    def _write(self, connection: sqlite3.Connection, event: Event, found: tuple[int, int]) -> None:
        version, second = found
        connection.execute("INSERT INTO applied VALUES (?)", (event.key,))
        kept = connection.execute("SELECT second FROM users WHERE id = ?", (event.subject,)).fetchone()
        before = None if kept is None else kept[0]
        may = (before is None or before < second) if self._control == "strict" else supersedes(second, before)
        if may:
            connection.execute("INSERT OR REPLACE INTO users VALUES (?, ?, ?)", (event.subject, version, second))


def _die_if_aimed() -> None:
    if _aimed.is_set():
        os.kill(os.getpid(), signal.SIGKILL)


def _aim(number: int, frame: FrameType | None) -> None:
    _aimed.set()


def main(folder: Path, control: str) -> None:
    """Receive and work."""
    signal.signal(signal.SIGUSR1, _aim)
    inbox = (Hasty if control == "answer-first" else SqliteInbox)(folder / INBOX, patience=10)
    door = Door(Receiver(inbox, tokens=[TOKEN]), "127.0.0.1", 0)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    print(f"{door.origin}/{TOKEN}", flush=True)
    desk, retries = Desk(folder, control), Retries(attempts=1000, first=0.05, longest=1.0)
    if control == "claim-outside":
        Worker(inbox, desk.apply_apart, retries=retries, lease=LEASE).run(idle=IDLE)
    else:
        Worker(inbox, desk.read, apply=desk.apply, retries=retries, lease=LEASE).run(idle=IDLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
