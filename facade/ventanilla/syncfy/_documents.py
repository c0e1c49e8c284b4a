"""Knows documents: the tax authority's papers that are not attached to a transaction."""

from __future__ import annotations

from ventanilla._face import listing
from ventanilla._flow import Listing, call
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.syncfy._operations import PAGE, SyncfyOperations
from ventanilla_clients.syncfy import api, models


class Documents(SyncfyOperations):
    """Documents of a user. Source: SAT All in One guide (documents events); fields from the Postman collection."""

    @listing
    def documents(
        self,
        user: models.User | str,
        *,
        id_document: str | None = None,
        id_job_webhook: str | None = None,
        order: str | None = None,
        page_size: int = PAGE,
        prefetch: bool = False,
    ) -> Listing[models.Document]:
        """Iterate over a user's documents, read a page at a time as they are used.

        Args:
            user: the user or its `id_user`.
            id_document: only this document.
            id_job_webhook: only those of the event whose link carries this id.
            order: as the provider takes it; its grammar is not documented.
            page_size: documents for each request, 1 to 5000.
            prefetch: read the next page while this one is used.
        """
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.documents.list_documents.sync_detailed,
                client=client,
                id_document=given(id_document),
                id_job_webhook=given(id_job_webhook),
                order=given(order),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_document",
            prefetch,
        )

    @listing
    def document_types(self, user: models.User | str, *, page_size: int = PAGE) -> Listing[models.DocumentType]:
        """Iterate over the kinds of document."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.documents.list_document_types.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_document_type",
        )

    @listing
    def document_statuses(self, user: models.User | str, *, page_size: int = PAGE) -> Listing[models.DocumentStatus]:
        """Iterate over the states that a document can be in."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.documents.list_document_status.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_document_status",
        )
