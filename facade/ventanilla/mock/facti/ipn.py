"""Knows the notification (IPN) that a company gets when a payment is confirmed, and where it goes."""

import hashlib
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from ventanilla.mock._ours import ours
from ventanilla.mock.facti.state import Account, Company, Payment
from ventanilla.mock.provider import Refused
from ventanilla.mock.wire import encode
from ventanilla.mock.world import World

PROFILE, EVENT = "facti-ipn", "payment_notification"
# ipn_type: a payment has been reconciled. The document knows no other.
CONFIRMED = 1
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


@ours(
    "Any 2xx counts as received: what the service expects, and whether it tries again, is not documented.",
    on="payment_notification",
)
def notify(world: World, payment: Payment, times: int = 1) -> None:
    """Send the company of a paid payment its notification, if it wants any."""
    company = payment.company
    if company.ipn_url is None:
        return
    # The service sends the password so; nothing is protected by it here.
    password = hashlib.md5(company.ipn_password.encode(), usedforsecurity=False).hexdigest()
    fields = {"ipn_password": password, "ipn_type": CONFIRMED, "data": encode(_data(payment)).decode()}
    body, ended = urlencode(fields).encode(), partial(_ended, company, company.ipn_url)
    for _ in range(times):
        world.send(PROFILE, EVENT, company.ipn_url, body, _FORM, ended=ended)


def _ended(company: Company, url: str) -> str | None:
    """Say why a company no longer gets notifications at a URL, None while it does."""
    return None if company.ipn_url == url else f"company {company.id} no longer wants its notifications there"


@ours(
    "Where notifications go is said at POST /_mock/facti/ipn; the service has a page for that.",
    on="payment_notification",
)
def configure(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Set where a company's notifications go: {"company_id": 5, "url": …, "password": …}; a url of null ends them."""
    companies = world.state(Account).companies
    company = companies.get(body["company_id"])
    if company is None:
        raise Refused(400, f"company_id: must be one of {', '.join(map(str, companies))}")
    url = body.get("url")
    if url is not None and not _has_host(url):
        raise Refused(400, "url: must be an http or https URL, or null")
    company.ipn_url, company.ipn_password = url, body.get("password", "")
    return {"company_id": company.id, "url": url}


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
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
