"""Lets several threads of a fresh process be the first to use each model at the same moment; the process must live.

Codecs learn a type when it is first met, and a thread that meets it meanwhile may find it half learnt.
"""

import contextlib
import importlib
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from proving import guards
from proving.places import environment
from proving.setting import Setting
from proving.tally import Tally
from proving.write import PROVIDERS
from ventanilla_clients._runtime import UnexpectedBody, decode

PROCESSES, SMALL_PROCESSES = 30, 3
THREADS = 8
# Threads take turns as often as that, in seconds.
TURN = 1e-6
SECONDS = 60.0
BODY = (
    b'{"response":[{"id_user":"1"}],"data":[{"uid":"1","registros":[{}]}],"payments":[{"id":1}],"result":1,"status":1}'
)


def run(setting: Setting) -> Tally:
    """Start fresh processes, one after the other."""
    tally = Tally("first use")
    processes = SMALL_PROCESSES if setting.small else PROCESSES
    for number in setting.progress("first use", range(processes), processes):
        command = [sys.executable, "-m", "proving.first_use", *filter(None, [guards.taken()])]
        ended = subprocess.run(command, capture_output=True, timeout=SECONDS * 2, env=environment())
        if ended.returncode:
            tally.breaks(f"process {number + 1} of {processes} ended with {ended.returncode}: {ended.stderr[-200:]!r}")
    tally.correct = processes - len(tally.broken)
    return tally


def models() -> Iterator[type[Any]]:
    """Yield the models of all answers."""
    for provider in PROVIDERS:
        api = importlib.import_module(f"ventanilla_clients.{provider}.api")
        for info in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
            module = importlib.import_module(info.name)
            for name, value in vars(module).items():
                if isinstance(value, type) and name.endswith(("Answer", "Created", "Done", "Listing", "List")):
                    yield value


def main() -> None:
    """Use each model for the first time in all threads at once."""
    sys.setswitchinterval(TURN)
    wanted = list(dict.fromkeys(models()))
    barrier = threading.Barrier(THREADS)

    def use() -> None:
        for model in wanted:
            barrier.wait(SECONDS)
            with contextlib.suppress(UnexpectedBody):
                decode(httpx.Response(200, content=BODY), model)

    threads = [threading.Thread(target=use) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)


if __name__ == "__main__":
    with guards.without(sys.argv[1] if len(sys.argv) > 1 else None):
        main()
