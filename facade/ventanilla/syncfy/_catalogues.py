"""Knows the catalogues: which sites there are, of which organisations, and the names behind the ids."""

from __future__ import annotations

from ventanilla._about import is_same
from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, call, gathered
from ventanilla._paging import pages
from ventanilla._values import given
from ventanilla.errors import NotFound
from ventanilla.syncfy._operations import PAGE, SyncfyOperations, object_id
from ventanilla_clients.syncfy import api, models


class Catalogues(SyncfyOperations):
    """Catalogues, read as a user. Source: sync-py README, section on catalogues; ids also in its Postman collection.

    Every method takes the user (or its `id_user`) as whom to read, returns an iterator that reads a page at a time
    and raises what every call raises: ProviderError, TransportError, UnexpectedAnswer.
    """

    @listing
    def sites(
        self,
        user: models.User | str,
        *,
        id_site: str | None = None,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        page_size: int = PAGE,
    ) -> Listing[models.Site]:
        """Iterate over the sites that can be linked, each with the fields that it asks for.

        Args:
            user: as whom to read.
            id_site: only this site.
            id_site_organization: only the sites of this organisation.
            id_site_organization_type: only this kind of organisation (bank, government …).
            page_size: sites for each request, 1 to 5000.
        """
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_sites.sync_detailed,
                client=client,
                id_site=given(id_site),
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_site",
        )

    @operation
    def site(self, user: models.User | str, id_site: str) -> Flow[models.Site]:
        """Return one site by its id (24 hexadecimal characters).

        Raises:
            NotFound: the catalogue has no such site for this key.
        """
        for found in (yield from gathered(Catalogues.sites.flow(self, user, id_site=object_id("id_site", id_site)))):
            if is_same(id_site, found.id_site):
                return found
        said = f"no site {id_site}", f"no hay un sitio {id_site}"
        raise NotFound(said, provider="Syncfy", operation="list_sites")

    @listing
    def organization_sites(
        self,
        user: models.User | str,
        *,
        id_site: str | None = None,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        page_size: int = PAGE,
    ) -> Listing[models.OrganizationSites]:
        """Iterate over the organisations, each with its sites. Arguments as in `sites`."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_organization_sites.sync_detailed,
                client=client,
                id_site=given(id_site),
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_site_organization",
        )

    @listing
    def organizations(
        self,
        user: models.User | str,
        *,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        id_country: str | None = None,
        page_size: int = PAGE,
    ) -> Listing[models.SiteOrganization]:
        """Iterate over the organisations (banks, government …), by id, kind or country."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_site_organizations.sync_detailed,
                client=client,
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                id_country=given(id_country),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_site_organization",
        )

    @listing
    def organization_types(
        self, user: models.User | str, *, page_size: int = PAGE
    ) -> Listing[models.SiteOrganizationType]:
        """Iterate over the kinds of organisation."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_site_organization_types.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_site_organization_type",
        )

    @listing
    def account_types(self, user: models.User | str, *, page_size: int = PAGE) -> Listing[models.AccountType]:
        """Iterate over the kinds of account (checking, savings, credit card …)."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_account_types.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_account_type",
        )

    @listing
    def attachment_types(self, user: models.User | str, *, page_size: int = PAGE) -> Listing[models.AttachmentType]:
        """Iterate over the kinds of attachment (CFDI as XML, as PDF …)."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_attachment_types.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_attachment_type",
        )

    @listing
    def countries(self, user: models.User | str, *, page_size: int = PAGE) -> Listing[models.Country]:
        """Iterate over the countries."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_countries.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_country",
        )

    @listing
    def currencies(self, user: models.User | str, *, page_size: int = PAGE) -> Listing[models.Currency]:
        """Iterate over the currencies."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.catalogues.list_currencies.sync_detailed, client=client, limit=limit, skip=skip
            ),
            page_size,
            "id_currency",
        )
