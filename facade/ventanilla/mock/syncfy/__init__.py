"""Knows how Syncfy (Paybook Sync) behaves: one handler for every operation of its spec."""

from collections.abc import Mapping

from ventanilla.mock._spec import Spec, load
from ventanilla.mock.provider import Handler, Provider
from ventanilla.mock.syncfy import catalogues, credentials, data, users, webhooks
from ventanilla.mock.syncfy._auth import authenticate
from ventanilla.mock.syncfy._envelope import refuse
from ventanilla.mock.syncfy._frames import listen

HANDLERS: Mapping[str, Handler] = {
    handler.__name__: handler
    for handler in (
        users.list_users,
        users.create_user,
        users.update_user,
        users.delete_user,
        users.create_session,
        users.verify_session,
        users.delete_session,
        catalogues.list_site_organizations,
        catalogues.list_sites,
        catalogues.list_organization_sites,
        credentials.list_credentials,
        credentials.list_all_credentials,
        credentials.get_credential,
        credentials.create_credential,
        credentials.sync_credential,
        credentials.delete_credential,
        credentials.create_job,
        credentials.list_job_statuses,
        credentials.answer_twofa,
        data.list_accounts,
        data.list_transactions,
        data.count_transactions,
        data.list_credential_transactions,
        data.list_attachments,
        data.count_attachments,
        data.get_attachment,
        data.get_attachment_extra,
        data.get_attachment_json,
        data.export_attachments,
        data.list_documents,
        webhooks.list_webhooks,
        webhooks.create_webhook,
        webhooks.delete_webhook,
    )
} | {
    "list_account_types": catalogues.list_account_types,
    "list_attachment_types": catalogues.list_attachment_types,
    "list_countries": catalogues.list_countries,
    "list_currencies": catalogues.list_currencies,
    "list_site_organization_types": catalogues.list_site_organization_types,
    "list_document_types": catalogues.list_document_types,
    "list_document_status": catalogues.list_document_status,
    # The names of 2025 for the same operations.
    "create_credential_pull": credentials.create_credential,
    "pull_credential": credentials.sync_credential,
    "create_job_pull": credentials.create_job,
}


def provider(spec: Spec | None = None) -> Provider:
    """Return Syncfy for the mock, with the installed spec unless another is given."""
    return Provider(
        name="syncfy",
        spec=spec or load("syncfy"),
        authenticate=authenticate,
        refuse=refuse,
        handlers=HANDLERS,
        override=True,
        listen=listen,
    )


__all__ = ["provider"]
