"""Holds what is known of an operation that must not be done twice."""

from typing import Literal, TypeAlias

from msgspec import Struct

State: TypeAlias = Literal["prepared", "sent", "committed", "failed", "unknown"]
# Nobody else may begin with the natural key of one of these.
OPEN: tuple[State, ...] = ("prepared", "sent", "unknown")


class Intent(Struct, frozen=True, kw_only=True):
    """An operation that was begun.

    Attributes:
        scope: whose operation it is: provider, environment, and `account=` or a digest of the key.
        operation_id: your own id of it, or one that was made up.
        kind: the spec's operationId.
        key: digest of the natural key: what makes two requests the same to the provider's users.
        fingerprint: digest of the whole request.
        state: `prepared`: nothing was sent; `sent`: on disk before the first byte; `committed`: it exists;
            `failed`: it was refused, or proven not to have been sent; `unknown`: sent, and not found since.
        id: the provider's id of what came of it; empty until it is committed.
        instance: which mock it was sent to, as `X-Ventanilla-Instance` says; empty where the service says none.
        version: another text after each change, by which `Journal.move` tells whether it is still the same.
        body: the request without credentials, as JSON; empty once the operation is closed.
        watermark: what there was before, as JSON, so that an older twin is not taken for it.
        result: what came of it, as JSON; empty until it is committed, or where JSON has no form for it.
        note: why it failed or is unknown.
        created_at: unix seconds.
        sent_at: unix seconds; None before it was sent.
        changed_at: unix seconds of the last change.
    """

    scope: str
    operation_id: str
    kind: str
    key: str
    fingerprint: str
    state: State = "prepared"
    id: str = ""
    instance: str = ""
    version: str = ""
    body: bytes = b""
    watermark: bytes = b"null"
    result: bytes = b""
    note: str = ""
    created_at: float = 0.0
    sent_at: float | None = None
    changed_at: float = 0.0

    def __repr__(self) -> str:
        # The body has names and amounts, which belong in no log.
        return f"Intent({self.operation_id!r}, kind={self.kind!r}, state={self.state!r})"

    @property
    def is_open(self) -> bool:
        """Whether its outcome is still to be found out."""
        return self.state in OPEN
