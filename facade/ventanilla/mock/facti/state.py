"""Knows what the Facti account holds: its companies, their ways of payment, and the payments asked of customers."""

from bisect import bisect_left, insort
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from attrs import define, field, frozen

from ventanilla.mock._ours import ours
from ventanilla.mock._timer import Timer

# Central Mexico has had no daylight saving time since October 2022; zone data is not on every machine.
MEXICO = timezone(timedelta(hours=-6))
# The id of the document's first sample.
FIRST_ID = 38
# Who a payment is for when the caller does not say: so does the official PHP SDK.
ANYBODY = "XAXX010101000"


def local(now: float) -> datetime:
    """Return the local time of a unix time, to the second and without zone, as the service prints it."""
    return datetime.fromtimestamp(now, UTC).astimezone(MEXICO).replace(microsecond=0, tzinfo=None)


@frozen(kw_only=True)
class PaymentWay:
    """A way of payment that a company has set up: `type` is stp, bank or paypal."""

    id: int
    alias: str
    type: str
    # Whether a payment request that names no ways offers this one.
    usual: bool = True
    bank_name: str | None = None
    agreement: str | None = None


@define(kw_only=True, eq=False)
class Company:
    """One company of the account, its customers, and where it wants its notifications."""

    id: int
    organization: int
    rfc: str
    razon_social: str
    alias: str
    # The four digits that STP gave the company for its CLABEs.
    stp_number: int
    ways: tuple[PaymentWay, ...]
    ipn_url: str | None = None
    ipn_password: str = ""
    customers: dict[str, int] = field(factory=dict[str, int])
    payment_ids: list[int] = field(factory=list[int])


@define(kw_only=True, eq=False)
class Payment:
    """One payment asked of a customer; the invoices that it groups are payments too, with a `parent`."""

    id: int
    company: Company
    requested: datetime
    serie: str
    folio: int | str
    to_rfc: str
    to_email: str
    total_amount: Decimal
    limit: date
    ways: tuple[PaymentWay, ...] = ()
    extras: dict[str, int | str] = field(factory=dict[str, int | str])
    parent: int | None = None
    children: list["Payment"] = field(factory=list["Payment"])
    received: Decimal | None = None
    confirmed: datetime | None = None
    confirmed_from: str | None = None
    confirmed_way: PaymentWay | None = None
    # What its customer is about to do.
    coming: Timer | None = None

    @property
    def paid(self) -> bool:
        """Whether it has been paid."""
        return self.received is not None

    def call_off(self) -> None:
        """Have the customer do nothing more about it."""
        if self.coming is not None:
            self.coming.cancel()
            self.coming = None


_STP_PREPAID = PaymentWay(id=1, alias="STP Prepago", type="stp")
# The document's sample of a payment request offers 1 and 9; its sample of CLABEs has 1 and 2.
_STP_POSTPAID = PaymentWay(id=2, alias="STP Postpago", type="stp", usual=False)
_SANTANDER = PaymentWay(id=9, alias="Santander Prepago", type="bank", bank_name="Santander", agreement="4381")
_PAYPAL = PaymentWay(id=12, alias="PayPal", type="paypal", usual=False)
WAYS = (_STP_PREPAID, _STP_POSTPAID, _SANTANDER, _PAYPAL)
# Any RFC is accepted as issuer; those of no company belong to this one.
DEFAULT_COMPANY = 5


@ours("There are three companies, 5, 452 and 453, with invented names; any other RFC issues as company 5.")
def _companies() -> dict[int, Company]:
    """Return the companies that the document's samples name; their names are ours."""
    rows = (
        (DEFAULT_COMPANY, 1, "EKU9003173C9", "ESCUELA KEMPER URGATE", "Escuela", 1093),
        (452, 232, "IXS7607092R5", "INTERNACIONAL XIMBO Y SABORES", "Ximbo", 1094),
        (453, 221, "JES900109Q90", "JIMENEZ ESTRADA SALAS", "Jiménez", 1095),
    )
    return {
        id: Company(
            id=id, organization=organization, rfc=rfc, razon_social=name, alias=alias, stp_number=number, ways=WAYS
        )
        for id, organization, rfc, name, alias, number in rows
    }


@define(eq=False)
class Account:
    """Everything one account holds; company 5 starts without payments."""

    companies: dict[int, Company] = field(factory=_companies)
    payments: dict[int, Payment] = field(factory=dict[int, Payment])
    last_id: int = FIRST_ID - 1

    def __attrs_post_init__(self) -> None:
        for id, company, serie, folio, rfc, total, requested, paid in _SAMPLES:
            moment = datetime.fromisoformat(requested)
            payment = Payment(
                id=id,
                company=self.companies[company],
                requested=moment,
                serie=serie,
                folio=folio,
                to_rfc=rfc,
                to_email="usuario@dominio.com",
                total_amount=Decimal(total),
                limit=date(2019, 6, 22),
                ways=WAYS[:1],
            )
            if paid:
                payment.received, payment.confirmed, payment.confirmed_from = Decimal(total), moment, "stp"
            self.add(payment)

    def company_of(self, rfc: str) -> Company:
        """Return the company that issues with `rfc`; the default one for the RFC of nobody."""
        found = next((company for company in self.companies.values() if company.rfc == rfc), None)
        return found or self.companies[DEFAULT_COMPANY]

    def new_id(self) -> int:
        """Return the next free id."""
        self.last_id += 1
        while self.last_id in self.payments:
            self.last_id += 1
        return self.last_id

    def add(self, payment: Payment) -> None:
        """File a payment; those grouped by another one are found by id only."""
        self.payments[payment.id] = payment
        if payment.parent is None:
            insort(payment.company.payment_ids, payment.id)

    def remove(self, payment: Payment) -> None:
        """Forget a payment and those that it groups."""
        payment.call_off()
        for each in (payment, *payment.children):
            del self.payments[each.id]
        ids = payment.company.payment_ids
        del ids[bisect_left(ids, payment.id)]


# The payments of the document's samples 5, 6 and 7: id, company, serie, folio, RFC, total, requested, paid.
_SAMPLES = (
    (5022, 452, "A", 6, ANYBODY, "1000", "2019-05-22 14:37:19", True),
    (17542, 453, "A", 8, ANYBODY, "3500", "2019-05-22 14:25:19", False),
    (648124, 452, "", 3, "GGM011210S72", "5001.50", "2019-05-22 14:37:19", False),
)
