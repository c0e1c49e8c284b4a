"""Knows how often Syncfy lets itself be asked, where a world holds its callers to that."""

from collections import deque

from attrs import define, field

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Refused

# providers.md 1.5, from the Postman collection: five requests a second.
MOST, SECONDS = 5, 1.0
TOO_MANY = "Too Many Requests"


@define(eq=False)
class Recent:
    """The moments at which callers were let in of late, those first who were longest ago."""

    callers: dict[str, deque[float]] = field(factory=dict[str, "deque[float]"])

    @ours(
        "Five requests a second are counted over the last second, for the API key and for each user of a token; who is "
        "refused is not counted. The 429 has no Retry-After: none was ever seen."
    )
    def admit(self, caller: str, now: float) -> None:
        """Let a caller in, or refuse with 429 who has been let in five times within the last second."""
        moments = self.callers.pop(caller, deque[float](maxlen=MOST))
        is_late = len(moments) == MOST and now - moments[0] < SECONDS
        if not is_late:
            moments.append(now)
        # At the end, so that those who can be forgotten stand first.
        self.callers[caller] = moments
        self._forget(now)
        if is_late:
            raise Refused(429, TOO_MANY)

    def _forget(self, now: float) -> None:
        while now - self.callers[longest := next(iter(self.callers))][-1] >= SECONDS:
            del self.callers[longest]
