"""A lost answer is looked for as long as the policy says, and half a minute at most, before its outcome is unknown."""

import pytest
from playing import Played, play

from ventanilla import Policy, errors
from ventanilla._flow import Flow, Wait
from ventanilla._lost import seen

LOST = errors.OutcomeUnknown("no answer")


def losing(problem: errors.VentanillaError = LOST) -> Flow[str]:
    raise problem
    yield Wait(0)  # a flow, though it has no steps


class Looking:
    """Sees the effect at a given look, and can fail before."""

    def __init__(self, at: int, problem: errors.VentanillaError | None = None) -> None:
        self.looks, self.at, self.problem = 0, at, problem

    def __call__(self) -> Flow[str | None]:
        self.looks += 1
        if self.looks == self.at:
            return "seen"
        if self.problem is not None:
            raise self.problem
        return None
        yield Wait(0)


def test_what_is_seen_is_the_answer_and_what_fails_to_be_read_says_nothing() -> None:
    look, played = Looking(4, errors.TimedOut("?")), Played()
    assert play(seen(losing(), look, Policy()), {}, played) == "seen"
    assert (look.looks, played.waits) == (4, [0.5, 0.75, 1.125])


@pytest.mark.parametrize(("settle", "seconds"), [(180.0, 30.0), (7.0, 7.0), (0.0, 0.001)])
def test_looking_ends_with_the_policy_or_half_a_minute(settle: float, seconds: float) -> None:
    played = Played()
    with pytest.raises(errors.OutcomeUnknown) as raised:
        play(seen(losing(), Looking(-1), Policy(settle=settle)), {}, played)
    assert raised.value is LOST
    assert sum(played.waits) == pytest.approx(seconds, abs=0.001)
    assert max(played.waits) <= 5.0


def test_what_is_no_lost_answer_is_not_looked_for() -> None:
    look = Looking(1)
    with pytest.raises(errors.Rejected):
        play(seen(losing(errors.Rejected("no")), look, Policy()), {})
    assert look.looks == 0


def refusal() -> errors.ProviderError:
    found = errors.Rejected("the email field is required")
    found.outcome = "unknown"
    return found


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_refusal_of_unknown_origin_is_looked_for_once(*, is_wrapped: bool) -> None:
    problem: errors.VentanillaError = refusal()
    if is_wrapped:
        problem = errors.OutcomeUnknown("?")
        problem.__cause__ = refusal()
    seen_at_once, played = Looking(1), Played()
    assert play(seen(losing(problem), seen_at_once, Policy()), {}, played) == "seen"
    unseen = Looking(-1)
    with pytest.raises(errors.Rejected, match="email field") as raised:
        play(seen(losing(problem), unseen, Policy()), {}, played)
    assert (raised.value.outcome, unseen.looks, played.waits) == ("refused", 1, [])


def test_a_refusal_that_cannot_be_looked_for_is_unknown() -> None:
    with pytest.raises(errors.OutcomeUnknown, match="email field"):
        play(seen(losing(refusal()), Looking(-1, errors.TimedOut("?")), Policy()), {})
