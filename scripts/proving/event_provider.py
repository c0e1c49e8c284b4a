"""Is the provider of the proof: what it knows of its users, the webhooks that tell of it, and how they are sent."""

import http.client
import random
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from attrs import define, field

USERS, PER_SECOND, BLOCK = 12, 40, 60
PATIENCE = 60.0


class Provider:
    """What a provider knows: of each user a version, which grows, and the whole second in which it has last grown."""

    def __init__(self, path: Path, dice: random.Random) -> None:
        self._dice = dice
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE users (id TEXT PRIMARY KEY, version INTEGER, second INTEGER)")
        self._database.executemany("INSERT INTO users VALUES (?, 0, 0)", [(f"{n:024x}",) for n in range(USERS)])

    def calls(self, events: int, repeats: float) -> Iterator[bytes]:
        """Yield the bodies to send: each is of a change that has been made by then, otherwise they are shuffled."""
        waiting: list[bytes] = []
        for number in range(events):
            waiting.append(self._change(number))
            while len(waiting) > BLOCK:
                yield self._drawn(waiting, repeats)
        while waiting:
            yield self._drawn(waiting, repeats)

    def versions(self) -> dict[str, int]:
        """Return the version of each user."""
        return dict(self._database.execute("SELECT id, version FROM users WHERE version > 0"))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _drawn(self, waiting: list[bytes], repeats: float) -> bytes:
        place = self._dice.randrange(len(waiting))
        if self._dice.random() < repeats / (1 + repeats):
            return waiting[place]  # it is drawn once more
        return waiting.pop(place)

    def _change(self, number: int) -> bytes:
        user = f"{self._dice.randrange(USERS):024x}"
        change = "UPDATE users SET version = version + 1, second = ? WHERE id = ?"
        self._database.execute(change, (1_700_000_000 + number // PER_SECOND, user))
        about = {"eid": str(uuid.UUID(int=self._dice.getrandbits(128))), "name": "credentials.refreshed"}
        header = {"event": about, "user": {"id_user": user}}
        return msgspec.json.encode({"rid": "r", "events": [{"header": header, "payload": {"event": "refresh"}}]})


@define
class Post:
    """Sends calls until they are answered with 200, to whichever receiver there is."""

    urls: Callable[[], list[str]]
    acknowledged: list[str] = field(factory=list[str])

    def deliver(self, body: bytes) -> None:
        """Send one call, again and again if need be."""
        until = time.monotonic() + PATIENCE
        while True:
            for url in self.urls():
                if _answer(url, body) == 200:
                    self.acknowledged += [
                        each["header"]["event"]["eid"] for each in msgspec.json.decode(body)["events"]
                    ]
                    return
            if time.monotonic() > until:
                raise TimeoutError(f"no receiver has taken an event within {PATIENCE:.0f} s")
            time.sleep(0.02)


def _answer(url: str, body: bytes) -> int | None:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=15)
    try:
        connection.request("POST", place.path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
