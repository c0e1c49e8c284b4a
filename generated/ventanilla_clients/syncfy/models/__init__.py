"""The models, each loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .account import Account
    from .account_list_answer import AccountListAnswer
    from .account_site import AccountSite
    from .account_type import AccountType
    from .account_type_list_answer import AccountTypeListAnswer
    from .attachment import Attachment
    from .attachment_extra import AttachmentExtra
    from .attachment_extra_answer import AttachmentExtraAnswer
    from .attachment_json import AttachmentJson
    from .attachment_json_answer import AttachmentJsonAnswer
    from .attachment_list_answer import AttachmentListAnswer
    from .attachment_type import AttachmentType
    from .attachment_type_list_answer import AttachmentTypeListAnswer
    from .count import Count
    from .count_answer import CountAnswer
    from .country import Country
    from .country_list_answer import CountryListAnswer
    from .credential import Credential
    from .credential_field import CredentialField
    from .credential_list_answer import CredentialListAnswer
    from .credential_pull import CredentialPull
    from .credential_pull_answer import CredentialPullAnswer
    from .credential_transaction import CredentialTransaction
    from .credential_transaction_list_answer import CredentialTransactionListAnswer
    from .credential_update import CredentialUpdate
    from .credential_update_credentials import CredentialUpdateCredentials
    from .currency import Currency
    from .currency_list_answer import CurrencyListAnswer
    from .document import Document
    from .document_list_answer import DocumentListAnswer
    from .document_status import DocumentStatus
    from .document_status_list_answer import DocumentStatusListAnswer
    from .document_type import DocumentType
    from .document_type_list_answer import DocumentTypeListAnswer
    from .envelope import Envelope
    from .event_batch_v3 import EventBatchV3
    from .event_endpoints import EventEndpoints
    from .event_header import EventHeader
    from .event_info import EventInfo
    from .event_payload import EventPayload
    from .event_user import EventUser
    from .event_v1 import EventV1
    from .event_v1_endpoints import EventV1Endpoints
    from .event_v3 import EventV3
    from .extra_node import ExtraNode
    from .extra_node_a import ExtraNodeA
    from .failure import Failure
    from .job_field import JobField
    from .job_input import JobInput
    from .job_pull import JobPull
    from .job_pull_answer import JobPullAnswer
    from .job_status import JobStatus
    from .job_status_list_answer import JobStatusListAnswer
    from .new_credential import NewCredential
    from .new_credential_credentials import NewCredentialCredentials
    from .new_job import NewJob
    from .new_job_input import NewJobInput
    from .new_session import NewSession
    from .new_user import NewUser
    from .new_webhook import NewWebhook
    from .new_webhook_events_item import NewWebhookEventsItem
    from .new_webhook_headers import NewWebhookHeaders
    from .organization_sites import OrganizationSites
    from .organization_sites_list_answer import OrganizationSitesListAnswer
    from .session import Session
    from .session_answer import SessionAnswer
    from .site import Site
    from .site_list_answer import SiteListAnswer
    from .site_organization import SiteOrganization
    from .site_organization_list_answer import SiteOrganizationListAnswer
    from .site_organization_type import SiteOrganizationType
    from .site_organization_type_list_answer import SiteOrganizationTypeListAnswer
    from .transaction import Transaction
    from .transaction_attachment import TransactionAttachment
    from .transaction_list_answer import TransactionListAnswer
    from .true_answer import TrueAnswer
    from .twofa_answer import TwofaAnswer
    from .twofa_answer_twofa import TwofaAnswerTwofa
    from .twofa_field import TwofaField
    from .twofa_option import TwofaOption
    from .user import User
    from .user_answer import UserAnswer
    from .user_list_answer import UserListAnswer
    from .user_update import UserUpdate
    from .webhook import Webhook
    from .webhook_answer import WebhookAnswer
    from .webhook_list_answer import WebhookListAnswer

else:  # To a type checker this would have every name, and a model that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Kept, so that this is asked once for each.
        value = globals()[name] = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
        return value


__all__ = (
    "Account",
    "AccountListAnswer",
    "AccountSite",
    "AccountType",
    "AccountTypeListAnswer",
    "Attachment",
    "AttachmentExtra",
    "AttachmentExtraAnswer",
    "AttachmentJson",
    "AttachmentJsonAnswer",
    "AttachmentListAnswer",
    "AttachmentType",
    "AttachmentTypeListAnswer",
    "Count",
    "CountAnswer",
    "Country",
    "CountryListAnswer",
    "Credential",
    "CredentialField",
    "CredentialListAnswer",
    "CredentialPull",
    "CredentialPullAnswer",
    "CredentialTransaction",
    "CredentialTransactionListAnswer",
    "CredentialUpdate",
    "CredentialUpdateCredentials",
    "Currency",
    "CurrencyListAnswer",
    "Document",
    "DocumentListAnswer",
    "DocumentStatus",
    "DocumentStatusListAnswer",
    "DocumentType",
    "DocumentTypeListAnswer",
    "Envelope",
    "EventBatchV3",
    "EventEndpoints",
    "EventHeader",
    "EventInfo",
    "EventPayload",
    "EventUser",
    "EventV1",
    "EventV1Endpoints",
    "EventV3",
    "ExtraNode",
    "ExtraNodeA",
    "Failure",
    "JobField",
    "JobInput",
    "JobPull",
    "JobPullAnswer",
    "JobStatus",
    "JobStatusListAnswer",
    "NewCredential",
    "NewCredentialCredentials",
    "NewJob",
    "NewJobInput",
    "NewSession",
    "NewUser",
    "NewWebhook",
    "NewWebhookEventsItem",
    "NewWebhookHeaders",
    "OrganizationSites",
    "OrganizationSitesListAnswer",
    "Session",
    "SessionAnswer",
    "Site",
    "SiteListAnswer",
    "SiteOrganization",
    "SiteOrganizationListAnswer",
    "SiteOrganizationType",
    "SiteOrganizationTypeListAnswer",
    "Transaction",
    "TransactionAttachment",
    "TransactionListAnswer",
    "TrueAnswer",
    "TwofaAnswer",
    "TwofaAnswerTwofa",
    "TwofaField",
    "TwofaOption",
    "User",
    "UserAnswer",
    "UserListAnswer",
    "UserUpdate",
    "Webhook",
    "WebhookAnswer",
    "WebhookListAnswer",
)

_MODULES = {
    "Account": "account",
    "AccountListAnswer": "account_list_answer",
    "AccountSite": "account_site",
    "AccountType": "account_type",
    "AccountTypeListAnswer": "account_type_list_answer",
    "Attachment": "attachment",
    "AttachmentExtra": "attachment_extra",
    "AttachmentExtraAnswer": "attachment_extra_answer",
    "AttachmentJson": "attachment_json",
    "AttachmentJsonAnswer": "attachment_json_answer",
    "AttachmentListAnswer": "attachment_list_answer",
    "AttachmentType": "attachment_type",
    "AttachmentTypeListAnswer": "attachment_type_list_answer",
    "Count": "count",
    "CountAnswer": "count_answer",
    "Country": "country",
    "CountryListAnswer": "country_list_answer",
    "Credential": "credential",
    "CredentialField": "credential_field",
    "CredentialListAnswer": "credential_list_answer",
    "CredentialPull": "credential_pull",
    "CredentialPullAnswer": "credential_pull_answer",
    "CredentialTransaction": "credential_transaction",
    "CredentialTransactionListAnswer": "credential_transaction_list_answer",
    "CredentialUpdate": "credential_update",
    "CredentialUpdateCredentials": "credential_update_credentials",
    "Currency": "currency",
    "CurrencyListAnswer": "currency_list_answer",
    "Document": "document",
    "DocumentListAnswer": "document_list_answer",
    "DocumentStatus": "document_status",
    "DocumentStatusListAnswer": "document_status_list_answer",
    "DocumentType": "document_type",
    "DocumentTypeListAnswer": "document_type_list_answer",
    "Envelope": "envelope",
    "EventBatchV3": "event_batch_v3",
    "EventEndpoints": "event_endpoints",
    "EventHeader": "event_header",
    "EventInfo": "event_info",
    "EventPayload": "event_payload",
    "EventUser": "event_user",
    "EventV1": "event_v1",
    "EventV1Endpoints": "event_v1_endpoints",
    "EventV3": "event_v3",
    "ExtraNode": "extra_node",
    "ExtraNodeA": "extra_node_a",
    "Failure": "failure",
    "JobField": "job_field",
    "JobInput": "job_input",
    "JobPull": "job_pull",
    "JobPullAnswer": "job_pull_answer",
    "JobStatus": "job_status",
    "JobStatusListAnswer": "job_status_list_answer",
    "NewCredential": "new_credential",
    "NewCredentialCredentials": "new_credential_credentials",
    "NewJob": "new_job",
    "NewJobInput": "new_job_input",
    "NewSession": "new_session",
    "NewUser": "new_user",
    "NewWebhook": "new_webhook",
    "NewWebhookEventsItem": "new_webhook_events_item",
    "NewWebhookHeaders": "new_webhook_headers",
    "OrganizationSites": "organization_sites",
    "OrganizationSitesListAnswer": "organization_sites_list_answer",
    "Session": "session",
    "SessionAnswer": "session_answer",
    "Site": "site",
    "SiteListAnswer": "site_list_answer",
    "SiteOrganization": "site_organization",
    "SiteOrganizationListAnswer": "site_organization_list_answer",
    "SiteOrganizationType": "site_organization_type",
    "SiteOrganizationTypeListAnswer": "site_organization_type_list_answer",
    "Transaction": "transaction",
    "TransactionAttachment": "transaction_attachment",
    "TransactionListAnswer": "transaction_list_answer",
    "TrueAnswer": "true_answer",
    "TwofaAnswer": "twofa_answer",
    "TwofaAnswerTwofa": "twofa_answer_twofa",
    "TwofaField": "twofa_field",
    "TwofaOption": "twofa_option",
    "User": "user",
    "UserAnswer": "user_answer",
    "UserListAnswer": "user_list_answer",
    "UserUpdate": "user_update",
    "Webhook": "webhook",
    "WebhookAnswer": "webhook_answer",
    "WebhookListAnswer": "webhook_list_answer",
}
