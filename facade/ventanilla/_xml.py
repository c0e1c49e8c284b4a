"""Reads XML that is not trusted: its size is bounded first, and it can neither fetch, nor include, nor grow."""

import re
from typing import Any

from lxml import etree

# Bytes. A CFDI of a payroll has some kilobytes, an acuse one or two.
LARGEST = 1_000_000
_DECLARATION = re.compile(r"""<\?xml(?:\s[^>]*?)?\?>\s*""")
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
# In others a document type could hide. UTF-16 shows in the bytes; where it is only declared, they are UTF-8.
_ENCODINGS = {b"iso-8859-1": "latin-1", b"windows-1252": "cp1252"}
_UTF = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"utf-16", b"utf16", b"utf-16le", b"utf-16be"})


class UnsafeXml(ValueError):
    """The text is no XML that is read here; the message goes on from the document's name ("the acuse …")."""


def root(xml: bytes, largest: int = LARGEST) -> Any:
    """Return the root element.

    Args:
        xml: the document.
        largest: bytes that it may have.

    Raises:
        UnsafeXml: it is too large, is not well formed, declares a document type, or has an encoding that hides one.
    """
    if len(xml) > largest:
        raise UnsafeXml(f"has {len(xml)} bytes, and {largest} are read at most")
    text = _text(xml)
    # Before it is parsed: entities are expanded inside of attributes even if they are resolved nowhere else.
    if "<!DOCTYPE" in text:
        raise UnsafeXml("declares a document type")
    # A parser of its own: one that is shared keeps what it has read.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        found = etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        pass
    else:
        document: Any = found.getroottree()  # its stubs lack the document type
        if not document.docinfo.doctype:
            return found
    # Outside of the handler: lxml's own error quotes the text.
    raise UnsafeXml("is not XML: it is malformed, or nested too deeply")


def _text(xml: bytes) -> str:
    """Return the text, in the encoding that its bytes have: the parser is given UTF-8, whatever is declared."""
    declared = _DECLARED.search(xml[:200])
    name = b"utf-8" if declared is None else declared[1].lower()
    encoding = _ENCODINGS.get(name, "utf-8-sig")
    if name in _UTF and (xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:2]):
        encoding = "utf-16" if b"\0" not in xml[:2] else "utf-16-be" if xml[:1] == b"\0" else "utf-16-le"
    try:
        text = xml.decode(encoding).lstrip("\ufeff \t\r\n")
    except UnicodeError:
        text = ""
    if not text.startswith("<") or (name not in _UTF and name not in _ENCODINGS):
        raise UnsafeXml("is not XML in UTF-8, UTF-16 or Latin-1")
    return text
