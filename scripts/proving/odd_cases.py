"""The odd answers that are tried: place × change, status × body, verdicts, headers, encodings, for every method."""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import product

import httpx
from attrs import field, frozen

from proving import odd_changes as changes
from proving.odd_changes import Make
from proving.odd_stage import Harness, client, transport_of
from proving.recipes import LOST, RECIPES, Recipe
from proving.scripted import Asked, Json, Script, ScriptedServer
from proving.setting import Setting
from proving.stage import WAYS, Way

# One in so many of the small run, by kind: together a few seconds.
SMALL = {"place": 90, "status": 90, "verdict": 45, "header": 45, "location": 30, "encoding": 45}
ASYNC_PLACES = 3
# The other changes are tried at one place in so many; those of what many recipes read, in the first of them and then
# at one in so many.
RARE_SHARE, COMMON, COMMON_SHARE = 3, 3, 5
STATUSES = range(200, 600)
# Statuses that some client or gateway has a rule for meet every body.
TELLING = (
    *(200, 201, 202, 204, 205, 206, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413),
    *(418, 422, 423, 425, 429, 451, 499, 500, 501, 502, 503, 504, 507, 520, 524, 529, 598),
)
TELLING_SHARE = 9
LOCATIONS = 400
# Reads that stand for the others, where every one would say the same.
SAMPLED = (
    *("syncfy.users", "syncfy.transactions", "syncfy.job", "syncfy.widget", "syncfy.attachment", "syncfy.find_user"),
    *("facti.payments", "facti.payment", "facti.clabes", "facturaonline.payrolls", "facturaonline.payroll"),
    *("facturaonline.xml", "facturaonline.employee", "facturaonline.acuse", "facti.backfill"),
)


@frozen
class Case:
    """One odd answer to one call.

    Args:
        id: names it, for `--case`.
        kind: what is odd.
        recipe: the call.
        way: of the client.
        scripts: makes what the server does.
        executes: whether the write is carried out.
        place: the operation, the place and the change, where one place is changed.
    """

    id: str
    kind: str
    recipe: Recipe
    way: Way
    scripts: Callable[[], list[Script]] = field(repr=False)
    executes: bool = True
    place: tuple[str, changes.Path, str] | None = None


def cases(setting: Setting) -> Iterator[Case]:
    """Yield them all; of a small run a share, chosen by the seed."""
    for case in _all(setting):
        if not setting.small or _hash(setting, case.id) % SMALL[case.kind] == 0:
            yield case


def named(setting: Setting, pattern: str) -> list[Case]:
    """Return the cases of an id, or of a pattern of ids with `*`."""
    kind = pattern.partition("/")[0]
    found = _all(setting, kind if kind in SMALL else None)
    return [case for case in found if case.id == pattern or fnmatchcase(case.id, pattern)]


def _all(setting: Setting, kind: str | None = None) -> Iterator[Case]:
    makers = {
        "place": _places,
        "status": _statuses,
        "verdict": _verdicts,
        "header": _headers,
        "location": _locations,
        "encoding": _encodings,
    }
    seen = set[str]()
    for name, make in makers.items():
        if kind in (None, name):
            for case in make(setting):
                if case.id not in seen:
                    seen.add(case.id)
                    yield case


def _hash(setting: Setting, *what: object) -> int:
    return zlib.crc32(" ".join(map(str, (setting.seed, *what))).encode())


def _way(setting: Setting, *what: object) -> Way:
    return WAYS[_hash(setting, "way", *what) % 2]


def lost() -> BaseException:
    """Return what a transport raises where the answer got lost."""
    return httpx.ReadError("[Errno 104] Connection reset by peer")


@cache
def heard(recipe: Recipe) -> tuple[Asked, ...]:
    """Return what the server is asked for by a call, each answer that differs once."""
    import asyncio

    from ventanilla.testing import without_waiting

    server = _server(recipe)
    server.scripts = [Script(recipe.write, raises=lost)] if recipe in LOST and recipe.write else []
    with asyncio.Runner() as runner, without_waiting():
        harness, transport = Harness(runner), transport_of(server, "sync")
        face = client(recipe.provider, "sync", transport=transport, **recipe.options)
        harness.end(lambda: recipe.do(face))
        harness.close(face)
    found: dict[tuple[str, str], Asked] = {}
    for each in server.asked:
        found.setdefault((each.operation, _shape(each.said)), each)
    return tuple(found.values())


def _shape(said: Json) -> str:
    return re.sub(r"\d+", "0", repr(said))


def _server(recipe: Recipe) -> ScriptedServer:
    server = ScriptedServer()
    if recipe.prepare is not None:
        recipe.prepare(server)
    return server


def _places(setting: Setting) -> Iterator[Case]:
    common: Counter[str] = Counter()
    for recipe in (*RECIPES, *LOST):
        met: set[tuple[str, changes.Path, str]] = set()
        common.update({asked.operation for asked in heard(recipe)})
        for asked in heard(recipe):
            # Of what is lost no place is changed: only what is read afterwards.
            if isinstance(asked.said, bytes) or (recipe in LOST and asked.operation == recipe.write):
                continue
            for path, change in product(changes.places(asked.said), changes.CHANGES):
                place = (asked.operation, path, change)
                if place in met or not changes.applies(change, changes.at(asked.said, path), path):
                    continue
                met.add(place)
                if _is_wanted(setting, recipe, place, common[asked.operation]):
                    yield from _place(setting, recipe, place)


def _is_wanted(setting: Setting, recipe: Recipe, place: tuple[str, changes.Path, str], times: int) -> bool:
    """Return whether a place is changed in that way: in all that matter, else in a share.

    What many calls ask for first, as a session, is changed in every way in the first of them.
    """
    operation, path, change = place
    is_core = change in changes.CORE or (operation, path) in recipe.named or (path and path[-1] == "status_timbre")
    share = (1 if is_core else RARE_SHARE) * (1 if times <= COMMON or operation == recipe.write else COMMON_SHARE)
    return _hash(setting, "wanted", recipe.name, *place) % share == 0


def _place(setting: Setting, recipe: Recipe, place: tuple[str, changes.Path, str]) -> Iterator[Case]:
    operation, path, change = place
    is_write = operation == recipe.write
    where = ".".join(map(str, path)) or "."
    name = f"place/{recipe.name}/{operation}/{where}/{change}"

    def scripts() -> list[Script]:
        bent = Script(operation, answers=changes.changing(path, change), times=1 if is_write else None)
        before = [Script(recipe.write, raises=lost)] if recipe in LOST and recipe.write else []
        return [*before, bent]

    ways = WAYS if _hash(setting, name) % ASYNC_PLACES == 0 else (WAYS[0],)
    for way in ways:
        yield Case(f"{name}/{way}", "place", recipe, way, scripts, place=place)


def _one(recipe: Recipe, make: Make, *, executes: bool = True) -> Callable[[], list[Script]]:
    operation = recipe.write
    if operation is not None:
        return lambda: [Script(operation, executes=executes, answers=make)]
    asked = heard(recipe)[-1].operation
    return lambda: [Script(asked, answers=make, times=None)]


def _writes() -> list[Recipe]:
    return [each for each in RECIPES if each.write is not None and each.limit != 0]


def _reads() -> list[Recipe]:
    return [each for each in RECIPES if each.name in SAMPLED]


def _statuses(setting: Setting) -> Iterator[Case]:
    writes, bodies = _writes(), list(changes.BODIES)
    for number, (status, body) in enumerate(product(STATUSES, bodies)):
        # Every status with every body, at one write and then the next; those that tell, at a share of all writes.
        chosen = [(writes[number % len(writes)], number // len(writes) % 2 == 0)]
        if status in TELLING:
            chosen += [
                pair
                for place, pair in enumerate(product(writes, (True, False)))
                if (place + number) % (TELLING_SHARE * 4) == 0 and pair not in chosen
            ]
        for recipe, executes in chosen:
            yield _status(setting, recipe, status, body, executes=executes)
    for recipe, status in product(_reads(), TELLING):
        for place, body in enumerate(bodies):
            if (place + status) % TELLING_SHARE == 0:
                yield _status(setting, recipe, status, body, executes=True)


def _status(setting: Setting, recipe: Recipe, status: int, body: str, *, executes: bool) -> Case:
    done = "done" if executes else "not done"
    name = f"status/{recipe.name}/{status}/{body}/{done}"
    way = _way(setting, name)
    scripts = _one(recipe, changes.with_body(status, body), executes=executes)
    return Case(f"{name}/{way}", "status", recipe, way, scripts, executes)


def _verdicts(setting: Setting) -> Iterator[Case]:
    for recipe, verdict, is_whole, executes in product(_writes(), changes.VERDICTS, (True, False), (True, False)):
        statuses = (200, 422, 502) if recipe.is_keyed else (200,)
        for status in statuses:
            done, whole = "done" if executes else "not done", "whole" if is_whole else "bare"
            name = f"verdict/{recipe.name}/{status}/{verdict}/{whole}/{done}"
            way = _way(setting, name)
            make = changes.with_verdict(recipe.provider, verdict, is_whole=is_whole, status=status)
            yield Case(f"{name}/{way}", "verdict", recipe, way, _one(recipe, make, executes=executes), executes)


def _headers(setting: Setting) -> Iterator[Case]:
    recipes = (*_writes(), *_reads())
    number = 0
    for header in changes.HEADERS:
        for said, value in changes.header_values(header).items():
            for status, twice in ((None, False), (None, True), (429, False), (503, False), (302, False)):
                number += 1
                for recipe in (recipes[number % len(recipes)], recipes[(number * 7 + 3) % len(recipes)]):
                    shown = "" if status is None else f"{status}/"
                    name = f"header/{recipe.name}/{header}/{shown}{said}{'/twice' if twice else ''}"
                    way = _way(setting, name)
                    make = changes.with_header(header, value, twice=twice, status=status)
                    yield Case(f"{name}/{way}", "header", recipe, way, _one(recipe, make))


def _locations(setting: Setting) -> Iterator[Case]:
    writes, reads = _writes(), _reads()
    keyed = [each for each in writes if each.is_keyed]
    for number, value in enumerate(changes.locations(setting.dice("locations"), LOCATIONS)):
        for status in (300, 301, 302, 303, 304, 305, 307, 308)[number % 2 :: 2]:
            chosen = (keyed[(number + status) % len(keyed)], writes[(number * 3 + status) % len(writes)])
            for recipe in (*chosen, *((reads[number % len(reads)],) if status == 302 else ())):
                name = f"location/{recipe.name}/{status}/{number}"
                way = _way(setting, name)
                make = changes.with_header("Location", value, status=status)
                yield Case(f"{name}/{way}", "location", recipe, way, _one(recipe, make))


def _encodings(setting: Setting) -> Iterator[Case]:
    recipes = [each for each in RECIPES if each.limit != 0 and heard(each)]
    pairs = list(product(changes.ENCODINGS, changes.DECLARED))
    for place, recipe in enumerate(recipes):
        for number, (encoding, declared) in enumerate(pairs):
            if (number + place) % 3:
                continue
            status = None if number % 5 else (201, 202, 400, 503)[number // 5 % 4]
            name = f"encoding/{recipe.name}/{encoding}/{declared or 'undeclared'}" + (f"/{status}" if status else "")
            way = _way(setting, name)
            make = changes.in_encoding(encoding, declared, status)
            yield Case(f"{name}/{way}", "encoding", recipe, way, _one(recipe, make))
