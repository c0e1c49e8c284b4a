"""Knows how a pull goes: a job logs in at a site, data arrive, webhooks are told."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ventanilla.mock.syncfy import _events, _movements, _taxes
from ventanilla.mock.syncfy._credential import Credential
from ventanilla.mock.syncfy._job import CONFLICT, Job
from ventanilla.mock.syncfy._scenarios import SCENARIOS, Script, Stage, script
from ventanilla.mock.syncfy._sites import ALL_IN_ONE, CIEC, CONSTANCIA, MONTHLY, OPINION, WITHHOLDINGS, YEARLY, Site
from ventanilla.mock.syncfy._state import State, User
from ventanilla.mock.world import World

LOGGED_IN, FINISH, ERROR = 102, 200, 500
SUCCESSES = range(200, 300)
SMOOTH: Script = (Stage(101), Stage(LOGGED_IN), Stage(FINISH))
# In this order, half a step apart; the documents sites have jobs but no credentials (their events name none).
CHILDREN = (CIEC, WITHHOLDINGS, YEARLY, MONTHLY, CONSTANCIA, OPINION)
LONGEST_STEPS = 8
Listener = Callable[[Job, int], None]


def link(
    world: World, user: User, site: Site, values: Mapping[str, Any], base_url: str, course: Script | None = None
) -> tuple[Credential, Job, bool]:
    """Create the credential, or update the one of the same user, site and username, and start its job.

    The third value says whether it is new. `course` is the job's script; None takes what the login leads to.
    """
    stages = script(site, values) if course is None else course
    username = values[site.username_field]
    same = [one for one in user.credentials.values() if one.site is site and one.username == username]
    credential = same[0] if same else Credential(world.object_id(), user, site, {})
    credential.values = dict(values)
    user.credentials[credential.id] = credential
    world.state(State).credentials[credential.id] = credential
    return credential, _run(world, credential, stages, base_url, is_new=not same), not same


def pull_again(world: World, credential: Credential, base_url: str) -> Job:
    """Start another job of a credential with the login it has."""
    return _run(world, credential, script(credential.site, credential.values), base_url, is_new=False)


def drop(world: World, credential: Credential) -> None:
    """Delete a credential and all that it brought."""
    user, state = credential.user, world.state(State)
    for job in [job for job in user.jobs.values() if credential.job is job or job in credential.past]:
        job.stop()
        del user.jobs[job.id_job], state.jobs[job.id_job]
    del user.credentials[credential.id], state.credentials[credential.id]
    for rows in (user.accounts, user.transactions):
        for key in [key for key, row in rows.items() if row["id_credential"] == credential.id]:
            del rows[key]
    for key in [key for key, file in user.attachments.items() if file.id_credential == credential.id]:
        del user.attachments[key]


def aggregate(world: World, user: User, site: Site, values: Mapping[str, Any], base_url: str) -> Job:
    """Start a job that belongs to no credential: SAT All in One, or one of the SAT's document sites."""
    stages = script(site, values)
    if site is not ALL_IN_ONE:
        return _document(world, user, site, stages, values, base_url)

    def spawn(job: Job, code: int) -> None:
        if code == LOGGED_IN:
            _spawn(world, job, values, base_url)

    # Without its last stage: it ends when the last of its child sites has ended.
    stages = stages[:-1] if stages[-1] == Stage(FINISH) else stages
    return _start(_create(world, user, site, stages, base_url, spawn))


def _run(world: World, credential: Credential, stages: Script, base_url: str, *, is_new: bool) -> Job:
    if credential.job is not None:
        # Two sessions of one login exclude each other: the older job is told 406 (ours).
        credential.job.end(CONFLICT)
        credential.past.append(credential.job)

    def progress(job: Job, code: int) -> None:
        if code == LOGGED_IN:
            credential.dt_authorized = int(world.now)
        if job.is_over:
            _settle(world, credential, job, code)

    job = _create(world, credential.user, credential.site, stages, base_url, progress)
    credential.job, credential.dt_execute = job, int(world.now)
    _start(job)
    _events.started(world, credential, job, is_new=is_new)
    return job


def _settle(world: World, credential: Credential, job: Job, code: int) -> None:
    if code in SUCCESSES:
        scenario = SCENARIOS.get(credential.username)
        source = _taxes if credential.site.is_tax else _movements
        source.pull(world, credential, None if scenario is None else scenario.active)
        credential.rest(world.now)
    _events.ended(world, credential, job)
    if code in SUCCESSES:
        _events.refreshed(world, credential, job)


def _document(world: World, user: User, site: Site, stages: Script, values: Mapping[str, Any], base_url: str) -> Job:
    def fetch(job: Job, code: int) -> None:
        if code in SUCCESSES:
            _events.documented(world, job, _taxes.documents(world, job, values[site.username_field]))
        elif job.is_over:
            _events.undocumented(world, job)

    return _start(_create(world, user, site, stages, base_url, fetch))


def _spawn(world: World, parent: Job, values: Mapping[str, Any], base_url: str) -> None:
    pending = set(CHILDREN)

    def over(job: Job, code: int) -> None:
        if job.is_over:
            pending.discard(job.site)
        if not pending:
            parent.end(FINISH)

    def start(site: Site) -> None:
        if parent.user.id in world.state(State).users:
            _child(world, parent, site, values, base_url).listeners.append(over)

    for place, site in enumerate(CHILDREN):
        world.schedule(place * world.pace / 2, partial(start, site))
    # A child whose credential is deleted on the way never says that it is over.
    world.schedule(LONGEST_STEPS * world.pace, lambda: parent.end(FINISH))


def _child(world: World, parent: Job, site: Site, values: Mapping[str, Any], base_url: str) -> Job:
    if not site.is_job:
        return link(world, parent.user, site, values, base_url, SMOOTH)[1]
    fails = values[site.username_field] == "documents_fail"
    stages = (*SMOOTH[:-1], Stage(ERROR)) if fails else SMOOTH
    return _document(world, parent.user, site, stages, values, base_url)


def _create(world: World, user: User, site: Site, stages: Script, base_url: str, listener: Listener) -> Job:
    id_job_uuid, id_job = world.object_id(), world.object_id()
    job = Job(world, id_job_uuid, id_job, user, site, base_url, stages, [listener])
    user.jobs[id_job] = job
    world.state(State).jobs[id_job] = job
    return job


def _start(job: Job) -> Job:
    job.start()
    return job
