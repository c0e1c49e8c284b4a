"""Knows what banks have: accounts, and movements of the last sixty days."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from attrs import frozen

from ventanilla.mock._ours import ours
from ventanilla.mock.syncfy._cfdi import Invoice, Party
from ventanilla.mock.syncfy._credential import Credential
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._files import CFDI_XML, attach
from ventanilla.mock.syncfy._sites import ORGANIZATIONS, Site
from ventanilla.mock.world import World

MXN = "523a25953b8e77910e8b456c"
DISABLED = "5bcff1e77d8b6b44380f6da2"
DAY = 86_400
HISTORY_DAYS = 59
MIDNIGHT = 6 * 3_600
BUYER = Party("EKU9003173C9", "ESCUELA KEMPER URGATE")
SELLER = Party("IXS7607092R5", "INTERNACIONAL XIMBO Y SABORES")
_MERCHANTS = ("OXXO Reforma", "CFE Suministro", "Telmex", "Gasolinera Insurgentes", "SPEI enviado", "Super Coyoacán")


@frozen
class Kind:
    """One kind of account of the sandbox bank."""

    id: str
    account_type: str
    name: str
    number: str | None


CHECKING = Kind("520d3aa93b8e778e0d000000", "Checking", "ACME Checking", "****4501")
SAVINGS = Kind("520d3aa93b8e778e0d000001", "Savings", "ACME Savings", "****4502")
CARD = Kind("520d3aa93b8e778e0d000002", "Credit Card", "ACME Credit Card", "****4503")
INVESTMENT = Kind("520d3aa93b8e778e0d000004", "Investment", "ACME Investment", None)
IRS = Kind("546d4904df527d1844a2e18d", "IRS", "SAT", None)
# Accounts and how many movements the first pull brings.
PLANS = {
    "bank": ((CHECKING, 12), (SAVINGS, 6), (CARD, 6)),
    "live": ((CHECKING, 12),),
    "disabled": ((CHECKING, 12), (SAVINGS, 6)),
    "attachments": ((CHECKING, 12),),
    "sample": ((CHECKING, 60), (SAVINGS, 24), (CARD, 36), (INVESTMENT, 12)),
}
LATER = {"live": 5}


@ours(
    "Accounts and movements are made up from the seed, the first pull's within 59 days.",
    on="accounts transactions list_credential_transactions",
)
def pull(world: World, credential: Credential, active: int | None) -> None:
    """Bring accounts and movements: the whole history first, what is new since on later pulls.

    `active` is how many accounts, the first ones, have movements; None for all.
    """
    known = [row for row in credential.user.accounts.values() if row["id_credential"] == credential.id]
    content = credential.site.content
    if known:
        refreshed(world, known)
        if active != 0:
            _move(world, credential, known[0], LATER.get(content, 2), days=1)
        return
    for place, (kind, count) in enumerate(PLANS[content]):
        account = open_account(world, credential, kind)
        wanted = count if active is None or place < active else 0
        _move(world, credential, account, wanted, days=HISTORY_DAYS)


def open_account(world: World, credential: Credential, kind: Kind, name: str | None = None) -> Row:
    """Add an account to the credential and return its row."""
    user = credential.user
    row: Row = {
        "id_account": world.object_id(),
        "id_account_type": kind.id,
        "id_currency": MXN,
        "id_user": user.id,
        "id_external": user.external,
        "id_credential": credential.id,
        **credential.site.ids,
        "is_disable": 0,
        "name": name or kind.name,
        "number": kind.number,
        "balance": Decimal(0) if kind is IRS else cents(world.random, 100_000, 9_000_000),
        "currency": "MXN",
        "account_type": kind.account_type,
        "site": _site(credential.site),
        "extra": None,
        "keywords": None,
        "dt_refresh": int(world.now),
    }
    user.accounts[row["id_account"]] = row
    return row


def refreshed(world: World, accounts: list[Row]) -> None:
    """Note that the accounts were looked at again."""
    for account in accounts:
        account["dt_refresh"] = int(world.now)


def movement(world: World, account: Row, description: str, amount: Decimal, day: int, **more: object) -> Row:
    """Return the row of a new movement of an account; `more` overrides fields."""
    row: Row = {
        "id_transaction": world.object_id(),
        "id_account": account["id_account"],
        "id_account_type": account["id_account_type"],
        "id_credential": account["id_credential"],
        "id_currency": MXN,
        "id_disable_type": None,
        "id_external": account["id_external"],
        "id_site": account["id_site"],
        "id_site_organization": account["id_site_organization"],
        "id_site_organization_type": account["id_site_organization_type"],
        "id_user": account["id_user"],
        "is_account_disable": 0,
        "is_deleted": 0,
        "is_disable": 0,
        "is_pending": 0,
        "description": description,
        "amount": amount,
        "currency": "MXN",
        "attachments": [],
        "extra": None,
        "reference": None,
        "keywords": None,
        "dt_transaction": day,
        "dt_refresh": int(world.now),
        "dt_disable": None,
        "dt_deleted": None,
    }
    return {**row, **more}


def days_ago(world: World, days: int) -> int:
    """Return Mexico City's midnight (UTC-6) that many days ago, the form in which banks date."""
    return (int(world.now) // DAY - days) * DAY + MIDNIGHT


def cents(dice: Random, low: int, high: int) -> Decimal:
    """Return an amount between two numbers of cents, with two decimals."""
    return Decimal(dice.randint(low, high)).scaleb(-2)


def spread(dice: Random, count: int, days: int) -> Iterator[int]:
    """Return `count` ages in days, oldest first, between `days` and one."""
    yield from sorted((dice.randint(1, days) for _ in range(count)), reverse=True)


def _move(world: World, credential: Credential, account: Row, count: int, days: int) -> None:
    user, content = credential.user, credential.site.content
    for number, age in enumerate(spread(world.random, count, days), start=1):
        is_income = world.random.random() < 0.3
        amount = cents(world.random, 500, 2_500_000 if is_income else 900_000)
        merchant = f"{account['name']} Transaction {number}"
        if not is_income:
            merchant = f"{world.random.choice(_MERCHANTS)} {number}"
        row = movement(world, account, merchant, amount if is_income else -amount, days_ago(world, age))
        account["balance"] += row["amount"]
        if content == "disabled" and number % 3 == 0:
            row |= {"is_disable": 1, "id_disable_type": DISABLED, "dt_disable": int(world.now)}
        if content == "live" and number == count:
            row["is_pending"] = 1
        user.transactions[row["id_transaction"]] = row
        if content == "attachments":
            _invoice(world, credential, account, row)


def _invoice(world: World, credential: Credential, account: Row, row: Row) -> None:
    issuer, receiver = (SELLER, BUYER) if row["amount"] < 0 else (BUYER, SELLER)
    uuid = world.uuid().upper()
    folio = world.random.randint(1, 99_999)
    invoice = Invoice(uuid, issuer, receiver, folio, row["description"], abs(row["amount"]), row["dt_transaction"])
    way = "recibidas" if row["amount"] < 0 else "emitidas"
    keywords = ["4.0", way, "i", "timbrefiscaldigital", "vigente"]
    attach(world, credential, account, row, CFDI_XML, f"{uuid}.xml", keywords, node=invoice.node(world.random))


def _site(site: Site) -> Row:
    images = f"/images/{site.organization}"
    return {
        **site.ids,
        "name": site.name,
        "organization": ORGANIZATIONS[site.organization][0],
        "avatar": f"{images}/avatar",
        "cover": f"{images}/cover",
        "small_cover": f"{images}/small_cover",
        "time_zone": "America/Mexico_City",
    }
