"""Runs one call of a face in a process that may die at any step of its way: of the journal, and of HTTP.

A step is a statement of SQLite, before and after it is executed, or a phase of the request that does the write.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from typing import Any

import httpx
from attrs import define, field, frozen

from proving.facti_writes import request
from proving.facturaonline_writes import payroll
from proving.guards import without
from proving.stage import Way, of_origin
from ventanilla.errors import InvalidRequest, OutcomeUnknown, VentanillaError
from ventanilla.intents import SqliteJournal
from ventanilla.testing import without_waiting

DIED = 70
# What the two journaled operations are called by the generated clients.
WRITES = {"facti": "create_request", "facturaonline": "create_payroll"}


@frozen
class Life:
    """What a process is to do, and where it dies.

    Args:
        provider: whose face it uses.
        way: which face.
        origin: where the mock is.
        journal: the file of intents.
        operation_id: of the operation.
        does: `ask` asks for it; `recover` does what a program does that starts again.
        dies_at: the number of the step, counted from 1; None: it lives.
        without: the guard that is taken out; None: none.
    """

    provider: str
    way: Way
    origin: str
    journal: str
    operation_id: str
    does: str
    dies_at: int | None = None
    without: str | None = None


@define
class Steps:
    """Counts the steps, and dies at one of them."""

    dies_at: int | None
    passed: list[str] = field(factory=list[str])

    def __call__(self, name: str) -> None:
        """Make a step."""
        self.passed.append(name)
        if len(self.passed) == self.dies_at:
            os._exit(DIED)


def live(life: Life, pipe: Connection) -> None:
    """Do it, and send what came of it: how it ended, the provider's id, and the steps."""
    steps = Steps(life.dies_at)
    with ExitStack() as stack:
        stack.enter_context(without_waiting())
        stack.enter_context(without(life.without))
        _watch_sqlite(steps)
        try:
            ended, id = "returned", _done(life, steps)
        except VentanillaError as error:
            ended, id = type(error).__name__, None
    pipe.send((ended, id, steps.passed))
    pipe.close()


def _done(life: Life, steps: Steps) -> str:
    transport: Any = _Watched(steps, life) if life.way == "sync" else _AsyncWatched(steps, life)
    journal = SqliteJournal(life.journal)
    face = of_origin(life.provider, life.way, life.origin, transport=transport, journal=journal)
    does = _ask if life.does == "ask" else _recover
    if life.way == "sync":

        def plainly(name: str, *args: Any, **options: Any) -> Any:
            return getattr(face, name)(*args, **options)

        with face:
            return does(life, plainly)
    with asyncio.Runner() as runner:

        def call(name: str, *args: Any, **options: Any) -> Any:
            return runner.run(getattr(face, name)(*args, **options))

        try:
            return does(life, call)
        finally:
            runner.run(face.aclose())


Call = Callable[..., Any]


def _ask(life: Life, call: Call) -> str:
    if life.provider == "facti":
        found = request(_Caller(call), {"operation_id": life.operation_id})
        return str(found.request_id)
    return str(call("issue_payroll", **payroll(), operation_id=life.operation_id).uid)


@frozen
class _Caller:
    """Lets a function that expects a face call it through something else."""

    call: Call

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **options: self.call(name, *args, **options)


def _recover(life: Life, call: Call) -> str:
    """Do what the documents tell a program that starts again: resume what is open, then ask once more by its id."""
    unknown: OutcomeUnknown | None = None
    for intent in call("pending"):
        try:
            call("resume", intent.operation_id)
        except OutcomeUnknown as error:
            unknown = error
        except InvalidRequest:
            pass  # it took no effect, so it may be asked for again
    if unknown is not None:
        raise unknown
    return _ask(life, call)


def _watch_sqlite(steps: Steps) -> None:
    class Watched(sqlite3.Connection):
        """Makes a step before and after each statement that changes something."""

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            word = sql.split()[0]
            if word not in ("SELECT", "PRAGMA", "CREATE"):
                steps(f"before {word}")
            found = super().execute(sql, *values)
            if word not in ("SELECT", "PRAGMA", "CREATE"):
                steps(f"after {word}")
            return found

    connect = sqlite3.connect

    def connecting(*args: Any, **options: Any) -> sqlite3.Connection:
        return connect(*args, **options, factory=Watched)

    sqlite3.connect = connecting  # type: ignore[assignment]  # a program that is to die inside of it


class _Watched(httpx.HTTPTransport):
    def __init__(self, steps: Steps, life: Life) -> None:
        super().__init__()
        self._steps, self._write = steps, WRITES[life.provider]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.extensions["operation"].name != self._write:
            return super().handle_request(request)

        def trace(event: str, info: Any) -> None:
            self._steps(event)

        request.extensions["trace"] = trace
        return super().handle_request(request)


class _AsyncWatched(httpx.AsyncHTTPTransport):
    def __init__(self, steps: Steps, life: Life) -> None:
        super().__init__()
        self._steps, self._write = steps, WRITES[life.provider]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.extensions["operation"].name != self._write:
            return await super().handle_async_request(request)

        async def trace(event: str, info: Any) -> None:
            self._steps(event)

        request.extensions["trace"] = trace
        return await super().handle_async_request(request)
