"""Knows the time of a test: it stands still, is moved on, and the webhooks that fall due on the way are delivered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ventanilla.mock.clock import LATEST, Moment, seconds_of
from ventanilla.mock.core import Mock
from ventanilla.mock.stage._post import Post
from ventanilla.mock.world import World


class StageClock:
    """The clock of one world.

        mock.clock.advance(301)              # seconds: a session of Syncfy is over after 300
        mock.clock.advance(hours=27)         # every retry of a webhook on the way is made at its moment
        mock.clock.travel("2026-12-24T12:00:00Z")

    It stands still unless told otherwise, and the waiting of ventanilla's faces advances it in place of sleeping.
    """

    def __init__(self, mock: Mock, world: Callable[[], World], post: Post) -> None:
        self._mock, self._world, self._post = mock, world, post

    def now(self) -> float:
        """Return unix seconds."""
        return self._world().clock.now()

    @property
    def moment(self) -> datetime:
        """The time as a datetime, in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    @property
    def rate(self) -> float:
        """Seconds of this clock in one of the wall's; 0 while it stands still."""
        return self._world().clock.rate

    def freeze(self) -> None:
        """Stand still from now on."""
        self.run(0.0)

    def run(self, rate: float = 1.0) -> None:
        """Go on by itself: with the wall, or `rate` times as fast. Raises ValueError for a rate below 0."""
        world = self._world()
        with world.lock:
            world.clock.run(rate)

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let time pass: what falls due happens at its moment, and so do the webhook calls that come of it.

        Raises ValueError for negative time: it runs forward only, but for `restore` and `reset`.
        """
        self._travel(self.now() + _seconds(seconds, minutes, hours, days))

    async def aadvance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let time pass as `advance` does; webhook calls are made in the running event loop."""
        moment = self._checked(self.now() + _seconds(seconds, minutes, hours, days))
        await self._post.asettle(self._world())
        await self._post.ado(self._mock.travel(self._world(), moment))

    def travel(self, moment: Moment) -> None:
        """Advance to a moment: an aware datetime, ISO 8601 text with a zone, or unix seconds.

        Raises ValueError for one that is past.
        """
        self._travel(seconds_of(moment))

    def _travel(self, moment: float) -> None:
        moment = self._checked(moment)
        self._post.settle(self._world())
        self._post.do(self._mock.travel(self._world(), moment))

    def _checked(self, moment: float) -> float:
        if not self.now() <= moment <= LATEST:
            raise ValueError(
                f"time runs forward only, to the year 2100; it cannot go {moment - self.now():g} seconds on"
            )
        return moment


def _seconds(seconds: float, minutes: float, hours: float, days: float) -> float:
    return timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days).total_seconds()
