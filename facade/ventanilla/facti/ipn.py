"""Reads Facti's payment notifications (IPN) and checks their password. It needs no face and no key.

    notification = parse_ipn(body, content_type)
    if verify_ipn(notification, password) and notification.is_payment:
        payment = facti.payment(notification.id)  # the notification is not signed: read before you act

Source: Facti API, 4. Notificación de pagos (IPN).
"""

import hashlib
import hmac
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from attrs import field, frozen

from ventanilla.errors import InvalidRequest
from ventanilla.facti._times import day, moment
from ventanilla.facti.values import addresses
from ventanilla_clients._runtime import decoder

_MAX_BYTES = 1_000_000
_MAX_FIELDS = 100


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


class _Form(msgspec.Struct):
    ipn_password: str
    ipn_type: int
    data: msgspec.Raw


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
_form_decoder = msgspec.json.Decoder(_Form, strict=False)
_data_decoder = msgspec.json.Decoder(_Data, strict=False)


def parse_ipn(body: bytes, content_type: str | None = None) -> PaymentNotification:
    """Read the body of a notification.

    Args:
        body: the request's body: a form as PHP posts it, or JSON; `data` as JSON text or as an object.
        content_type: the request's Content-Type; without it the body decides.

    Raises:
        InvalidRequest: it is no notification.
    """
    if len(body) > _MAX_BYTES:
        raise InvalidRequest(f"a notification of {len(body)} bytes is too long", field="body")
    try:
        form = _form(body, content_type or "")
        return _notification(form.ipn_password, form.ipn_type, _data_decoder.decode(_object(form.data)))
    except (ValueError, KeyError) as problem:
        # msgspec names places and types; other errors may quote the body, which holds the password's digest.
        said = str(problem) if isinstance(problem, msgspec.ValidationError) else "its fields cannot be read"
        raise InvalidRequest(f"this is not a Facti notification: {said}", field="body") from None


def verify_ipn(notification: PaymentNotification, password: str) -> bool:
    """Return whether a notification carries the company's password; compared in constant time.

    Args:
        notification: as `parse_ipn` returns it.
        password: the company's notification password, in clear. Facti sends its MD5.
    """
    digest = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(_proof(digest), notification.proof)


def without_password(body: bytes, content_type: str | None = None) -> bytes:
    """Return what may be stored of a notification that `parse_ipn` has read: its type and its data, as JSON."""
    form = _form(body, content_type or "")
    return msgspec.json.encode(_Stored(ipn_type=form.ipn_type, data=msgspec.Raw(_object(form.data))))


def stored_ipn(document: bytes) -> PaymentNotification:
    """Read what `without_password` has made; the notification carries no password any more."""
    stored = decoder(_Stored).decode(document)
    return _notification("", stored.ipn_type, _data_decoder.decode(stored.data))


def _object(data: msgspec.Raw) -> bytes:
    """Return the data's own JSON, which may come as text inside the body's."""
    text = bytes(data)
    return msgspec.json.decode(text, type=str).encode() if text.startswith(b'"') else text


def _form(body: bytes, content_type: str) -> _Form:
    if "json" in content_type.lower() or body.lstrip().startswith(b"{"):
        return _form_decoder.decode(body)
    pairs = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS))
    data = msgspec.Raw(pairs["data"].encode())
    return _Form(ipn_password=pairs["ipn_password"], ipn_type=int(pairs["ipn_type"]), data=data)


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
