"""The guards that the odd suites see, and how each is taken out: the places to change, and what to put there."""

import importlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, cast

import httpx
from attrs import evolve, frozen
from msgspec.structs import replace


@frozen
class Planned:
    """One guard of the odd suites.

    Args:
        about: what it does.
        suite: which of the odd suites fails without it.
        case: the cases of the suite that are run without it.
        instead: for each place, as `module:name` or `module:Class.name`, what makes what stands there without the
            guard, of what stands there.
    """

    about: str
    suite: str
    case: str
    instead: dict[str, Callable[[Any], Any]]

    def taken_out(self) -> AbstractContextManager[None]:
        """Take it out for the time of a block."""
        return _changed(self.instead)


@contextmanager
def _changed(instead: dict[str, Callable[[Any], Any]]) -> Generator[None]:
    with ExitStack() as places:
        for target, make in instead.items():
            module, _, path = target.partition(":")
            owner: Any = importlib.import_module(module)
            *parents, name = path.split(".")
            for parent in parents:
                owner = getattr(owner, parent)
            before = cast("dict[str, Any]", vars(owner))[name]
            setattr(owner, name, make(before))
            places.callback(setattr, owner, name, before)
        yield


def _answering(value: object) -> Callable[[Any], Any]:
    """Make a function that says one thing, whatever it is asked."""

    def instead(before: Any) -> Any:
        def always(*arguments: Any, **options: Any) -> object:
            return value

        return always

    return instead


NEVER, NO, NONE = _answering(None), _answering(False), _answering(0)
NOBODYS = _answering(dict[str, str]())


def _by_class(before: Any) -> Any:
    """As many clients do: what cannot connect has sent nothing, whoever says so."""
    kinds = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError)

    def may_have_left(call: object, problem: Exception) -> bool:
        return not isinstance(problem, kinds)

    return may_have_left


def _all_else_refuses(before: Any) -> Any:
    def verdict(found: Any, status: int) -> Any:
        said, code = before.verdict(found, status)
        return ("refused" if said in ("odd", "none") else said), code

    return replace(before, verdict=verdict)


def _any_list(before: Any) -> Any:
    def rows(answer: Any, name: str = "response") -> list[Any]:
        items: Any = getattr(answer, name)
        listed: list[Any] = [*items] if isinstance(items, list) else []  # pyright: ignore[reportUnknownArgumentType]
        return listed

    return rows


class _Forgetful(dict[Any, Any]):
    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep nothing."""


def _by_url(before: Any) -> Any:
    def keeper(chosen: Any, *rest: Any, **options: Any) -> Any:
        made = before(chosen, *rest, **options)
        return evolve(made, scope=f"{made.scope} {chosen.base_url}", former=())

    return keeper


PLANNED: dict[str, Planned] = {
    "handed-on": Planned(
        "a request that was handed on is never `not_sent`",
        "odd-programs",
        "transport/facti.request_payment/*",
        {"ventanilla._attempts:Call._may_have_left": _by_class},
    ),
    "documented-refusals": Planned(
        "a refusal is only what is documented as one",
        "odd-answers",
        "verdict/facti.request_payment/*",
        {"ventanilla.facti._auth:_VERDICTS": _all_else_refuses},
    ),
    "boundary": Planned(
        "nothing but a VentanillaError leaves a call",
        "odd-answers",
        "place/syncfy.link*",
        {"ventanilla._translation:FlowErrors.__exit__": NEVER},
    ),
    "same-object": Planned(
        "an answer about another object is no result",
        "odd-answers",
        "place/facti.payment/get_payment/*",
        {"ventanilla.facti._payments:is_about": NEVER},
    ),
    "list-shapes": Planned(
        "a list in another shape is not an empty one",
        "odd-answers",
        "place/syncfy.register_webhook(there)/list_webhooks/response/*",
        {"ventanilla._paging:rows": _any_list},
    ),
    "fork": Planned(
        "a child opens connections of its own",
        "odd-programs",
        "fork/fork/*/http",
        {"ventanilla._fork:_renewals": lambda before: _Forgetful()},
    ),
    "journal-excludes": Planned(
        "a search never returns what the journal has committed for another",
        "odd-programs",
        "lag/facti/*",
        {"ventanilla._keeping:Keeper.owners": NOBODYS, "ventanilla._keeping:Keeper.highest": NONE},
    ),
    "journal-scope": Planned(
        "the scope of a journal is an account, not a spelling",
        "odd-programs",
        "spellings/facti",
        {"ventanilla.facti:keeper": _by_url},
    ),
    "token-search": Planned(
        "a payroll is found by its token, however long the history",
        "odd-programs",
        "long history/sync",
        {"ventanilla.facturaonline._queueing:_has": NO},
    ),
}
