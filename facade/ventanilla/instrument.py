"""Tells what each attempt on the wire came to: for metrics, traces and logs, without a URL and without a secret.

    def count(attempt: Attempt) -> None:
        metrics.histogram("provider.seconds", attempt.seconds, tags=[attempt.operation, attempt.outcome])

    facti = Facti(instrument=count)

A face also logs each attempt to `ventanilla.syncfy`, `ventanilla.facti` or `ventanilla.facturaonline`: at DEBUG, and
at WARNING those that are made again. `ventanilla.otel` makes spans of attempts for OpenTelemetry.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from ventanilla.errors import Outcome

Instrument = Callable[["Attempt"], None]


class Attempt(Struct, frozen=True, kw_only=True):
    """One request and what came of it.

    Attributes:
        provider: `Syncfy`, `Facti` or `Factura Online`.
        operation: the spec's operationId.
        method: of HTTP.
        attempt: 1 for the first, 2 for the first retry, and so on.
        outcome: `done`; or what the failure says of the effect: `not_sent`, `refused` or `unknown`.
        status_code: HTTP status; None where no answer came.
        request_id: the provider's id of the request, where it gave one.
        seconds: how long it took, renewing a session included.
        error: name of the error's class; None if it is done.
        will_retry_after: seconds until the next attempt; None if this was the last.
    """

    provider: str
    operation: str
    method: str
    attempt: int
    outcome: Outcome | Literal["done"]
    status_code: int | None
    request_id: str | None
    seconds: float
    error: str | None
    will_retry_after: float | None
