"""Changes one place of one answer of an operation, calls the operation, and uses what came of it like a user does."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import anyio
import attrs
import httpx
from attrs import frozen
from driving import FACES, KEYS, Drive, Fast, drives
from standing import PREFIX, Answer, Standing, example

from ventanilla import _flow
from ventanilla.drift import unknown_fields
from ventanilla.errors import VentanillaError
from ventanilla_clients._runtime import Model

GONE = object()
# What may stand in the place of anything, each as JSON: a number may have more digits than Python reads, or writes.
CHANGES: dict[str, str | None] = {
    "null": "null",
    "text": '"ñandú"',
    "empty text": '""',
    "digits": '"7"',
    "number": "7",
    "fraction": "7.5",
    "negative": "-5",
    "milliseconds": "1614319200000",
    "out of range": str(10**20),
    "long": "9" * 5000,
    "exponent": "1e400",
    "true": "true",
    "list": "[]",
    "list of texts": '["x"]',
    "list of null": "[null]",
    "object": "{}",
    "object of numbers": '{"0": {"a": 1}}',
    "object of names": '{"users": [{"a": 1}]}',
    "missing": None,
}
_MARK = "the place that is changed"


@frozen
class Case:
    """One change of one place of what one operation answers, while another (or the same) is called."""

    drive: Drive
    asked: str
    place: tuple[str | int, ...]
    change: str

    def __str__(self) -> str:
        path = ".".join(str(part) for part in self.place)
        return f"{self.drive.provider}.{self.drive.name}: {self.asked} ${path} {self.change}"

    def body(self) -> bytes:
        """Return the answer with its change."""
        value = example(self.drive.provider, self.asked)
        text = CHANGES[self.change]
        changed = _changed(value, self.place, GONE if text is None else _MARK)
        return json.dumps(changed).replace(json.dumps(_MARK), text or "").encode()


def _changed(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    if not place:
        return new
    inner = value
    for part in place[:-1]:
        inner = inner[part]
    if new is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return value


def _places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    inner: Any = value
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = [*inner]
    elif isinstance(value, list) and inner:
        parts = sorted({0, len(inner) - 1})
    for part in parts:
        yield from _places(inner[part], (*place, part))


def cases(provider: str, folder: Path) -> list[Case]:
    """Return every change of every place of every answer that each operation asks for."""
    found: list[Case] = []
    for drive in drives(provider, folder):
        standing = Standing(provider)
        with contextlib.suppress(VentanillaError):
            run([drive], standing, asynchronous=False)
        for asked in dict.fromkeys(standing.asked):
            try:
                value = example(provider, asked)
            except ValueError:
                continue  # a file
            found += [
                Case(drive, asked, place, change)
                for place in _places(value)
                for change in CHANGES
                if place or change != "missing"
            ]
    return found


def run(todo: list[Drive], standing: Standing, *, asynchronous: bool) -> list[Any]:
    """Call operations, and return what came of each."""
    provider = standing.provider
    options = {**KEYS[provider], "base_url": f"http://127.0.0.1{PREFIX[provider]}"}
    options |= {"transport": httpx.MockTransport(standing)}
    if provider != "syncfy":
        options["journal"] = None
    face = FACES[provider][asynchronous](**options)
    if not asynchronous:
        with face:
            return [drive.sync(face) for drive in todo]

    async def do() -> list[Any]:
        async with face:
            return [await drive.asynchronous(face) for drive in todo]

    return anyio.run(do)


def outcome(case: Case, *, asynchronous: bool) -> BaseException | None:
    """Do a case; return what it raised, be it the call or the use of what it returned."""
    body = case.body()

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        return attrs.evolve(answer, body=body) if answer.operation == case.asked else answer

    fast: Any = Fast()
    before, _flow.waiting = _flow.waiting, fast
    try:
        for value in run([case.drive], Standing(case.drive.provider, bend), asynchronous=asynchronous):
            use(value)
    except Exception as error:
        return error
    finally:
        _flow.waiting = before
    return None


def use(value: Any) -> None:
    """Look at everything that a value shows."""
    assert repr(value)
    assert isinstance(str(value), str)
    assert isinstance(value == [value], bool)
    inner: Any = value
    if isinstance(value, Model):
        unknown_fields(value)
    if isinstance(value, list | tuple | dict):
        for each in inner.values() if isinstance(value, dict) else inner:
            use(each)
    elif attrs.has(cast(Any, type(inner))):
        attrs.asdict(inner)
        for name in dir(inner):
            if not name.startswith("_"):
                shown = getattr(inner, name)
                if name == "explain":
                    assert all(isinstance(shown(language), str) for language in ("en", "es"))
                elif name in ("to_dict", "to_json"):
                    shown()
                elif not callable(shown):
                    use(shown)
        if hasattr(inner, "__iter__"):
            assert isinstance([*inner], list)
