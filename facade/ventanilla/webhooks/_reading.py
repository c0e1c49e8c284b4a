"""Reads what the providers post into events: all spellings, both versions, any body; it does no I/O.

    parcel = read(body, content_type)
    parcel.events

Whatever came is kept, understood or not: it came to a path that only the provider knows, and refusing is losing. A body
that is no JSON object and no form is one `UnknownEvent`, with its bytes.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import msgspec
from attrs import evolve, field, frozen

from ventanilla._forms import MAX_BYTES, Fields, decoded, fields, inflated, is_list, text
from ventanilla.errors import InvalidRequest
from ventanilla.webhooks.events import (
    OBJECT_ID,
    SYNCFY_IDS,
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
    Provider,
    SyncfyEvent,
    UnknownEvent,
)

# More in one body are one event that is not understood: each would be a row, written while others wait.
MAX_EVENTS, MAX_TEXT = 100_000, 200
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
_IPN = ("ipn_password", "ipn_type")
_MD5 = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32}(?![0-9a-fA-F])")
_SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{1,9})?")
_DIGITS = r"[0-9]{1,11}"
Object = Mapping[str, Any]


@frozen(kw_only=True)
class Parcel:
    """What one call brought: its events, and what has to be verified before they are believed to be the provider's.

    Attributes:
        profile: how it came.
        events: in the order of the body.
        digests: of a Facti notification, those of the passwords that it may have come with.
    """

    profile: Profile
    events: tuple[Event, ...]
    digests: tuple[str, ...] = field(default=(), repr=False)


def parse(body: bytes, content_type: str | None = None) -> tuple[Event, ...]:
    """Read the events of a request's body. Nothing is verified here; a Receiver does that.

    Args:
        body: as it came, or inflated. UTF-8, UTF-16 and Latin-1 are told apart by their bytes.
        content_type: the request's Content-Type; the body decides.

    Returns:
        The events in their order; a body of version 1 and a Facti notification have one. One that cannot be read is an
        `UnknownEvent`.

    Raises:
        InvalidRequest: the body is empty, or has more than 8 MiB.
    """
    body = inflated(body, MAX_BYTES)
    if len(body) > MAX_BYTES:
        raise InvalidRequest(f"a body of more than {MAX_BYTES} bytes is too long", field="body")
    return read(body, content_type).events


def read(body: bytes, content_type: str | None = None) -> Parcel:
    """Read what a call brought. Raises InvalidRequest: nothing."""
    if not body.strip():
        raise InvalidRequest("the body is empty", field="body")
    try:
        document, parts = fields(body, content_type)
        if not parts.keys().isdisjoint(_IPN):
            return _payment(parts)
        if (entries := _entries(parts.get("events"))) is not None:
            return Parcel(profile="sync-v3", events=tuple(event_of("sync-v3", bytes(each)) for each in entries))
    except (ValueError, OverflowError, RecursionError):
        return _unread(body)
    return Parcel(profile="sync-v1", events=(event_of("sync-v1", document),))


def event_of(profile: Profile, document: bytes, key: str | None = None) -> Event:
    """Return the event of one JSON document, as `Event.raw` holds it; what cannot be read is an `UnknownEvent`.

    Args:
        profile: how it came.
        document: a body of version 1, one of the `events` of version 3, or a notification without its password.
        key: the event's key; None works it out.
    """
    try:
        value = decoded(document)
        event = {"facti-ipn": _notified, "sync-v3": _batched}.get(profile, _flat)(document, value)
    except (ValueError, OverflowError, RecursionError):
        provider: Provider = "facti" if profile == "facti-ipn" else "syncfy"
        itself = f"sha256:{hashlib.sha256(document).hexdigest()}"
        event = UnknownEvent(provider=provider, profile=profile, name="", key=itself, raw=document)
    return event if key is None or key == event.key else evolve(event, key=key)


def _entries(events: msgspec.Raw | None) -> list[msgspec.Raw] | None:
    """Return the entries of a batch: of a list, or of an object with numbers for names, as PHP makes it."""
    found: list[msgspec.Raw] | Fields | None = None
    if bytes(events or b"").startswith((b"[", b"{")):
        found = msgspec.json.decode(events or b"", type=list[msgspec.Raw] | Fields)
    if isinstance(found, dict):
        found = [*found.values()] if found and all(map(str.isdecimal, found)) else None
    if found is not None and len(found) > MAX_EVENTS:
        raise ValueError("a batch of too many events")
    return found


def _payment(parts: Fields) -> Parcel:
    # Imported late: most receivers serve one provider, and this one brings its faces along.
    from ventanilla.facti.ipn import unpacked

    password, document = unpacked({"ipn_password": msgspec.Raw(b"null"), **parts})
    return Parcel(profile="facti-ipn", events=(event_of("facti-ipn", document),), digests=(password.strip().lower(),))


def _unread(body: bytes) -> Parcel:
    """Keep what is neither JSON nor a form. A notification of Facti has to have its password somewhere in it."""
    found = text(body)
    if not any(name in found for name in _IPN):
        return Parcel(profile="sync-v1", events=(event_of("sync-v1", body),))
    without = _MD5.sub("*" * 32, found).encode()
    digests = tuple(dict.fromkeys(_MD5.findall(found.lower())))[:100]
    return Parcel(profile="facti-ipn", events=(event_of("facti-ipn", without),), digests=digests)


def _notified(document: bytes, value: Any) -> Event:
    from ventanilla.facti._times import zoned
    from ventanilla.facti.ipn import stored_ipn

    said = stored_ipn(document)
    shared: dict[str, Any] = {
        "provider": "facti",
        "profile": "facti-ipn",
        "key": f"ipn:{said.ipn_type}:{said.id}:{_mark(value)}",
        "occurred_at": zoned(said.confirmed_at),
        "raw": document,
    }
    if not said.is_payment:
        return UnknownEvent(name=f"ipn_type {said.ipn_type}", named=(("id", str(said.id)),), **shared)
    return PaymentNotified(name="ipn_type 1", payment_id=said.id, company_id=said.company_id, **shared)


def _flat(document: bytes, value: Any) -> Event:
    body = _object(value)
    return _syncfy(
        "sync-v1", _text(body.get("event")) or "", body, body, document, {"version": "1", "key": _digest(value)}
    )


def _batched(document: bytes, value: Any) -> Event:
    entry = _object(value)
    header, payload = _object(entry.get("header")), _object(entry.get("payload"))
    about, user = _object(header.get("event")), _object(header.get("user"))
    name = _text(about.get("name")) or _text(payload.get("event")) or ""
    eid = _text(about.get("eid"))
    facts = {
        "version": _text(about.get("version")) or "",
        "key": f"eid:{eid}:{_mark(value)}" if eid else _digest(value),
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
    known: dict[str, Any] = {key: text for key, text in named.items() if key in SYNCFY_IDS}
    return kind(**facts, **known, **_particulars(kind, payload))


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
    found = [link for group in groups if is_list(group) for link in group[:10]]
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


def _mark(value: Any) -> str:
    """Return what tells two events of one id apart: neither may stand in the other's way."""
    return _digest(value)[7:23]


def _digest(body: Any) -> str:
    """Return the key of what has no id of its own: equal JSON has an equal one, however it was spaced and ordered."""
    return f"sha256:{hashlib.sha256(msgspec.json.encode(body, order='deterministic')).hexdigest()}"


def _object(value: Any) -> Object:
    return cast("Object", value) if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if 0 < len(text) <= MAX_TEXT else None
