"""Knows what Syncfy's lists have in common: filters, keywords, order, skip, limit and fields."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Reply
from ventanilla.mock.syncfy._envelope import Row, answer
from ventanilla.mock.world import World

Test = Callable[[Row], bool]


@ours("Without `limit` everything comes: the service's default is not documented.", takes="limit")
def listed(world: World, rows: Iterable[Row], query: Mapping[str, Any]) -> Reply:
    """Answer one page of `rows`: ordered, skipped, limited, and with the asked `fields` alone.

    Without a limit everything comes: the service's default is not documented.
    """
    found = page(rows, query)
    return answer(world, found, sent=_narrowed(found, query.get("fields")))


def page(rows: Iterable[Row], query: Mapping[str, Any]) -> list[Row]:
    """Return the rows that `order`, `skip` and `limit` leave."""
    if order := query.get("order"):
        rows = _ordered(list(rows), order)
    # Numbers past sys.maxsize are legal integers that islice does not take.
    skip = min(query.get("skip", 0), sys.maxsize)
    last = min(skip + query.get("limit", sys.maxsize), sys.maxsize)
    return list(islice(rows, skip, last))


def matching(
    rows: Iterable[Row], query: Mapping[str, Any], equal: Collection[str], times: Collection[str] = ()
) -> Iterable[Row]:
    """Return the rows that pass the filters that `query` has.

    `equal` names the parameters that must equal the row's field, `times` the fields with `_from` and `_to`, both
    inclusive. `has_attachment`, `keywords` and `skip_keywords` are known by name.
    """
    tests = [*_equalities(query, equal), *_spans(query, times), *_words(query)]
    return [row for row in rows if all(test(row) for test in tests)] if tests else rows


def _equalities(query: Mapping[str, Any], names: Collection[str]) -> Iterable[Test]:
    for name in names:
        if name in query:
            yield partial(_equals, name, query[name])
    if "has_attachment" in query:
        yield partial(_has_attachment, bool(query["has_attachment"]))


def _spans(query: Mapping[str, Any], names: Collection[str]) -> Iterable[Test]:
    for name in names:
        first, last = query.get(f"{name}_from"), query.get(f"{name}_to")
        if first is not None or last is not None:
            yield partial(_within, name, first, last)


def _words(query: Mapping[str, Any]) -> Iterable[Test]:
    for name, wanted in (("keywords", True), ("skip_keywords", False)):
        words = [word for part in query.get(name, "").split(",") if (word := part.strip().lower())]
        if words:
            yield partial(_says, words, wanted)


def _equals(name: str, value: Any, row: Row) -> bool:
    return bool(row.get(name) == value)


def _has_attachment(wanted: bool, row: Row) -> bool:
    return bool(row["attachments"]) == wanted


def _within(name: str, first: int | None, last: int | None, row: Row) -> bool:
    return (first is None or row[name] >= first) and (last is None or row[name] <= last)


def _says(words: list[str], wanted: bool, row: Row) -> bool:
    return any(word in _text(row) for word in words) == wanted


@ours(
    "Keywords are sought in description, name, file and keywords, whatever the case; one of them is enough.",
    takes="keywords",
)
def _text(row: Row) -> str:
    """The text that keywords are sought in; which fields the service searches is not documented."""
    parts = [row.get("description"), row.get("name"), row.get("file"), *(row.get("keywords") or ())]
    return " ".join(str(part) for part in parts if part).lower()


@ours(
    "`order` is `name`, `-name`, `name desc` or `name:desc`, comma separated; other names change nothing.",
    takes="order",
)
def _ordered(rows: list[Row], order: str) -> list[Row]:
    """Sort by `name`, `-name`, `name desc` or `name:desc`, comma separated: our grammar, none is documented."""
    for part in reversed(order.split(",")):
        name, _, direction = part.strip().replace(":", " ").partition(" ")
        backwards = name.startswith("-") or direction.strip().lower() == "desc"
        name = name.lstrip("-+")
        if all(isinstance(row.get(name), str | int | Decimal | None) for row in rows):
            rows.sort(key=partial(_rank, name=name), reverse=backwards)
    return rows


def _rank(row: Row, name: str) -> tuple[bool, str, Any]:
    """Rank nulls first and one type after the other, so that any two values compare."""
    value = row.get(name)
    return value is not None, "" if value is None else type(value).__name__, 0 if value is None else value


@ours("`fields` always brings the row's id along; when it names nothing known, whole rows come.", takes="fields")
def _narrowed(rows: list[Row], fields: str | None) -> list[Row] | None:
    """Return the rows with the named fields and their id; None when nothing known is named."""
    names = {name.strip() for name in (fields or "").split(",")}
    if not rows or not names & rows[0].keys():
        return None
    names.add(next(iter(rows[0])))
    return [{name: value for name, value in row.items() if name in names} for row in rows]
