"""Measures how far the peak of memory grows while a million transactions are read, in MB, after the first pages."""

import resource
import sys
from pathlib import Path

import httpx

from bench_clients import data

PAGES, FIRST = 200, 5
USER = "5df859c4a7a6442757726ef4"


def ours() -> float:
    """The facade's iterator, pages of 5,000; each page is new bytes, as if they came from a socket."""
    from ventanilla import Policy, Syncfy

    unlimited = Policy(requests_per_second=float("inf"))  # the provider's five a second are not what is measured

    page, sent = data.transactions(), 0

    def respond(request: httpx.Request) -> httpx.Response:
        nonlocal sent
        if request.url.path.endswith("/sessions"):
            return httpx.Response(200, content=data.answer(b'{"token":"%s"}' % (b"0" * 32)), headers=data.JSON)
        sent += 1
        rows = page if sent <= PAGES else b"[]"
        return httpx.Response(200, content=data.answer(rows, rid=f"page-{sent}"), headers=data.JSON)

    read, early = 0, 0.0
    with Syncfy(api_key=data.API_KEY, transport=httpx.MockTransport(respond), policy=unlimited) as syncfy:
        for _ in syncfy.transactions(USER, page_size=data.ROWS):
            read += 1
            if read == FIRST * data.ROWS:
                early = peak()
    if read != PAGES * data.ROWS:
        raise SystemExit(f"{read} transactions were read, not {PAGES * data.ROWS}")
    return peak() - early


def peak() -> float:
    """Return the largest resident size that this process had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss starts at the peak of the parent, which could hide our growth
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
