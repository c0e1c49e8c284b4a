"""Knows what to do when the answer to a write got lost whose effect can be read: look, and send nothing again."""

from collections.abc import Callable
from typing import TypeVar

from ventanilla._flow import Flow
from ventanilla._policy import Policy
from ventanilla._translation import is_unproven_refusal
from ventanilla._waiting import Patience, until
from ventanilla.errors import OutcomeUnknown, ProviderError, VentanillaError, WaitTimeout

T = TypeVar("T")
# An effect that can be read shows soon; what is looked for longer keeps an intent.
LONGEST = 30.0


def seen(write: Flow[T], look: Callable[[], Flow[T | None]], policy: Policy) -> Flow[T]:
    """Return what a write answers or, where its answer got lost, what is seen of it.

    Args:
        write: sends it, once.
        look: returns what the write would have answered if its effect is there, else None. What it raises says nothing.
        policy: how long to look.

    Raises:
        OutcomeUnknown: the answer got lost and nothing was seen.
    """
    try:
        return (yield from write)
    except (OutcomeUnknown, ProviderError) as lost:
        refusal = refusal_in(lost)
        if refusal is not None:
            return (yield from look_once(refusal, look))
        if not isinstance(lost, OutcomeUnknown):
            raise
        return (yield from _look(lost, look, policy))


def refusal_in(failure: Exception | None) -> ProviderError | None:
    """Return the refusal that an answer may be: a 4xx that is not in the provider's own form; None where it is none.

    Nobody knows who has said it, the provider or something before it; so its effect is looked for, once.
    """
    each = failure.__cause__ if isinstance(failure, OutcomeUnknown) else failure
    return each if isinstance(each, ProviderError) and is_unproven_refusal(each) else None


def look_once(refusal: ProviderError, look: Callable[[], Flow[T | None]]) -> Flow[T]:
    """Return the effect of a write that an answer may have refused, or raise the refusal if there is none."""
    try:
        found = yield from look()
    except VentanillaError as problem:
        facts = {name: getattr(refusal, name) for name in ("provider", "operation", "status_code", "request_id")}
        raise OutcomeUnknown(refusal.words, **facts) from problem
    if found is None:
        refusal.outcome = "refused"
        raise refusal from refusal.__cause__
    return found


def _look(lost: OutcomeUnknown, look: Callable[[], Flow[T | None]], policy: Policy) -> Flow[T]:
    def glance() -> Flow[T | None]:
        try:
            return (yield from look())
        except VentanillaError:
            return None

    patience = Patience(deadline=max(0.001, min(policy.settle, LONGEST)), first=0.5, longest=5.0)
    try:
        return (yield from until(glance, patience, waiting_for="its effect", go_on=""))
    except WaitTimeout:
        raise lost from lost.__cause__
