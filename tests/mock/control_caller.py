"""Knows how a test controls a mock: one request below /_mock, with whatever has to be done before the answer leaves."""

import json
from typing import Any

from attrs import define, field

from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, Response, encode

START = 1_700_000_000.0


@define
class Desk:
    """A mock, and who controls it. `receiver` is the status that webhook receivers answer with."""

    mock: Mock
    prefix: str = ""
    receiver: int | None = 200
    sent: list[Delivery] = field(factory=list[Delivery])

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Ask for something below /_mock, and run the answer's errands."""
        content = b"" if body is None else encode(body)
        request = Request(method, f"{self.prefix}/_mock{path}", headers, content)
        answer = self.mock.handle(request)
        for delivery in answer.errands or ():
            self.sent.append(delivery)
            self.mock.delivered(delivery, self.receiver)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        """Return what a GET answers, which has to succeed."""
        answer = self("GET", path, **headers)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def does(self, method: str, path: str, body: Any = None) -> Any:
        """Return what an operation answers, which has to succeed."""
        answer = self(method, path, body)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def refused(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """Return the status and the sentence of a refusal."""
        answer = self(method, path, body, **headers)
        assert list(answer.json()) == ["error"], answer.body
        return answer.status, str(answer.json()["error"])

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Ask a provider for something."""
        content = b"" if body is None else encode(body)
        return self.mock.handle(Request(method, self.prefix + path, headers, content))


def desk(clock: Clock | None = None, **options: Any) -> Desk:
    """Return the desk of a new mock, its clock standing still."""
    return Desk(Mock(clock=clock or ManualClock(START), **options))
