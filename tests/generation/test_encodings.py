"""Bodies that are no clean UTF-8 are read as what they mean, amounts exactly, and clean ones are not touched."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ventanilla_clients import _runtime
from ventanilla_clients._encodings import mend
from ventanilla_clients._runtime import UnexpectedBody, decode
from ventanilla_clients.syncfy.models import TransactionListAnswer

ROWS = json.loads((Path(__file__).parents[1] / "data" / "syncfy" / "transactions.json").read_text(encoding="utf-8"))
AMOUNT = "98.579999999999998123"
TEXT = json.dumps(
    {
        "rid": "r",
        "code": 200,
        "errors": None,
        "status": True,
        "message": None,
        "response": [{**ROWS[0], "description": "Café ñ", "amount": "AMOUNT"}],
    },
    ensure_ascii=False,
).replace('"AMOUNT"', AMOUNT)

WAYS: dict[str, tuple[Callable[[str], bytes], str, str]] = {
    "BOM": (lambda text: b"\xef\xbb\xbf" + text.encode(), "", "Café ñ"),
    "padding": (lambda text: b"\0\0\r\n" + text.encode() + b"\0" * 7, "", "Café ñ"),
    "Latin-1": (lambda text: text.encode("latin-1"), "", "Café ñ"),
    "Latin-1, declared": (lambda text: text.encode("latin-1"), "application/json;charset=ISO-8859-1", "Café ñ"),
    "Windows": (lambda text: text.replace("é", "€").encode("cp1252"), "", "Caf€ ñ"),
    "another, declared": (
        lambda text: text.replace("é", "ś").encode("cp1250", "replace"),
        "x; charset=cp1250",
        "Cafś ?",
    ),
    "UTF-16": (lambda text: text.encode("utf-16"), "", "Café ñ"),
    "UTF-16, no BOM": (lambda text: text.encode("utf-16-be"), "", "Café ñ"),
    "UTF-32": (lambda text: text.encode("utf-32"), "", "Café ñ"),
    "UTF-8 called UTF-16": (lambda text: b"\xef\xbb\xbf" + text.encode(), "x; charset=utf-16", "Café ñ"),
    "UTF-8 called Latin-1": (lambda text: b"\xef\xbb\xbf" + text.encode(), "x; charset=latin-1", "Café ñ"),
    "mixed": (lambda text: text.encode().replace("ñ".encode(), b"\xf1"), "", "Café ñ"),
    "cut in a character": (lambda text: text.encode().replace("ñ".encode(), b"\xc3"), "", "Café Ã"),
    "escaped half": (lambda text: text.replace("ñ", "\\ud83c").encode(), "", "Café �"),
    "escaped second half": (lambda text: text.replace("ñ", "\\udf82 \\\\ud83c").encode(), "", "Café � \\ud83c"),
    "halves the wrong way": (lambda text: text.replace("ñ", "\\udf82\\ud83c\\udf82").encode(), "", "Café �🎂"),
    "raw halves": (
        lambda text: text.encode().replace("ñ".encode(), b"\xed\xa0\xbc\xed\xbe\x82\xed\xa0\xbc"),
        "",
        "Café 🎂�",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_body_is_read_as_what_it_means(way: str) -> None:
    encode, kind, description = WAYS[way]
    response = httpx.Response(200, content=encode(TEXT), headers={"content-type": kind})
    (row,) = decode(response, TransactionListAnswer).response
    assert row.description == description
    assert (row.amount, str(row.amount)) == (Decimal(AMOUNT), AMOUNT)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"<html>\xf3</html>", b'{"a":"\xf3', b'{"a":1}{"a":2}', b"[" * 9000, b"\0" * 50, b"\xed\xa0"],
)
def test_no_json_is_typed_in_any_encoding(content: bytes) -> None:
    for kind in ("", "application/json; charset=zip", "x; charset=utf-16", "x; charset=punycode", "x;charset="):
        with pytest.raises(UnexpectedBody) as raised:
            decode(httpx.Response(200, content=content, headers={"content-type": kind}), TransactionListAnswer)
        assert raised.value.__context__ is None


def test_clean_body_is_never_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    def mended(response: httpx.Response) -> None:
        raise AssertionError("a clean body was mended")

    monkeypatch.setattr(_runtime, "mended", mended)
    answer = decode(httpx.Response(200, content=TEXT.encode()), TransactionListAnswer)
    assert answer.response[0].description == "Café ñ"


def test_mending_takes_no_longer_than_its_bytes() -> None:
    hostile: tuple[Any, ...] = ("\\" * 200_000, "\\ud83c" * 30_000, "\\\\ud83c" * 30_000, '"' * 200_000)
    started = time.process_time()
    for text in hostile:
        mend(b"\xef\xbb\xbf" + text.encode(), "x; charset=punycode; charset=latin-1")
        mend(b'{"a":"\xf3' + text.encode() + b'"}', "")
    # A codec of Python's that takes the square of the time, and is no charset of JSON.
    assert mend(b"a" * 500_000, "x; charset=punycode") is None
    assert time.process_time() - started < 2.0
