"""Edits a YAML document where it stands, letter by letter: what is not edited stays as somebody wrote it.

ruamel.yaml says where things begin and end. Its own writer would change a third of our specs: nulls, braces, lists over
several lines.
"""

import functools
import re
from collections.abc import Sequence
from typing import Any

from attrs import define, field, frozen
from ruamel.yaml import YAML

_PLAIN = re.compile(r"[A-Za-z_][\w./+-]*", re.ASCII)
# What YAML 1.1 or 1.2 reads as something else than text.
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})


@frozen
class Node:
    """One node of a document: a mapping, a sequence or a scalar, and where it stands in the text."""

    raw: Any

    @property
    def is_mapping(self) -> bool:
        return bool(self.raw.id == "mapping")

    @property
    def is_flow(self) -> bool:
        return bool(self.raw.flow_style)

    @property
    def start(self) -> int:
        return int(self.raw.start_mark.index)

    @property
    def column(self) -> int:
        return int(self.raw.start_mark.column)

    @property
    def value(self) -> str:
        """The text of a scalar."""
        return str(self.raw.value)

    @property
    def items(self) -> "list[Node]":
        """What is in a sequence."""
        return [Node(each) for each in self.raw.value]

    @property
    def entries(self) -> "list[tuple[Node, Node]]":
        """The keys and values of a mapping."""
        return [(Node(key), Node(value)) for key, value in self.raw.value]

    def get(self, name: str) -> "Node | None":
        """Return the value under a key."""
        return next((value for key, value in self.entries if key.value == name), None) if self.is_mapping else None


@define
class Sheet:
    """A document and what is to be done to it. The edits do not see each other; no two may touch the same letters."""

    text: str
    _edits: list[tuple[int, int, str]] = field(factory=list[tuple[int, int, str]])
    _root: Node = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._root = Node(_composed(self.text))

    def at(self, pointer: str) -> Node:
        """Return the node at a JSON pointer. Raises LookupError when there is none."""
        node = self._root
        for part in pointer.removeprefix("#").split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = node.get(name) if node.is_mapping else node.items[int(name)]
            if found is None:
                raise LookupError(f"{pointer} is not in the document")
            node = found
        return node

    def add(self, mapping: Node, lines: Sequence[str]) -> None:
        """Add an entry to a mapping: one line such as `name: {type: string}`, or several, indented below the first."""
        if mapping.is_flow:
            place = self._end(mapping.entries[-1][1]) if mapping.entries else mapping.start + 1
            self._edits.append((place, place, f"{', ' if mapping.entries else ''}{lines[0]}"))
            return
        indent = " " * mapping.entries[0][0].column
        self._append(mapping, "".join(f"\n{indent}{line}" for line in lines))

    def add_before(self, mapping: Node, name: str, lines: Sequence[str]) -> None:
        """Add an entry of several lines to a mapping, before another one."""
        key = next(key for key, _ in mapping.entries if key.value == name)
        indent = " " * key.column
        self._edits.append((key.start, key.start, "".join(f"{line}\n{indent}" for line in lines)))

    def append(self, sequence: Node, text: str) -> None:
        """Add an item to a sequence."""
        if sequence.is_flow:
            place = self._end(sequence.items[-1])
            self._edits.append((place, place, f", {text}"))
            return
        self._append(sequence, f"\n{' ' * sequence.column}- {text}")

    def replace(self, node: Node, text: str) -> None:
        """Write something else in the place of a value."""
        self._edits.append((node.start, self._end(node), text))

    def replace_entry(self, mapping: Node, name: str, entry: str) -> None:
        """Write another entry in the place of one."""
        key, value = next(each for each in mapping.entries if each[0].value == name)
        self._edits.append((key.start, self._end(value), entry))

    def remove(self, mapping: Node, name: str) -> None:
        """Take an entry out of a mapping."""
        places = [(key.start, self._end(value)) for key, value in mapping.entries]
        index = [key.value for key, _ in mapping.entries].index(name)
        self._take(places, {index}, is_flow=mapping.is_flow)

    def remove_items(self, sequence: Node, names: frozenset[str]) -> None:
        """Take scalars out of a sequence."""
        places = [(item.start, self._end(item)) for item in sequence.items]
        gone = {index for index, item in enumerate(sequence.items) if item.value in names}
        self._take(places, gone, is_flow=sequence.is_flow)

    def edited(self) -> str:
        """Return the text with everything done."""
        text = self.text
        # From the end; what is added at one place stands in the order in which it was added.
        for start, end, _, new in sorted(((*edit[:2], n, edit[2]) for n, edit in enumerate(self._edits)), reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _append(self, node: Node, text: str) -> None:
        place = self.text.find("\n", self._end(node))
        place = len(self.text) if place < 0 else place
        self._edits.append((place, place, text))

    def _take(self, places: list[tuple[int, int]], gone: set[int], *, is_flow: bool) -> None:
        kept = [index for index in range(len(places)) if index not in gone]
        for index in sorted(gone):
            start, end = places[index]
            if not is_flow:
                line = self.text.rfind("\n", 0, start)
                self._edits.append((line, self.text.find("\n", end), ""))
            elif kept and index < kept[-1]:
                self._edits.append((start, places[index + 1][0], ""))
            else:
                # Of those behind the last that stays, the comma before goes too.
                self._edits.append((places[index - 1][1] if index else start, end, ""))

    def _end(self, node: Node) -> int:
        """Return where the text of a node ends; ruamel says where the next one begins."""
        if node.raw.id != "scalar" and not node.is_flow:
            last = node.entries[-1][1] if node.is_mapping else node.items[-1]
            return self._end(last)
        return len(self.text[: int(node.raw.end_mark.index)].rstrip())


@functools.lru_cache(4)
def _composed(text: str) -> Any:
    """Return where everything stands in a text, which takes half a second for the largest spec."""
    compose: Any = getattr(YAML(typ="safe", pure=True), "compose")  # noqa: B009 - its argument has no type upstream
    return compose(text)


def quoted(text: str) -> str:
    """Return a text as YAML writes it in double quotes."""
    return '"' + "".join(_escaped(each) for each in text) + '"'


def key(name: str) -> str:
    """Return a name as YAML writes it where it stands before a colon: in quotes if it would be read otherwise."""
    return name if _PLAIN.fullmatch(name) and name.lower() not in _WORDS else quoted(name)


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    # YAML takes neither what cannot be printed nor the halves of pairs.
    return (
        letter if letter.isprintable() else f"\\U{ord(letter):08x}" if ord(letter) > 0xFFFF else f"\\u{ord(letter):04x}"
    )
