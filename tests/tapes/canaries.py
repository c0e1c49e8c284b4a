"""Looks for secrets in the files of a tape, in whatever way they may be written."""

import html
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_plus


def ways(secret: str) -> set[str]:
    """How a secret may be written where nothing has been written on purpose."""
    found = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret)}
    found |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], secret.encode().hex()}
    found |= {re.sub("%..", lambda each: each[0].lower(), each) for each in found}
    if len(secret) >= 8:
        for before in range(3):
            text = b64encode(b"0" * before + secret.encode()).decode()[2 * before :].rstrip("=")[:-2]
            found |= {text, text.translate(str.maketrans("+/", "-_"))}
    return found


def readings(text: str) -> Iterator[str]:
    """What a text says, and what it says in base64, which HAR writes bytes in."""
    yield text
    yield unquote_plus(html.unescape(text)).replace("\\", "")
    for run in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        plain = b64decode(run[: len(run) // 4 * 4])
        for encoding in ("latin-1", "utf-8", "utf-16-le"):
            yield plain.decode(encoding, "replace")


def leaks(folder: Path, secrets: Iterable[str]) -> list[str]:
    """Return which secrets stand in which files, hidden files included."""
    wanted = {secret: ways(secret) for secret in secrets}
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files, "there is nothing to look through"
    return [
        f"{file.name}: {secret}"
        for file in files
        for text in readings(file.read_text(encoding="utf-8"))
        for secret, written in wanted.items()
        if any(way in text for way in written)
    ]
