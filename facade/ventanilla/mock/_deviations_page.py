"""Knows how the report of deviations reads: as Markdown, and as one page of HTML that needs nothing else."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from ventanilla._markdown import row_of

Row = dict[str, Any]
# A label, where it applies, and the text.
Fact = tuple[str, str, str]
TITLE = "What this mock is sure of, and what it is not"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; }
h2 { margin-top: 2.5rem; } code { font-size: .92em; } ul { padding-left: 1.2rem; } li { margin: .2rem 0; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd; }
td:first-child, th:first-child { text-align: left; }
details { border: 1px solid #d5dce4; border-radius: .4rem; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } .source, .count { color: #5b6876; font-size: .9em; }
b { border-radius: .8rem; padding: .05rem .6rem; font-weight: 600; font-size: .8rem; background: #e3e8ee; }
b.documented { background: #cdeed8; } b.recorded { background: #c4ece8; } b.client { background: #d3e6fb; }
b.third-party { background: #fdf0c4; }
b.inferred { background: #fcdcc0; } b.invented, b.unsourced { background: #f8cccc; }
"""


def markdown(report: Row) -> str:
    """Return a report as Markdown: a summary, then each provider's operations."""
    lines = [f"# {TITLE}", "", *_items(_legend(report)), ""]
    levels = list(report["levels"])
    lines += [row_of(["operations", *levels]), row_of(["---", *("---:" for _ in levels)])]
    lines += [row_of([name, *map(str, counts.values())]) for name, counts in report["summary"].items()]
    for general in report["general"]:
        rows, shared = _parted(report, general["provider"])
        lines += ["", f"## {general['provider']}", "", *_items([*_facts(general), *shared])]
        for one, facts in rows:
            lines += ["", f"### {_title(one)}", "", f"**{one['level']}**: {one['source']}", "", *_items(facts)]
    lines += ["", "## Not served", "", *_items(_unserved(report))]
    return "\n".join(lines) + "\n"


def html(report: Row) -> str:
    """Return a report as one HTML page, everything in it escaped."""
    levels = list(report["levels"])
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f"<title>{TITLE}</title><style>{_STYLE}</style></head><body><h1>{TITLE}</h1>",
        _list(map(_marked, _legend(report))),
        f"<table><tr>{_cells('th', ['operations', *levels])}</tr>",
        *(f"<tr>{_cells('td', [name, *counts.values()])}</tr>" for name, counts in report["summary"].items()),
        "</table>",
    ]
    for general in report["general"]:
        name = general["provider"]
        rows, shared = _parted(report, name)
        parts += [f'<h2 id="{escape(name)}">{escape(name)}</h2>', _list(map(_marked, [*_facts(general), *shared]))]
        parts += [_details(row, facts) for row, facts in rows]
    parts += ['<h2 id="not-served">Not served</h2>', _list(map(_marked, _unserved(report))), "</body></html>"]
    return "\n".join(parts) + "\n"


def _legend(report: Row) -> Iterator[Fact]:
    yield from ((level, "", meaning) for level, meaning in report["levels"].items())
    yield "ours", "", "what the mock does of its own accord, where nothing is said or something is made up"
    yield "note", "", "an oddity of the documents, and how it was resolved"


def _parted(report: Row, name: str) -> tuple[list[tuple[Row, list[Fact]]], list[Fact]]:
    """Return a provider's operations and webhooks with what is said of each, and apart what is said of most."""
    rows = [row for branch in ("operations", "webhooks") for row in report[branch] if row["provider"] == name]
    facts = [list(_facts(row)) for row in rows]
    counted = Counter(fact for each in facts for fact in each)
    shared = [fact for fact, count in counted.items() if 2 * count > len(rows)]
    return [(row, [fact for fact in each if fact not in shared]) for row, each in zip(rows, facts, strict=True)], shared


def _title(row: Row) -> str:
    return f"`{row['method']} {row['path']}` {row['operation']}"


def _facts(row: Row) -> Iterator[Fact]:
    """Yield what there is to say of a row."""
    yield from (("ours", "", text) for text in row["ours"])
    yield from ((part["level"], part["where"] or part["pointer"], part["text"]) for part in row["parts"])
    yield from (("note", note["where"] or _own(row, note), note["text"]) for note in row["notes"])


def _own(row: Row, note: Row) -> str:
    # A note of the operation itself needs no address.
    return "" if "operation" in row else str(note["pointer"])


def _unserved(report: Row) -> Iterator[Fact]:
    for row in report["not_served"]:
        yield row["level"], f"{row['provider']} {row['method']} {row['path']}", f"{row['source']}: {row['what']}"


def _items(facts: Iterable[Fact]) -> list[str]:
    return [f"- *{label}*{f' `{where}`' if where else ''}: {' '.join(text.split())}" for label, where, text in facts]


def _cells(tag: str, values: Iterable[object]) -> str:
    return "".join(f"<{tag}>{escape(str(value))}</{tag}>" for value in values)


def _details(row: Row, facts: list[Fact]) -> str:
    name = f"<code>{escape(row['method'])} {escape(row['path'])}</code> {escape(row['operation'])}"
    count = f'<span class="count">{len(facts) or "nothing"} more to know</span>'
    source = f'<p class="source">{_prose(row["summary"])}. Source: {_prose(row["source"] or "none")}</p>'
    head = f"<summary>{name} {_badge(row['level'])} {count}</summary>"
    return f"<details>{head}{source}{_list(map(_marked, facts))}</details>"


def _marked(fact: Fact) -> str:
    label, where, text = fact
    place = f" <code>{escape(where)}</code>" if where else ""
    return f"{_badge(label)}{place} {_prose(text)}"


def _prose(text: str) -> str:
    """Escape a text and show what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text.rstrip(".")))


def _badge(label: str) -> str:
    return f'<b class="{escape(label)}">{escape(label)}</b>'


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else ""
