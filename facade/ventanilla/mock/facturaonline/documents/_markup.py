"""Knows how to write an XML document whose values come from anywhere and still parse."""

import re
from collections.abc import Mapping
from decimal import Decimal
from html import escape

from attrs import frozen

# What XML 1.0 cannot carry in any form; JSON strings can.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@frozen
class Element:
    """One element: attributes whose value is None are left out, and it has children or text."""

    name: str
    attributes: Mapping[str, object]
    content: "str | tuple[Element | None, ...]" = ()

    def lines(self, depth: int = 0) -> list[str]:
        """Write the element, four spaces per level, as the document's own sample is printed."""
        margin = "    " * depth
        given = "".join(f' {name}="{_clean(value)}"' for name, value in self.attributes.items() if value is not None)
        head = f"{margin}<{self.name}{given}"
        if isinstance(self.content, str):
            return [f"{head}>{_clean(self.content, quote=False)}</{self.name}>"]
        children = [line for child in self.content if child is not None for line in child.lines(depth + 1)]
        return [f"{head}>", *children, f"{margin}</{self.name}>"] if children else [f"{head} />"]


def document(root: Element, remark: str) -> bytes:
    """Write a whole document: declaration, a remark for whoever opens it, and the root element."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<!-- {remark} -->", *root.lines()]
    return ("\n".join(lines) + "\n").encode()


def printable(text: str, limit: int) -> str:
    """Return `text` on one line, without the bar that the SAT's patterns forbid, cut to `limit` characters."""
    return " ".join(_ILLEGAL.sub("", text).replace("|", " ").split())[:limit].rstrip()


def amount(value: Decimal | None) -> str | None:
    """Write pesos with two decimals; nothing stays nothing, so that its attribute is left out."""
    return None if value is None else f"{value:.2f}"


def matching(pattern: str, text: str) -> str | None:
    """Return `text` if all of it fits `pattern`, for attributes that are left out otherwise."""
    return text if re.fullmatch(pattern, text, re.ASCII) else None


def _clean(value: object, quote: bool = True) -> str:
    return escape(" ".join(_ILLEGAL.sub("", str(value)).split()), quote=quote)
