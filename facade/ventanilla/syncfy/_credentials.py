"""Knows credentials: what a user has linked, starting a new download, and what to show of it."""

from __future__ import annotations

from collections.abc import Mapping

from ventanilla._about import has_written, is_about, is_same, made
from ventanilla._face import listing, operation
from ventanilla._flow import Flow, Listing, call, gathered
from ventanilla._lost import seen
from ventanilla._paging import pages, rows
from ventanilla._values import given
from ventanilla.errors import InvalidRequest, NotFound
from ventanilla.syncfy import _codes
from ventanilla.syncfy._auth import PROVIDER
from ventanilla.syncfy._operations import OBJECT_ID, PAGE, SyncfyOperations, confirmed, new_session, object_id
from ventanilla.syncfy.values import Connection, Link, WidgetConfiguration
from ventanilla_clients._runtime import Client, utc
from ventanilla_clients.syncfy import api, models


class Credentials(SyncfyOperations):
    """Credentials of a user. Source: sync-py README, section on credentials; `/pulls` from its Postman collection."""

    @listing
    def credentials(
        self,
        user: models.User | str,
        *,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        page_size: int = PAGE,
    ) -> Listing[models.Credential]:
        """Iterate over a user's credentials; usernames come masked, the secrets never come back."""
        client = self.as_user(user)
        return pages(
            lambda limit, skip: call(
                api.credentials.list_credentials.sync_detailed,
                client=client,
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_credential",
        )

    @listing
    def all_credentials(
        self,
        *,
        id_site_organization: str | None = None,
        id_site_organization_type: str | None = None,
        page_size: int = PAGE,
    ) -> Listing[models.Credential]:
        """Iterate over the credentials of every user of the API key, disabled ones included."""
        return pages(
            lambda limit, skip: call(
                api.credentials.list_all_credentials.sync_detailed,
                client=self.raw,
                id_site_organization=given(id_site_organization),
                id_site_organization_type=given(id_site_organization_type),
                limit=limit,
                skip=skip,
            ),
            page_size,
            "id_credential",
        )

    @operation
    def credential(self, user: models.User | str, id_credential: str) -> Flow[models.Credential]:
        """Return one credential by its id (24 hexadecimal characters).

        Raises:
            NotFound: the user has no such credential.
        """
        client = self.as_user(user)
        wanted = object_id("id_credential", id_credential)
        answer = yield from call(api.credentials.get_credential.sync_detailed, wanted, client=client)
        found: list[models.Credential] = [each for each in rows(answer) if each is not None]
        for each in found:
            if is_same(wanted, each.id_credential):
                return each
        for each in found:
            is_about(wanted, each.id_credential or "?", "credential", PROVIDER, "get_credential")
        said = f"no credential {id_credential}", f"no hay una credencial {id_credential}"
        raise NotFound(said, provider="Syncfy", operation="get_credential")

    @operation
    def create_credential(
        self, user: models.User | str, id_site: str, credentials: Mapping[str, str]
    ) -> Flow[models.CredentialPull]:
        """Create or update a user's credential for a site, which starts a job; `link` also follows the job.

        Args:
            user: whose it is.
            id_site: the site (24 hexadecimal characters).
            credentials: a value for each field that the site's catalogue entry lists.

        Returns:
            The ids of the credential and of its job. The links in it are the provider's own and are never followed.

        Raises:
            Rejected: a field is missing or unknown.
            OutcomeUnknown: the answer got lost. A login may be under way, and a second one can lock the account, so it
                is not sent again: look at `credentials(user)`.
        """
        body = models.NewCredential(id_site=object_id("id_site", id_site), credentials=dict(credentials))
        endpoint = (
            api.credentials.create_credential_pull.sync_detailed
            if self.use_pulls
            else api.credentials.create_credential.sync_detailed
        )
        pull = (yield from call(endpoint, client=self.as_user(user), body=body)).response
        for name in ("id_job", "id_credential"):
            made(pull, name, PROVIDER, "create_credential", OBJECT_ID)
        return pull

    @operation
    def synchronize(
        self,
        user: models.User | str,
        id_credential: str,
        *,
        id_site: str | None = None,
        credentials: Mapping[str, str] | None = None,
    ) -> Flow[models.CredentialPull]:
        """Start a new download of a credential, with new credentials if given.

        The provider allows one every five minutes for banks and one a day for tax credentials.

        Raises:
            NotFound: the user has no such credential.
            OutcomeUnknown: the answer got lost. A login may be under way: look at `connection(credential)`.
        """
        body = models.CredentialUpdate(
            id_site=given(None if id_site is None else object_id("id_site", id_site)),
            credentials=given(dict(credentials) if credentials else None),
        )
        endpoint = (
            api.credentials.pull_credential.sync_detailed
            if self.use_pulls
            else api.credentials.sync_credential.sync_detailed
        )
        wanted = object_id("id_credential", id_credential)
        pull = (yield from call(endpoint, wanted, client=self.as_user(user), body=body)).response
        made(pull, "id_job", PROVIDER, "sync_credential", OBJECT_ID)
        has_written(wanted, pull.id_credential, "credential", PROVIDER, "sync_credential")
        return pull

    @operation
    def delete_credential(self, user: models.User | str, id_credential: str) -> Flow[None]:
        """Delete a credential and all its data at the provider. There is no way back.

        Raises:
            NotFound: the user has no such credential.
            OutcomeUnknown: the answer got lost, and the credential is still there.
        """
        wanted, client = object_id("id_credential", id_credential), self.as_user(user)

        def gone() -> Flow[bool | None]:
            left = yield from gathered(Credentials.credentials.flow(self, user))
            return None if any(is_same(wanted, each.id_credential) for each in left) else True

        yield from seen(_delete(client, wanted), gone, self.policy)

    @operation
    def connection(self, credential: models.Credential | Link) -> Flow[Connection]:
        """Read a credential again and return the three facts to show: last result, its date, last download's date.

        Args:
            credential: as `credentials`, `credential` or `link` return it; it is read anew.

        Raises:
            InvalidRequest: a link to a site of type job, which has several credentials: take one of `credentials`.

        Source: SAT All in One guide, functional requirements.
        """
        if credential.id_credential is None:
            raise InvalidRequest("the link has no credential of its own: take one of credentials()", field="credential")
        user = credential.user if isinstance(credential, Link) else credential.id_user
        now = yield from Credentials.credential.flow(self, user, credential.id_credential)
        code = _codes.code_of(now.code)
        return Connection(
            code=code,
            result=_codes.meaning(code),
            connected_at=utc(now.dt_execute),
            downloaded_at=utc(now.dt_refresh),
        )

    @operation
    def widget(
        self, user: models.User | str, *, site: str | None = None, locale: str = "es", test_mode: bool | None = None
    ) -> Flow[WidgetConfiguration]:
        """Return the configuration that the provider's front-end widget takes, with a fresh token of this user.

        Args:
            user: who will use the widget.
            site: `id_site` to open at once, in a flow of this one site; None shows the catalogue.
            locale: language of the widget, `es` or `en`.
            test_mode: show the sandbox sites; None means: in the sandbox environment.

        Source: SAT All in One guide, widget configuration.
        """
        if not locale:
            raise InvalidRequest("locale must name a language, as es or en", field="locale")
        config: dict[str, object] = {"locale": locale}
        if site is not None:
            config |= {"entrypoint": {"site": object_id("site", site)}, "navigation": {"oneSiteFlow": True}}
        token = yield from new_session(self.raw, user)
        enabled = self.test_mode if test_mode is None else test_mode
        return WidgetConfiguration(token=token, enableTestMode=enabled, config=config)


def _delete(client: Client, id_credential: str) -> Flow[bool]:
    deleted = yield from call(api.credentials.delete_credential.sync_detailed, id_credential, client=client)
    return confirmed(deleted, "delete_credential")
