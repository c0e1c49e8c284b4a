"""Knows every way a call can end badly: one tree, one root, no secret in any of its words.

What the classes say and advise, in English and in Spanish, is in `ventanilla._texts`, loaded when somebody asks.
"""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

# What a failure proves of the effect of a call: that the provider has not begun, that it has refused, or nothing.
Outcome: TypeAlias = Literal["not_sent", "refused", "unknown"]
# A text in English, or one of ventanilla's own in English and Spanish.
Words: TypeAlias = str | tuple[str, str]

if not TYPE_CHECKING:

    class _Hint:
        """Looks up what a class advises. What was said of one error alone lies in it and is found before this."""

        def __get__(self, error: object, kind: type) -> str | None:
            from ventanilla._texts import hint_of

            return hint_of(kind)


class VentanillaError(Exception):
    """The root of everything that ventanilla raises.

    Attributes:
        message: what happened, in the provider's own words where it said something.
        provider: `Syncfy`, `Facti` or `Factura Online`; None where no provider is concerned.
        operation: the spec's operationId of the call that failed; None before one was chosen.
        status_code: the HTTP status of the answer; None where there was none.
        request_id: the id that the provider gave to the request (Syncfy's `rid`, else a request-id header).
        outcome: what is known of the call's effect. `not_sent`: the provider has not begun, so it may be sent again;
            `refused`: it has decided against it; `unknown`: it may have taken effect; None where that makes no sense.
        hint: what to do next.
        raw_message: the provider's words as they came (markup, entities, control characters), where `message` makes
            them readable; without secrets, and not for a terminal. None where `message` is what came.
    """

    if TYPE_CHECKING:
        hint: str | None = None
    else:
        hint = _Hint()
    outcome: Outcome | None = None
    raw_message: str | None = None
    # The Spanish of ventanilla's own words; None where the message is the provider's, or has English alone.
    _message_es: str | None = None
    _hint_es: str | None = None

    def __init__(
        self,
        message: Words,
        *,
        provider: str | None = None,
        operation: str | None = None,
        status_code: int | None = None,
        request_id: str | None = None,
        hint: Words | None = None,
    ) -> None:
        if isinstance(message, tuple):
            message, self._message_es = message
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.operation = operation
        self.status_code = status_code
        self.request_id = request_id
        if hint is not None:
            self.advise(hint)

    @property
    def words(self) -> Words:
        """The message, with its Spanish where it has one."""
        return self.message if self._message_es is None else (self.message, self._message_es)

    def advise(self, hint: Words) -> None:
        """Give this one error another hint than its class has.

        Args:
            hint: the English, or the English and the Spanish.
        """
        self.hint, self._hint_es = hint if isinstance(hint, tuple) else (hint, None)

    def explain(self, language: str = "en") -> str:
        """Return what happened, the provider's own words and ids where there are any, and what to do next.

        Args:
            language: `en` or `es`.

        Raises:
            InvalidRequest: there are no texts in that language.
        """
        from ventanilla._texts import explanation

        return explanation(self, language)

    def __str__(self) -> str:
        where = " ".join(part for part in (self.provider, self.operation) if part)
        facts = [f"HTTP {self.status_code}"] if self.status_code is not None else []
        facts += [f"request {self.request_id}"] if self.request_id else []
        text = (f"{where}: " if where else "") + self.message
        text += f" ({', '.join(facts)})" if facts else ""
        return f"{text}. {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments do not survive the default pickling of exceptions.
        return _revive, (type(self), self.message, self.__dict__.copy())


def _revive(kind: type[VentanillaError], message: str, state: dict[str, Any]) -> VentanillaError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(state)
    return error


class ConfigurationError(VentanillaError, ValueError):
    """A credential, URL or option of the face is missing or unsafe; nothing was sent."""

    outcome: Outcome | None = "not_sent"


class InvalidRequest(VentanillaError, ValueError):
    """An argument breaks a documented rule; nothing was sent.

    Attributes:
        field: the argument or wire field that is wrong.
    """

    outcome: Outcome | None = "not_sent"
    field: str = ""

    def __init__(self, message: Words, *, field: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.field = field


class TransportError(VentanillaError):
    """No complete answer arrived. A write may or may not have taken effect."""

    outcome: Outcome | None = "unknown"


class ConnectionFailed(TransportError):
    """The connection was refused, reset or closed before an answer was complete."""


class TimedOut(TransportError):
    """No answer arrived within `timeout` seconds."""


class UnexpectedAnswer(VentanillaError):
    """An answer arrived that the provider does not document."""

    outcome: Outcome | None = "unknown"


class MalformedAnswer(UnexpectedAnswer):
    """The body is empty, cut off or not JSON."""


class UnreadableAcuse(MalformedAnswer):
    """What came as the acuse of a cancellation cannot be read. The cancellation itself is another matter.

    Attributes:
        content: the bytes as they came; empty in an error that was pickled.
        folios: how many CFDI it is about, where it is not clear which is meant.
    """

    __slots__ = ("_content",)  # not with the attributes, which reporters print: it may echo secrets
    folios: int = 0

    @property
    def content(self) -> bytes:
        """The bytes as they came."""
        return getattr(self, "_content", b"")

    @content.setter
    def content(self, content: bytes) -> None:
        self._content = content


class ListingMoved(UnexpectedAnswer):
    """A list changed between its pages in such a way that rows could be missed; those handed out are right."""


class BodyTooLarge(UnexpectedAnswer):
    """The body is larger, as it comes or once decompressed, than the face takes; the rest of it was not read.

    Attributes:
        limit: bytes that the face takes.
    """

    limit: int = 0

    def __init__(self, message: Words, *, limit: int = 0, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.limit = limit


class HtmlAnswer(UnexpectedAnswer):
    """A web page came instead of the API's JSON, as gateways and maintenance pages send."""


class ProviderError(VentanillaError):
    """The provider understood the call and refused it, or said that it cannot serve it."""

    outcome: Outcome | None = "refused"


class AuthenticationFailed(ProviderError):
    """The keys are wrong, revoked or of another environment."""

    outcome: Outcome | None = "not_sent"


class SessionExpired(AuthenticationFailed):
    """A session token is unknown or has expired (five minutes without use)."""


class PaymentRequired(ProviderError):
    """The account is disabled for lack of payment (HTTP 402)."""


class PermissionDenied(ProviderError):
    """The credentials do not give access to this (HTTP 403)."""


class NotFound(ProviderError):
    """There is no object with that id, or it belongs to somebody else."""


class Rejected(ProviderError):
    """The provider refused the data of the call; its message says why."""


class AlreadyPaid(Rejected):
    """The Facti payment has been paid, and paid ones cannot be deleted."""


class RateLimited(ProviderError):
    """Too many requests (HTTP 429).

    Attributes:
        retry_after: seconds that the provider asks to wait, 60 at most; None where it did not say.
    """

    outcome: Outcome | None = "not_sent"
    retry_after: float | None = None


class ServiceUnavailable(ProviderError):
    """The provider or its gateway failed (HTTP 408 and 5xx, the 52x of gateways included).

    Attributes:
        retry_after: seconds that it asks to wait, 60 at most; None where it did not say.
    """

    retry_after: float | None = None
    outcome: Outcome | None = "unknown"


class WaitTimeout(VentanillaError):
    """What was waited for did not happen before the deadline. It goes on at the provider.

    Attributes:
        waiting_for: what was awaited, with its id.
    """

    waiting_for: str = ""

    def __init__(self, message: Words, *, waiting_for: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.waiting_for = waiting_for


class JobFailed(VentanillaError):
    """A Syncfy job ended with a code that is not a success.

    Attributes:
        code: the published job code.
        id_job: the job.
        id_credential: the credential of the job; None where the site creates its own.
    """

    code: int = 0
    id_job: str = ""
    id_credential: str | None = None

    def __init__(
        self, message: Words, *, code: int = 0, id_job: str = "", id_credential: str | None = None, **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        self.code = code
        self.id_job = id_job
        self.id_credential = id_credential


class WrongCredentials(JobFailed):
    """The site refused the user's credentials (401)."""


class WrongTwofa(JobFailed):
    """The site refused the answer to its challenge (403)."""


class AccountLocked(JobFailed):
    """The site has locked the account (405)."""


class SessionConflict(JobFailed):
    """The user has another session open at the site (406)."""


class UserActionRequired(JobFailed):
    """The user must do something at the site first (408)."""


class WrongSite(JobFailed):
    """The credentials belong to another site (409)."""


class TwofaTimeout(JobFailed):
    """Nobody answered the challenge in time (411)."""


class LoginFailed(JobFailed):
    """The site failed during the login (413)."""


class SiteDeprecated(JobFailed):
    """The site is no longer supported (449)."""


class SiteUnavailable(JobFailed):
    """The site is down, in maintenance or out of reach (500 to 509)."""


class OutcomeUnknown(VentanillaError):
    """The answer to a write got lost: it may have taken effect, and nothing was sent again. The cause says how.

    Attributes:
        operation_id: of the intent, where the operation keeps one: `resume` looks again, whenever you want.
    """

    outcome: Outcome | None = "unknown"
    operation_id: str | None = None

    def __init__(self, message: Words, *, operation_id: str | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.operation_id = operation_id


class DuplicateDetected(OutcomeUnknown):
    """More than one object at the provider may be what an operation made, and which one cannot be told.

    Attributes:
        ids: the provider's ids of them.
    """

    ids: tuple[str, ...] = ()

    def __init__(self, message: Words, *, ids: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message, **facts)
        self.ids = ids


class IdempotencyConflict(VentanillaError):
    """The operation id, or the natural key, belongs to another operation whose outcome is still open.

    Attributes:
        operation_id: of that operation.
    """

    outcome: Outcome | None = "not_sent"
    operation_id: str = ""

    def __init__(self, message: Words, *, operation_id: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.operation_id = operation_id


class AlreadyExists(VentanillaError):
    """There is one already, and the provider would make a second; nothing was sent.

    Attributes:
        existing: what there is.
    """

    outcome: Outcome | None = "not_sent"
    existing: Any = None

    def __init__(self, message: Words, *, existing: Any = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.existing = existing


class JournalUnavailable(VentanillaError):
    """The journal of intents cannot be read or written; nothing was sent."""

    outcome: Outcome | None = "not_sent"


class InboxUnavailable(VentanillaError):
    """The store of webhook events is locked, full, read-only, damaged or out of reach; nothing of the call was kept.

    Attributes:
        retry_after: seconds after which the sender may try again.
    """

    retry_after: int = 5


class NotConfirmed(VentanillaError):
    """The provider's API does not bear out what an event says: it is forged, or the API is not that far yet."""
