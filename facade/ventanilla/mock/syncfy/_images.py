"""Knows how to draw a short word as a PNG, for captchas and image choices."""

import base64
import struct
import zlib

_HEIGHT = 7
_GLYPHS = {
    "A": ("01110", "10001", "10001", "11111", "10001", "10001", "10001"),
    "B": ("11110", "10001", "10001", "11110", "10001", "10001", "11110"),
    "C": ("01111", "10000", "10000", "10000", "10000", "10000", "01111"),
    "D": ("11110", "10001", "10001", "10001", "10001", "10001", "11110"),
    "E": ("11111", "10000", "10000", "11110", "10000", "10000", "11111"),
    "S": ("01111", "10000", "10000", "01110", "00001", "00001", "11110"),
    "T": ("11111", "00100", "00100", "00100", "00100", "00100", "00100"),
}


def drawn(word: str, scale: int = 4) -> str:
    """Return a PNG of `word` (letters A to E, S and T) in base64, each dot `scale` pixels wide."""
    lines = [f"0{'0'.join(_GLYPHS[letter][line] for letter in word.upper())}0" for line in range(_HEIGHT)]
    blank = "0" * len(lines[0])
    rows = [b"\0" + _pixels(line, scale) for line in (blank, *lines, blank) for _ in range(scale)]
    header = struct.pack(">IIBBBBB", len(blank) * scale, len(rows), 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)), _chunk(b"IEND", b""))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


def _pixels(line: str, scale: int) -> bytes:
    return b"".join((b"\x00" if dot == "1" else b"\xff") * scale for dot in line)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
