"""A server that is treated roughly goes on, and keeps nothing of it."""

import asyncio
import time

import httpx
from roughness import MANNERS, batter
from served import served

SEED = 20_240_917
GROWTH_MB = 16


def test_rough_callers_harm_neither_the_server_nor_others() -> None:
    with served() as mock:
        before = mock.connections()
        asyncio.run(batter(mock.base, 1.0, SEED))
        grown = mock.memory()
        counts = asyncio.run(batter(mock.base, 2.0, SEED + 1))
        grown = mock.memory() - grown
        assert httpx.get(f"{mock.base}/_mock/health").json() == {"status": "ok"}
        until = time.monotonic() + 5
        while mock.connections() > before and time.monotonic() < until:
            time.sleep(0.05)
        assert mock.connections() == before
        assert mock.end() == (0, "")
    assert grown < GROWTH_MB
    assert {manner.__name__.strip("_") for manner in MANNERS} <= set(counts)
    assert counts["4xx"] > 0
    assert counts["5xx"] == counts["left waiting"] == 0
