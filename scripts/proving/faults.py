"""Knows everything that can go wrong with one request: whether the server did what was asked, and what that proves."""

from typing import Literal

from attrs import frozen

Executed = Literal["no", "yes", "later"]
# not sent: nothing can have happened, whoever knows this may send again. unknown: it may have happened.
# nothing: the answer is slow or odd, but whole and true.
Proof = Literal["not sent", "unknown", "nothing"]
PAGE = b"<!DOCTYPE html><html><head><title>Web server is down</title></head><body>Try later</body></html>"


@frozen
class Fault:
    """One way for a request to go wrong.

    Args:
        name: as it is shown, and found by those who act it out.
        executed: whether the server does what was asked; `later`: only after the caller has given up.
        proof: what the caller can conclude.
        status: the HTTP status, where a whole answer comes in the place of the server's own.
        on_wire: whether a loopback socket can show it.
    """

    name: str
    executed: Executed
    proof: Proof
    status: int | None = None
    on_wire: bool = True


FAULTS = (
    Fault("refused", "no", "not sent"),
    Fault("connect timeout", "no", "not sent", on_wire=False),
    Fault("pool timeout", "no", "not sent", on_wire=False),
    Fault("unauthorised", "no", "not sent", status=401),
    Fault("too many requests", "no", "not sent", status=429),
    Fault("closed on accept", "no", "unknown"),
    Fault("reset while sending", "no", "unknown"),
    Fault("reset before executing", "no", "unknown"),
    Fault("hang before executing", "no", "unknown"),
    Fault("closed after executing", "yes", "unknown"),
    Fault("reset after executing", "yes", "unknown"),
    Fault("hang after executing", "yes", "unknown"),
    Fault("truncated", "yes", "unknown"),
    Fault("broken chunk", "yes", "unknown"),
    Fault("garbage", "yes", "unknown"),
    Fault("not json", "yes", "unknown", status=200),
    Fault("empty", "yes", "unknown", status=200),
    Fault("undocumented", "yes", "unknown", status=200),
    Fault("html", "yes", "unknown", status=200),
    Fault("forbidden page", "yes", "unknown", status=403),
    Fault("page not found", "yes", "unknown", status=404),
    Fault("request timeout", "yes", "unknown", status=408),
    Fault("server error", "yes", "unknown", status=500),
    Fault("bad gateway", "yes", "unknown", status=502),
    Fault("unavailable", "yes", "unknown", status=503),
    Fault("connection timed out", "yes", "unknown", status=522),
    Fault("slow head", "yes", "nothing"),
    Fault("slow body", "yes", "nothing"),
    Fault("late commit", "later", "unknown"),
)
BY_NAME = {fault.name: fault for fault in FAULTS}


@frozen
class Canned:
    """A whole answer that comes in the place of the server's own."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


_REFUSALS = {
    "syncfy": b'{"rid":"proof","code":%d,"errors":null,"status":false,"message":"Unauthorized","response":null}',
    "facti": b'{"result":0,"msg":"error %d"}',
    "facturaonline": b'{"status":"error","message":"error %d"}',
}


def canned(fault: Fault, provider: str) -> Canned | None:
    """Return the answer that comes in the place of the server's; None where a fault is none of the answer."""
    if fault.status is None:
        return None
    json = (("Content-Type", "application/json"),)
    match fault.name:
        case "unauthorised":
            return Canned(401, json, _REFUSALS[provider] % 401)
        case "too many requests":
            return Canned(429, (*json, ("Retry-After", "1")), _REFUSALS[provider] % 429)
        case "server error":
            return Canned(500, json, _REFUSALS[provider] % 500)
        case "not json":
            return Canned(200, json, b'{"rid":"proof","code":200,"err')
        case "empty":
            return Canned(200, json, b"")
        case "undocumented":
            return Canned(200, json, b'{"surprise":true}')
        case _:
            return Canned(fault.status, (("Content-Type", "text/html; charset=UTF-8"),), PAGE)
