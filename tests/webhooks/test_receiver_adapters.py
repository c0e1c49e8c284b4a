"""A receiver answers alike through a plain call, ASGI and WSGI, however it is mounted."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest
from bodies import FORM_HEADERS, JSON_HEADERS, PASSWORD, TOKEN, batch, entry, flat, payment

from ventanilla.webhooks import Addresses, MemoryInbox, Receiver, SqliteInbox
from ventanilla.webhooks.asgi import Message

Exchange = tuple[int, dict[str, str], bytes]
Way = Callable[[Receiver, str, str, dict[str, str], bytes], Exchange]


def plainly(receiver: Receiver, method: str, path: str, headers: dict[str, str], body: bytes) -> Exchange:
    answer = receiver.handle(method, path, headers, body, peer="127.0.0.1")
    return answer.status, {name.lower(): value for name, value in answer.headers}, answer.body


def by_asgi(receiver: Receiver, method: str, path: str, headers: dict[str, str], body: bytes) -> Exchange:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(receiver.asgi, client=("127.0.0.1", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return await client.request(method, path, headers=headers, content=body)

    return seen(asyncio.run(send()))


def by_wsgi(receiver: Receiver, method: str, path: str, headers: dict[str, str], body: bytes) -> Exchange:
    transport = httpx.WSGITransport(validator(receiver.wsgi), remote_addr="127.0.0.1")
    with httpx.Client(transport=transport, base_url="http://shop") as client:
        return seen(client.request(method, path, headers=headers, content=body))


def seen(answer: httpx.Response) -> Exchange:
    return answer.status_code, dict(answer.headers), answer.content


CALLS: list[tuple[str, str, dict[str, str], bytes]] = [
    ("POST", f"/hooks/{TOKEN}", JSON_HEADERS, batch(entry("a"), entry("b"))),
    ("POST", f"/hooks/{TOKEN}", JSON_HEADERS, batch(entry("a"), entry("c"))),
    ("POST", f"/{TOKEN}/", JSON_HEADERS, flat()),
    ("POST", f"/{TOKEN}?a=b", FORM_HEADERS, payment()),
    ("POST", f"/{TOKEN}", FORM_HEADERS, payment(password="wrong")),
    ("POST", f"/{TOKEN}x", JSON_HEADERS, flat()),
    ("POST", "/contrase%C3%B1a", JSON_HEADERS, flat()),
    ("PUT", f"/{TOKEN}", JSON_HEADERS, flat()),
    ("POST", f"/{TOKEN}", JSON_HEADERS, b""),
    ("POST", f"/{TOKEN}", {"Content-Type": "text/html"}, b"<html>"),
    ("POST", f"/{TOKEN}", JSON_HEADERS, flat(x="y" * 3000)),
]


@pytest.mark.parametrize("way", [by_asgi, by_wsgi])
def test_every_way_answers_alike(way: Way) -> None:
    def receiver() -> Receiver:
        checks = [Addresses("127.0.0.1")]
        return Receiver(MemoryInbox(), tokens=[TOKEN], ipn_password=PASSWORD, max_bytes=3000, checks=checks)

    one, other = receiver(), receiver()
    answers = [(plainly(one, *call), way(other, *call)) for call in CALLS]
    assert [mine for mine, _ in answers] == [theirs for _, theirs in answers]
    assert [status for (status, _, _), _ in answers] == [200, 200, 200, 200, 401, 404, 404, 405, 400, 200, 413]
    assert json.loads(answers[1][0][2]) == {"received": 2, "new": 1}


def run(receiver: Receiver, scope: Message, *messages: Message) -> tuple[list[Message], int]:
    """Return what an ASGI application sends, and how many messages it took."""
    taken, sent = list(messages), list[Message]()

    async def receive() -> Message:
        return taken.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(receiver.asgi(scope, receive, send))
    return sent, len(messages) - len(taken)


def scope(path: str, root: str = "", **more: Any) -> Message:
    headers = [(b"content-type", b"application/json")]
    return {"type": "http", "method": "POST", "path": path, "root_path": root, "headers": headers, **more}


def receiver(**options: Any) -> Receiver:
    return Receiver(MemoryInbox(), tokens=[TOKEN], **options)


@pytest.mark.parametrize(("path", "root"), [(f"/hooks/{TOKEN}", "/hooks"), (f"/{TOKEN}", "/hooks"), (f"/{TOKEN}", "")])
def test_a_mount_may_leave_its_prefix_in_the_path_or_take_it_off(path: str, root: str) -> None:
    sent, _ = run(receiver(), scope(path, root), {"type": "http.request", "body": flat()})
    assert sent[0]["status"] == 200


def test_a_body_comes_in_parts_and_too_many_are_not_read() -> None:
    parts: list[Message] = [{"type": "http.request", "body": b" " * 500, "more_body": True} for _ in range(50)]
    sent, taken = run(receiver(max_bytes=1000), scope(f"/{TOKEN}"), *parts)
    assert (sent[0]["status"], taken) == (413, 3)
    parts = [{"type": "http.request", "body": bytes([each]), "more_body": True} for each in flat()]
    sent, _ = run(receiver(), scope(f"/{TOKEN}", client=("::1", 5)), *parts, {"type": "http.request"})
    assert sent[0]["status"] == 200


def test_of_a_stranger_no_body_is_read() -> None:
    sent, taken = run(receiver(), scope("/wrong"), {"type": "http.request", "body": flat()})
    assert (sent[0]["status"], taken) == (404, 0)


def test_nothing_is_kept_of_a_caller_who_goes_away() -> None:
    inbox = MemoryInbox()
    messages: list[Message] = [{"type": "http.request", "body": flat(), "more_body": True}, {"type": "http.disconnect"}]
    sent, _ = run(Receiver(inbox, tokens=[TOKEN]), scope(f"/{TOKEN}"), *messages)
    assert (sent, inbox.list()) == ([], [])


def test_a_server_of_its_own_may_start_and_stop_it() -> None:
    lifespan: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent, _ = run(receiver(), {"type": "lifespan"}, *lifespan)
    assert [each["type"] for each in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    sent, _ = run(receiver(), {"type": "websocket"}, {"type": "websocket.connect"})
    assert sent == [{"type": "websocket.close"}]


@pytest.mark.parametrize(("terminated", "status"), [(True, 200), (False, 400)])
def test_wsgi_reads_without_a_length_only_what_ends_by_itself(terminated: bool, status: int) -> None:
    class Input:
        def __init__(self) -> None:
            self.rest = flat()

        def read(self, size: int) -> bytes:
            found, self.rest = self.rest[:size], self.rest[size:]
            return found

    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": f"/{TOKEN}", "wsgi.input": Input()}
    environ |= {"CONTENT_TYPE": "application/json", "wsgi.input_terminated": terminated}
    setup_testing_defaults(environ)
    statuses = list[str]()

    def start(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Callable[[bytes], object]:
        statuses.append(line)
        return len

    receiver().wsgi(environ, start)
    assert statuses[0].startswith(str(status))


def test_a_sender_who_goes_away_from_wsgi_is_answered_and_nothing_kept() -> None:
    class Gone:
        def read(self, size: int) -> bytes:
            raise ConnectionResetError

    inbox = MemoryInbox()
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": f"/{TOKEN}", "wsgi.input": Gone()}
    environ["CONTENT_LENGTH"] = "10"
    setup_testing_defaults(environ)
    statuses = list[str]()

    def start(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Callable[[bytes], object]:
        statuses.append(line)
        return len

    Receiver(inbox, tokens=[TOKEN]).wsgi(environ, start)
    assert statuses == ["400 Bad Request"]
    assert inbox.list() == []


def test_the_loop_goes_on_while_the_inbox_is_locked(tmp_path: Path) -> None:
    async def main() -> tuple[int, int]:
        with SqliteInbox(tmp_path / "inbox", patience=0.3) as inbox:
            app = Receiver(inbox, tokens=[TOKEN]).asgi
            with vars(inbox)["_database"].transaction():
                async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
                    call = asyncio.create_task(client.post(f"/{TOKEN}", headers=JSON_HEADERS, content=flat()))
                    beats = 0
                    while not call.done():
                        await asyncio.sleep(0.01)
                        beats += 1
                    return (await call).status_code, beats

    status, beats = asyncio.run(main())
    assert status == 503
    assert beats > 10
