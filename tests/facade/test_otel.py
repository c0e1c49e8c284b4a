"""Attempts become spans and measurements of OpenTelemetry, without a URL and without a secret."""

from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ventanilla import Facti, errors
from ventanilla.otel import instrument

ANSWERS = [
    httpx.Response(503, content=b"<html>", headers={"content-type": "text/html", "x-request-id": "r-1"}),
    httpx.Response(200, json={"result": 1, "msg": "", "payments": []}),
    httpx.Response(200, json={"result": 0, "msg": "No existe"}),
]


@pytest.fixture
def told() -> Iterator[tuple[Facti, InMemorySpanExporter, InMemoryMetricReader]]:
    spans, measured, answers = InMemorySpanExporter(), InMemoryMetricReader(), [*ANSWERS]
    tracers, meters = TracerProvider(), MeterProvider([measured])
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    with Facti(
        client_id="d09168b32f80",
        api_key="26b413ah0ba6",
        company_id=5,
        base_url="https://127.0.0.1",
        transport=httpx.MockTransport(lambda request: answers.pop(0)),
        instrument=instrument(tracers=tracers, meters=meters),
    ) as facti:
        yield facti, spans, measured
    tracers.shutdown()
    meters.shutdown()


def said(span: ReadableSpan, *names: str) -> list[object]:
    return [(span.attributes or {}).get(name) for name in names]


def test_each_attempt_is_a_span_and_a_measurement(
    told: tuple[Facti, InMemorySpanExporter, InMemoryMetricReader],
) -> None:
    facti, exported, measured = told
    assert list(facti.payments()) == []
    with pytest.raises(errors.NotFound):
        facti.payment(7)
    first, second, third = exported.get_finished_spans()
    assert [span.name for span in (first, second, third)] == ["search_payments", "search_payments", "get_payment"]
    names = ("ventanilla.outcome", "http.response.status_code", "error.type", "http.request.resend_count")
    assert said(first, *names) == ["unknown", 503, "ServiceUnavailable", 0]
    assert said(second, *names) == ["done", 200, None, 1]
    assert said(third, *names) == ["refused", 200, "NotFound", 0]
    assert said(first, "ventanilla.request_id") == ["r-1"]
    assert (first.status.is_ok, second.status.is_ok, third.status.is_ok) == (False, True, False)
    assert all(span.start_time is not None and span.end_time is not None for span in (first, second, third))
    everything = "".join(span.to_json() for span in (first, second, third))
    data = measured.get_metrics_data()
    assert data is not None
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    points = [point for point in metric.data.data_points if isinstance(point, HistogramDataPoint)]
    assert (metric.name, sum(point.count for point in points)) == ("http.client.request.duration", 3)
    assert not any(secret in everything + data.to_json() for secret in ("26b413ah0ba6", "d09168b32f80", "127.0.0.1"))
