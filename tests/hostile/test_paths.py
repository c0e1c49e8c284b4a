"""What is no id reaches no path: every operation of every spec and every method of the faces refuses it first."""

import contextlib
import importlib
import inspect
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from driving import FACES, GIVEN, KEYS, Drive, Fast, arguments, operations, parameters
from standing import GENERATED, PREFIX, Standing, spec
from standing import operations as specified

from ventanilla import errors
from ventanilla_clients._runtime import Client, segment

CLIENTS = ("syncfy", "facti", "facturaonline", "mock")


class Text:
    """Not a text, but one when it is printed: an id that would pass if it were only printed."""

    def __str__(self) -> str:
        return "5022"


class Sly(str):
    """A text that prints as another."""

    __slots__ = ()

    def __str__(self) -> str:
        return "../x"


HOSTILE: dict[str, Any] = {
    "empty": "",
    "dot": ".",
    "dots": "..",
    "encoded dots": "%2e%2e",
    "half encoded": "%2E.",
    "double encoded": "%252e%252e",
    "slash": "a/b",
    "encoded slash": "a%2fb",
    "backslash": "a\\b",
    "parent": "../users",
    "backslash parent": "..\\users",
    "query": "5022?x=1",
    "fragment": "5022#x",
    "semicolon": "5022;x=1",
    "CR LF": "5022\r\nHost: evil.example",
    "newline at the end": "5022\n",
    "NUL": "5022\x00",
    "space": "50 22",
    "lone surrogate": "\ud800",
    "surrogate in an id": "5022\udcff",
    "full width digits": "５０２２",
    "arabic digits": "٥٠٢٢",
    "full width dots": "．．",
    "long": "a" * 1_000_000,
    "long digits": "9" * 100_000,
    "None": None,
    "bytes": b"5022",
    "float": 5022.0,
    "bool": True,
    "list": ["5022"],
    "dict": {},
    "huge": 10**5000,
    "printable": Text(),
    "sly": Sly("5022"),
}


@pytest.fixture(autouse=True)
def no_socket(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Fail whatever tries to connect, or to look a name up."""
    tried: list[Any] = []

    def refuse(*args: Any, **options: Any) -> Any:
        tried.append(args)
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())
    return tried


def modules() -> Iterator[Any]:
    """Every generated operation of every spec that has a parameter in its path."""
    for provider in CLIENTS:
        for _, path, operation in specified(provider):
            if "{" in path:
                tag = operation["tags"][0]
                name = f"ventanilla_clients.{provider}.api.{tag}.{operation['operationId']}"
                yield pytest.param(importlib.import_module(name), provider, path, id=f"{provider}-{path}-{name[-20:]}")


def in_path(module: Any) -> list[str]:
    found = inspect.signature(module.request_kwargs).parameters.values()
    return [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]


def clients() -> tuple[Client, Client]:
    return (
        Client(http=httpx.Client(base_url="http://127.0.0.1:9")),
        Client(async_http=httpx.AsyncClient(base_url="http://127.0.0.1:9")),
    )


SYNC, ASYNC = clients()


def test_the_list_of_operations_is_that_of_the_specs() -> None:
    found = [param.values[0].__name__.rpartition(".")[2] for param in modules()]
    wanted = [op["operationId"] for provider in CLIENTS for _, path, op in specified(provider) if "{" in path]
    assert sorted(found) == sorted(wanted)
    assert len(found) > 45
    for param in modules():
        assert len(in_path(param.values[0])) == str(param.values[2]).count("{")
    for provider in CLIENTS:
        files = {path.stem for path in (GENERATED / provider / "api").glob("*/*.py")} - {"__init__"}
        assert files == {operation["operationId"] for _, _, operation in specified(provider)}


@pytest.mark.parametrize(("module", "provider", "path"), [*modules()])
def test_no_generated_operation_sends_a_hostile_id(module: Any, provider: str, path: str, no_socket: list[Any]) -> None:
    body = {"body": object()} if "body" in inspect.signature(module.request_kwargs).parameters else {}
    for name in in_path(module):
        for kind, hostile in HOSTILE.items():
            ids = dict.fromkeys(in_path(module), "0" * 24) | {name: hostile}
            with pytest.raises(ValueError, match="must match") as raised:
                module.sync_detailed(**ids, **body, client=SYNC)
            assert len(str(raised.value)) < 400, kind
            with pytest.raises(ValueError, match="must match"):
                _finished(module.asyncio_detailed(**ids, **body, client=ASYNC))
    assert no_socket == []


def _finished(coroutine: Any) -> Any:
    """Run a coroutine that must end before it waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise AssertionError("it went on to send")


# What the faces' methods call an id, and what each is part of.
IDS = (
    "user",
    "id_user",
    "id_site",
    "site",
    "id_credential",
    "id_job",
    "attachment",
    "webhook",
    "token",
    "payment_id",
    "uid",
    "grupo",
    "substitute",
)

# The address of a webhook, which goes into a body.
NO_IDS = {("link", "webhook")}


def methods() -> Iterator[Any]:
    for provider in FACES:
        for name in operations(provider):
            for parameter in parameters(provider, name):
                is_catalogue = (name, parameter.name) == ("catalogue", "name")
                if (parameter.name in IDS or is_catalogue) and (name, parameter.name) not in NO_IDS:
                    yield pytest.param(provider, name, parameter.name, id=f"{name}-{parameter.name}")


def paths(provider: str) -> set[str]:
    """The paths of the spec, as often as their ids are those that the tests give."""
    return {PREFIX[provider] + path for path in spec(provider)["paths"]}


def is_a_path(provider: str, path: str) -> bool:
    """Return whether a path that was asked for is one of the spec's with good ids in it."""
    good = {str(value) for value in GIVEN.values() if isinstance(value, str | int)} | {"bancos"}
    parts = path.split("/")
    for known in paths(provider):
        pairs = [*zip(known.split("/"), parts, strict=False)]
        if len(known.split("/")) == len(parts) and all(
            part in good if wanted.startswith("{") else part == wanted for wanted, part in pairs
        ):
            return True
    return False


@pytest.mark.parametrize(("provider", "name", "parameter"), [*methods()])
def test_no_method_sends_a_hostile_id(
    provider: str, name: str, parameter: str, tmp_path: Path, no_socket: list[Any]
) -> None:
    """Those that narrow a list go into the query, encoded: they may be sent, but they never change the path."""
    sync_face, async_face = FACES[provider]
    standing = Standing(provider)
    options = {**KEYS[provider], "base_url": f"http://127.0.0.1{PREFIX[provider]}"}
    given = arguments(provider, name, tmp_path) | ({"motivo": "01"} if parameter == "substitute" else {})
    required = [each.name for each in parameters(provider, name) if each.default is each.empty]
    drives = {
        kind: Drive(provider, name, {**given, parameter: hostile})
        for kind, hostile in HOSTILE.items()
        if hostile is not None or parameter in required
    }
    with sync_face(**options, transport=httpx.MockTransport(standing)) as face:
        for drive in drives.values():
            with refused(standing, name, parameter):
                drive.sync(face)

    async def refuse() -> None:
        async with async_face(**options, transport=httpx.MockTransport(standing)) as face:
            for drive in drives.values():
                with refused(standing, name, parameter):
                    await drive.asynchronous(face)

    anyio.run(refuse)
    assert no_socket == []


@contextmanager
def refused(standing: Standing, name: str, parameter: str) -> Generator[None]:
    """Expect a call to be refused before anything is sent, or where an id only narrows a list, to stay on its path."""
    before = len(standing.seen)
    if name in LISTS and parameter != "user":
        with contextlib.suppress(errors.VentanillaError, ValueError):
            yield
        assert all(is_a_path(standing.provider, request.url.path) for request in standing.seen[before:])
        return
    with pytest.raises(errors.InvalidRequest):
        yield
    assert standing.asked[before:] == []


LISTS = {
    "accounts",
    "attachments",
    "count_attachments",
    "count_transactions",
    "export_attachments",
    "organization_sites",
    "sites",
    "transactions",
    "users",
}


def unguarded(name: str, value: Any, pattern: str) -> str:
    return str(value)


def test_control_without_its_guard_a_hostile_id_is_sent(monkeypatch: pytest.MonkeyPatch, no_socket: list[Any]) -> None:
    from ventanilla_clients.facti.api.payments import get_payment

    monkeypatch.setattr(get_payment, "segment", unguarded)
    with pytest.raises(AssertionError, match="a socket was opened"):
        get_payment.sync_detailed("..", client=SYNC)
    assert len(no_socket) == 1


def test_an_error_names_the_parameter_and_never_the_value() -> None:
    for hostile in HOSTILE.values():
        with pytest.raises(ValueError, match=r"^id must match") as raised:
            segment("id", hostile, "^[a-z]{40}$")
        assert not isinstance(hostile, str) or len(hostile) < 4 or str(hostile) not in str(raised.value)
    assert segment("id", 5022, "^[0-9]{1,18}$") == "5022"
