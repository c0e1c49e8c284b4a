"""Reads one page of users from a server that may mean ill, and prints how the memory of this process grew, in MiB.

`python measured.py sync|async|bare URL`; `bare` is httpx as it is, without bounds.
"""

import sys
from pathlib import Path

import anyio
import httpx

from ventanilla import AsyncSyncfy, Syncfy
from ventanilla.errors import VentanillaError

KEY = "7767a4a04f990e9231bafc949e8ca08a"


def peak() -> float:
    """Return the most memory that this process has had, in MiB."""
    # Not getrusage's, which begins with the peak of the process that started this one.
    (line,) = (row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def bare(url: str) -> None:
    with httpx.Client() as client:
        client.get(f"{url}/v1/small")
        before = peak()
        try:
            client.get(f"{url}/v1/users")
        finally:
            print(f"{peak() - before:.1f}")


def sync(url: str) -> None:
    with Syncfy(api_key=KEY, base_url=f"{url}/v1") as face:
        face.verify_session("0" * 32)
        before = peak()
        try:
            next(face.users())
        except VentanillaError as error:
            print(f"{peak() - before:.1f}", type(error).__name__, error)


async def asynchronous(url: str) -> None:
    async with AsyncSyncfy(api_key=KEY, base_url=f"{url}/v1") as face:
        await face.verify_session("0" * 32)
        before = peak()
        try:
            await anext(face.users())
        except VentanillaError as error:
            print(f"{peak() - before:.1f}", type(error).__name__, error)


if __name__ == "__main__":
    kind, target = sys.argv[1:]
    if kind == "async":
        anyio.run(asynchronous, target)
    else:
        {"sync": sync, "bare": bare}[kind](target)
