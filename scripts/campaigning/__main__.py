"""Holds the mock to its word for as long as it takes, over real sockets, and prints what came of it.

scripts/campaign                              all of it: 10,000 cases for each spec, 60 s of rough callers
scripts/campaign --only facti                 one part: syncfy, facti, facturaonline, mock (the control, /_mock), rough
scripts/campaign --only rough --seconds 600   rough callers for ten minutes, for leaks that are slow
scripts/campaign --seed 7 --cases 50000       another seed, and more cases

Each part starts a `ventanilla mock` of its own on a free port of loopback. A spec is put through schemathesis with the
rules of ventanilla.contract: examples, coverage, fuzzing and sequences of operations by the spec's links, seed after
seed until there are enough cases. Nothing may fail and nothing may be answered with 5xx; each operation has to succeed
at least once, and with 10,000 cases and more 80 % of the links have to be followed. Rough callers send what is no
HTTP, far too much, far too slowly, or go away in the middle, and the server's memory may not grow by it. Afterwards
each server has to answer, and to stop when told to with nothing on stderr.

Exit code 1 when anything is found; what it is, with the command that asks the same again, stands below the table. All
of it takes about half an hour on two cores that others work on, too. Rough callers need Linux, which says how much
memory a process takes.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence

from bench_rows import progress
from campaigning.fuzz import FULL, SPECS, Fuzzed, fuzz
from campaigning.rough import Treated, treat
from campaigning.table import show

ROUGH = "rough"
SECONDS = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; return 0, or 1 when anything was found."""
    parser = argparse.ArgumentParser(
        prog="scripts/campaign", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=(*SPECS, ROUGH), nargs="+", metavar="PART", help="only these parts")
    parser.add_argument("--cases", type=_positive, default=FULL, metavar="N", help="of each spec (default %(default)s)")
    parser.add_argument("--seed", type=int, metavar="N", help="the first seed; any if left out, it is printed")
    parser.add_argument(
        "--seconds", type=_positive, default=SECONDS, metavar="N", help="of rough callers (default %(default)g)"
    )
    options = parser.parse_args(arguments)
    parts = options.only or (*SPECS, ROUGH)
    if ROUGH in parts and not sys.platform.startswith("linux"):
        parser.error(f"{ROUGH} reads the memory of processes from /proc, which only Linux has; choose others by --only")
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    progress(f"seed {seed}", done=True)
    # First, as a leak is seen best in what has just begun.
    treated = [treat(options.seconds, seed)] if ROUGH in parts else []
    fuzzed = [fuzz(name, options.cases, seed) for name in SPECS if name in parts]
    problems = [*_problems(treated), *_problems(fuzzed)]
    show(fuzzed, treated, problems)
    return 1 if problems else 0


def _problems(parts: Sequence[Fuzzed] | Sequence[Treated]) -> list[str]:
    return [problem for part in parts for problem in part.problems()]


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
