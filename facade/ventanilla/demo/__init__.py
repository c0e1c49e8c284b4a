"""Runs the workflows of the three providers against an embedded mock, on both faces, and compares what they saw."""

import math
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
from rich.console import Console

from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Policy, Syncfy
from ventanilla.demo import _facti, _facturaonline, _syncfy
from ventanilla.demo._receiver import Receiver, receiving
from ventanilla.demo._telling import Say, Story, atell, tell
from ventanilla.mock.server import running

# The credentials that the providers print in their documents; the mock takes no others.
SYNCFY: dict[str, Any] = {
    "api_key": "7767a4a04f990e9231bafc949e8ca08a",
    "policy": Policy(requests_per_second=math.inf),  # the mock takes as many as come
}
FACTI: dict[str, Any] = {
    "client_id": "d09168b32f80ai8ba24c416916y304n8",
    "api_key": "26b413ah0ba67543c7642069a91h743t",
    "company_id": 5,
    "from_rfc": "EKU9003173C9",
    "journal": None,  # the mock ends with the demo
}
FACTURAONLINE: dict[str, Any] = {"api_key": "mock-api-key", "secret_key": "mock-secret-key", "journal": None}


class _Stage:
    """Where one telling takes place: a fresh mock, two receivers of webhooks, a folder, and what was said."""

    def __init__(self, base: str, syncfy_hook: Receiver, facti_hook: Receiver, folder: Path, console: Console) -> None:
        self.base = base
        self.syncfy_hook, self.facti_hook = syncfy_hook, facti_hook
        self.folder = folder
        self.console = console
        self.said: list[tuple[str, str, str]] = []

    def say(self, provider: str) -> Say:
        """Return the function with which a story tells a step."""

        def say(step: str, fact: str) -> None:
            self.said.append((provider, step, fact))
            self.console.print(
                f"  [bold]{provider:<15}[/] {step:<24} [green]{fact}[/]", highlight=False, soft_wrap=True
            )

        return say

    def stories(self, syncfy: Any, facti: Any, factura: Any) -> Iterator[Story]:
        """Yield the stories of the three providers."""
        yield _syncfy.story(syncfy, self.syncfy_hook, self.folder, self.say("Syncfy"))
        yield _facti.story(facti, self.facti_hook, self.say("Facti"))
        yield _facturaonline.story(factura, self.folder, self.say("Factura Online"))

    def told(self) -> None:
        """Tell the stories on the synchronous faces."""
        with (
            Syncfy(**SYNCFY, base_url=f"{self.base}/syncfy/v1") as syncfy,
            Facti(**FACTI, base_url=f"{self.base}/facti") as facti,
            FacturaOnline(**FACTURAONLINE, base_url=f"{self.base}/facturaonline/api") as factura,
        ):
            for story in self.stories(syncfy, facti, factura):
                tell(story)

    async def atold(self) -> None:
        """Tell the stories on the asynchronous faces."""
        async with (
            AsyncSyncfy(**SYNCFY, base_url=f"{self.base}/syncfy/v1") as syncfy,
            AsyncFacti(**FACTI, base_url=f"{self.base}/facti") as facti,
            AsyncFacturaOnline(**FACTURAONLINE, base_url=f"{self.base}/facturaonline/api") as factura,
        ):
            for story in self.stories(syncfy, facti, factura):
                await atell(story)


@contextmanager
def _stage(seed: int, console: Console) -> Generator[_Stage]:
    with (
        running(seed=seed) as base,
        receiving() as syncfy_hook,
        receiving() as facti_hook,
        tempfile.TemporaryDirectory() as folder,
    ):
        # The company's notifications are configured in Facti's portal, which the mock's control API stands for.
        ipn = {"company_id": 5, "url": facti_hook.url, "password": "demo"}
        httpx.post(f"{base}/_mock/facti/ipn", json=ipn).raise_for_status()
        yield _Stage(base, syncfy_hook, facti_hook, Path(folder), console)


def main(seed: int = 0) -> int:
    """Run the demo, printing each step; return 0 if both faces saw the same.

    Args:
        seed: seed of the mock's ids and data.
    """
    console = Console()
    console.print("[bold]synchronous faces[/]")
    with _stage(seed, console) as first:
        first.told()
    console.print("[bold]asynchronous faces[/]")
    with _stage(seed, console) as second:
        anyio.run(second.atold)
    if first.said != second.said:
        console.print("[red]the faces saw different things[/]")
        return 1
    console.print(f"[bold]both faces saw the same {len(first.said)} facts[/]")
    return 0
