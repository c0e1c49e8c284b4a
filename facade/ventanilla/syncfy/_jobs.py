"""Knows jobs: starting one, reading its state, answering its challenge, and following it to its end."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from ventanilla._about import made
from ventanilla._face import operation
from ventanilla._flow import Ask, Flow, call
from ventanilla._paging import rows
from ventanilla._values import given
from ventanilla._waiting import Patience, until
from ventanilla.errors import OutcomeUnknown
from ventanilla.syncfy import _codes
from ventanilla.syncfy._auth import PROVIDER
from ventanilla.syncfy._listening import Ear
from ventanilla.syncfy._operations import OBJECT_ID, SyncfyOperations, Watch, confirmed, object_id
from ventanilla.syncfy.values import Challenge, JobState
from ventanilla_clients._runtime import Client
from ventanilla_clients.syncfy import api, models

if TYPE_CHECKING:
    from ventanilla._frames import Lines

Answers = Mapping[str, str]
Answer = Callable[[Challenge], Answers | Awaitable[Answers]]
PATIENCE = Patience(deadline=300.0, first=0.5, longest=5.0)
GO_ON = (
    "Call follow_job with the id of the job to go on waiting",
    "Llamar a follow_job con el id del job para seguir esperando",
)


class Jobs(SyncfyOperations):
    """Jobs of a user. Source: sync-py README (status, twofa), SAT All in One guide (POST /jobs)."""

    @operation
    def create_job(
        self, user: models.User | str, id_site: str, values: Mapping[str, str], *, input_name: str | None = None
    ) -> Flow[models.JobPull]:
        """Start a job at a site of type job, as SAT All in One; `link` also follows it.

        Args:
            user: for whom.
            id_site: the site (24 hexadecimal characters).
            values: a value for each field of the site's `input`.
            input_name: which of the site's inputs the values are for, where it has several.
        """
        body = models.NewJob(id_site=object_id("id_site", id_site), input=dict(values), input_name=given(input_name))
        endpoint = api.jobs.create_job_pull.sync_detailed if self.use_pulls else api.jobs.create_job.sync_detailed
        pull = (yield from call(endpoint, client=self.as_user(user), body=body)).response
        made(pull, "id_job", PROVIDER, "create_job", OBJECT_ID)
        return pull

    @operation
    def job(self, user: models.User | str, id_job: str) -> Flow[JobState]:
        """Return where a job is: its current code, the whole history, and the challenge that it waits for.

        Raises:
            NotFound: the user has no such job.
        """
        return (yield from state(self.as_user(user), id_job))

    @operation
    def answer_challenge(self, user: models.User | str, challenge: Challenge, answers: Answers) -> Flow[None]:
        """Send the answer to a challenge. Answers are used once: they are never sent twice.

        Raises:
            InvalidRequest: an answer is missing or unknown; nothing was sent.
            OutcomeUnknown: it may have arrived, and is not sent again: follow the job, which says.
        """
        yield from send_answer(self.as_user(user), challenge, answers)

    @operation
    def follow_job(
        self,
        user: models.User | str,
        id_job: str,
        *,
        answer: Answer | None = None,
        timeout: float = PATIENCE.deadline,
        watch: Watch = "poll",
    ) -> Flow[JobState]:
        """Wait until a job ends well or waits for an answer that `answer` does not give.

        Args:
            user: whose job it is.
            id_job: the job (24 hexadecimal characters).
            answer: receives each challenge and returns its answers by field name.
            timeout: seconds to wait in all.
            watch: `poll` reads the state again and again. `socket` reads it when the job's WebSocket says that there
                is something to read, which is sooner and with fewer requests; where there is no such WebSocket, or
                it fails, the job is polled, and so it is with a `transport` of the face that is not httpx's own.

        Raises:
            JobFailed: the job ended with a code that is not a success; the subclasses say which.
            WaitTimeout: it did not end in time.
            ConfigurationError: `socket` needs `pip install 'ventanilla[ws]'`.
        """
        lines = self._watching(watch)
        return (yield from follow(self.as_user(user), id_job, answer, timeout, lines=lines))


def state(client: Client, id_job: str) -> Flow[JobState]:
    """Return where a job is."""
    answer = yield from call(api.jobs.list_job_statuses.sync_detailed, object_id("id_job", id_job), client=client)
    return JobState.of(id_job, rows(answer))


def send_answer(client: Client, challenge: Challenge, answers: Answers) -> Flow[None]:
    """Send the checked answers of one challenge."""
    body = models.TwofaAnswer(twofa=dict(challenge.checked(answers)))
    answer = yield from call(
        api.jobs.answer_twofa.sync_detailed, object_id("id_job", challenge.id_job), client=client, body=body
    )
    confirmed(answer, "answer_twofa")


def send_once(client: Client, challenge: Challenge, answers: Answers) -> Flow[None]:
    """Send the answers of one challenge; if it cannot be known whether they arrived, the job will tell."""
    with contextlib.suppress(OutcomeUnknown):
        yield from send_answer(client, challenge, answers)


def follow(
    client: Client,
    id_job: str,
    answer: Answer | None,
    timeout: float,
    *,
    answered: int = 0,
    id_credential: str | None = None,
    lines: Lines | None = None,
) -> Flow[JobState]:
    """Follow a job to its end, or to a challenge beyond the first `answered` that nobody answers."""
    ear = Ear(lines, object_id("id_job", id_job))

    def look() -> Flow[JobState | None]:
        nonlocal answered
        now = yield from state(client, id_job)
        ear.known = now.history
        if now.challenge is not None and now.challenge.number > answered:
            if answer is None:
                return now
            answers: Answers = yield Ask(answer, now.challenge)
            answered = now.challenge.number
            if any(not field.is_for_display for field in now.challenge.fields):
                yield from send_once(client, now.challenge, answers)
            return None
        return now if _codes.ends_job(now.code) else None

    patience = Patience(deadline=timeout, first=PATIENCE.first, longest=PATIENCE.longest)
    ended = yield from until(
        look, patience, waiting_for=(f"Syncfy job {id_job}", f"job {id_job} de Syncfy"), go_on=GO_ON, pause=ear.pause
    )
    if ended.challenge is None and ended.code not in _codes.SUCCESSES:
        raise _codes.failure(ended.code, id_job, id_credential)
    return ended
