"""A gateway's 404 says nothing of an object: no event is held for forged by it, and no payment for deleted."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from bodies import batch, entry, payment

from ventanilla import Facti, Policy, Syncfy, errors
from ventanilla.testing import without_waiting
from ventanilla.webhooks import parse

DETAILS: Any = json.loads((Path(__file__).parents[1] / "data" / "facti" / "payment.json").read_text(encoding="utf-8"))
PAGE = httpx.Response(404, html="<html><h1>Not Found</h1></html>")
ENVELOPE = {"rid": "r", "code": 200, "errors": None, "status": True, "message": None, "response": {"token": "a" * 32}}
OPTIONS: dict[str, Any] = {"base_url": "http://127.0.0.1/x", "policy": Policy(retries=0, settle=0.001)}


def facti(handle: Any) -> Facti:
    transport = httpx.MockTransport(handle)
    return Facti(client_id="c" * 32, api_key="k" * 32, company_id=5, transport=transport, **OPTIONS)


def test_events_are_not_held_for_forged() -> None:
    (notified,), (refreshed,) = parse(payment(7)), parse(batch(entry("e1")))

    def lost(request: httpx.Request) -> httpx.Response:
        return PAGE

    with facti(lost) as face, pytest.raises(errors.NotFound) as raised:
        face.confirm(notified)
    assert raised.value.outcome == "unknown"

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ENVELOPE) if request.url.path.endswith("/sessions") else PAGE

    syncfy = Syncfy(api_key="k" * 32, transport=httpx.MockTransport(handle), **OPTIONS)
    with syncfy, pytest.raises(errors.NotFound):
        syncfy.confirm(refreshed)


def test_payment_is_not_held_for_deleted() -> None:
    pending = {**DETAILS, "details": {**DETAILS["details"], "id": 648124, "status": "0"}}
    reads = [httpx.Response(200, json=pending)]

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/delete"):
            raise httpx.ReadError("reset", request=request)
        return reads.pop() if reads else PAGE

    with without_waiting(), facti(handle) as face, pytest.raises(errors.OutcomeUnknown):
        face.delete(648124)
