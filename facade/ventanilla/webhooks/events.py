"""Holds the events that the providers send: one tree of values, whatever spelling and version an event came in.

Everything in an event is a hint. Nobody signs it, so it says what to read again, never what is so.
"""

from datetime import datetime
from typing import Any, ClassVar, Literal, cast

from attrs import field, frozen

from ventanilla._forms import decoded
from ventanilla._ids import checked

Provider = Literal["syncfy", "facti"]
Profile = Literal["sync-v1", "sync-v3", "facti-ipn"]
OBJECT_ID, ID_FORM = r"[0-9a-f]{24}", "24 hexadecimal characters"
UUID = r"[0-9A-Fa-f-]{8,64}"


@frozen(kw_only=True)
class Event:
    """Something that a provider says has happened.

    Attributes:
        kind: what happened, spelled as version 3 of Syncfy's webhooks does, `payment_notification` or `unknown`.
        provider: `syncfy` or `facti`.
        profile: how it came: `sync-v1`, `sync-v3` or `facti-ipn`.
        name: the name that it came with.
        key: what is the same when the same event comes again: its id, and the digest of what it says, so that two
            events under one id are two.
        occurred_at: when it happened, as the provider says; None where it does not say. Syncfy's first version never
            does; Facti's times have no zone, and that of Mexico City is assumed.
        raw: the event as it came, as JSON in UTF-8; of a Facti notification without its password; the bytes of the body
            where it could not be read.
    """

    kind: ClassVar[str] = "unknown"
    provider: Provider
    profile: Profile
    name: str
    key: str
    occurred_at: datetime | None = None
    raw: bytes = field(repr=False)

    @property
    def payload(self) -> dict[str, Any]:
        """The event as it came, decoded anew each time; amounts in it are what JSON says, so use `raw` for money.

        It is empty where the event is no JSON object, or has more than 50 levels.
        """
        try:
            found: Any = decoded(self.raw)
        except ValueError:
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    @property
    def ids(self) -> dict[str, str]:
        """The ids that it names, by their names on the wire."""
        return {}

    @property
    def subject(self) -> str | None:
        """Whom or what it is about. A Worker never handles two events of one subject at the same time."""
        return None

    @property
    def recurs(self) -> bool:
        """Whether an equal event may tell of something new on another day: so where the key is its content."""
        return self.key.startswith("sha256:")


@frozen(kw_only=True)
class SyncfyEvent(Event):
    """An event of Syncfy. Correlate by `id_user`: SAT All in One tells of credentials, jobs and sites of its own.

    Attributes:
        version: `1`, or what the header says (`3.1`).
        id_user: whose data it is about; all that is certain to be there.
        id_external: your own id of the user.
        id_environment: sandbox or production; version 3 only.
        id_credential: the credential; events on documents name none.
        id_job: the job that brought it about; likewise `id_job_uuid`.
        id_site: the site; likewise `id_site_organization` and `id_site_organization_type`.
    """

    version: str
    id_user: str | None = None
    id_external: str | None = None
    id_environment: str | None = None
    id_credential: str | None = None
    id_job: str | None = None
    id_job_uuid: str | None = None
    id_site: str | None = None
    id_site_organization: str | None = None
    id_site_organization_type: str | None = None

    @property
    def ids(self) -> dict[str, str]:
        """The ids that it names, by their names on the wire."""
        return {name: value for name in SYNCFY_IDS if (value := getattr(self, name)) is not None}

    @property
    def subject(self) -> str | None:
        """The user."""
        return self.id_user

    @property
    def user(self) -> str:
        """The user's id, fit for a call. Raises InvalidRequest where the event names none, or none that can be one."""
        return checked("id_user", self.id_user or "", OBJECT_ID, ID_FORM)

    @property
    def credential(self) -> str:
        """The credential's id, fit for a call. Raises InvalidRequest where the event names none that can be one."""
        return checked("id_credential", self.id_credential or "", OBJECT_ID, ID_FORM)


SYNCFY_IDS = tuple(each for each in SyncfyEvent.__annotations__ if each.startswith("id_"))


@frozen(kw_only=True)
class CredentialCreated(SyncfyEvent):
    """A user has linked a site for the first time.

    Attributes:
        is_executing: whether the connection is under way; None where it does not say.
    """

    kind = "credentials.created"
    is_executing: bool | None = None


@frozen(kw_only=True)
class CredentialUpdated(SyncfyEvent):
    """A connection to a site has begun or ended.

    Attributes:
        is_executing: True when it begins, False when it has ended, well or badly; None where it does not say.
    """

    kind = "credentials.updated"
    is_executing: bool | None = None


@frozen(kw_only=True)
class CredentialRefreshed(SyncfyEvent):
    """A credential has new data.

    Attributes:
        refreshed_from: the data downloaded from here on, as the event's links say; likewise `refreshed_to`. They have
            whole seconds, and a forged event may say anything: what is complete is read from a cursor of your own.
    """

    kind = "credentials.refreshed"
    refreshed_from: datetime | None = None
    refreshed_to: datetime | None = None


@frozen(kw_only=True)
class DocumentsEvent(SyncfyEvent):
    """Something is to be said of a job's documents.

    Attributes:
        id_job_webhook: what to ask for the documents with, from the event's link; version 3 only.
        uuid: the event's own id in its links; version 1 only.
    """

    id_job_webhook: str | None = None
    uuid: str | None = None


@frozen(kw_only=True)
class DocumentsCompleted(DocumentsEvent):
    """Documents are ready to be read."""

    kind = "documents.completed"


@frozen(kw_only=True)
class DocumentsSucceeded(DocumentsEvent):
    """The documents could be had. Version 3 only."""

    kind = "documents.success"


@frozen(kw_only=True)
class DocumentsFailed(DocumentsEvent):
    """The documents could not be had. Version 3 only."""

    kind = "documents.fail"


@frozen(kw_only=True)
class PaymentNotified(Event):
    """Facti says that a payment has been reconciled: read the payment before anything else (`facti.confirm`).

    Attributes:
        payment_id: the payment, that is the `request_id` of its request.
        company_id: the company that was paid; None where it does not say.
        ipn_type: 1.
    """

    kind = "payment_notification"
    payment_id: int
    company_id: int | None = None
    ipn_type: int = 1

    @property
    def ids(self) -> dict[str, str]:
        """The ids that it names, by their names on the wire."""
        company = {} if self.company_id is None else {"company_id": str(self.company_id)}
        return {"id": str(self.payment_id), **company}

    @property
    def subject(self) -> str | None:
        """The payment."""
        return f"payment {self.payment_id}"


@frozen(kw_only=True)
class UnknownEvent(Event):
    """An event of a name that nobody has documented, or that has none, or cannot be read. It is kept like the others.

    Attributes:
        named: the ids that it names, each with its name on the wire.
    """

    named: tuple[tuple[str, str], ...] = ()

    @property
    def ids(self) -> dict[str, str]:
        """The ids that it names, by their names on the wire."""
        return dict(self.named)

    @property
    def subject(self) -> str | None:
        """The user, where it names one."""
        return self.ids.get("id_user")

    @property
    def recurs(self) -> bool:
        """True, unless it has an id of its own: nobody knows what else would make it the same."""
        return not self.key.startswith("eid:")


def text_of(event: Event) -> str:
    """Return an event as one line of printable text: its kind or name, and its ids."""
    name = event.name if event.kind == "unknown" else event.kind
    line = " ".join([name or "(no name)", *(f"{key}={value}" for key, value in event.ids.items())])
    return "".join(each if each.isprintable() else "�" for each in line)
