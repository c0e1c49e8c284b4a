"""Knows which operation of which spec an exchange belongs to, wherever the service stands."""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from attrs import frozen

from ventanilla.mock._request import effective_method
from ventanilla.mock._spec import Operation, Spec, load
from ventanilla.mock.namespaces import namespace_of, prefix_of
from ventanilla.mock.wire import Request

PROVIDERS = ("syncfy", "facti", "facturaonline")
# The official Syncfy clients post everything and name the method in a header.
OVERRIDING = "syncfy"


@frozen
class Place:
    """Where a request leads: a spec, the path below which its paths hang, and the operation if there is one."""

    spec: Spec
    base: str
    segments: tuple[str, ...]
    operation: Operation | None


def place_of(
    origin: str,
    request: Request,
    provider: str | None = None,
    base: str | None = None,
    specs: Mapping[str, Spec] | None = None,
) -> Place | None:
    """Return where a request leads; None when that is no spec's business.

    Args:
        origin: scheme, host and port of the service.
        request: its target is the whole path.
        provider: whose spec it is, if that is known.
        base: the path below which that provider's paths hang, if that is known.
        specs: other specs than those that are installed, by provider.
    """
    found = {name: (specs or {}).get(name) or load(name) for name in (PROVIDERS if provider is None else (provider,))}
    path = request.target.partition("?")[0].partition("#")[0]
    if provider is not None and base is not None:
        return _at(found[provider], base, path, request)
    for spec, place in _known(found.values(), origin, path):
        return _at(spec, place, path, request)
    if provider is None:
        return None
    # The service stands somewhere else: its paths hang where one of them leads to an operation.
    spec = found[provider]
    places = [_at(spec, each, path, request) for each in _bases(spec) if _is_below(path, each)]
    return next((place for place in places if place.operation is not None), places[-1])


def _known(specs: Iterable[Spec], origin: str, path: str) -> Iterator[tuple[Spec, str]]:
    """Yield the specs that say themselves that they hang there, and those that the mock serves there."""
    namespace = prefix_of(namespace_of(path))
    for spec in specs:
        for server in spec.document["servers"]:
            url = urlsplit(str(server["url"]))
            if f"{url.scheme}://{url.netloc}" == origin and _is_below(path, url.path.rstrip("/")):
                yield spec, url.path.rstrip("/")
        if _is_below(path, namespace + spec.mount):
            yield spec, namespace + spec.mount


def _bases(spec: Spec) -> list[str]:
    """Return where the paths of a spec may hang, the longest first and nothing in the end."""
    paths = {urlsplit(str(server["url"])).path.rstrip("/") for server in spec.document["servers"]}
    return sorted(paths | {""}, key=len, reverse=True)


def _is_below(path: str, base: str) -> bool:
    return path.startswith(f"{base}/")


def _at(spec: Spec, base: str, path: str, request: Request) -> Place:
    parts = path.removeprefix(base).removeprefix("/").split("/")
    segments = tuple(map(unquote, parts))
    method = effective_method(request) if spec.name == OVERRIDING else request.method
    return Place(spec, base, segments, spec.route(segments).get(method))
