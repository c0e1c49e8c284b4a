"""Knows the suites by name, each in a module of its own that is imported when it is run."""

import importlib
import time

from attrs import frozen

from proving.setting import Setting, Suite
from proving.tally import Tally


@frozen
class Known:
    """One suite: what it shows, and the module whose `run` does it."""

    about: str
    module: str

    def load(self) -> Suite:
        """Import it."""
        run: Suite = importlib.import_module(self.module).run
        return run


SUITES = {
    "matrix": Known("every write × every fault × both faces and .raw, in the same process", "proving.matrix"),
    "wire": Known("a sample of the matrix on real sockets, and whether both agree", "proving.wire"),
    "late": Known("requests that arrive late, and what looks alike: twins, groups, payrolls", "proving.late"),
    "interleaved": Known(
        "another process, or a journal that fails, at every call of the journal", "proving.interleaved"
    ),
    "races": Known("processes, threads and tasks that ask for the same at the same moment", "proving.races"),
    "crashes": Known("a process that dies at every step of an operation, and others that go on", "proving.crashes"),
    "events": Known("events delivered while receivers and workers are killed", "proving.deliveries"),
    "machine": Known("random stories over the mock with faults between the steps", "proving.machine"),
    "deadlines": Known("calls against servers that drip: each ends with its total deadline", "proving.deadlines"),
    "first-use": Known("threads of a fresh process that are the first to use each model", "proving.first_use"),
    "odd-answers": Known("answers that nobody thought of, at every method of the clients", "proving.odd_answers"),
    "odd-programs": Known("forks, loops, threads, cancellation, old and broken journals", "proving.odd_programs"),
    "mutation": Known("small mistakes in the modules that carry the promises, and who notices", "proving.mutation"),
}


def run(name: str, setting: Setting) -> Tally:
    """Run one suite and note how long it took."""
    begun = time.monotonic()
    tally = SUITES[name].load()(setting)
    tally.seconds = time.monotonic() - begun
    return tally
