"""The guards that the odd suites see, and how each is taken out: the place to change, and what to put there.

A guard whose `target` is None has no place yet: fill in `module:name` or `module:Class.name` of what keeps it, and see
that `instead` fits its arguments. `guards.GUARDS` takes those that are filled in; each names the cases that must fail.
"""

import importlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from attrs import frozen


@frozen
class Planned:
    """One guard of the odd suites.

    Args:
        about: what it does.
        suite: which of the odd suites fails without it.
        case: the cases of the suite that are run without it.
        target: where it is, as `module:name` or `module:Class.name`; None where that is still to be filled in.
        instead: makes what stands there without it, of what stands there.
    """

    about: str
    suite: str
    case: str
    target: str | None
    instead: Callable[[Any], Any]

    def taken_out(self) -> AbstractContextManager[None]:
        """Take it out for the time of a block."""
        if self.target is None:
            raise LookupError("the place of this guard is not filled in")
        return _changed(self.target, self.instead)


@contextmanager
def _changed(target: str, instead: Callable[[Any], Any]) -> Generator[None]:
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    before = cast("dict[str, Any]", vars(owner))[name]
    setattr(owner, name, instead(before))
    try:
        yield
    finally:
        setattr(owner, name, before)


def _answering(value: object) -> Callable[[Any], Any]:
    """Make a function that says one thing, whatever it is asked."""

    def instead(before: Any) -> Any:
        def always(*arguments: Any, **options: Any) -> object:
            return value

        return always

    return instead


# What would note or check something does nothing; what would ask says yes, or no; what would collect finds nothing.
NEVER, YES, NO, NOTHING_FOUND = (_answering(value) for value in (None, True, False, ()))

PLANNED: dict[str, Planned] = {
    # Fill in: what marks a request as handed on, in the outermost transport. Without it classes decide again.
    "handed-on": Planned(
        "a request that was handed on is never `not_sent`",
        "odd-programs",
        "transport/facti.request_payment/*",
        None,
        NEVER,
    ),
    # Fill in: what drops `Location` or turns a redirect into an error before httpx reads it. `instead` must hand the
    # response on as it is: `lambda before: lambda response, *rest: response`, if that is its form.
    "redirect-header": Planned(
        "no header of a redirect is read before it is an error",
        "odd-answers",
        "location/facti.request_payment/*",
        None,
        NEVER,
    ),
    # Fill in: what decides that a Facti answer is a documented refusal. Without it all but a success is one.
    "documented-refusals": Planned(
        "a refusal is only what is documented as one", "odd-answers", "verdict/facti.request_payment/*", None, YES
    ),
    # Fill in: what turns whatever leaves a flow into a VentanillaError; `instead` must let it pass unchanged.
    "boundary": Planned(
        "nothing but a VentanillaError leaves a call", "odd-answers", "encoding/facti.authenticate/*", None, NEVER
    ),
    # Fill in: what compares the id of an answer with the one that was asked for.
    "same-object": Planned(
        "an answer about another object is no result", "odd-answers", "place/facti.payment/get_payment/*", None, NEVER
    ),
    # Fill in: what refuses a list in another shape; `instead` must take anything else for an empty list.
    "list-shapes": Planned(
        "a list in another shape is not an empty one",
        "odd-answers",
        "place/syncfy.register_webhook(there)/list_webhooks/response/*",
        None,
        NOTHING_FOUND,
    ),
    # Fill in: what notices that the process has forked, as the hook of os.register_at_fork or a check of the pid.
    "fork": Planned("a child opens connections of its own", "odd-programs", "fork/fork/*/http", None, NO),
    # Fill in: the journal's ids that a search must not return; without it none are left out.
    "journal-excludes": Planned(
        "a search never returns what the journal has committed for another",
        "odd-programs",
        "lag/facti/*",
        None,
        NOTHING_FOUND,
    ),
    # Fill in: what makes the scope of an account; `instead` must make one of each base URL again.
    "journal-scope": Planned(
        "the scope of a journal is an account, not a spelling", "odd-programs", "spellings/facti", None, NOTHING_FOUND
    ),
    # Fill in: the comparison of versions when an intent is replaced; `instead` must let a stale one pass.
    "journal-version": Planned(
        "an intent is replaced only as it was read", "odd-programs", "threads/send again lost/*", None, YES
    ),
    # Fill in: the search of the payroll's token in the list, without the watermark.
    "token-search": Planned(
        "a payroll is found by its token, however long the history",
        "odd-programs",
        "long history/sync",
        None,
        NOTHING_FOUND,
    ),
}


def unfilled() -> set[str]:
    """Return the guards whose place is still to be filled in."""
    return {name for name, planned in PLANNED.items() if planned.target is None}
