"""Knows a company's ways of payment, its customers' CLABEs, and whether the keys are good."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla._face import operation
from ventanilla._flow import Flow, call
from ventanilla._paging import rows
from ventanilla._values import rows_in, text
from ventanilla.errors import InvalidRequest
from ventanilla.facti._operations import FactiOperations, company, emails, issuer, way_ids
from ventanilla.facti.ways import Clabe, Clabes, PaymentWay
from ventanilla_clients.facti import api, models


class Accounts(FactiOperations):
    """Ways of payment, CLABEs and keys. Source: Facti API, section 2; the rest from its PHP SDK of 2014."""

    @operation
    def clabes(self, to_email: str, payment_ways: Sequence[int | str] = ()) -> Flow[Clabes]:
        """Return the CLABE accounts in which a customer can pay the company through STP.

        A CLABE belongs to one pair of company and customer: the same question has the same answer.

        Args:
            to_email: e-mail of the customer, one address.
            payment_ways: ids of the STP ways of payment; all of the company's where left out.

        Raises:
            ConfigurationError: the face has no `company_id`.
            Rejected: Facti refused; its message says why.

        Source: Facti API, section 2.
        """
        addresses = emails("to_email", to_email)
        if len(addresses) != 1:
            raise InvalidRequest("to_email must be one address", field="to_email")
        body = models.ClabeSearch(
            company_id=company(self), to_email=addresses[0], payment_ways_id=way_ids(payment_ways)
        )
        answer = yield from call(api.payments.get_client_clabes.sync_detailed, client=self.raw, body=body)
        accounts = tuple(
            Clabe(
                payment_way_id=text(each.payment_way_id),
                payment_way_alias=text(each.payment_way_alias),
                clabe=text(each.stp_cuenta_clabe),
            )
            for each in rows(answer, "accounts")
            if each is not None
        )
        return Clabes(accounts=accounts, errors=rows_in(answer.errors))

    @operation
    def payment_ways(self, rfc: str | None = None) -> Flow[list[PaymentWay]]:
        """Return the ways of payment that a company has set up.

        Args:
            rfc: RFC of the company; else the face's `from_rfc`.

        Source: facti-sdk-php (2014); not in the provider's document, so it may be gone.
        """
        body = models.PaymentWaySearch(rfc=issuer(self, rfc))
        answer = yield from call(api.payments.list_payment_ways.sync_detailed, client=self.raw, body=body)
        ways = rows(answer, "payment_ways")
        return [PaymentWay(id=text(each.id), type=text(each.type)) for each in ways if each is not None]

    @operation
    def authenticate(self) -> Flow[None]:
        """Check the keys, without doing anything.

        Raises:
            AuthenticationFailed: they are wrong.

        Source: facti-sdk-php (2014); not in the provider's document, so it may be gone.
        """
        yield from call(api.users.authenticate.sync_detailed, client=self.raw, body=models.AuthenticationForm())
