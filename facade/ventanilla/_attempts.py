"""Follows one call over its attempts: what is left of its deadline, whether it goes on, and who is told. No I/O."""

import logging
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import httpx

from ventanilla import _flow
from ventanilla._http import Settings, origin_of, request_id
from ventanilla._limiter import limiter
from ventanilla._retry import MOST_PATIENT, Quota, may_repeat, pause
from ventanilla._translation import under_way, unsendable, unusable
from ventanilla.errors import ConnectionFailed, ProviderError, TimedOut, TransportError, VentanillaError
from ventanilla.instrument import Attempt, Instrument
from ventanilla_clients._runtime import Operation

# What the client is sending; the transports below it say there how far it has come.
sending: ContextVar["Call | None"] = ContextVar("ventanilla call", default=None)
# For requests that no generated operation makes; what is not known to read may write.
UNKNOWN = Operation("request", "write")
NOT_BEGUN = (
    "Check the network and the base URL; nothing was sent",
    "Revisar la red y la URL base; no se envió nada",
)
LOST = (httpx.TransportError, httpx.DecodingError, OSError)
ANOTHER_LOOP = (
    "An asynchronous transport= serves one event loop: make a client in each loop, or leave transport= out",
    "Un transport= asíncrono sirve a un solo event loop: crear un cliente en cada loop, u omitir transport=",
)
BEYOND = (
    "It asked to wait {asked:.0f} seconds; at most {most:.0f} are waited, so retry_after says {most:.0f}",
    "Pidió esperar {asked:.0f} segundos; se esperan {most:.0f} como máximo, lo que dice retry_after",
)


class Calls:
    """What the calls of one face have in common.

    Args:
        chosen: the face's settings, with its policy.
        key: what the provider counts requests by.
        instrument: is told of each attempt.
    """

    def __init__(self, chosen: Settings, key: str, instrument: Instrument | None) -> None:
        self.provider, self.policy, self.instrument = chosen.provider, chosen.policy, instrument
        self.limiter = limiter(chosen.provider, origin_of(chosen.base_url), key, chosen.policy.requests_per_second)
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
    """One call of an operation, from its first attempt to its last, and how far its request has come.

    Attributes:
        ends_at: when it has to be over.
        handed_on: whether the request of this attempt has been handed on by the outermost of our transports.
    """

    __slots__ = (
        *("_attempt", "_calls", "_method", "_operation", "_started", "_step", "_token", "ends_at", "handed_on"),
        *("_begun", "_connecting", "_is_direct"),
    )

    def __init__(self, calls: Calls, request: httpx.Request) -> None:
        self._calls, self._method = calls, request.method
        self._operation: Operation = request.extensions.get("operation", UNKNOWN)
        self._step = under_way.get()
        self._attempt, self.handed_on = 1, False
        self._started = calls.now()
        self.ends_at = self._started + calls.policy.deadline

    def __enter__(self) -> "Call":
        # Not in the request: an authentication may make another of it.
        self._token = sending.set(self)
        return self

    def __exit__(self, *raised: object) -> None:
        with suppress(ValueError):  # the coroutine is being closed somewhere else
            sending.reset(self._token)

    def hand_on(self, request: httpx.Request, *, is_direct: bool) -> None:
        """Take note that a request goes on to a transport that is not ours.

        Args:
            request: of the operation, or of the session that it needs: then the operation itself is still here.
            is_direct: whether the transport is httpx's own, which tries once. Others may try again what was sent.
        """
        self.handed_on = request.extensions.get("operation", self._operation) is self._operation
        self._begun, self._connecting, self._is_direct = False, False, is_direct
        if self._step is not None and self.handed_on:
            self._step.handed_on = True

    def saw(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of what httpcore does with the request, below whatever transports lie between."""
        if event.endswith("send_request_headers.started"):
            self._begun |= info["request"].method != b"CONNECT"  # which asks a proxy for a connection
        elif "connect_" in event or "start_tls" in event:
            self._connecting = True

    async def asaw(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of it likewise."""
        self.saw(event, info)

    def left(self) -> float:
        """Return the seconds that are left for everything that is still to come."""
        return self.ends_at - self._calls.now()

    def done(self, response: httpx.Response) -> None:
        """Take note of a success."""
        self._calls.quota.succeeded()
        if self._calls.instrument is not None or self._calls.log.isEnabledFor(logging.DEBUG):
            self._tell("done", response.status_code, request_id(response))

    def failed(self, problem: Exception) -> tuple[VentanillaError, float | None]:
        """Return the error in ventanilla's words and the seconds until the next attempt; None if there is none."""
        error = self.judged(problem)
        wait = self._wait(error)
        asked: float | None = getattr(error, "retry_after", None)
        if asked is not None and asked > MOST_PATIENT:
            vars(error)["retry_after"] = MOST_PATIENT
            said, dicho = (text.format(asked=asked, most=MOST_PATIENT) for text in BEYOND)
            error.advise((said, dicho))
        if self._calls.limiter is not None and error.status_code == 429:
            self._calls.limiter.hold(self._calls.now() + min(asked or 0.0, MOST_PATIENT))
        self._tell(error.outcome or "unknown", error.status_code, error.request_id, error, wait)
        if wait is not None:
            self._attempt += 1
            self.handed_on = False
            self._started = self._calls.now() + wait
        return error, wait

    def judged(self, problem: Exception) -> VentanillaError:
        """Return the error in ventanilla's words, with what it proves of the effect."""
        if not isinstance(problem, VentanillaError):
            error = self._in_our_words(problem)
        else:
            error = problem
            if not self.handed_on:
                error.outcome = "not_sent"
            elif error.outcome == "not_sent" and not isinstance(error, ProviderError):
                error.outcome = "unknown"  # a provider that answers may say so, and nobody else
        error.operation = error.operation or self._operation.name
        error.provider = error.provider or self._calls.provider
        return error

    def _in_our_words(self, problem: Exception) -> VentanillaError:
        name = type(problem).__name__
        error: VentanillaError
        if isinstance(problem, httpx.TimeoutException | TimeoutError):
            error = TimedOut((f"no answer in time ({name})", f"no llegó respuesta a tiempo ({name})"))
        elif isinstance(problem, LOST):
            error = ConnectionFailed((f"the connection failed ({name})", f"falló la conexión ({name})"))
        else:
            error = unusable(problem) if self.handed_on else unsendable(problem)
        if isinstance(problem, RuntimeError) and "loop" in str(problem):
            error.advise(ANOTHER_LOOP)
        if not self._may_have_left(problem):
            error.outcome = "not_sent"
            if isinstance(error, TransportError):
                error.advise(NOT_BEGUN)
        return error

    def _may_have_left(self, problem: Exception) -> bool:
        """Return whether the request may have left: once handed on it may, but for what httpcore raises connecting.

        A transport that is not httpx's own may have sent it before it tried to connect again. So httpcore must have
        shown that it tried, and not that it has begun to send.
        """
        if not self.handed_on:
            return False
        import httpcore  # what it has not raised needs no comparing, and in tests often nothing else loads it

        cause = problem.__cause__
        kinds = httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout
        if not isinstance(problem, httpx.TransportError) or not isinstance(cause, kinds):
            return True
        return not (self._is_direct or (self._connecting and not self._begun))

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
            method=self._method,
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


def monotonic_end(left: float) -> float:
    """Return the moment of the sockets' own clock at which a call ends that has `left` seconds."""
    return time.monotonic() + left
