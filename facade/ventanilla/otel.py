"""Makes a span and a measurement of each attempt, for OpenTelemetry. It needs `pip install 'ventanilla[otel]'`.

    from ventanilla.otel import instrument

    facti = Facti(instrument=instrument())

Spans are children of whatever span is current, and named after the operation. Their attributes are those of the
semantic conventions for HTTP clients, less everything that has a URL in it, and `ventanilla.*` for the rest.
"""

import time

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider, get_tracer
from opentelemetry.util.types import AttributeValue

from ventanilla._version import VERSION
from ventanilla.instrument import Attempt, Instrument

NAME = "ventanilla"


def instrument(*, tracers: TracerProvider | None = None, meters: MeterProvider | None = None) -> Instrument:
    """Return what a face is given as `instrument=`.

    Args:
        tracers: makes the spans; OpenTelemetry's global provider where left out.
        meters: measures `http.client.request.duration`, in seconds; likewise.
    """
    tracer = get_tracer(NAME, VERSION, tracers)
    durations = get_meter(NAME, VERSION, meters).create_histogram(
        "http.client.request.duration", "s", "Duration of the requests to the providers."
    )

    def tell(attempt: Attempt) -> None:
        attributes = _attributes(attempt)
        durations.record(attempt.seconds, attributes)
        ended = time.time_ns()
        span = tracer.start_span(
            attempt.operation,
            kind=SpanKind.CLIENT,
            attributes=attributes | _of_the_span(attempt),
            start_time=ended - round(attempt.seconds * 1e9),
        )
        if attempt.error is not None:
            span.set_status(Status(StatusCode.ERROR, attempt.error))
        span.end(ended)

    return tell


def _attributes(attempt: Attempt) -> dict[str, AttributeValue]:
    """Return what there are few values of, so that it may divide a measurement."""
    found: dict[str, AttributeValue] = {
        "http.request.method": attempt.method,
        "ventanilla.provider": attempt.provider,
        "ventanilla.operation": attempt.operation,
        "ventanilla.outcome": attempt.outcome,
    }
    if attempt.status_code is not None:
        found["http.response.status_code"] = attempt.status_code
    if attempt.error is not None:
        found["error.type"] = attempt.error
    return found


def _of_the_span(attempt: Attempt) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {"http.request.resend_count": attempt.attempt - 1}
    if attempt.request_id is not None:
        found["ventanilla.request_id"] = attempt.request_id
    if attempt.will_retry_after is not None:
        found["ventanilla.will_retry_after"] = attempt.will_retry_after
    return found
