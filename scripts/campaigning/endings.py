"""Knows how a mock should be after all that was done to it: alive, answering, quiet on stderr, gone when told to."""

import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from served import Served

REQUESTS = 100
SECONDS = 5.0
LONGEST_LOG = 3000


def answered(base: str, count: int = REQUESTS) -> int:
    """Return how many of so many requests, each on a connection of its own, are answered in time."""
    address = urlsplit(base)
    good = 0
    for _ in range(count):
        line = HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)
        try:
            line.request("GET", "/_mock/health")
            answer = line.getresponse()
            good += answer.status == 200 and answer.read() == b'{"status":"ok"}'
        except (OSError, HTTPException):
            pass
        finally:
            line.close()
    return good


def how_it_ended(mock: Served, name: str) -> list[str]:
    """End a mock, and return what is wrong with how it was by then."""
    return list(_ended(mock, name))


def _ended(mock: Served, name: str) -> Iterator[str]:
    if not mock.is_alive:
        yield f"{name}: the server ended by itself"
    elif (good := answered(mock.base)) < REQUESTS:
        yield f"{name}: afterwards {good} of {REQUESTS} requests were answered"
    try:
        code, said = mock.end()
    except subprocess.TimeoutExpired:
        yield f"{name}: the server did not stop when told to"
        return
    if (code, said) != (0, ""):
        yield f"{name}: the server ended with {code} and said:\n{said[-LONGEST_LOG:]}"
