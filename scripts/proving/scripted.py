"""A scripted server for the three services, from their documents alone, that counts what it does.

It shares no code with the facade, the generated clients or the mock: only the standard library. Its counters are the
oracle of the odd suites. A `Script` tells it what to do with the next requests of an operation: carry it out or not,
and which answer to give in place of the documented one.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

Json = Any
Headers = list[tuple[bytes, bytes]]
JSON_TYPE = (b"Content-Type", b"application/json")


@dataclass(frozen=True)
class Question:
    """One request, as the services see it: the path without the service's own prefix."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Return the fields of a form, the last of each name."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    def json(self) -> Any:
        """Return the JSON body, {} where there is none."""
        return json.loads(self.body) if self.body else {}


_ECHO = re.compile(rb"@@([a-z0-9 ]+):([0-9]+)@@")


@dataclass(frozen=True)
class Turn:
    """What a service makes of a request, before anything is done.

    Attributes:
        operation: its name.
        said: the documented answer: JSON, or bytes for a file.
        do: carries it out; None for a read.
        status: the HTTP status of the answer.
        content_type: of the answer.
    """

    operation: str
    said: Json
    do: Callable[[], None] | None = None
    status: int = 200
    content_type: bytes = b"application/json"

    @property
    def body(self) -> bytes:
        """The body of the documented answer."""
        return self.said if isinstance(self.said, bytes) else json.dumps(self.said, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Answer:
    """One response: what goes over the wire."""

    status: int
    headers: Headers
    body: bytes


@dataclass
class Script:
    """What to do with requests of one operation.

    Attributes:
        operation: its name; "" is every operation.
        executes: whether it is carried out before the answer is given.
        answers: makes the answer of the documented one; None gives that.
        raises: makes the exception that a transport raises in place of an answer (over sockets: closes).
        times: for how many requests; None for all.
        skips: requests that pass first.
    """

    operation: str
    executes: bool = True
    answers: Callable[[Turn], Answer] | None = None
    raises: Callable[[], BaseException] | None = None
    times: int | None = 1
    skips: int = 0
    used: int = 0

    def takes(self, turn: Turn) -> bool:
        """Return whether this script is for a request, and count it."""
        if self.operation not in ("", turn.operation) or self.times == 0:
            return False
        if self.skips:
            self.skips -= 1
            return False
        if self.times is not None:
            self.times -= 1
        self.used += 1
        return True


@dataclass
class Service:
    """One of the three services: subclasses say what a request means.

    Attributes:
        effects: how often each operation took effect.
    """

    effects: Counter[str] = field(default_factory=Counter[str])
    last_id: int = 0

    def turn(self, question: Question) -> Turn:
        """Return what a request means, without doing anything."""
        raise NotImplementedError

    def did(self, operation: str, change: Callable[[], object]) -> Callable[[], None]:
        """Return what carries an operation out and counts it."""

        def do() -> None:
            change()
            self.effects[operation] += 1

        return do

    def number(self) -> int:
        """Return a number that no object had before."""
        self.last_id += 1
        return self.last_id


@dataclass
class Asked:
    """One request that came: for which operation, whether it was carried out, and what the document answers."""

    operation: str
    is_executed: bool
    said: Json


class ScriptedServer:
    """The three services behind one address, as a function from a request to an answer."""

    def __init__(self) -> None:
        from proving.scripted_facti import Facti
        from proving.scripted_facturaonline import FacturaOnline
        from proving.scripted_syncfy import Syncfy

        self.facti, self.facturaonline, self.syncfy = Facti(), FacturaOnline(), Syncfy()
        self._prefixes = (
            ("/facturaonline/api", self.facturaonline),
            ("/facti", self.facti),
            ("/syncfy/v1", self.syncfy),
        )
        self.scripts: list[Script] = []
        self.asked: list[Asked] = []
        self.lock = RLock()

    def effects(self, operation: str | None = None) -> int:
        """Return how often an operation took effect; of all together without one."""
        counts = [service.effects for _, service in self._prefixes]
        return sum(sum(each.values()) if operation is None else each[operation] for each in counts)

    def requests(self, operation: str) -> int:
        """Return how many requests came for an operation."""
        return sum(each.operation == operation for each in self.asked)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer one request; raises what a script says in place of an answer."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self.lock:
            for prefix, service in self._prefixes:
                if parts.path.startswith(prefix):
                    path = unquote(parts.path[len(prefix) :])
                    turn = service.turn(Question(method, path.rstrip("/") or "/", query, headers, body))
                    return echoing(self._answer(turn), f"{unquote(target)} {headers} {unquote(body.decode('latin-1'))}")
        return Answer(404, [JSON_TYPE], b'{"error": "there is nothing here"}')

    def _answer(self, turn: Turn) -> Answer:
        script = next((each for each in self.scripts if each.takes(turn)), None)
        executes = script is None or script.executes
        self.asked.append(Asked(turn.operation, executes and turn.do is not None, turn.said))
        if executes and turn.do is not None:
            turn.do()
        if script is not None and script.raises is not None:
            raise script.raises()
        if script is not None and script.answers is not None:
            return script.answers(turn)
        return documented(turn)


def fields_of(value: Json) -> dict[str, Any] | None:
    """Return a JSON object, or None where it is none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def items_of(value: Json) -> list[Any] | None:
    """Return a JSON list, or None where it is none."""
    return [*cast("Iterable[Any]", value)] if isinstance(value, list) else None


def echo(form: str, number: int) -> str:
    """Return what stands in a scripted answer for a secret, by its number, in one of its forms."""
    return f"@@{form}:{number}@@"


def echoing(answer: Answer, sent: str) -> Answer:
    """Return an answer with the secrets that the request has sent in the places of `echo`: no others can be echoed."""
    from proving import canaries  # which knows this module

    def found(mark: re.Match[bytes]) -> bytes:
        secret = canaries.SECRETS[int(mark[2])]
        return canaries.forms(secret)[mark[1].decode()].encode() if secret in sent else b"nothing"

    headers = [(name, _ECHO.sub(found, value)) for name, value in answer.headers]
    return Answer(answer.status, headers, _ECHO.sub(found, answer.body))


def documented(turn: Turn) -> Answer:
    """Return the answer that the document has."""
    return Answer(turn.status, [(b"Content-Type", turn.content_type)], turn.body)


def said_as(status: int, body: bytes, content_type: bytes = b"application/json") -> Callable[[Turn], Answer]:
    """Return a maker of one answer, whatever was asked."""
    return lambda turn: Answer(status, [(b"Content-Type", content_type)], body)
