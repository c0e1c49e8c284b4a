"""Knows how GitHub's Markdown is written: tables, code, anchors, and text that means nothing but itself."""

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def row_of(cells: Iterable[str]) -> str:
    """Return one row of a table; bars and line ends in its cells do not end them."""
    return f"| {' | '.join(' '.join(cell.splitlines()).replace('|', chr(92) + '|') for cell in cells)} |"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table as lines; none at all where it has no rows."""
    lines = [row_of(each) for each in rows]
    return [row_of(headings), row_of(["---"] * len(headings)), *lines] if lines else []


def code(text: str) -> str:
    """Return a text as inline code, whatever backticks it has."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence, gap = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def fenced(text: str, language: str) -> list[str]:
    """Return a text as a block of code in lines."""
    longest = max(map(len, re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{language}", *text.rstrip("\n").split("\n"), fence]


def prose(text: str) -> str:
    """Return a text in which `<word>` is no tag of HTML; what stands between backticks is code and stays as it is."""
    parts: list[str] = []
    end = 0
    for found in _CODE.finditer(text):
        parts += [_plain(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def anchor(id: str) -> str:
    """Return what a link to `id` leads to."""
    return f'<a id="{id}"></a>'


def link(text: str, id: str) -> str:
    """Return a link to an anchor of the same page."""
    return f"[{text}](#{id})"
