"""Knows attachments: listing, counting, downloading, and what the provider read out of them."""

from __future__ import annotations

from pathlib import Path

from ventanilla._face import listing, operation
from ventanilla._files import named, save
from ventanilla._flow import Flow, Listing, call
from ventanilla._ids import id_of
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.syncfy._operations import PAGE, SyncfyOperations, object_id
from ventanilla.syncfy._periods import Moment, flag, seconds
from ventanilla_clients.syncfy import api, models


class Attachments(SyncfyOperations):
    """Attachments of a user. Source: sync-py README, section on attachments; export from the webhook guide.

    Files are asked for by id on the configured origin; the `url` of an attachment is never followed.
    With `prefetch` a list reads its next page while the one before is used; two pages are in memory then.
    """

    @listing
    def attachments(
        self,
        user: models.User | str,
        *,
        id_account: str | None = None,
        id_attachment_type: str | None = None,
        id_credential: str | None = None,
        id_transaction: str | None = None,
        is_valid: bool | None = None,
        refreshed_from: Moment | None = None,
        refreshed_to: Moment | None = None,
        keywords: str | None = None,
        skip_keywords: str | None = None,
        order: str | None = None,
        page_size: int = PAGE,
        prefetch: bool = False,
    ) -> Listing[models.Attachment]:
        """Iterate over a user's attachments, read a page at a time as they are used.

        Args:
            user: the user or its `id_user`; the other arguments narrow the list, ids as 24 hexadecimal characters.
            refreshed_from: downloaded at or after this time (aware datetime or unix seconds); likewise `refreshed_to`.
        """
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.attachments.list_attachments.sync_detailed,
                client=client,
                id_account=given(id_account),
                id_attachment_type=given(id_attachment_type),
                id_credential=given(id_credential),
                id_transaction=given(id_transaction),
                is_valid=flag(is_valid),
                dt_refresh_from=seconds(refreshed_from),
                dt_refresh_to=seconds(refreshed_to),
                keywords=given(keywords),
                skip_keywords=given(skip_keywords),
                order=given(order),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_attachment",
            prefetch,
        )

    @operation
    def count_attachments(
        self,
        user: models.User | str,
        *,
        id_account: str | None = None,
        id_attachment_type: str | None = None,
        id_credential: str | None = None,
        id_transaction: str | None = None,
        is_valid: bool | None = None,
        refreshed_from: Moment | None = None,
        refreshed_to: Moment | None = None,
        keywords: str | None = None,
        skip_keywords: str | None = None,
    ) -> Flow[int]:
        """Return how many attachments `attachments` would give with the same arguments."""
        answer = yield from call(
            api.attachments.count_attachments.sync_detailed,
            client=self.as_user(user),
            id_account=given(id_account),
            id_attachment_type=given(id_attachment_type),
            id_credential=given(id_credential),
            id_transaction=given(id_transaction),
            is_valid=flag(is_valid),
            dt_refresh_from=seconds(refreshed_from),
            dt_refresh_to=seconds(refreshed_to),
            keywords=given(keywords),
            skip_keywords=given(skip_keywords),
        )
        return answer.response.count

    @operation
    def attachment(self, user: models.User | str, attachment: models.Attachment | str) -> Flow[bytes]:
        """Download one attachment.

        Args:
            user: the user or its `id_user`.
            attachment: the attachment or its `id_attachment` (24 hexadecimal characters).

        Returns:
            The file's bytes as the provider sent them.

        Raises:
            NotFound: the user has no such attachment.
        """
        return (
            yield from call(api.attachments.get_attachment.sync_detailed, _id(attachment), client=self.as_user(user))
        )

    @operation
    def save_attachment(
        self, user: models.User | str, attachment: models.Attachment | str, to: str | Path
    ) -> Flow[Path]:
        """Download one attachment to a file.

        Args:
            user: the user or its `id_user`.
            attachment: the attachment or its `id_attachment`.
            to: a folder, to name the file `<id>__<file>`, or the path of the file.

        Returns:
            The path of the file.
        """
        content = yield from Attachments.attachment.flow(self, user, attachment)
        name = _id(attachment) if isinstance(attachment, str) else named(_id(attachment), attachment.file)
        return (yield from save(content, to, name=name))

    @operation
    def attachment_extra(
        self, user: models.User | str, attachment: models.Attachment | str
    ) -> Flow[models.AttachmentExtra]:
        """Return what the provider read out of an attachment: a tree of names, attributes and children."""
        answer = yield from call(
            api.attachments.get_attachment_extra.sync_detailed, _id(attachment), client=self.as_user(user)
        )
        return answer.response

    @operation
    def attachment_json(
        self, user: models.User | str, attachment: models.Attachment | str
    ) -> Flow[list[models.AttachmentJson]]:
        """Return an attachment's content as JSON."""
        answer = yield from call(
            api.attachments.get_attachment_json.sync_detailed, _id(attachment), client=self.as_user(user)
        )
        return answer.response

    @operation
    def export_attachments(
        self,
        user: models.User | str,
        *,
        id_credential: str | None = None,
        refreshed_from: Moment | None = None,
        refreshed_to: Moment | None = None,
        limit: int | None = None,
        skip: int | None = None,
    ) -> Flow[bytes]:
        """Download attachments together, as a ZIP archive.

        Args:
            user: the user or its `id_user`.
            id_credential: only those of this credential.
            refreshed_from: downloaded at or after this time; likewise `refreshed_to`.
            limit: how many at most; the provider's own links use 5000.
            skip: how many to leave out at the start.
        """
        return (
            yield from call(
                api.attachments.export_attachments.sync_detailed,
                client=self.as_user(user),
                id_credential=given(id_credential),
                dt_refresh_from=seconds(refreshed_from),
                dt_refresh_to=seconds(refreshed_to),
                limit=given(limit),
                skip=given(skip),
            )
        )


def _id(attachment: models.Attachment | str) -> str:
    return object_id("attachment", id_of(attachment, "id_attachment"))
