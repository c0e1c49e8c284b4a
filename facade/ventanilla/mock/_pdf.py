"""Knows how to write a one-page PDF with lines of text, with nothing but the PDF reference."""

from collections.abc import Iterable


def page_of(lines: Iterable[str]) -> bytes:
    """Return a PDF whose only page shows `lines`, each cut at 95 characters and at most 52 of them."""
    shown = [_literal(line[:95]) for line in list(lines)[:52]]
    stream = b"BT /F1 10 Tf 14 TL 40 760 Td " + b" ".join(b"(%s) Tj T*" % line for line in shown) + b" ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _file_of(objects)


def _literal(line: str) -> bytes:
    # Inside a string literal only these three need a backslash; what Windows-1252 lacks becomes "?".
    text = line.encode("cp1252", "replace")
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file_of(objects: tuple[bytes, ...]) -> bytes:
    # The comment with high bytes tells transports that the file is binary.
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    # Each entry is exactly 20 bytes long: that is how a reader finds object n.
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table)
    return bytes(written)
