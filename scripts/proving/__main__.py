"""Shows whether ventanilla keeps its promises: nothing done twice, nothing called done that is not, no event lost.

scripts/prove                              every suite, then every negative control: one table, exit 1 if one fails
scripts/prove --small                      the same in some minutes, as the tests run it
scripts/prove --only matrix races          these suites
scripts/prove --seed 7                     other choices; a broken promise is printed with the seed that shows it
scripts/prove --only matrix --without retry-rule
                                           take a guard out and see the suite fail, as it should: exit 0 if it does
scripts/prove --only odd-answers --case ID   the one case of this id, as a broken promise names it
scripts/prove --list                       the suites, and the guards with what each keeps

The table is on stdout, progress on stderr. Every fault is counted against what the mock has really done.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from attrs import evolve

from proving import controls, suites
from proving.guards import GUARDS, without
from proving.setting import Setting, say
from proving.suites import SUITES
from proving.tally import Tally, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run suites; return 0, or 1 when a promise is broken (without a guard: when none is)."""
    parser = argparse.ArgumentParser(
        prog="scripts/prove", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=[*SUITES, "controls"], metavar="SUITE", help="run only these")
    parser.add_argument("--seed", type=int, default=1, help="what all choices come from (default 1)")
    parser.add_argument("--small", action="store_true", help="as much as the tests run")
    parser.add_argument("--without", choices=GUARDS, metavar="GUARD", help="take this guard out")
    parser.add_argument("--case", default="", metavar="ID", help="run this case of an odd suite, or those of a pattern")
    parser.add_argument("--list", action="store_true", help="list suites and guards")
    options = parser.parse_args(arguments)
    if options.list:
        print(_listed())
        return 0
    # Every attempt that is made again is worth a warning, and here there are thousands.
    logging.getLogger("ventanilla").setLevel(logging.CRITICAL)
    setting = Setting(options.seed, options.small, say, options.case)
    if options.without:
        return _without(options.without, options.only, setting)
    tallies = [_run(name, setting) for name in options.only or [*SUITES, "controls"]]
    say("")
    print(table(tallies))
    return 1 if any(tally.broken for tally in tallies) else 0


def _run(name: str, setting: Setting) -> Tally:
    if name == "controls":
        return controls.run(setting)
    return suites.run(name, setting)


def _without(guard: str, only: Sequence[str] | None, setting: Setting) -> int:
    concerned = GUARDS[guard].suites
    named = [name for name in concerned if name in (only or concerned)]
    if not named:
        print(f"{guard} is a guard of {', '.join(concerned)}", file=sys.stderr)
        return 2
    with without(guard):
        tallies = [suites.run(name, evolve(setting, case=setting.case or GUARDS[guard].case)) for name in named]
    say("")
    print(table(tallies))
    for tally in tallies:
        verdict = "fails, as it should" if tally.broken else "is kept all the same: the suite does not see this guard"
        print(f"without {guard}: {tally.suite} {verdict}")
    return 0 if all(tally.broken for tally in tallies) else 1


def _listed() -> str:
    rows = [("suites", "")] + [(f"  {name}", known.about) for name, known in SUITES.items()]
    rows += [("guards", "")] + [
        (f"  {name}", f"{guard.about} ({', '.join(guard.suites)})") for name, guard in GUARDS.items()
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:{width}}  {about}".rstrip() for name, about in rows)


if __name__ == "__main__":
    sys.exit(main())
