"""Reads Facti's payment notifications (IPN) and checks their password. It needs no face and no key.

    notification = parse_ipn(body, content_type)
    if verify_ipn(notification, password) and notification.is_payment:
        payment = facti.payment(notification.id)  # the notification is not signed: read before you act

Source: Facti API, 4. Notificación de pagos (IPN).
"""

import contextlib
import hashlib
import hmac
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from attrs import field, frozen

from ventanilla._forms import MAX_BYTES, Fields, fields, readable
from ventanilla.errors import InvalidRequest
from ventanilla.facti._times import day, moment
from ventanilla.facti.values import addresses


@frozen(kw_only=True)
class PaymentNotification:
    """What a notification says. It carries no proof but the password, so read the payment before you act on it.

    Only the id is certain to be there: the document shows no sample. Moments have no zone; the time of Mexico City
    is assumed.

    Attributes:
        ipn_type: 1 for a payment that has been reconciled.
        id: id of the payment.
        company_id: company that was paid.
        company_razon_social: its razón social.
        company_alias: its own name for itself.
        requested_at: when the payment was asked for.
        serie: serie of the invoice; prepayments have none.
        folio: folio of the invoice, as text; prepayments have none.
        to_email: e-mail addresses of the customer.
        total_amount: pesos asked for.
        amount_received: pesos received.
        limit_date: last day to pay.
        confirmed_from: `bank`, `stp` or `paypal`.
        confirmed_at: when the customer paid.
        payment_way_id: id of the way of payment, as text.
        payment_way_alias: the company's name for it.
    """

    ipn_type: int
    id: int
    company_id: int | None = None
    company_razon_social: str | None = None
    company_alias: str | None = None
    requested_at: datetime | None = None
    serie: str | None = None
    folio: str | None = None
    to_email: tuple[str, ...] = ()
    total_amount: Decimal | None = None
    amount_received: Decimal | None = None
    limit_date: date | None = None
    confirmed_from: str | None = None
    confirmed_at: datetime | None = None
    payment_way_id: str | None = None
    payment_way_alias: str | None = None
    # A digest of the received digest: whoever stores or pickles the value cannot forge a notification from it.
    proof: bytes = field(repr=False, eq=False, default=b"")

    @property
    def is_payment(self) -> bool:
        """Whether it is about a payment that has been reconciled."""
        return self.ipn_type == 1

    @property
    def key(self) -> tuple[int, int]:
        """What is the same when the same notification comes again."""
        return self.ipn_type, self.id


class _Stored(msgspec.Struct):
    ipn_type: int
    data: msgspec.Raw


_NULL = msgspec.Raw(b"null")


class _Data(msgspec.Struct):
    id: int
    company_id: Any = None
    company_razon_social: Any = None
    company_alias: Any = None
    request_datetime: Any = None
    serie: Any = None
    folio: Any = None
    to_email: Any = None
    # Raw, so that no amount passes through a float.
    total_amount: msgspec.Raw = _NULL
    amount_received: msgspec.Raw = _NULL
    limit_payment_date: Any = None
    confirmed_from: Any = None
    confirmed_date: Any = None
    payment_way_id: Any = None
    payment_way_alias: Any = None


# Not strict: PHP may well write numbers as text.
_stored_decoder = msgspec.json.Decoder(_Stored, strict=False)
_data_decoder = msgspec.json.Decoder(_Data, strict=False)


def parse_ipn(body: bytes, content_type: str | None = None) -> PaymentNotification:
    """Read the body of a notification.

    Args:
        body: the request's body: a form as PHP posts it (also in several parts, or with `data[id]=…`), or JSON; `data`
            as JSON text or as an object. UTF-8, UTF-16 and Latin-1 are told apart by their bytes.
        content_type: the request's Content-Type; without it the body decides.

    Raises:
        InvalidRequest: it is no notification, or has more than 8 MiB.
    """
    if len(body) > MAX_BYTES:
        raise InvalidRequest(f"a notification of {len(body)} bytes is too long", field="body")
    try:
        password, document = unpacked(fields(body, content_type)[1])
        return stored_ipn(document, password)
    except (ValueError, KeyError) as problem:
        # msgspec names places and types; other errors may quote the body, which holds the password's digest.
        said = str(problem) if isinstance(problem, msgspec.ValidationError) else "its fields cannot be read"
    # Outside of the handler, so that the other error is not kept as what led to this one.
    raise InvalidRequest(f"this is not a Facti notification: {said}", field="body")


def verify_ipn(notification: PaymentNotification, password: str) -> bool:
    """Return whether a notification carries the company's password; compared in constant time.

    Args:
        notification: as `parse_ipn` returns it.
        password: the company's notification password, in clear. Facti sends its MD5, of UTF-8 or of Latin-1.
    """
    return sum(hmac.compare_digest(_proof(each), notification.proof) for each in digests(password)) > 0


def digests(password: str) -> list[str]:
    """Return the digests of a password: a page in Latin-1 has PHP digest other bytes, if it is not ASCII."""
    encoded = password.encode(errors="surrogatepass"), password.encode("cp1252", "xmlcharrefreplace")
    return [hashlib.md5(each, usedforsecurity=False).hexdigest() for each in encoded]


def unpacked(parts: Fields) -> tuple[str, bytes]:
    """Return the password's digest, and what may be stored of a notification: all its other fields, as JSON.

    Raises KeyError: it has no password.
    """
    rest = {name: raw for name, raw in parts.items() if name != "ipn_password"}
    kind, data = rest.pop("ipn_type", _NULL), rest.pop("data", None)
    with contextlib.suppress(ValueError):
        kind = msgspec.Raw(msgspec.json.encode(msgspec.json.decode(kind, type=int, strict=False)))
    if data is None:  # they stand beside the password
        data, rest = msgspec.Raw(msgspec.json.encode(rest)), {}
    password: Any = msgspec.json.decode(parts["ipn_password"])
    return str(password), msgspec.json.encode({"ipn_type": kind, "data": _object(data), **rest})


def stored_ipn(document: bytes, password: str = "") -> PaymentNotification:
    """Read what `unpacked` has made; by itself it carries no password any more. Raises ValueError."""
    stored = _stored_decoder.decode(document)
    return _notification(password, stored.ipn_type, _data_decoder.decode(stored.data))


def _object(data: msgspec.Raw) -> msgspec.Raw:
    """Return the data's own JSON, which may come as text inside the body's."""
    if bytes(data).startswith(b'"'):
        with contextlib.suppress(ValueError):
            return msgspec.Raw(readable(msgspec.json.decode(data, type=str).encode()))
    return data


def _notification(password: str, ipn_type: int, data: _Data) -> PaymentNotification:
    company = _text(data.company_id)
    return PaymentNotification(
        ipn_type=ipn_type,
        id=data.id,
        company_id=int(company) if company and company.isdecimal() else None,
        company_razon_social=_text(data.company_razon_social),
        company_alias=_text(data.company_alias),
        requested_at=moment(_text(data.request_datetime)),
        serie=_text(data.serie),
        folio=_text(data.folio),
        to_email=addresses(_text(data.to_email) or ""),
        total_amount=_amount(data.total_amount),
        amount_received=_amount(data.amount_received),
        limit_date=day(_text(data.limit_payment_date)),
        confirmed_from=_text(data.confirmed_from) or None,
        confirmed_at=moment(_text(data.confirmed_date)),
        payment_way_id=_text(data.payment_way_id),
        payment_way_alias=_text(data.payment_way_alias),
        proof=_proof(password),
    )


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) else None


def _amount(raw: msgspec.Raw) -> Decimal | None:
    text = bytes(raw).strip(b'"').decode()
    return Decimal(text) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text) else None


def _proof(digest: str) -> bytes:
    return hashlib.sha256(digest.strip().lower().encode(errors="replace")).digest()
