"""Knows what a service once answered, by a tape of it, and which of these answers a request gets."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from attrs import define, evolve, field, frozen

from ventanilla._redact import is_secret
from ventanilla.mock.provider import Call, Provider, Refused, Reply
from ventanilla.mock.wire import Headers
from ventanilla.mock.world import INSTANCE_HEADER
from ventanilla.tapes._exchange import Exchange
from ventanilla.tapes._places import place_of
from ventanilla.tapes._scrub import PLACEHOLDER
from ventanilla.tapes.tape import Tape

if TYPE_CHECKING:
    from ventanilla.mock.world import World

# What is said from one machine to the next, or of a form in which the body does not come any more; and the name of
# another mock.
_HOPS = frozenset({"connection", "content-encoding", "content-length", "keep-alive", "trailer", "transfer-encoding"})
_LEFT_OUT = _HOPS | {INSTANCE_HEADER.lower()}
_name = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_value = re.compile(r"[\t -~\x80-\xff]*")
_SECRET = object()


@frozen
class Recorded:
    """One exchange of a tape: what was asked for, without secrets, and what came."""

    name: str
    asked: Mapping[str, Any]
    is_cut: bool
    reply: Reply = field(repr=False)


@define
class Played:
    """How often the answers of a tape have been given in one world."""

    times: Counter[tuple[str, int]] = field(factory=Counter[tuple[str, int]])


@frozen
class Reel:
    """All that a tape has of one provider, by operation."""

    tape: str
    recorded: Mapping[str, tuple[Recorded, ...]]

    def answer(self, world: "World", call: Call) -> Reply:
        """Return what the service answered: of several answers to one question the next, in the end the last again.

        Raises Refused when it was never asked this.
        """
        operation, asked = call.operation.id, _asked(call)
        known = self.recorded.get(operation, ())
        fitting = [index for index, each in enumerate(known) if next(_differences(each.asked, asked), None) is None]
        if not fitting:
            raise Refused(400, self._missing(operation, known, asked))
        played = world.state(Played).times
        key = operation, fitting[0]
        chosen = known[fitting[min(played[key], len(fitting) - 1)]]
        if chosen.is_cut:
            raise Refused(400, f"the tape {self.tape} has the answer to {operation} only in part ({chosen.name})")
        played[key] += 1
        return chosen.reply

    def _missing(self, operation: str, known: Iterable[Recorded], asked: Mapping[str, Any]) -> str:
        nearest = min(([*_differences(each.asked, asked)] for each in known), key=len, default=None)
        if nearest is None:
            return f"the tape {self.tape} has no answer to {operation}"
        where = ", ".join(nearest[:3])
        return f"the tape {self.tape} has answers to {operation}, but none to this question: it differs in {where}"


def replaying(providers: Iterable[Provider], tape: Tape) -> list[Provider]:
    """Return providers that answer from a tape, and from nothing else.

    Raises ValueError for a tape without values, and for one on which there is nothing of theirs.
    """
    from ventanilla.mock.passage import read_call

    if not all(exchange.has_values for exchange in tape):
        raise ValueError(f"the tape {tape.name} has no values, so there is nothing to answer; record it with --values")
    found = {provider.name: (provider, dict[str, list[Recorded]]()) for provider in providers}
    for exchange in tape:
        base = None if exchange.provider is None else exchange.base
        place = place_of(exchange.origin, exchange.request, exchange.provider, base)
        if place is not None and place.operation is not None and place.spec.name in found:
            provider, recorded = found[place.spec.name]
            call, _ = read_call(provider, place.operation, exchange.request, place.segments, exchange.at)
            one = Recorded(exchange.name, _asked(call), exchange.is_cut, _reply(exchange))
            recorded.setdefault(place.operation.id, []).append(one)
    if not any(recorded for _, recorded in found.values()):
        raise ValueError(f"the tape {tape.name} has no exchange of {', '.join(found)}")
    return [
        evolve(provider, reel=Reel(tape.name, {name: tuple(each) for name, each in recorded.items()}))
        for provider, recorded in found.values()
    ]


def _reply(exchange: Exchange) -> Reply:
    headers: Headers = tuple(
        (name, value)
        for name, value in exchange.response.headers
        if name.lower() not in _LEFT_OUT and _name.fullmatch(name) and _value.fullmatch(value)
    )
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    rest: Headers = tuple((name, value) for name, value in headers if name.lower() != "content-type")
    body = exchange.response.body
    return Reply(content=body, media_type=kind, headers=rest, status=exchange.response.status)


def _asked(call: Call) -> Mapping[str, Any]:
    """Return what a request asks for, its secrets all alike, and without what our faces make anew for each call."""
    from ventanilla.facturaonline._token import plain_description

    asked: dict[str, Any] = _alike({"path": call.path, "query": call.query, "body": call.body}, plain_description)
    return asked


def _alike(value: Any, plain: Callable[[str], str], is_inside: bool = False) -> Any:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        return {name: _alike(item, plain, is_inside or is_secret(name)) for name, item in fields.items()}
    if isinstance(value, list):
        return [_alike(item, plain, is_inside) for item in cast("Iterable[Any]", value)]
    if is_inside:
        return _SECRET
    return plain(value) if isinstance(value, str) else value


def _differences(recorded: Any, asked: Any, path: str = "") -> Iterator[str]:
    """Yield where a request differs from a recorded one; placeholders stand for any text."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        ours, theirs = cast("dict[str, Any]", recorded), cast("dict[str, Any]", asked)
        for name in ours.keys() | theirs.keys():
            below = f"{path}.{name}".lstrip(".")
            if name in ours and name in theirs:
                yield from _differences(ours[name], theirs[name], below)
            else:
                yield below
    elif isinstance(recorded, list) and isinstance(asked, list):
        first, second = [*cast("Iterable[Any]", recorded)], [*cast("Iterable[Any]", asked)]
        if len(first) != len(second):
            yield path
        for one, other in zip(first, second, strict=False):
            yield from _differences(one, other, f"{path}[]")
    elif isinstance(recorded, str) and isinstance(asked, str) and PLACEHOLDER.search(recorded):
        return
    elif recorded != asked:
        yield path
