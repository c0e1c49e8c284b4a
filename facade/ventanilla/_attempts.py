"""Follows one call over its attempts: what is left of its deadline, whether it goes on, and who is told. No I/O."""

import logging
import random
import time
from collections.abc import Mapping
from typing import Any

import httpx

from ventanilla import _flow
from ventanilla._http import Settings, request_id
from ventanilla._limiter import limiter
from ventanilla._retry import Quota, may_repeat, pause
from ventanilla.errors import ConnectionFailed, TimedOut, TransportError, VentanillaError
from ventanilla.instrument import Attempt, Instrument
from ventanilla_clients._runtime import Operation

# Tried on real sockets: with these nothing reached the server. All others prove nothing, not even "disconnected".
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
# For requests that no generated operation makes; what is not known to read may write.
UNKNOWN = Operation("request", "write")
NOT_BEGUN = (
    "Check the network and the base URL; nothing was sent",
    "Revisar la red y la URL base; no se envió nada",
)
FAILURES = (httpx.TransportError, httpx.DecodingError)


class Calls:
    """What the calls of one face have in common.

    Args:
        chosen: the face's settings, with its policy.
        key: what the provider counts requests by.
        instrument: is told of each attempt.
    """

    def __init__(self, chosen: Settings, key: str, instrument: Instrument | None) -> None:
        self.provider, self.policy, self.instrument = chosen.provider, chosen.policy, instrument
        self.limiter = limiter(chosen.provider, key, chosen.policy.requests_per_second)
        self.quota = Quota()
        self.log = logging.getLogger(f"ventanilla.{chosen.provider.lower().replace(' ', '')}")
        self.random = random.random

    def now(self) -> float:
        """Return the seconds of the clock that all waiting goes by."""
        return _flow.waiting.now()

    def begin(self, request: httpx.Request) -> "Call":
        """Return what follows one call."""
        return Call(self, request)


class Call:
    """One call of an operation, from its first attempt to its last."""

    __slots__ = ("_attempt", "_calls", "_ends_at", "_operation", "_request", "_started")

    def __init__(self, calls: Calls, request: httpx.Request) -> None:
        self._calls, self._request = calls, request
        self._operation: Operation = request.extensions.get("operation", UNKNOWN)
        self._attempt = 1
        self._started = calls.now()
        self._ends_at = self._started + calls.policy.deadline
        request.extensions["ends_at"] = self._ends_at

    def left(self) -> float:
        """Return the seconds that are left for everything that is still to come."""
        return self._ends_at - self._calls.now()

    def done(self, response: httpx.Response) -> None:
        """Take note of a success."""
        self._calls.quota.succeeded()
        if self._calls.instrument is not None or self._calls.log.isEnabledFor(logging.DEBUG):
            self._tell("done", response.status_code, request_id(response))

    def failed(self, problem: Exception) -> tuple[VentanillaError, float | None]:
        """Return the error in ventanilla's words and the seconds until the next attempt; None if there is none."""
        error = problem if isinstance(problem, VentanillaError) else in_our_words(problem, self._operation)
        error.operation = error.operation or self._operation.name
        error.provider = error.provider or self._calls.provider
        wait = self._wait(error)
        if self._calls.limiter is not None and error.status_code == 429:
            self._calls.limiter.hold(self._calls.now() + (getattr(error, "retry_after", None) or 0.0))
        self._tell(error.outcome or "unknown", error.status_code, error.request_id, error, wait)
        if wait is not None:
            self._attempt += 1
            self._started = self._calls.now() + wait
        return error, wait

    def _wait(self, error: VentanillaError) -> float | None:
        if not may_repeat(error, is_read=self._operation.effect == "read"):
            return None
        wait = pause(error, self._attempt, self.left(), self._calls.policy, self._calls.random)
        return wait if wait is not None and self._calls.quota.take() else None

    def _tell(
        self,
        outcome: Any,
        status: int | None,
        rid: str | None,
        error: VentanillaError | None = None,
        wait: float | None = None,
    ) -> None:
        told = Attempt(
            provider=self._calls.provider,
            operation=self._operation.name,
            method=self._request.method,
            attempt=self._attempt,
            outcome=outcome,
            status_code=status,
            request_id=rid,
            seconds=max(0.0, self._calls.now() - self._started),
            error=None if error is None else type(error).__name__,
            will_retry_after=wait,
        )
        _log(self._calls.log, told)
        if self._calls.instrument is None:
            return
        try:
            self._calls.instrument(told)
        except Exception as problem:  # whoever watches must not undo what is watched: the payroll may be stamped
            self._calls.log.error("the instrument raised %s; the call goes on", type(problem).__name__)


def _log(log: logging.Logger, told: Attempt) -> None:
    level = logging.DEBUG if told.will_retry_after is None else logging.WARNING
    if not log.isEnabledFor(level):
        return
    status = "" if told.status_code is None else f" HTTP {told.status_code}"
    rid = "" if told.request_id is None else f" request {told.request_id}"
    again = "" if told.will_retry_after is None else f", again in {told.will_retry_after:.2f} s"
    log.log(
        level,
        "%s attempt %d: %s%s%s in %.3f s%s",
        told.operation,
        told.attempt,
        told.error or told.outcome,
        status,
        rid,
        told.seconds,
        again,
    )


def in_our_words(problem: Exception, operation: Operation) -> TransportError:
    """Return a failure of the transport as ventanilla's error, with what it proves of the effect.

    Args:
        problem: what httpx raised.
        operation: what was to be done. A request for a session is sent on the way to it: where that fails, the
            operation itself has not been sent.
    """
    name = type(problem).__name__
    if isinstance(problem, httpx.TimeoutException | TimeoutError):
        error: TransportError = TimedOut((f"no answer in time ({name})", f"no llegó respuesta a tiempo ({name})"))
    else:
        error = ConnectionFailed((f"the connection failed ({name})", f"falló la conexión ({name})"))
    if isinstance(problem, NOT_SENT) or _sent_for(problem) not in (None, operation):
        error.outcome = "not_sent"
        error.advise(NOT_BEGUN)
    return error


def _sent_for(problem: Exception) -> Operation | None:
    try:
        extensions: Mapping[str, Any] = problem.request.extensions if isinstance(problem, httpx.RequestError) else {}
    except RuntimeError:  # httpx has not said which request it was
        return None
    return extensions.get("operation")


def monotonic_end(left: float) -> float:
    """Return the moment of the sockets' own clock at which a call ends that has `left` seconds."""
    return time.monotonic() + left
