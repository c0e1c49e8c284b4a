"""Judges how a call ended, by what the server has done: kept, honestly unknown, or a promise broken."""

from collections import Counter
from typing import Literal

from proving.faults import Fault
from proving.stage import Ended, is_ours
from proving.tally import Tally
from ventanilla.errors import InvalidRequest, VentanillaError

Verdict = Literal["correct", "unknown", "duplicate", "false success", "wrong refusal", "not ours"]
BROKEN: tuple[Verdict, ...] = ("duplicate", "false success", "wrong refusal", "not ours")


def judged(ended: Ended, effects: int, operation: str) -> Verdict:
    """Return the verdict on a call that made the server do an operation `effects` times."""
    if effects > 1:
        return "duplicate"
    if not is_ours(ended):
        return "not ours"
    if ended.error is None:
        return "correct" if effects == 1 else "false success"
    if says_nothing_happened(ended.error, operation):
        return "correct" if effects == 0 else "wrong refusal"
    return "unknown"


def says_nothing_happened(error: Exception, operation: str) -> bool:
    """Return whether an error promises that the server has not done an operation.

    Of a workflow's step that failed later, an error says nothing of those before it.
    """
    if isinstance(error, InvalidRequest):
        return True
    if not isinstance(error, VentanillaError) or error.operation not in (None, operation):
        return False
    return error.outcome in ("not_sent", "refused")


def count(tally: Tally, verdicts: Counter[Verdict]) -> None:
    """Put the counted verdicts into a tally."""
    tally.correct, tally.unknown = verdicts["correct"], verdicts["unknown"]
    tally.duplicates, tally.false_successes = verdicts["duplicate"], verdicts["false success"]
    tally.wrong_refusals = verdicts["wrong refusal"]


def claims_too_little(ended: Ended, plan: tuple[Fault | None, ...], operation: str) -> bool:
    """Return whether a call said that it does not know, though every fault that it met proves that nothing was sent."""
    is_proven = bool(plan) and all(fault is not None and fault.proof == "not sent" for fault in plan)
    return is_proven and ended.error is not None and not says_nothing_happened(ended.error, operation)
