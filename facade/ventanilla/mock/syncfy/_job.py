"""Knows how a job runs: one code after the other, waiting at 410 until it is answered."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from attrs import Factory, define, field

from ventanilla.mock._timer import Timer
from ventanilla.mock.syncfy._challenge import Challenge
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._scenarios import Script
from ventanilla.mock.syncfy._sites import Site
from ventanilla.mock.syncfy._state import User
from ventanilla.mock.world import World

REGISTER, INVALID_TOKEN, CONFLICT, WAITING, TWOFA_TIMEOUT = 100, 403, 406, 410, 411
TWOFA_SECONDS = 300.0
SYNCFY = "syncfy"


@define(eq=False)
class Job:
    """One job. Its listeners are told each code as the job gets there.

    A job that another one started has that one for its `parent`, which `starts` it in time and `awaits` its site.
    """

    world: World = field(repr=False)
    id_job_uuid: str
    id_job: str
    user: User = field(repr=False)
    site: Site
    base_url: str
    script: Script = field(repr=False)
    listeners: "list[Callable[[Job, int], None]]" = field(repr=False)
    parent: "Job | None" = field(default=None, repr=False)
    awaits: set[str] = Factory(set[str])
    starts: list[Timer] = Factory(list[Timer])
    history: list[Row] = Factory(list[Row])
    waiting: Challenge | None = None
    asked: bool = False
    _is_dropped: bool = False
    _next: int = 0
    _timer: Timer | None = None

    @property
    def code(self) -> int:
        """The current code, the last of the history."""
        return int(self.history[-1]["code"])

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will come: every code from 200 on but 410 is the end."""
        return self.code >= 200 and self.code != WAITING

    @property
    def process(self) -> str:
        """The id under which it gets on: children go along with the job that somebody started."""
        return self.id_job if self.parent is None else self.parent.process

    def links(self) -> Row:
        """Return the ids and addresses that answer the creation of the job."""
        web_socket = self.base_url.replace("http", "ws", 1)
        return {
            "id_job_uuid": self.id_job_uuid,
            "id_job": self.id_job,
            "ws": f"{web_socket}/status/{self.id_job}",
            "status": f"{self.base_url}/jobs/{self.id_job}/status",
            "twofa": f"{self.base_url}/jobs/{self.id_job}/twofa",
        }

    def start(self) -> None:
        """Register the job; the rest follows step by step."""
        self._reach(REGISTER)

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Take the answer to what the job waits for: on with the script, or 403."""
        challenge = self.waiting
        if challenge is None:
            raise RuntimeError(f"job {self.id_job} waits for nothing")
        self._resume()
        if challenge.satisfied(answers):
            # The next code comes at once, so that whoever reads the status now does not see the same 410 again.
            self._advance()
        else:
            self.end(INVALID_TOKEN)

    def end(self, code: int) -> None:
        """End the job with a code of its own, whatever the script still had."""
        if not self.is_over and not self._is_dropped:
            self._next = len(self.script)
            self._resume()
            self._reach(code)

    def stop(self) -> None:
        """Drop the job without a trace: its user or credential is gone."""
        self._is_dropped = True
        self.listeners.clear()
        self._resume()
        for start in self.starts:
            start.cancel()

    def later(self, action: Callable[[], None], steps: float = 1, seconds: float | None = None) -> Timer:
        """Have something done when the job gets on, as the world's lifecycle for Syncfy says."""
        return self.world.step(SYNCFY, self.process, action, steps=steps, seconds=seconds)

    def _resume(self) -> None:
        self.waiting = None
        if self._timer is not None:
            self._timer.cancel()

    def _advance(self) -> None:
        stage = self.script[self._next]
        self._next += 1
        if isinstance(stage, Challenge):
            self._ask(stage)
        else:
            self._reach(stage.code)

    def _reach(self, code: int, **details: Any) -> None:
        self.history.append({"code": code, **details})
        for listener in tuple(self.listeners):
            listener(self, code)
        if self._next < len(self.script) and not self.is_over and code != WAITING:
            stage = self.script[self._next]
            seconds = None if isinstance(stage, Challenge) else stage.seconds
            self._timer = self.later(self._advance, seconds=seconds)

    def _ask(self, challenge: Challenge) -> None:
        self.waiting, self.asked = challenge, True
        self._reach(WAITING, address=self.links()["twofa"], twofa=challenge.fields())
        if challenge.passive:
            self._timer = self.later(partial(self.answer, {}))
        else:
            # Whoever does not answer runs out of time, however the job gets on otherwise.
            self._timer = self.world.schedule(TWOFA_SECONDS, partial(self.end, TWOFA_TIMEOUT))
