"""A server that is treated roughly goes on, and keeps nothing of it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from roughness import MANNERS, batter

SEED = 20_240_917
GROWTH_MB = 16


def memory(process: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def connections(process: int) -> int:
    return sum("socket" in str(one.readlink()) for one in Path(f"/proc/{process}/fd").iterdir())


def test_rough_callers_harm_neither_the_server_nor_others() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    code = "from ventanilla.mock.server import serve; serve(port=0)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    base = process.stdout.readline().split()[-1]
    try:
        before = connections(process.pid)
        asyncio.run(batter(base, 1.0, SEED))
        grown = memory(process.pid)
        counts = asyncio.run(batter(base, 2.0, SEED + 1))
        grown = memory(process.pid) - grown
        assert httpx.get(f"{base}/_mock/health").json() == {"status": "ok"}
        until = time.monotonic() + 5
        while connections(process.pid) > before and time.monotonic() < until:
            time.sleep(0.05)
        assert connections(process.pid) == before
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, err) == (0, "")
    assert grown < GROWTH_MB
    assert {manner.__name__.strip("_") for manner in MANNERS} <= set(counts)
    assert counts["4xx"] > 0
    assert counts["5xx"] == counts["left waiting"] == 0
