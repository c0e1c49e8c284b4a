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
from bodies import FORM_HEADERS, JSON_HEADERS, PASSWORD, TOKEN, batch, document, entry, flat, own_id, payment
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.errors import InboxUnavailable
from ventanilla.webhooks import Answer, Call, Kept, MemoryInbox, Receiver, SqliteInbox

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
    assert [own_id(each.event) for each in reversed(inbox.list())] == ["eid:a", "eid:b", "eid:c"]
    assert json.loads(post(one, body).body) == {"received": 4, "new": 0}
    assert json.loads(post(one, batch()).body) == {"received": 0, "new": 0}


DIE = """
import os, sys
from bodies import *
from ventanilla.webhooks import Receiver, SqliteInbox
put = SqliteInbox._put
def dying(inbox, connection, event, now):
    if own_id(event) == "eid:c":
        os._exit(9)
    return put(inbox, connection, event, now)
if sys.argv[2] == "die":
    SqliteInbox._put = dying
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


def test_whatever_an_inbox_of_your_own_raises_nothing_is_acknowledged(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(MemoryInbox):
        def put(self, *args: Any, **options: Any) -> tuple[Kept, ...]:
            raise ConnectionError("no database today")

    answer = post(receiver(inbox=Broken()), flat())
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "5")
    # Who sent it learns what to do; whose inbox it is, what kind of thing happened, and not what it says.
    assert json.loads(answer.body)["error"].endswith("send it again")
    assert [(each.name, each.getMessage()) for each in caplog.records] == [
        ("ventanilla.webhooks", "webhooks cannot be kept: ConnectionError")
    ]


def test_an_inbox_that_knows_how_long_it_takes_has_the_sender_wait_as_long(caplog: pytest.LogCaptureFixture) -> None:
    class Busy(MemoryInbox):
        def put(self, *args: Any, **options: Any) -> tuple[Kept, ...]:
            refusal = InboxUnavailable("the inbox is being moved")
            refusal.retry_after = 90
            raise refusal

    answer = post(receiver(inbox=Busy()), flat())
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "90")
    assert caplog.messages[0].startswith("webhooks cannot be kept: the inbox is being moved")


@pytest.mark.parametrize("end", ["", "/", "//", "?", "?a=/b", "/?a=b?c=/d"])
@pytest.mark.parametrize("last", "Xx9~.-_")
def test_the_token_is_the_last_segment_of_the_path_and_all_of_it(last: str, end: str) -> None:
    token = TOKEN + last
    one = Receiver(MemoryInbox(), tokens=[token])
    for path, status in ((token, 200), (f"{token}{last}", 404), (TOKEN, 404), (f"{token}/x", 404)):
        assert one.handle("POST", f"/hooks/{path}{end}", JSON_HEADERS, flat()).status == status


CALLS = [
    ("POST", PATH, FORM_HEADERS, payment(), 200),
    ("POST", PATH, FORM_HEADERS, payment(password="wrong"), 401),
    ("POST", PATH + "x", FORM_HEADERS, payment(password="wrong"), 404),
    ("GET", PATH, JSON_HEADERS, b"", 405),
    ("POST", PATH, {**JSON_HEADERS, "Content-Length": "99999999"}, b"", 413),
    ("POST", PATH, JSON_HEADERS, b" ", 400),
]


@pytest.mark.parametrize(("method", "path", "headers", "body", "status"), CALLS)
def test_every_answer_says_in_json_what_it_is(
    method: str, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = receiver().handle(method, path, headers, body)
    assert answer.status == status
    about = {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
    assert dict(answer.headers) == about | ({"Allow": "POST"} if status == 405 else {})
    assert json.loads(answer.body).keys() == ({"received", "new"} if status == 200 else {"error"})


@pytest.mark.parametrize(("method", "path", "headers", "body", "status"), CALLS)
def test_whoever_is_turned_away_before_the_body_is_answered_alike(
    method: str, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    one = receiver()
    early = one.turn_away(method, path, headers)
    assert early == (one.handle(method, path, headers, body) if status in (404, 405, 413) else None)


@pytest.mark.parametrize(
    "given", [PASSWORD, [PASSWORD], ["another company's", PASSWORD], (each for each in [PASSWORD])]
)
def test_a_password_may_be_one_or_several(given: Any) -> None:
    one = Receiver(MemoryInbox(), tokens=[TOKEN], ipn_password=given)
    for _ in range(2):
        assert one.handle("POST", PATH, FORM_HEADERS, payment()).status == 200
        # Only a notification of Facti has to bring it.
        assert post(one, flat()).status == 200
        assert one.handle("POST", PATH, FORM_HEADERS, payment(password=PASSWORD[0])).status == 401


@pytest.mark.parametrize(
    ("given", "why"),
    [(PASSWORD, "is wrong"), ((), "cannot be checked: the receiver was given no ipn_password")],
)
def test_the_log_tells_a_wrong_password_from_one_that_was_never_given(
    given: Any, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    one = Receiver(MemoryInbox(), tokens=[TOKEN], ipn_password=given)
    assert one.handle("POST", PATH, FORM_HEADERS, payment(password="wrong")).status == 401
    assert caplog.messages == [f"a Facti notification was refused: its password {why}"]


def test_a_check_is_asked_about_every_call_and_its_no_is_final() -> None:
    def is_there(call: Call) -> bool:
        return True

    def is_near(call: Call) -> bool:
        return call.peer == "::1"

    inbox = MemoryInbox()
    one = receiver(inbox=inbox, checks=[is_there, is_near])
    assert [one.handle("POST", PATH, JSON_HEADERS, flat(), peer=peer).status for peer in ("::2", "::1")] == [401, 200]
    assert [each.seen for each in inbox.list()] == [1]


def test_headers_come_as_a_mapping_or_as_pairs_and_twice_is_read_as_a_list() -> None:
    seen: list[Call] = []

    def is_seen(call: Call) -> bool:
        seen.append(call)
        return True

    one = receiver(checks=[is_seen])
    pairs = [("CONTENT-TYPE", "application/json"), ("X-Hop", "a"), ("x-hop", "b")]
    assert one.handle("POST", PATH, pairs, flat()).status == 200
    assert one.handle("POST", PATH, dict(pairs[:2]), flat()).status == 200
    assert [each.headers["x-hop"] for each in seen] == ["a, b", "a"]


@pytest.mark.parametrize("encoding", ["", " ", "identity", " Identity "])
def test_a_body_that_says_it_is_not_compressed_is_taken(encoding: str) -> None:
    assert post(receiver(), flat(), **{"Content-Encoding": encoding}).status == 200


def test_a_receiver_shows_its_inbox_and_how_many_tokens_it_has(tmp_path: Path) -> None:
    with SqliteInbox(tmp_path / "inbox") as inbox:
        one = Receiver(inbox, tokens=[TOKEN, TOKEN[::-1]])
        assert repr(one) == f"Receiver({inbox!r}, tokens=2)"


def test_it_is_an_application_of_either_kind() -> None:
    one = receiver()
    assert (type(one.asgi).__name__, type(one.wsgi).__name__) == ("AsgiApp", "WsgiApp")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "post", "OPTIONS", ""])
def test_another_method_is_refused_with_the_one_there_is(method: str) -> None:
    answer = receiver().handle(method, PATH, JSON_HEADERS, flat())
    assert (answer.status, dict(answer.headers)["Allow"]) == (405, "POST")


def test_a_body_that_is_too_large_is_refused_by_its_length_and_by_its_size() -> None:
    one = receiver(max_bytes=100)
    assert post(one, b" " * 101).status == 413
    assert post(one, flat(x="y" * 100)).status == 413
    # What is exactly as large as is allowed is read.
    assert post(one, b'{"event": "x"}'.ljust(100)).status == 200
    for length in ("101", "9" * 5000, str(10**20), str(10**30)):
        refusal = one.turn_away("POST", PATH, {"Content-Length": length})
        assert refusal is not None
        assert refusal.status == 413
    assert one.turn_away("POST", PATH, {"Content-Length": "0" * 30 + "100"}) is None
    assert (receiver().max_bytes, receiver(max_bytes=10**12).max_bytes) == (8 * 2**20, 10**12)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b" \r\n", {}),
        (flat(), {"Content-Length": str(len(flat()) + 1)}),
        (flat(), {"Content-Length": "-1"}),
        (flat(), {"Content-Length": "ten"}),
        (flat(), {"Content-Length": "٣"}),
    ],
)
def test_what_did_not_arrive_whole_is_refused_and_not_kept(body: bytes, headers: dict[str, str]) -> None:
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
