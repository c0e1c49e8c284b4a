"""Knows what each kind of change does to a user who writes requests or reads responses, in one table."""

from collections.abc import Iterable, Mapping

from specdiff._values import Direction, Kind, Verdict

_B, _U, _C, _T = Verdict

# What the provider takes may grow, what it answers may shrink; a Python name or type that goes breaks both.
RULES: Mapping[Kind, tuple[Verdict, Verdict]] = {
    #              request, response
    Kind.ADDED: (_C, _C),
    Kind.DEMANDED: (_B, _C),
    Kind.REMOVED: (_B, _B),
    Kind.RENAMED: (_B, _B),
    Kind.MOVED: (_B, _B),
    Kind.NARROWED: (_B, _C),
    Kind.WIDENED: (_C, _B),
    Kind.REQUIRED: (_B, _C),
    Kind.OPTIONAL: (_C, _B),
    Kind.RETYPED: (_B, _B),
    Kind.CHANGED: (_U, _U),
    Kind.NOTED: (_C, _C),
    Kind.TEXT: (_T, _T),
}

# The client raises the same error for every status but 200, documented or not.
FAILURE_STATUS = _C
# Another success is no success to the client, which knows 200 alone.
OTHER_SUCCESS = _B
# What reads may be sent again after a lost answer. A write taken for a read would be done twice.
BECOMES_READ = _B
BECOMES_WRITE = _C


def judged(kind: Kind, directions: Iterable[Direction]) -> dict[Direction, Verdict]:
    """Return the verdict of a change for each direction."""
    request, response = RULES[kind]
    return {each: request if each is Direction.REQUEST else response for each in directions}
