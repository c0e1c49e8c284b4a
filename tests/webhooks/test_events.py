"""Every spelling of an event is read into the same values, whatever else comes is kept, and nothing is followed."""

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from bodies import CREDENTIAL, PASSWORD, USER, batch, document, entry, flat, own_id, payment
from hypothesis import example, given
from hypothesis import strategies as st

from ventanilla._forms import MAX_BYTES, MAX_DEPTH
from ventanilla.errors import InvalidRequest
from ventanilla.facti.ipn import digests, parse_ipn
from ventanilla.webhooks import (
    CredentialCreated,
    CredentialRefreshed,
    CredentialUpdated,
    DocumentsCompleted,
    DocumentsEvent,
    DocumentsFailed,
    DocumentsSucceeded,
    Event,
    PaymentNotified,
    SyncfyEvent,
    UnknownEvent,
    parse,
)
from ventanilla.webhooks._reading import MAX_EVENTS, event_of, moment, read
from ventanilla.webhooks.events import text_of

FORM = "application/x-www-form-urlencoded"


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def one(body: bytes, content_type: str | None = None) -> Event:
    (event,) = parse(body, content_type)
    return event


def syncfy(body: bytes) -> SyncfyEvent:
    event = one(body)
    assert isinstance(event, SyncfyEvent)
    return event


@pytest.mark.parametrize(
    ("name", "kind", "eid"),
    [
        ("credentials_created", CredentialCreated, "6ff4da49-4193-4ee0-8e9e-7415b7fcb9cb"),
        ("credentials_updated", CredentialUpdated, "46346c7b-f990-49e7-96d9-0d33f7406b4f"),
        ("credentials_refreshed", CredentialRefreshed, "2709cf46-0ebd-4856-ac26-421b378ff571"),
        ("documents_completed", DocumentsCompleted, "91f5f406-cb4a-417c-8dc1-fde7482ad27a"),
        ("documents_success", DocumentsSucceeded, "b1c38530-661f-41ea-911a-9fbd9b197c3e"),
    ],
)
def test_every_sample_of_the_guide_is_read(name: str, kind: type[Event], eid: str) -> None:
    event = syncfy(document(name))
    assert type(event) is kind
    assert own_id(event) == f"eid:{eid}"
    # Payloads on documents name no user, so it is the header's.
    assert (event.id_user, event.id_external, event.subject) == (USER, "20230614-DEMO", USER)
    assert event.id_environment == "574894bf7848066d138b4571"
    assert event.version == "3.1"
    assert event.occurred_at is not None
    assert event.occurred_at.tzinfo is UTC
    assert (event.provider, event.profile) == ("syncfy", "sync-v3")
    assert event.payload["header"]["event"]["eid"] == eid


def test_what_samples_say_beyond_ids_is_read() -> None:
    created, updated = syncfy(document("credentials_created")), syncfy(document("credentials_updated"))
    assert isinstance(created, CredentialCreated)
    assert isinstance(updated, CredentialUpdated)
    assert (created.is_executing, updated.is_executing) == (True, False)
    refreshed = syncfy(document("credentials_refreshed"))
    assert isinstance(refreshed, CredentialRefreshed)
    assert refreshed.refreshed_from == datetime.fromtimestamp(1684213883, UTC)
    assert refreshed.refreshed_to == datetime.fromtimestamp(1684213915, UTC)
    # The refreshed credential is another one than the one created: only the user tells that they belong together.
    assert (refreshed.id_credential, refreshed.id_user) == (CREDENTIAL, created.id_user)
    assert refreshed.id_credential != created.id_credential
    ready = syncfy(document("documents_completed"))
    assert isinstance(ready, DocumentsEvent)
    assert ready.id_job_webhook == "648cb2d190b1bf61cc50b3ba"


@pytest.mark.parametrize(
    ("spellings", "kind"),
    [
        (("credential_create", "credentials.created", "credential.create"), CredentialCreated),
        (("credential_update", "credentials.updated", "credential.update"), CredentialUpdated),
        (("refresh", "credentials.refreshed", "credential.refresh"), CredentialRefreshed),
        (("documents_completed", "documents.completed"), DocumentsCompleted),
        (("documents.success",), DocumentsSucceeded),
        (("documents.fail", "documents.failed"), DocumentsFailed),
    ],
)
def test_all_spellings_mean_the_same_in_both_versions(spellings: tuple[str, ...], kind: type[Event]) -> None:
    for name in spellings:
        for event in (one(flat(name)), one(batch(entry("e", name)))):
            assert (type(event), event.kind, event.name) == (kind, kind.kind, name)


def test_version_1_names_documents_by_a_uuid() -> None:
    uuid = "8653a68e-0e3f-4ab1-97e0-c773be77dfb4"
    links = {"documents": [f"/v1/webhooks/events/{uuid}/documents"]}
    event = one(flat("documents_completed", uuid=uuid, endpoints=links))
    assert isinstance(event, DocumentsCompleted)
    assert (event.uuid, event.id_job_webhook, event.profile) == (uuid, None, "sync-v1")
    assert (event.provider, event.version) == ("syncfy", "1")
    odd = one(flat("documents_completed", uuid="../users", endpoints=links))
    assert isinstance(odd, DocumentsCompleted)
    assert odd.uuid is None


@pytest.mark.parametrize(
    "links",
    [
        ["/v1/documents?id_job_webhook=../../users"],
        ["/v1/documents?id_job_webhook=648cb2d190b1bf61cc50b3ba%2F.."],
        ["http://evil.example/?" + "x" * 2000 + "&id_job_webhook=648cb2d190b1bf61cc50b3ba"],
        ["http://[/?id_job_webhook=1"],
        [{"a": 1}, None, 5],
        "text",
    ],
)
def test_of_a_link_only_what_can_be_an_id_is_taken(links: Any) -> None:
    event = one(batch(entry("e", "documents.completed", endpoints=links)))
    assert isinstance(event, DocumentsCompleted)
    assert event.id_job_webhook is None


JOB = "648cb2d190b1bf61cc50b3ba"
LINK = f"/v1/documents?id_job_webhook={JOB}"


def job_of(links: Any) -> str | None:
    event = one(batch(entry("e", "documents.completed", endpoints=links)))
    assert isinstance(event, DocumentsCompleted)
    return event.id_job_webhook


@pytest.mark.parametrize(
    ("links", "is_found"),
    [
        ([LINK], True),
        ({"documents": [LINK]}, True),
        ({"accounts": ["/v1/accounts"], "documents": ["/v1/documents", LINK]}, True),
        # One that cannot be read does not hide the next.
        (["http://[/?id_job_webhook=1", LINK], True),
        ([5, LINK], True),
        # No more is looked at than Syncfy could mean: ten links of 2,000 characters, with fifty fields each.
        (["/"] * 9 + [LINK], True),
        (["/"] * 10 + [LINK], False),
        ([LINK + "&".ljust(2000 - len(LINK), "x")], True),
        ([LINK + "&".ljust(2001 - len(LINK), "x")], False),
        ([LINK + "&a=1" * 49], True),
        ([LINK + "&a=1" * 50], False),
    ],
)
def test_an_id_is_found_in_whichever_link_has_it_and_not_beyond_reason(links: Any, is_found: bool) -> None:
    assert job_of(links) == (JOB if is_found else None)


def test_ids_are_texts_and_numbers_and_nothing_else() -> None:
    odd: dict[str, Any] = {"id_job": True, "id_job_uuid": [], "id_site": "", "id_credential": None}
    event = syncfy(flat(**odd, id_site_organization=7))
    assert event.ids == {"id_user": USER, "id_external": "MIST030794", "id_site_organization": "7"}
    # What is no name is none.
    assert [one(b'{"event": %b}' % each).name for each in (b"{}", b"[]", b"false", b"null", b"1.5")] == [""] * 5
    unknown = one(b'{"event": "x", "id_user": 5, "id_job": "", "identity": "y"}')
    assert (unknown.ids, unknown.subject) == ({"id_user": "5"}, "5")


def test_an_id_that_cannot_be_one_does_not_come_near_a_path() -> None:
    event = syncfy(flat(user="../../sessions"))
    assert event.id_user == "../../sessions"
    with pytest.raises(InvalidRequest) as refused:
        _ = event.user
    assert "sessions" not in str(refused.value)
    with pytest.raises(InvalidRequest):
        _ = syncfy(b'{"event":"refresh"}').credential


@pytest.mark.parametrize(
    "body",
    [
        flat("invoices_paid"),
        batch(entry("e", "invoices.paid")),
        b"{}",
        b'{"events": {}}',
        b'{"events": [[]]}',
        b'{"event": {"a": 1}}',
        b'{"event": null, "id_user": 5}',
        b'{"events": [{"header": [], "payload": 3}]}',
    ],
)
def test_what_nobody_has_documented_is_kept_as_unknown(body: bytes) -> None:
    event = one(body)
    assert type(event) is UnknownEvent
    assert event.kind == "unknown"
    assert event_of(event.profile, event.raw) == event
    assert isinstance(event.payload, dict)


def test_an_unknown_event_still_tells_whom_it_is_about() -> None:
    event = one(batch(entry("e", "invoices.paid")))
    assert (event.name, own_id(event), event.subject) == ("invoices.paid", "eid:e", USER)
    assert event.ids["id_credential"] == CREDENTIAL
    assert not event.recurs
    assert one(flat("invoices_paid")).recurs


def test_a_notification_of_facti_is_read_as_form_and_as_json_and_loses_its_password() -> None:
    form = payment(total_amount="55.20")
    event = one(form, "application/x-www-form-urlencoded; charset=UTF-8")
    assert isinstance(event, PaymentNotified)
    assert (event.payment_id, event.company_id, own_id(event), event.subject) == (38, 5, "ipn:1:38", "payment 38")
    assert (event.provider, event.profile, event.name) == ("facti", "facti-ipn", "ipn_type 1")
    assert event.occurred_at is not None
    assert event.occurred_at.utcoffset() == timedelta(hours=-5)
    assert event.payload["data"]["total_amount"] == "55.20"
    notification = parse_ipn(form)
    digest = form.decode().split("ipn_password=")[1].split("&")[0]
    as_json = json.dumps({"ipn_password": digest, "ipn_type": "1", "data": event.payload["data"]}).encode()
    assert one(as_json, "application/json").ids == event.ids
    for shown in (repr(event), event.raw.decode(), repr(notification)):
        assert digest not in shown
        assert PASSWORD not in shown
    assert event_of("facti-ipn", event.raw) == event


def test_a_type_of_notification_that_nobody_has_documented_is_unknown() -> None:
    event = one(payment(ipn_type=2))
    assert type(event) is UnknownEvent
    assert (event.provider, own_id(event), event.recurs, event.ids) == ("facti", "ipn:2:38", True, {"id": "38"})
    assert (event.profile, event.name) == ("facti-ipn", "ipn_type 2")


@pytest.mark.parametrize("part", [b'"ipn_password": "secret-digest"', b'"ipn_type": 1', b'"ipn_type": 1, "events": []'])
def test_half_a_notification_is_not_taken_for_an_event_of_syncfy(part: bytes) -> None:
    event = one(b"{" + part + b"}")
    assert (type(event), event.provider, event.profile) == (UnknownEvent, "facti", "facti-ipn")
    assert b"secret-digest" not in event.raw
    with pytest.raises(InvalidRequest, match="Facti"):
        parse_ipn(b"{" + part + b"}")


@pytest.mark.parametrize(
    ("body", "profile"), [(flat(), "sync-v1"), (batch(), "sync-v3"), (payment(), "facti-ipn"), (b"{}", "sync-v1")]
)
def test_what_a_call_brings_says_how_it_came(body: bytes, profile: str) -> None:
    parcel = read(body)
    assert parcel.profile == profile
    assert {each.profile for each in parcel.events} <= {profile}
    assert bool(parcel.digests) == (profile == "facti-ipn")


@pytest.mark.parametrize("body", [flat(), batch(entry("e")), payment()])
def test_an_event_keeps_the_key_it_is_stored_by(body: bytes) -> None:
    event = one(body)
    again = event_of(event.profile, event.raw, "as an older version worked it out")
    assert again == evolve(event, key="as an older version worked it out")


def test_without_an_id_equal_content_has_an_equal_key_however_it_is_written() -> None:
    body = flat(is_executing=0)
    spaced = json.dumps(dict(reversed(json.loads(body).items())), indent=2).encode()
    assert one(body).key == one(spaced).key
    assert one(body).recurs
    assert one(body).key != one(flat(is_executing=1)).key
    without = entry("e")
    del without["header"]["event"]["eid"]
    assert one(batch(without)).key.startswith("sha256:")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2023-06-16 19:06:18.944575+0000", "2023-06-16T19:06:18.944575+00:00"),
        ("2023-06-16T13:06:18-06:00", "2023-06-16T19:06:18+00:00"),
        ("2023-06-16 19:06:18", "2023-06-16T19:06:18+00:00"),
        ("2023-06-16T19:06:18Z", "2023-06-16T19:06:18+00:00"),
        (1686942378, "2023-06-16T19:06:18+00:00"),
        ("1686942378", "2023-06-16T19:06:18+00:00"),
        ("0000-00-00 00:00:00", None),
        ("yesterday", None),
        ("99999999999", "5138-11-16T09:46:39+00:00"),
        (True, None),
        (None, None),
        ([], None),
        (10**40, None),
        (0, "1970-01-01T00:00:00+00:00"),
        ("1686942378.5", "2023-06-16T19:06:18.500000+00:00"),
        (" 2023-06-16 19:06:18 ", "2023-06-16T19:06:18+00:00"),
        # Before the first year there is.
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59-01:00", None),
    ],
)
def test_times_are_read_leniently(said: Any, meant: str | None) -> None:
    found = moment(said)
    assert (found.isoformat() if found else None) == meant


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"\x1f\x8b cut off",
        b'{"event": refresh}',
        b"--x\r\nno part",
        b"a=b&c=d",
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"events": [' + b"[" * 5000 + b"]" * 5000 + b"]}",
        b'{"events": [' + b"{}," * MAX_EVENTS + b"{}]}",
        flat(deep=nested(MAX_DEPTH)),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_bytes(body: bytes) -> None:
    event = one(body)
    assert (type(event), event.name, event.raw, event.recurs) == (UnknownEvent, "", body, True)
    assert event.payload == {} or len(body) > MAX_EVENTS
    assert event_of(event.profile, event.raw) == event
    assert text_of(event) == "(no name)"


@pytest.mark.parametrize(
    "body",
    [
        payment(deep=nested(MAX_DEPTH)),
        payment(deep=[]).replace(b"%5B%5D", b"%5B" * 5000 + b"%5D" * 5000),
        payment(id="thirty-eight"),
        payment(ipn_type="one"),
        payment().replace(b"data=%7B", b"data=["),
        payment().replace(b"&data=", b"&other="),
        payment() + b"&a=b" * 100,
        b"{" + payment(),
    ],
)
def test_of_a_notification_that_cannot_be_read_the_password_is_found_and_not_kept(body: bytes) -> None:
    digest = hashlib.md5(PASSWORD.encode()).hexdigest()
    parcel = read(body)
    (event,) = parcel.events
    assert (type(event), event.provider, event_of("facti-ipn", event.raw)) == (UnknownEvent, "facti", event)
    assert not {*digests(PASSWORD)}.isdisjoint(parcel.digests)
    assert digest not in repr(parcel)
    assert digest.encode() not in event.raw


@pytest.mark.parametrize("body", [b"", b" \r\n", flat() + b" " * MAX_BYTES, gzip.compress(bytes(MAX_BYTES + 1))])
def test_what_is_empty_or_too_large_is_no_event(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(body)
    assert len(str(refused.value)) < 200


def test_what_is_as_large_as_can_be_read_is() -> None:
    # Eight mebibytes; a hundred thousand events; fifty levels, of which the object is one and the number another.
    assert len(parse(flat().ljust(8 * 2**20))) == 1
    assert len(parse(batch(*[{}] * 100_000))) == 100_000
    assert one(flat(deep=nested(48))).kind == "credentials.refreshed"
    assert one(flat(deep=nested(49))).kind == "unknown"


def test_what_is_almost_too_deep_is_read_from_a_deep_place_too() -> None:
    event = one(flat(deep=nested(MAX_DEPTH - 3)))

    def read(places: int) -> Event:
        return read(places - 1) if places else event_of(event.profile, event.raw)

    assert read(500) == event


def test_long_texts_stay_where_they_came() -> None:
    event = one(batch(entry("e" * 201, "n" * 201, user="u" * 201)))
    assert (event.kind, event.name, event.subject) == ("credentials.refreshed", "refresh", None)
    assert event.key.startswith("sha256:")
    assert b"u" * 201 in event.raw
    assert one(flat("n" * 201)).name == ""
    assert one(flat("n" * 200)).name == "n" * 200


@pytest.mark.parametrize(
    "media", [None, "", "application/json; charset=utf-8", "text/plain", FORM, "image/png", "application/x; charset=x"]
)
def test_json_comes_under_any_content_type(media: str | None) -> None:
    assert one(flat(), media).kind == "credentials.refreshed"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["event", "events", "header", "payload", "endpoints", "id_user", "eid", "name", "at", "user"])


@given(st.dictionaries(KEYS | st.text(), VALUES, max_size=6), st.booleans())
@example({"event": {}, "events": [{"header": {"event": {"eid": 5, "at": {}}}}]}, False)
def test_whatever_object_comes_is_kept_and_read_back_the_same(body: dict[str, Any], wrapped: bool) -> None:
    text = json.dumps({"events": [body]} if wrapped else body).encode()
    for event in parse(text):
        assert event_of(event.profile, event.raw, event.key) == event
        assert len(event.name) <= 200
        assert repr(event.raw) not in repr(event)
