"""Knows how to stand between an application and a service, and keep what they say to each other on a tape."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import httpx

from ventanilla._http import LOOPBACK, is_exposed, plain_url
from ventanilla._signals import stopping
from ventanilla.errors import ConfigurationError
from ventanilla.mock._listener import Listener, address_of, bound_to, listening
from ventanilla.mock._lobby import Limits, Lobby
from ventanilla.tapes._folder import Folder
from ventanilla.tapes._places import PROVIDERS
from ventanilla.tapes._recorder import Recorder


def record(
    upstream: str,
    out: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    spec: str | None = None,
    values: bool = True,
) -> int:
    """Record until SIGTERM or SIGINT, and return how many exchanges could not be kept.

    Prints `ventanilla record: http://HOST:PORT` when it is ready, then a line for each exchange.

    Args:
        upstream: the base URL of the service: https, or http on this machine.
        out: the folder of the tape, made if there is none; one that has exchanges is gone on with.
        host: the address to listen on, one of this machine alone.
        port: the port; 0 picks a free one.
        spec: whose spec describes it (syncfy, facti, facturaonline), where its address does not say so.
        values: whether values that are no secrets are kept; else placeholders of their types are.

    Raises ConfigurationError for an upstream, a folder or an address that is not safe or cannot be used, OSError when
    it cannot listen there.
    """
    with _recorder(upstream, out, host, spec, values, _say) as recorder, bound_to(host, port) as bound:
        ready = partial(_say, f"ventanilla record: {address_of(bound, host)}")
        listener = Listener(bound, partial(_house, recorder), ready)
        with stopping(listener.stop):
            asyncio.run(listener.work())
        count, lost = recorder.folder.count, recorder.lost
        _say(f"ventanilla record: {count} exchange{'' if count == 1 else 's'} kept in {out}" + _failures(recorder))
    return lost


@contextmanager
def recording(
    upstream: str, out: str | Path, *, port: int = 0, spec: str | None = None, values: bool = True
) -> Generator[str]:
    """Record in a thread while the block runs, and yield the base URL to use in place of the service's.

    Args and raises as record().
    """
    host = "127.0.0.1"
    with (
        _recorder(upstream, out, host, spec, values, lambda line: None) as recorder,
        listening(partial(_house, recorder), "ventanilla record", host, port) as url,
    ):
        yield url


@contextmanager
def _recorder(
    upstream: str, out: str | Path, host: str, spec: str | None, values: bool, say: Callable[[str], object]
) -> Generator[Recorder]:
    if host not in LOOPBACK:
        said = (
            "a recorder carries keys, so it listens on this machine alone: host=127.0.0.1",
            "la grabadora transporta llaves, por lo que solo escucha en esta máquina: host=127.0.0.1",
        )
        raise ConfigurationError(said)
    if spec is not None and spec not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise ConfigurationError((f"there is no spec {spec}; there are {known}", f"no hay spec {spec}; hay {known}"))
    url = upstream_url(upstream)
    folder = Folder(Path(out))
    try:
        yield Recorder(url, folder, spec, values, say)
    finally:
        folder.close()


def upstream_url(text: str) -> httpx.URL:
    """Return the address of a service that may be recorded.

    Raises ConfigurationError for one that is not safe.
    """
    url = plain_url(text)
    if url is None:
        said = (
            "the upstream must be a scheme, a host and a path, without a user or a query",
            "el servicio debe indicarse con esquema, host y ruta, sin usuario ni parámetros",
        )
        raise ConfigurationError(said)
    if is_exposed(url):
        said = (
            "plain http would show the keys to the network: the upstream must be https, or on this machine",
            "http sin cifrar mostraría las llaves en la red: el servicio debe usar https o estar en esta máquina",
        )
        raise ConfigurationError(said)
    return url


@asynccontextmanager
async def _house(recorder: Recorder) -> AsyncGenerator[Lobby]:
    async with recorder.upstream:
        yield Lobby(recorder, recorder, Limits())


def _failures(recorder: Recorder) -> str:
    found = [f"{recorder.failed} not answered"] if recorder.failed else []
    found += [f"{recorder.lost} not kept"] if recorder.lost else []
    return f" ({', '.join(found)})" if found else ""


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


__all__ = ["Recorder", "record", "recording", "upstream_url"]
