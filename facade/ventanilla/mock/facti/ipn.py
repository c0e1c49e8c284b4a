"""Knows the notification (IPN) that a company gets when a payment is confirmed, and where it goes."""

import hashlib
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from ventanilla.mock.facti.state import Account, Company, Payment
from ventanilla.mock.provider import Refused, Reply
from ventanilla.mock.wire import encode
from ventanilla.mock.world import World

PROFILE = "facti-ipn"
# ipn_type: a payment has been reconciled. The document knows no other.
CONFIRMED = 1
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def notify(world: World, payment: Payment, times: int = 1) -> None:
    """Send the company of a paid payment its notification, if it wants any."""
    company = payment.company
    if company.ipn_url is None:
        return
    # The service sends the password so; nothing is protected by it here.
    password = hashlib.md5(company.ipn_password.encode(), usedforsecurity=False).hexdigest()
    fields = {"ipn_password": password, "ipn_type": CONFIRMED, "data": encode(_data(payment)).decode()}
    for _ in range(times):
        world.send(PROFILE, "payment_notification", company.ipn_url, urlencode(fields).encode(), _FORM)


def configure(world: World, body: Any) -> Reply:
    """Set where a company's notifications go: {"company_id": 5, "url": …, "password": …}; a url of null ends them."""
    given = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    company = _company(world, given.get("company_id"))
    url, password = given.get("url"), given.get("password", "")
    if url is not None and not _is_url(url):
        raise Refused(400, "url must be an http or https URL, or null")
    if not isinstance(password, str):
        raise Refused(400, "password must be a string")
    company.ipn_url, company.ipn_password = url, password
    return Reply({"company_id": company.id, "url": url})


def _company(world: World, id: Any) -> Company:
    companies = world.state(Account).companies
    if not isinstance(id, int) or id not in companies:
        known = ", ".join(map(str, companies))
        raise Refused(400, f"company_id must be one of {known}")
    return companies[id]


def _is_url(url: Any) -> bool:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _data(payment: Payment) -> dict[str, Any]:
    way = payment.confirmed_way
    return {
        "id": payment.id,
        "company_id": payment.company.id,
        "company_razon_social": payment.company.razon_social,
        "company_alias": payment.company.alias,
        "request_datetime": str(payment.requested),
        "serie": payment.serie,
        "folio": payment.folio,
        "to_email": payment.to_email,
        "total_amount": payment.total_amount,
        "amount_received": payment.received,
        "limit_payment_date": f"{payment.limit} 00:00:00",
        "confirmed_from": payment.confirmed_from,
        "confirmed_date": str(payment.confirmed),
        "payment_way_id": way.id if way else 0,
        "payment_way_alias": way.alias if way else "",
    }
