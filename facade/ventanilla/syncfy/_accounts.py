"""Knows accounts and transactions."""

from __future__ import annotations

from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, call
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.syncfy._operations import PAGE, SyncfyOperations, object_id
from ventanilla.syncfy._periods import Moment, flag, seconds
from ventanilla_clients.syncfy import api, models


class Accounts(SyncfyOperations):
    """Accounts and transactions of a user. Source: sync-py README, sections on accounts and transactions.

    Times in filters are aware datetimes or unix seconds. Amounts are Decimal, negative for money that went out.
    `keywords` and `skip_keywords` are comma-separated.
    With `prefetch` a list reads its next page while the one before is used; two pages are in memory then.
    """

    @listing
    def accounts(
        self,
        user: models.User | str,
        *,
        id_account: str | None = None,
        id_credential: str | None = None,
        id_site: str | None = None,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        is_disable: bool | None = None,
        keywords: str | None = None,
        skip_keywords: str | None = None,
        order: str | None = None,
        page_size: int = PAGE,
        prefetch: bool = False,
    ) -> Listing[models.Account]:
        """Iterate over a user's accounts, read a page at a time as they are used.

        Args:
            user: the user or its `id_user`; the other arguments narrow the list, ids as 24 hexadecimal characters.
        """
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.accounts.list_accounts.sync_detailed,
                client=client,
                id_account=given(id_account),
                id_credential=given(id_credential),
                id_site=given(id_site),
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                is_disable=flag(is_disable),
                keywords=given(keywords),
                skip_keywords=given(skip_keywords),
                order=given(order),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_account",
            prefetch,
        )

    @listing
    def transactions(
        self,
        user: models.User | str,
        *,
        id_transaction: str | None = None,
        id_account: str | None = None,
        id_credential: str | None = None,
        id_site: str | None = None,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        has_attachment: bool | None = None,
        is_disable: bool | None = None,
        refreshed_from: Moment | None = None,
        refreshed_to: Moment | None = None,
        made_from: Moment | None = None,
        made_to: Moment | None = None,
        keywords: str | None = None,
        skip_keywords: str | None = None,
        order: str | None = None,
        page_size: int = PAGE,
        prefetch: bool = False,
    ) -> Listing[models.Transaction]:
        """Iterate over a user's transactions, read a page at a time as they are used.

        Args:
            user: the user or its `id_user`; the other arguments narrow the list, ids as 24 hexadecimal characters.
            refreshed_from: downloaded at or after this time (`dt_refresh_from`); likewise `refreshed_to`.
            made_from: made at or after this time (`dt_transaction_from`); likewise `made_to`.
        """
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.transactions.list_transactions.sync_detailed,
                client=client,
                id_transaction=given(id_transaction),
                id_account=given(id_account),
                id_credential=given(id_credential),
                id_site=given(id_site),
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                has_attachment=flag(has_attachment),
                is_disable=flag(is_disable),
                dt_refresh_from=seconds(refreshed_from),
                dt_refresh_to=seconds(refreshed_to),
                dt_transaction_from=seconds(made_from),
                dt_transaction_to=seconds(made_to),
                keywords=given(keywords),
                skip_keywords=given(skip_keywords),
                order=given(order),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_transaction",
            prefetch,
        )

    @operation
    def count_transactions(
        self,
        user: models.User | str,
        *,
        id_account: str | None = None,
        id_credential: str | None = None,
        id_site: str | None = None,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        is_disable: bool | None = None,
        refreshed_from: Moment | None = None,
        refreshed_to: Moment | None = None,
        made_from: Moment | None = None,
        made_to: Moment | None = None,
        keywords: str | None = None,
        skip_keywords: str | None = None,
    ) -> Flow[int]:
        """Return how many transactions `transactions` would give with the same arguments."""
        answer = yield from call(
            api.transactions.count_transactions.sync_detailed,
            client=self.as_user(user),
            id_account=given(id_account),
            id_credential=given(id_credential),
            id_site=given(id_site),
            id_site_organization=given(id_site_organization),
            id_site_organization_type=given(id_site_organization_type),
            is_disable=flag(is_disable),
            dt_refresh_from=seconds(refreshed_from),
            dt_refresh_to=seconds(refreshed_to),
            dt_transaction_from=seconds(made_from),
            dt_transaction_to=seconds(made_to),
            keywords=given(keywords),
            skip_keywords=given(skip_keywords),
        )
        return answer.response.count

    @listing
    def credential_transactions(
        self,
        user: models.User | str,
        id_credential: str,
        *,
        attachment_content: bool | None = None,
        attachment_content_parse: bool | None = None,
        page_size: int = PAGE,
        prefetch: bool = False,
    ) -> Listing[models.CredentialTransaction]:
        """Iterate over one credential's transactions, with the content of their attachments if asked.

        Args:
            user: the user or its `id_user`.
            id_credential: the credential (24 hexadecimal characters).
            attachment_content: add each attachment's content, as base64 text.
            attachment_content_parse: add each attachment's content as the provider parsed it.

        Source: the provider's Postman collection for tax data.
        """
        client, wanted = self.as_user(user), object_id("id_credential", id_credential)
        return pages(
            lambda limit, skip: call(
                api.credentials.list_credential_transactions.sync_detailed,
                wanted,
                client=client,
                attachment_content=flag(attachment_content),
                attachment_content_parse=flag(attachment_content_parse),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_transaction",
            prefetch,
        )
