"""`ventanilla listen` receives on a port, keeps, prints, lists what is dead, and ends in one sentence or none."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from attrs import frozen
from bodies import FORM_HEADERS, JSON_HEADERS, PASSWORD, TOKEN, batch, document, entry, flat, payment

from ventanilla.mock.server import running
from ventanilla.webhooks import Retries, SqliteInbox, Worker

COMMAND = [sys.executable, "-W", "error", "-m", "ventanilla.cli", "listen"]


@frozen
class Listening:
    """A receiver in a process of its own."""

    process: "subprocess.Popen[str]"
    url: str

    def line(self) -> str:
        """Return the next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")


def environment(inbox: Path) -> dict[str, str]:
    return {**os.environ, "VENTANILLA_INBOX": str(inbox), "NO_COLOR": "1", "FACTI_IPN_PASSWORD": PASSWORD}


@contextmanager
def listening(inbox: Path, *arguments: str) -> Generator[Listening]:
    command = [*COMMAND, "--port", "0", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(inbox)
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = (process.stderr if "--json" in arguments else process.stdout).readline()
        yield Listening(process, line.removeprefix("ventanilla listen: ").strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def run(inbox: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*COMMAND, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment(inbox))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox.sqlite3"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_what_comes_keeps_it_and_stops_cleanly(inbox: Path, number: signal.Signals) -> None:
    with listening(inbox) as here:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[A-Za-z0-9_-]{43}", here.url)
        assert httpx.post(here.url, content=document("credentials_created"), headers=JSON_HEADERS).status_code == 200
        ids = "id_user=648a053b59f043380d473be3 id_external=20230614-DEMO"
        assert here.line().startswith(f"1  sync-v3  credentials.created {ids} ")
        httpx.post(here.url, content=payment(38), headers=FORM_HEADERS)
        assert here.line() == "2  facti-ipn  payment_notification id=38 company_id=5"
        httpx.post(here.url, content=payment(38), headers=FORM_HEADERS)
        assert here.line() == "2  facti-ipn  payment_notification id=38 company_id=5  (again)"
        httpx.post(here.url, content=batch(entry("e", "x\x1b[31m\ny")), headers=JSON_HEADERS)
        assert here.line().startswith("3  sync-v3  x�[31m�y id_credential=")
        here.process.send_signal(number)
        assert here.process.wait(timeout=10) == 0
        token = here.url.rpartition("/")[2]
        assert here.process.stdout is not None
        assert here.process.stderr is not None
        said = here.process.stdout.read() + here.process.stderr.read()
        assert said == ""
    assert token not in inbox.read_bytes().decode("latin-1")
    with SqliteInbox(inbox) as kept:
        assert [each.state for each in kept.list()] == ["pending"] * 3


def test_json_has_a_line_for_each_event_and_nothing_else(inbox: Path) -> None:
    with listening(inbox, "--json", "--token", TOKEN) as here:
        assert here.url.endswith(f"/{TOKEN}")
        httpx.post(here.url, content=batch(entry("a"), entry("b")), headers=JSON_HEADERS)
        first, second = json.loads(here.line()), json.loads(here.line())
        assert (first["id"], first["arrival"], first["kind"]) == (1, "new", "credentials.refreshed")
        assert (second["key"].rpartition(":")[0], second["occurred_at"]) == (
            "eid:b",
            "2023-06-16T19:06:42.721561+00:00",
        )
        assert second["payload"]["header"]["event"]["eid"] == "b"
        httpx.post(here.url, content=payment(38), headers=FORM_HEADERS)
        digest = payment(38).decode().split("ipn_password=")[1].split("&")[0]
        assert digest not in here.line()


def test_what_is_refused_is_said_without_path_or_traceback(inbox: Path) -> None:
    with listening(inbox) as here:
        place = urlsplit(here.url)
        statuses = [
            httpx.post(f"http://{place.netloc}/guess", content=flat(), headers=JSON_HEADERS).status_code,
            httpx.get(here.url).status_code,
            httpx.head(here.url).status_code,
            httpx.post(here.url, content=b" ", headers=JSON_HEADERS).status_code,
            httpx.post(here.url, content=payment(password="wrong"), headers=FORM_HEADERS).status_code,
        ]
        assert statuses == [404, 405, 405, 400, 401]
        here.process.send_signal(signal.SIGTERM)
        assert here.process.wait(timeout=10) == 0
        assert here.process.stderr is not None
        assert here.process.stderr.read() == "ventanilla: a Facti notification was refused: its password is wrong\n"


def test_while_its_file_is_locked_it_says_so_and_asks_to_come_again(inbox: Path) -> None:
    with listening(inbox) as here:
        other = sqlite3.connect(inbox, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = httpx.post(here.url, content=flat(), headers=JSON_HEADERS, timeout=30)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        other.close()
        assert httpx.post(here.url, content=flat(), headers=JSON_HEADERS).status_code == 200
        assert here.line().startswith("1  sync-v1")
        here.process.terminate()
        here.process.wait(timeout=10)
        assert here.process.stderr is not None
        said = here.process.stderr.read()
        assert "webhooks cannot be kept: the inbox" in said
        assert "Traceback" not in said


def exchange(url: str, *parts: bytes) -> bytes:
    """Send bytes as they are, and return the answer."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as wire:
        for part in parts:
            wire.sendall(part.replace(b"PATH", place.path.encode()))
        found = b""
        while more := wire.recv(65_536):
            found += more
        return found


def test_bodies_in_chunks_are_taken_and_what_is_no_http_is_not_repeated(inbox: Path) -> None:
    with listening(inbox) as here:
        head = b"POST PATH HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (flat()[:10], flat()[10:])]
        assert exchange(here.url, head, *chunks, b"0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        assert exchange(here.url, head, b"zz\r\n").startswith(b"HTTP/1.1 400 ")
        large = b"%x\r\n" % (8 * 10**6) + b" " * 8 * 10**6 + b"\r\n"
        assert exchange(here.url, head, large, b"fffff\r\n" + b" " * 0xFFFFF + b"\r\n").startswith(b"HTTP/1.1 413 ")
        for nonsense in (
            b"PATH\r\n\r\n",
            b"POST PATH HTTP/9.9\r\n\r\n",
            b"POST PATH X HTTP/1.1\r\n\r\n",
            b"\x16\x03\r\n",
        ):
            answer = exchange(here.url, nonsense)
            assert urlsplit(here.url).path[1:].encode() not in answer
        connection = http.client.HTTPConnection(urlsplit(here.url).netloc, timeout=5)
        connection.request("POST", urlsplit(here.url).path, b"", {"Content-Length": str(10**9)})
        assert connection.getresponse().status == 413
        connection.close()
        assert httpx.post(here.url, content=flat(), headers=JSON_HEADERS).status_code == 200


def test_dead_letters_are_listed_and_replayed(inbox: Path) -> None:
    def refuse(event: object) -> None:
        raise LookupError

    with SqliteInbox(inbox) as kept, listening(inbox, "--token", TOKEN) as here:
        for number in (38, 39):
            httpx.post(here.url, content=payment(number), headers=FORM_HEADERS)
        Worker(kept, refuse, retries=Retries(attempts=1)).drain()
        heading, first, _ = run(inbox, "--dead").stdout.splitlines()
        assert heading.split() == ["ID", "RECEIVED", "ATTEMPTS", "EVENT", "WHY"]
        assert re.fullmatch(
            r"1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1 +payment_notification id=38 company_id=5 +LookupError", first
        )
        assert [json.loads(line)["id"] for line in run(inbox, "--dead", "--json").stdout.splitlines()] == [1, 2]
        assert run(inbox, "--replay", "1").stdout == "1 of 1 events will be handled again\n"
        assert [each.state for each in kept.list()] == ["dead", "pending"]
        failed = run(inbox, "--replay", "2", "--replay", "77")
        assert (failed.returncode, failed.stdout) == (1, "1 of 2 events will be handled again\n")
        assert failed.stderr.startswith("ventanilla: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dead", "--inbox", "/nowhere/inbox"], "there is no inbox /nowhere/inbox"),
        (["--inbox", "/nowhere/inbox"], "/nowhere/inbox cannot be used"),
        (["--port", "0", "--token", "short"], "bits"),
    ],
)
def test_what_cannot_be_is_one_sentence(inbox: Path, arguments: list[str], words: str) -> None:
    failed = run(inbox, *arguments)
    assert failed.returncode == 1
    assert words in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert "Traceback" not in failed.stderr


def test_a_taken_port_is_one_sentence(inbox: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        failed = run(inbox, "--port", str(taken.getsockname()[1]))
    assert failed.returncode == 1
    assert "cannot listen on 127.0.0.1" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_help_teaches_by_example(inbox: Path) -> None:
    helped = run(inbox, "--help")
    assert helped.returncode == 0
    assert "ventanilla listen --replay 12" in helped.stdout


def test_the_mock_s_webhooks_arrive(inbox: Path) -> None:
    with listening(inbox, "--json") as here, running() as base:
        ipn = {"company_id": 5, "url": here.url, "password": PASSWORD}
        httpx.post(f"{base}/_mock/facti/ipn", json=ipn).raise_for_status()
        for event in ("refresh", "documents.success"):
            httpx.post(f"{base}/_mock/events", json={"event": event, "url": here.url}).raise_for_status()
        httpx.post(f"{base}/_mock/events", json={"event": "payment_notification"}).raise_for_status()
        missing = {"sync-v1", "sync-v3", "facti-ipn"}
        while missing:
            missing.discard(json.loads(here.line())["profile"])
