"""Whatever a caller sends there is an answer, nothing secret in it, and what is kept can be read and printed."""

import asyncio
import gzip
import hashlib
import importlib
import io
import json
import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bodies import PASSWORD, TOKEN, batch, entry, flat, payment

from ventanilla.errors import VentanillaError
from ventanilla.facti import parse_ipn
from ventanilla.webhooks import Answer, Event, MemoryInbox, Receiver, SqliteInbox, parse
from ventanilla.webhooks._reading import event_of
from ventanilla.webhooks.events import text_of

SEED, CALLS = 20261201, 1500
DIGEST = hashlib.md5(PASSWORD.encode()).hexdigest()
LETTER = vars(importlib.import_module("ventanilla.cli.listen"))["_letter"]
FALSE: Any = object()
STATUSES = {200, 400, 401, 404, 405, 413}
SEEDS = [
    flat(),
    batch(entry("a"), None, entry("b", "x.y")),
    payment(),
    b'{"ipn_password": "%b", "ipn_type": 1, "data": {"id": 38}}' % DIGEST.encode(),
    b'--x\r\nContent-Disposition: form-data; name="ipn_password"\r\n\r\n%b\r\n--x--' % DIGEST.encode(),
    b"data[id]=38&ipn_type=1&ipn_password=" + DIGEST.encode(),
    gzip.compress(flat()),
    b'{"a": "\\ud800", "b": NaN, "c": 1e999, "a": ' + b"[" * 300 + b"]" * 300 + b"}",
]
TYPES = [None, "", "application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-7", "\x00é;;=,"]
TYPES.extend(["multipart/form-data", 'multipart/form-data; boundary=""', "multipart/mixed; boundary=x", "image/png"])
HEADERS = ["content-length", "Content-Encoding", "TRANSFER-ENCODING", "x-forwarded-for", "content-type"]
VALUES = ["", "0", "-1", "9" * 5000, "1e3", "gzip", "br, gzip", "chunked", "é", "\ud800", "10", "a" * 10_000]


def changed(dice: random.Random, body: bytes) -> bytes:
    """Return a body with a few bytes taken out, put in, or written over."""
    for _ in range(dice.choice((0, 1, 1, 3, 20))):
        at, length = dice.randrange(len(body) + 1), dice.choice((0, 1, 1, 8, 100))
        body = (
            body[:at]
            + dice.choice((b"", dice.randbytes(2), b'"', b"{", b"\\u", b"\x00", b"--x\n"))
            + body[at + length :]
        )
    return dice.choice((body, body, body, body[::-1], gzip.compress(body), body.decode("latin-1").encode("utf-16")))


def calls(seed: int) -> list[tuple[str, str, dict[str, str], bytes]]:
    dice = random.Random(seed)
    made: list[tuple[str, str, dict[str, str], bytes]] = []
    for _ in range(CALLS):
        headers = {dice.choice(HEADERS): dice.choice(VALUES) for _ in range(dice.choice((0, 0, 1, 2)))}
        if (media := dice.choice(TYPES)) is not None:
            headers["Content-Type"] = media
        path = dice.choice([f"/{TOKEN}"] * 6 + [f"/hooks/{TOKEN}//?{TOKEN}", f"/{TOKEN[:-1]}", "\ud800/é"])
        made.append((dice.choice(["POST"] * 9 + ["GET"]), path, headers, changed(dice, dice.choice(SEEDS))))
    return made


def plainly(one: Receiver, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    return one.handle(method, path, headers, body)


def by_asgi(one: Receiver, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    messages = [{"body": body[at : at + 7], "more_body": True} for at in range(0, min(len(body), 70), 7)]
    messages += [{"body": body[70:], "more_body": True}, {}]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", **messages.pop(0)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(one.asgi({"type": "http", "method": method, "path": path, "headers": raw}, receive, send))
    return Answer(sent[0]["status"], tuple((a.decode(), b.decode()) for a, b in sent[0]["headers"]), sent[1]["body"])


def by_wsgi(one: Receiver, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    environ: Any = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
    environ["wsgi.input_terminated"] = True
    for name, value in headers.items():
        given = name.upper().replace("-", "_")
        environ[given if given in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{given}"] = value
    said: list[Any] = []

    def start(*about: Any) -> Callable[[bytes], object]:
        said.append(about)
        return len

    content = b"".join(one.wsgi(environ, start))
    return Answer(int(said[0][0].split()[0]), tuple(said[0][1]), content)


@pytest.mark.parametrize("way", [plainly, by_asgi, by_wsgi])
def test_whatever_comes_is_answered_and_what_is_kept_can_be_read(
    way: Callable[..., Answer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    inbox = MemoryInbox()
    one = Receiver(inbox, tokens=[TOKEN], ipn_password=PASSWORD, max_bytes=20_000)
    made = calls(SEED) if way is plainly else calls(SEED)[:400]
    answers = [way(one, *call) for call in made]
    assert {each.status for each in answers} <= STATUSES
    assert {200, 401, 404, 405} <= {each.status for each in answers}
    shown = caplog.text + "".join(f"{each.headers}{each.body!r}" for each in answers)
    assert "could not be taken" not in shown
    kept = inbox.list(limit=10_000)
    assert len(kept) > CALLS // 10
    for each in kept:
        line, letter = text_of(each.event), LETTER(each)  # as the command line shows it
        assert line.isprintable()
        json.dumps(letter).encode()
        if each.event.profile == "facti-ipn":
            assert DIGEST.encode() not in each.event.raw
    for secret in (TOKEN, PASSWORD, DIGEST):
        assert secret not in shown
        assert not [each for each in kept if each.event.profile == "facti-ipn" and secret in repr(each)]


def test_reading_alone_raises_nothing_but_what_it_says() -> None:
    refusals: list[str] = []
    for _, _, headers, body in calls(SEED + 1)[:1000]:
        for read in (parse, parse_ipn):
            try:
                assert read(body, headers.get("Content-Type"))
            except VentanillaError as refused:
                refusals.append(str(refused))
        for profile in ("sync-v1", "sync-v3", "facti-ipn"):
            assert event_of(profile, body).raw == body
    assert 100 < len(refusals) < 1500
    assert not [each for each in refusals if len(each) > 300 or DIGEST in each]


def test_a_failure_that_nobody_thought_of_has_the_call_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    one = Receiver(MemoryInbox(), tokens=[TOKEN])
    answer = one.handle("POST", f"/{TOKEN}", {}, FALSE)
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "5")
    assert caplog.messages == ["a webhook could not be taken: TypeError"]


def test_what_is_too_large_is_not_read_whole() -> None:
    one = Receiver(MemoryInbox(), tokens=[TOKEN], max_bytes=100_000)
    bomb = gzip.compress(bytes(200_000_000))
    assert len(bomb) > 100_000
    small = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    answers = [plainly(one, "POST", f"/{TOKEN}", {}, each) for each in (bomb, small)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [each.status for each in answers] == [413, 413]
    assert peak < 2_000_000


def test_a_batch_of_ten_thousand_is_kept_whole(tmp_path: Path) -> None:
    entries = [entry(f"{number:036d}", user=f"{number:024x}", pad="x" * 300) for number in range(10_000)]
    body = batch(*entries)
    assert len(body) > 6 * 2**20
    with SqliteInbox(tmp_path / "inbox") as inbox:
        answer = plainly(Receiver(inbox, tokens=[TOKEN]), "POST", f"/{TOKEN}", {}, body)
        assert json.loads(answer.body) == {"received": 10_000, "new": 10_000}


HARD = [
    b'{"event": "' + b'\\"' * 300_000,
    b'{"event": NaN, "a": ' + b'"' * 300_001,
    b"--" + b" a" * 300_000,
    (b"--x\n" * 100_000) + b'Content-Disposition: form-data; name="ipn_type"\n\n1\n',
    b"{" + b"9" * 600_000,
    b"ipn_type=" + b"0" * 600_000,
    b"&" * 600_000 + b"ipn_type=1",
    b'{"a":' + b"[" * 600_000,
]


@pytest.mark.parametrize("body", HARD, ids=range(len(HARD)))
def test_the_time_that_reading_takes_grows_with_the_body_alone(body: bytes) -> None:
    begun = time.process_time()
    events: list[Event] = [*parse(body)]
    assert len(events) == 1
    assert time.process_time() - begun < 3
