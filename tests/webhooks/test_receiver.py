"""A call is answered with 200 once its events are on disk, otherwise with what has the sender do the right thing."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bodies import JSON_HEADERS, PASSWORD, TOKEN, batch, document, entry, flat, payment
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.errors import InboxUnavailable
from ventanilla.webhooks import Answer, Kept, MemoryInbox, Receiver, SqliteInbox
from ventanilla.webhooks._reading import MAX_BYTES

PATH = f"/hooks/{TOKEN}"


def post(receiver: Receiver, body: bytes, **headers: str) -> Answer:
    return receiver.handle("POST", PATH, {**JSON_HEADERS, **headers}, body)


def receiver(**options: Any) -> Receiver:
    return Receiver(options.pop("inbox", None) or MemoryInbox(), tokens=[TOKEN], ipn_password=PASSWORD, **options)


def test_what_is_answered_with_200_is_on_disk(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:
        answer = post(receiver(inbox=inbox), document("credentials_created"))
        assert (answer.status, json.loads(answer.body)) == (200, {"received": 1, "new": 1})
        other = sqlite3.connect(tmp_path / "inbox")
        assert other.execute("SELECT name, state FROM ventanilla_events").fetchall() == [
            ("credentials.created", "pending")
        ]
        other.close()


def test_a_batch_is_kept_whole_in_its_order_and_repeats_are_known() -> None:
    inbox = MemoryInbox()
    one = receiver(inbox=inbox)
    body = batch(entry("a"), entry("b", "invoices.paid"), entry("a"), entry("c"))
    assert json.loads(post(one, body).body) == {"received": 4, "new": 3}
    assert [each.event.key for each in reversed(inbox.list())] == ["eid:a", "eid:b", "eid:c"]
    assert json.loads(post(one, body).body) == {"received": 4, "new": 0}
    assert json.loads(post(one, batch()).body) == {"received": 0, "new": 0}


DIE = """
import os, sys
from bodies import *
from ventanilla.webhooks import Receiver, SqliteInbox
from ventanilla.webhooks import sqlite
inserted = sqlite._inserted
def dying(connection, row, *rest):
    if row[3] == "eid:c":
        os._exit(9)
    return inserted(connection, row, *rest)
if sys.argv[2] == "die":
    sqlite._inserted = dying
inbox = SqliteInbox(sys.argv[1])
receiver = Receiver(inbox, tokens=[TOKEN])
print(receiver.handle("POST", "/" + TOKEN, JSON_HEADERS, batch(*map(entry, "abcd"))).status)
"""


@pytest.mark.parametrize(("way", "code", "kept"), [("die", 9, 0), ("live", 0, 4)])
def test_of_a_batch_in_which_the_process_dies_nothing_is_kept(tmp_path: Path, way: str, code: int, kept: int) -> None:
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    command = [sys.executable, "-c", DIE, str(tmp_path / "inbox"), way]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, capture_output=True)
    assert died.returncode == code, died.stderr
    with SqliteInbox(tmp_path / "inbox") as inbox:
        assert len(inbox.list()) == kept


def test_while_the_store_is_locked_the_sender_is_asked_to_come_again(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox", patience=0.05) as inbox:
        one = receiver(inbox=inbox)
        other = sqlite3.connect(tmp_path / "inbox", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = post(one, flat())
        assert answer.status == 503
        assert int(dict(answer.headers)["Retry-After"]) > 0
        assert inbox.list() == []
        other.execute("ROLLBACK")
        other.close()
        assert post(one, flat()).status == 200


def test_a_store_that_is_full_asks_the_sender_to_come_again(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox", max_bytes=100_000) as inbox:
        one = receiver(inbox=inbox)
        answers = [post(one, batch(*(entry(f"{n}-{m}", text="x" * 1000) for m in range(10)))).status for n in range(20)]
        assert answers[0] == 200
        assert answers[-1] == 503
        # Whole batches, as many as were acknowledged.
        assert len(inbox.list(limit=1000)) == 10 * answers.count(200)


def test_a_store_that_can_only_be_read_asks_the_sender_to_come_again(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:
        one = receiver(inbox=inbox)
        assert post(one, flat()).status == 200
        (connection,) = vars(inbox)["_database"]._idle  # a folder's permissions do not stop whoever may do everything
        connection.execute("PRAGMA query_only = ON")
        assert post(one, flat(id_job="2")).status == 503


@pytest.mark.parametrize("content", [b"no database, but text that is long enough to be looked at" * 20, None])
def test_a_store_that_is_none_is_said_at_once(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "folder" / "inbox"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    with pytest.raises(InboxUnavailable) as refused:
        SqliteInbox(path)
    assert str(path) in str(refused.value)
    assert content is None or path.read_bytes() == content


def test_whatever_an_inbox_of_your_own_raises_nothing_is_acknowledged() -> None:
    class Broken(MemoryInbox):
        def put(self, *args: Any, **options: Any) -> tuple[Kept, ...]:
            raise ConnectionError("no database today")

    assert post(receiver(inbox=Broken()), flat()).status == 503


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "post", "OPTIONS", ""])
def test_another_method_is_refused_with_the_one_there_is(method: str) -> None:
    answer = receiver().handle(method, PATH, JSON_HEADERS, flat())
    assert (answer.status, dict(answer.headers)["Allow"]) == (405, "POST")


def test_a_body_that_is_too_large_is_refused_by_its_length_and_by_its_size() -> None:
    one = receiver(max_bytes=100)
    assert post(one, b" " * 101).status == 413
    assert post(one, flat(x="y" * 100)).status == 413
    for length in ("101", "9" * 5000, str(10**30)):
        refusal = one.turn_away("POST", PATH, {"Content-Length": length})
        assert refusal is not None
        assert refusal.status == 413
    assert one.turn_away("POST", PATH, {"Content-Length": "0" * 30 + "100"}) is None
    assert receiver(max_bytes=10**12).max_bytes == MAX_BYTES


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"garbage", {}),
        (b"[1]", {}),
        (flat(), {"Content-Type": "image/png"}),
        (flat(), {"Content-Type": "multipart/form-data; boundary=x"}),
        (flat(), {"Content-Encoding": "gzip"}),
        (flat(), {"Content-Length": "-1"}),
        (flat(), {"Content-Length": "ten"}),
        (flat(), {"Content-Length": "٣"}),
    ],
)
def test_garbage_is_refused_and_not_kept(body: bytes, headers: dict[str, str]) -> None:
    inbox = MemoryInbox()
    assert post(receiver(inbox=inbox), body, **headers).status == 400
    assert inbox.list() == []


def test_who_is_to_be_told_is_told_after_the_commit_and_cannot_undo_it() -> None:
    told: list[tuple[str, int]] = []
    inbox = MemoryInbox()

    def tell(kept: Sequence[Kept]) -> None:
        told.extend((each.arrival, len(inbox.list())) for each in kept)
        raise RuntimeError("nobody listens")

    one = receiver(inbox=inbox, on_kept=tell)
    assert [post(one, flat()).status for _ in range(2)] == [200, 200]
    assert told == [("new", 1), ("again", 1)]


BODIES = st.binary(max_size=60) | st.sampled_from([flat(), payment(), batch(entry("a"))]).flatmap(
    lambda body: st.tuples(st.integers(0, len(body)), st.binary(max_size=3)).map(
        lambda change: body[: change[0]] + change[1] + body[change[0] + 1 :]
    )
)


@given(
    st.sampled_from([PATH, "/"]) | st.text(),
    st.dictionaries(st.sampled_from(["content-type", "Content-Length", "CONTENT-ENCODING"]) | st.text(), st.text()),
    BODIES,
)
def test_whatever_comes_there_is_an_answer(path: str, headers: dict[str, str], body: bytes) -> None:
    for given_headers in (headers, {}):
        assert FUZZED.handle("POST", path, given_headers, body).status in (200, 400, 401, 404, 413)


FUZZED = receiver()
