"""Reads what the providers post into events: all spellings, both versions, any JSON object; it does no I/O.

    parcel = read(body, content_type)
    parcel.events

Whatever is a JSON object is kept, understood or not: it came to a path that only the provider knows. What is refused
is what cannot be kept: other bodies, and bodies that are too large or too deep.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard, cast
from urllib.parse import parse_qsl, urlsplit

import msgspec
from attrs import evolve, frozen

from ventanilla.errors import InvalidRequest
from ventanilla.webhooks.events import (
    OBJECT_ID,
    UUID,
    CredentialCreated,
    CredentialRefreshed,
    CredentialUpdated,
    DocumentsCompleted,
    DocumentsFailed,
    DocumentsSucceeded,
    Event,
    PaymentNotified,
    Profile,
    SyncfyEvent,
    UnknownEvent,
)

MAX_BYTES, MAX_EVENTS, MAX_TEXT = 1024 * 1024, 10_000, 200
# Far below what decoding bears, which depends on who asks: what has been kept can always be read.
MAX_DEPTH = 50
# The three spellings of each event: version 1, version 3, and one table of the SAT All in One guide.
KINDS: Mapping[str, type[SyncfyEvent]] = {
    "credential_create": CredentialCreated,
    "credentials.created": CredentialCreated,
    "credential.create": CredentialCreated,
    "credential_update": CredentialUpdated,
    "credentials.updated": CredentialUpdated,
    "credential.update": CredentialUpdated,
    "refresh": CredentialRefreshed,
    "credentials.refreshed": CredentialRefreshed,
    "credential.refresh": CredentialRefreshed,
    "documents_completed": DocumentsCompleted,
    "documents.completed": DocumentsCompleted,
    "documents.success": DocumentsSucceeded,
    "documents.fail": DocumentsFailed,
    "documents.failed": DocumentsFailed,
}
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_JSON_TYPE = re.compile(r"(application|text)/([a-z0-9.+-]+\+)?json")
_SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{1,9})?")
_DIGITS = r"[0-9]{1,11}"
Object = Mapping[str, Any]


@frozen(kw_only=True)
class Parcel:
    """What one call brought: its events, and what has to be verified before they are believed to be the provider's.

    Attributes:
        profile: how it came.
        events: in the order of the body.
        notification: a Facti notification, which knows the digest of the password it came with.
    """

    profile: Profile
    events: tuple[Event, ...]
    notification: Any = None


def parse(body: bytes, content_type: str | None = None) -> tuple[Event, ...]:
    """Read the events of a request's body. Nothing is verified here; a Receiver does that.

    Args:
        body: as it came.
        content_type: the request's Content-Type; without it the body decides.

    Returns:
        The events in their order; a body of version 1 and a Facti notification have one.

    Raises:
        InvalidRequest: the body is no JSON object and no form of Facti's, or it is too large or too deep.
    """
    return read(body, content_type).events


def read(body: bytes, content_type: str | None = None) -> Parcel:
    """Read what a call brought, as `parse` does."""
    if len(body) > MAX_BYTES:
        raise InvalidRequest(f"a body of {len(body)} bytes is too long", field="body")
    media = (content_type or "").split(";")[0].strip().lower()
    if media and media != FORM and not _JSON_TYPE.fullmatch(media):
        raise InvalidRequest("the content type is neither JSON nor a form", field="content-type")
    try:
        if not body.lstrip().startswith(b"{"):
            return _payment(body, FORM)
        parts = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if "ipn_type" in parts or "ipn_password" in parts:
            return _payment(body, JSON)
        if "events" in parts and bytes(parts["events"]).lstrip().startswith(b"["):
            return _batch(bytes(parts["events"]))
        return Parcel(profile="sync-v1", events=(event_of("sync-v1", body),))
    except InvalidRequest:
        raise
    except (ValueError, OverflowError, RecursionError):
        # Not what they say: it may quote the body.
        raise InvalidRequest("the body is not the JSON or form of an event", field="body") from None


def event_of(profile: Profile, document: bytes, key: str | None = None) -> Event:
    """Return the event of one JSON document, as `Event.raw` holds it.

    Args:
        profile: how it came.
        document: a body of version 1, one of the `events` of version 3, or a notification without its password.
        key: the event's key; None works it out.
    """
    if profile == "facti-ipn":
        event = _notified(document)
    else:
        event = (_flat if profile == "sync-v1" else _batched)(document, _object(_decoded(document)))
    return event if key is None or key == event.key else evolve(event, key=key)


def _batch(events: bytes) -> Parcel:
    documents = msgspec.json.decode(events, type=list[msgspec.Raw])
    if len(documents) > MAX_EVENTS:
        raise InvalidRequest(f"a batch of {len(documents)} events is too long", field="events")
    found = tuple(event_of("sync-v3", bytes(document)) for document in documents)
    return Parcel(profile="sync-v3", events=found)


def _payment(body: bytes, content_type: str) -> Parcel:
    # Imported late: most receivers serve one provider, and this one brings its faces along.
    from ventanilla.facti.ipn import parse_ipn, without_password

    notification = parse_ipn(body, content_type)
    event = event_of("facti-ipn", without_password(body, content_type))
    return Parcel(profile="facti-ipn", events=(event,), notification=notification)


def _notified(document: bytes) -> Event:
    from ventanilla.facti._times import zoned
    from ventanilla.facti.ipn import stored_ipn

    _decoded(document)
    said = stored_ipn(document)
    shared: dict[str, Any] = {
        "provider": "facti",
        "profile": "facti-ipn",
        "key": f"ipn:{said.ipn_type}:{said.id}",
        "occurred_at": zoned(said.confirmed_at),
        "raw": document,
    }
    if not said.is_payment:
        return UnknownEvent(name=f"ipn_type {said.ipn_type}", named=(("id", str(said.id)),), **shared)
    return PaymentNotified(name="ipn_type 1", payment_id=said.id, company_id=said.company_id, **shared)


def _flat(document: bytes, body: Object) -> Event:
    name = _text(body.get("event")) or ""
    return _syncfy("sync-v1", name, body, body, document, {"version": "1", "key": _digest(body)})


def _batched(document: bytes, entry: Object) -> Event:
    header, payload = _object(entry.get("header")), _object(entry.get("payload"))
    about, user = _object(header.get("event")), _object(header.get("user"))
    name = _text(about.get("name")) or _text(payload.get("event")) or ""
    eid = _text(about.get("eid"))
    facts = {
        "version": _text(about.get("version")) or "",
        "key": f"eid:{eid}" if eid else _digest(entry),
        "occurred_at": moment(about.get("at")),
    }
    # The header says who; payloads on documents do not.
    ids = {**payload, **{key: value for key, value in user.items() if value is not None}}
    return _syncfy("sync-v3", name, ids, payload, document, facts)


def _syncfy(profile: Profile, name: str, ids: Object, payload: Object, document: bytes, facts: dict[str, Any]) -> Event:
    facts = {"provider": "syncfy", "profile": profile, "name": name, "raw": document, **facts}
    kind = KINDS.get(name)
    named = {key: text for key in ids if key.startswith("id_") and (text := _text(ids[key])) is not None}
    if kind is None:
        del facts["version"]
        return UnknownEvent(named=tuple(named.items()), **facts)
    known: dict[str, Any] = {key: text for key, text in named.items() if key in _FIELDS}
    return kind(**facts, **known, **_particulars(kind, payload))


_FIELDS = frozenset(each for each in SyncfyEvent.__annotations__ if each.startswith("id_"))


def _particulars(kind: type[SyncfyEvent], payload: Object) -> dict[str, Any]:
    if kind in (CredentialCreated, CredentialUpdated):
        flag = payload.get("is_executing")
        return {"is_executing": bool(flag) if isinstance(flag, int) else None}
    links = _links(payload.get("endpoints"))
    if kind is CredentialRefreshed:
        since, until = (_in_links(links, f"dt_refresh_{end}", _DIGITS) for end in ("from", "to"))
        return {"refreshed_from": moment(since), "refreshed_to": moment(until)}
    uuid = _text(payload.get("uuid"))
    return {
        "id_job_webhook": _in_links(links, "id_job_webhook", OBJECT_ID),
        "uuid": uuid if uuid and re.fullmatch(UUID, uuid) else None,
    }


def _links(endpoints: Any) -> list[str]:
    """Return the links of an event, which come by name or as a list; they are read, never followed."""
    groups = [*_object(endpoints).values(), endpoints]
    found = [link for group in groups if _is_list(group) for link in group[:10]]
    return [link for link in found if isinstance(link, str) and len(link) <= 2000]


def _in_links(links: list[str], name: str, pattern: str) -> str | None:
    for link in links:
        try:
            found = dict(parse_qsl(urlsplit(link).query, max_num_fields=50)).get(name, "")
        except ValueError:
            continue
        if re.fullmatch(pattern, found):
            return found
    return None


def moment(value: Any) -> datetime | None:
    """Return an aware moment of what Syncfy writes: `2023-06-16 19:06:18.944575+0000`, other ISO forms, unix seconds.

    One without zone is taken for UTC; None where there is none, or none that can be read.
    """
    text = value.strip() if isinstance(value, str) else str(value)
    try:
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        found = datetime.fromisoformat(text[:40])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _decoded(document: bytes) -> Any:
    """Decode a document. Raises InvalidRequest when it is too deep."""
    found = msgspec.json.decode(document)
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [each for one in level for each in (one if _is_list(one) else _object(one).values())]
        if not level:
            return found
    raise InvalidRequest("the body is too deep", field="body")


def _digest(body: Any) -> str:
    """Return the key of what has no id of its own: equal JSON has an equal one, however it was spaced and ordered."""
    return f"sha256:{hashlib.sha256(msgspec.json.encode(body, order='deterministic')).hexdigest()}"


def _object(value: Any) -> Object:
    return cast("Object", value) if isinstance(value, dict) else {}


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if 0 < len(text) <= MAX_TEXT else None
