"""A tape is read back as it was written, and what is wrong with a file is said with its name and its field."""

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from test_journal import HAR

from ventanilla.mock.wire import Request, Response
from ventanilla.tapes import Exchange, Tape, TapeError
from ventanilla.tapes._archive import written

REQUEST = Request("POST", "/v1/users?q=a%20b", {"authorization": "TOKEN token=hidden-1"}, b'{"name": "Rey"}')
WHOLE = Exchange(
    7,
    "0007-create_user.har",
    1700000000.25,
    "https://opendata-api.syncfy.com",
    REQUEST,
    Response(200, (("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")), b'{"a": "\xc3\xb1"}'),
    provider="syncfy",
    base="/v1",
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    binary = Response(200, (("Content-Type", "application/pdf"),), bytes(range(256)))
    cut = Exchange(
        8, "0008-x.har", 1.0, "http://127.0.0.1:1", Request("GET", "/"), binary, is_cut=True, has_values=False
    )
    for each in (WHOLE, cut):
        (tmp_path / each.name).write_bytes(written(each, "create_user"))
        HAR.validate(json.loads((tmp_path / each.name).read_text()))
    first, second = Tape.read(tmp_path)
    # What is kept of its headers in another way is the same all the same.
    assert first == evolve(WHOLE, request=first.request)
    assert (first.request.method, first.request.target, first.request.body) == (
        "POST",
        "/v1/users?q=a%20b",
        REQUEST.body,
    )
    assert (second.response.body, second.is_cut, second.has_values) == (bytes(range(256)), True, False)
    assert Tape.read(tmp_path / WHOLE.name).exchanges[0].response == WHOLE.response


def changed(path: str, value: Any) -> str:
    """The archive with something else at a dotted path; None takes it away."""
    archive = json.loads(written(WHOLE, "create_user"))
    *steps, last = path.split(".")
    node: Any = archive
    for step in steps:
        node = node[int(step) if step.isdigit() else step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return json.dumps(archive)


ENTRY = "log.entries.0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file: input data was truncated"),
        ("{", "the file: input data was truncated"),
        ("[]", "the file: expected `object`, got `array`"),
        (changed("log.entries", None), "log: object missing required field `entries`"),
        (changed(f"{ENTRY}.request.url", None), "log.entries[0].request: object missing required field `url`"),
        (changed(f"{ENTRY}.request.url", "/users"), "log.entries[0].request.url: is not the whole address"),
        (changed(f"{ENTRY}.response.status", "200"), "log.entries[0].response.status: expected `int`, got `str`"),
        (changed(f"{ENTRY}.response.headers", [{"name": "a"}]), "response.headers[0]: object missing required field"),
        (changed(f"{ENTRY}.response.content.encoding", "gzip"), "log.entries[0].response.content: has an encoding"),
        (
            changed(f"{ENTRY}.response.content.encoding", "base64"),
            "response.content.text: is not base64",
        ),
        (changed(f"{ENTRY}.startedDateTime", "yesterday"), "log.entries[0].startedDateTime: is no moment"),
        (changed(f"{ENTRY}.startedDateTime", "9999-12-31T23:59:59-23:59"), "log.entries[0].startedDateTime: is no"),
        (changed(f"{ENTRY}.startedDateTime", "0001-01-01T00:00:00+23:59"), "log.entries[0].startedDateTime: is no"),
        (changed(f"{ENTRY}.request.url", "http://[::1"), "log.entries[0].request.url: is not the whole"),
        (changed(f"{ENTRY}._tape.provider", "stripe"), "log.entries[0]._tape.provider: must be one of syncfy"),
        (changed(f"{ENTRY}._tape.cut", "response"), "log.entries[0]._tape.cut: expected `array`"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_field(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "0001-x.har").write_text(text)
    with pytest.raises(TapeError) as refusal:
        Tape.read(tmp_path)
    assert f"{tmp_path / '0001-x.har'}: " in str(refusal.value)
    assert said in str(refusal.value)


def test_a_folder_without_exchanges_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="there is no exchange in it"):
        Tape.read(tmp_path)
    with pytest.raises(TapeError, match="cannot be read"):
        Tape.read(tmp_path / "nothing.har")


def test_what_a_browser_has_exported_is_read(tmp_path: Path) -> None:
    archive = json.loads(written(WHOLE, "create_user"))
    (entry,) = archive["log"]["entries"]
    for name in ("_id", "_operation", "_problems", "_fault", "_tape"):
        del entry[name]
    failed = json.loads(json.dumps(entry))
    failed["response"]["status"] = 0
    omitted = json.loads(json.dumps(entry))
    del omitted["response"]["content"]["text"]
    archive["log"]["entries"] = [entry, failed, omitted]
    (tmp_path / "browser.har").write_text(json.dumps(archive))
    whole, without = Tape.read(tmp_path / "browser.har")
    assert (whole.provider, whole.is_cut, without.is_cut) == (None, False, True)
    assert (whole.name, without.name, without.number) == ("browser.har#1", "browser.har#3", 3)
