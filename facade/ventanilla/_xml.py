"""Reads XML that is not trusted: its size is bounded first, and it can neither fetch, nor include, nor grow."""

import re
from typing import Any

from lxml import etree

# Bytes. A CFDI of a payroll has some kilobytes, an acuse one or two.
LARGEST = 1_000_000
# What begins in another way than with < in ASCII is in an encoding in which a document type could hide.
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})


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
    declared = _ENCODING.search(xml[:200])
    if not _START.match(xml) or (declared and declared[1].lower() not in _ENCODINGS):
        raise UnsafeXml("is not XML in UTF-8 or Latin-1")
    # Before it is parsed: entities are expanded inside of attributes even if they are resolved nowhere else.
    if b"<!DOCTYPE" in xml:
        raise UnsafeXml("declares a document type")
    # A parser of its own: one that is shared keeps what it has read.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        found = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        pass
    else:
        document: Any = found.getroottree()  # its stubs lack the document type
        if not document.docinfo.doctype:
            return found
    # Outside of the handler: lxml's own error quotes the text.
    raise UnsafeXml("is not XML: it is malformed, or nested too deeply")
