"""Knows what the specs mark as secret in the bodies of an operation, and which words are too common to be one."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from attrs import frozen

from ventanilla.mock._spec import Operation, Spec, load
from ventanilla.tapes._places import PROVIDERS


@frozen
class Marks:
    """Names of fields: of secrets, of addresses that may have a token in them, and of what answers have besides."""

    secrets: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def marks(spec: Spec, operation: Operation) -> Marks:
    """Return what is marked in the answers of an operation, and in its request."""
    answers = [*_fields(spec, operation.raw["responses"], set())]
    both = [*answers, *_fields(spec, operation.raw.get("requestBody", {}), set())]
    return Marks(
        frozenset(name for name, field in answers if field.get("x-secret")),
        frozenset(name for name, field in both if field.get("x-unprinted")),
        frozenset(name for name, field in answers if not field.get("x-secret") and "string" in field.get("type", "")),
    )


@functools.cache
def common() -> frozenset[str]:
    """Return the words of the specs: names of fields, segments of paths, known values.

    A password that is one of them is hidden where it stands; elsewhere the word means something else.
    """
    return frozenset(word for name in PROVIDERS for word in _words(load(name).document))


def _fields(spec: Spec, node: Any, seen: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the properties below a node, references followed once each."""
    if isinstance(node, list):
        for each in cast("Iterable[Any]", node):
            yield from _fields(spec, each, seen)
    elif isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        reference = fields.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            yield from _fields(spec, spec.resolve(fields), seen)
        for name, each in fields.items():
            if name == "properties":
                yield from cast("dict[str, Any]", each).items()
            if name not in ("examples", "example", "$ref"):
                yield from _fields(spec, each, seen)


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in cast("Iterable[Any]", node):
            yield from [each] if isinstance(each, str) else _words(each)
    elif isinstance(node, dict):
        for name, each in cast("dict[str, Any]", node).items():
            yield from name.split("/")
            if name == "x-known-values" or not isinstance(each, str):
                yield from _words(each)
