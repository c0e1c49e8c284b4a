"""XML of a provider cannot fetch a file, include one, or grow: it is refused with a typed error, at once."""

import time
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from driving import KEYS
from lxml import etree
from measured import peak

from ventanilla import AsyncFacturaOnline, FacturaOnline, errors
from ventanilla._xml import LARGEST, UnsafeXml, root
from ventanilla.facturaonline import Acuse

DATA = Path(__file__).resolve().parents[1] / "data"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
# What lxml does where nothing is said, and where somebody says the wrong thing.
DEFAULT: dict[str, Any] = {}
LAX: dict[str, Any] = {"resolve_entities": True, "load_dtd": True, "huge_tree": True, "no_network": False}


def laughs(levels: int) -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, levels + 1))
    return HEAD + b'<!DOCTYPE a [<!ENTITY l0 "ja">' + entities + b"]><a>&l%d;</a>" % levels


def blowup(size: int, times: int) -> bytes:
    return HEAD + b'<!DOCTYPE a [<!ENTITY x "' + b"x" * size + b'">]><a b="' + b"&x;" * times + b'"/>'


def documents(folder: Path) -> dict[str, tuple[bytes, dict[str, Any], str]]:
    """Each hostile document, with options under which lxml takes it, and what is said of it here."""
    secret, rules = folder / "secret", folder / "rules.dtd"
    secret.write_text("stolen")
    rules.write_text('<!ENTITY x "included">')
    typed = "declares a document type"
    return {
        "billion laughs": (laughs(4), DEFAULT, typed),
        "quadratic blowup": (blowup(1000, 100), DEFAULT, typed),
        "external entity": (
            HEAD + f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode(),
            LAX,
            typed,
        ),
        "external DTD": (HEAD + f'<!DOCTYPE a SYSTEM "{rules.as_uri()}"><a>&x;</a>'.encode(), LAX, typed),
        "parameter entity": (
            HEAD + f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{rules.as_uri()}"> %p;]><a>&x;</a>'.encode(),
            LAX,
            typed,
        ),
        "deep nesting": (HEAD + b"<a>" * 2000 + b"</a>" * 2000, LAX, "nested too deeply"),
        "huge text": (HEAD + b"<a>" + b"x" * 11_000_000 + b"</a>", LAX, "bytes"),
        "document type in UTF-16": (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
            DEFAULT,
            typed,
        ),
        "document type in UTF-7": (
            b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
            DEFAULT,
            "UTF-16 or Latin-1",
        ),
    }


NAMES = [
    "billion laughs",
    "quadratic blowup",
    "external entity",
    "external DTD",
    "parameter entity",
    "deep nesting",
    "huge text",
    "document type in UTF-16",
    "document type in UTF-7",
]


def test_the_list_is_whole(tmp_path: Path) -> None:
    assert [*documents(tmp_path)] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_document_is_refused_at_once(name: str, tmp_path: Path) -> None:
    content, _, said = documents(tmp_path)[name]
    before, started = peak(), time.perf_counter()
    with pytest.raises(UnsafeXml, match=said) as raised:
        root(content)
    assert time.perf_counter() - started < 2.0
    assert peak() - before < 32.0
    assert "stolen" not in str(raised.value)
    assert raised.value.__context__ is None
    with pytest.raises(errors.MalformedAnswer, match=f"the acuse .*{said}"):
        Acuse.of(content)


@pytest.mark.parametrize("name", NAMES)
def test_control_lxml_takes_the_same_document(name: str, tmp_path: Path) -> None:
    content, options, _ = documents(tmp_path)[name]
    taken = etree.fromstring(content, etree.XMLParser(**options))
    grown = len(etree.tostring(taken, encoding="unicode", with_tail=False))
    if name in ("billion laughs", "quadratic blowup"):
        assert grown > 15_000
    wanted = {"external entity": "stolen", "external DTD": "included", "parameter entity": "included"}
    assert wanted.get(name, "") in (taken.text or "")


@pytest.mark.parametrize("levels", [9, 30])
def test_what_would_be_gigabytes_is_not_tried(levels: int) -> None:
    before, started = peak(), time.perf_counter()
    for content in (laughs(levels), blowup(50_000, 10_000)):
        with pytest.raises(UnsafeXml, match="document type"):
            root(content)
    assert time.perf_counter() - started < 2.0
    assert peak() - before < 32.0


@pytest.mark.parametrize("name", NAMES)
def test_both_faces_refuse_it_where_it_comes_from(name: str, tmp_path: Path) -> None:
    content, _, _ = documents(tmp_path)[name]
    transport: Any = httpx.MockTransport(
        lambda request: httpx.Response(200, headers={"Content-Type": "application/xml"}, content=content)
    )
    options: dict[str, Any] = {**KEYS["facturaonline"], "base_url": "http://127.0.0.1/api", "transport": transport}
    with FacturaOnline(**options) as face, pytest.raises(errors.UnexpectedAnswer):
        face.acuse("6206f3702bcdd")

    async def ask() -> None:
        async with AsyncFacturaOnline(**options) as face:
            with pytest.raises(errors.UnexpectedAnswer):
                await face.acuse("6206f3702bcdd")

    anyio.run(ask)


@pytest.mark.parametrize("name", ["facturaonline/acuse.xml", "syncfy/attachment_cfdi.xml"])
def test_what_the_providers_send_is_read(name: str) -> None:
    content = (DATA / name).read_bytes()
    for document in (content, b"\xef\xbb\xbf" + content, b"\n" + content.split(b"?>", 1)[-1]):
        assert root(document) is not None


def test_the_bound_is_the_callers() -> None:
    assert root(b"<a/>", 4).tag == "a"
    with pytest.raises(UnsafeXml, match="has 5 bytes, and 4 are read at most"):
        root(b"<aa/>", 4)
    assert LARGEST == 1_000_000
