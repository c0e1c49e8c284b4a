"""Knows how a pull goes: a job logs in at a site, data arrive, webhooks are told."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.syncfy import _events, _movements, _taxes
from ventanilla.mock.syncfy._credential import Credential
from ventanilla.mock.syncfy._job import CONFLICT, Job
from ventanilla.mock.syncfy._scenarios import ACTIVE, Script, Stage, script, with_documents
from ventanilla.mock.syncfy._sites import ALL_IN_ONE, CIEC, CONSTANCIA, MONTHLY, OPINION, WITHHOLDINGS, YEARLY, Site
from ventanilla.mock.syncfy._state import State, User
from ventanilla.mock.world import World

LOGGED_IN, FINISH = 102, 200
SUCCESSES = range(200, 300)
SMOOTH: Script = (Stage(101), Stage(LOGGED_IN), Stage(FINISH))
# In this order, half a step apart; the documents sites have jobs but no credentials (their events name none).
CHILDREN = (CIEC, WITHHOLDINGS, YEARLY, MONTHLY, CONSTANCIA, OPINION)
Listener = Callable[[Job, int], None]


def link(
    world: World, user: User, site: Site, values: Mapping[str, Any], base_url: str, parent: Job | None = None
) -> tuple[Credential, Job, bool]:
    """Create the credential, or update the one of the same user, site and username, and start its job.

    The third value says whether it is new. A job that has a `parent` goes smoothly: that one has logged in already.
    """
    stages = script(world, site, values) if parent is None else SMOOTH
    username = values[site.username_field]
    same = [one for one in user.credentials.values() if one.site is site and one.username == username]
    credential = same[0] if same else Credential(world.object_id(), user, site, {})
    credential.values = dict(values)
    user.credentials[credential.id] = credential
    world.state(State).credentials[credential.id] = credential
    return credential, _run(world, credential, stages, base_url, is_new=not same, parent=parent), not same


@ours(
    "ready_in and can_sync are told but not enforced: a credential can be pulled again at once.",
    on="sync_credential pull_credential",
)
def pull_again(world: World, credential: Credential, base_url: str) -> Job:
    """Start another job of a credential with the login it has."""
    return _run(world, credential, script(world, credential.site, credential.values), base_url, is_new=False)


def drop(world: World, credential: Credential) -> None:
    """Delete a credential and all that it brought."""
    user, state = credential.user, world.state(State)
    for job in [job for job in user.jobs.values() if credential.job is job or job in credential.past]:
        job.stop()
        del user.jobs[job.id_job], state.jobs[job.id_job]
        # A child that is gone never says that it is over.
        _leave(job)
    del user.credentials[credential.id], state.credentials[credential.id]
    for rows in (user.accounts, user.transactions):
        for key in [key for key, row in rows.items() if row["id_credential"] == credential.id]:
            del rows[key]
    for key in [key for key, file in user.attachments.items() if file.id_credential == credential.id]:
        del user.attachments[key]


def aggregate(world: World, user: User, site: Site, values: Mapping[str, Any], base_url: str) -> Job:
    """Start a job that belongs to no credential: SAT All in One, or one of the SAT's document sites."""
    stages = script(world, site, values)
    if site is not ALL_IN_ONE:
        return _document(world, user, site, stages, values, base_url)
    # Without its last stage: it ends when the last of its child sites has ended.
    stages = stages[:-1] if stages[-1] == Stage(FINISH) else stages
    return _start(_create(world, user, site, stages, base_url, partial(_spawn, values)))


@ours(
    "A new job of a credential ends the one that still runs with 406, Conflict.",
    on="create_credential create_credential_pull sync_credential pull_credential",
)
def _run(
    world: World, credential: Credential, stages: Script, base_url: str, *, is_new: bool, parent: Job | None = None
) -> Job:
    if credential.job is not None:
        # Two sessions of one login exclude each other: the older job is told 406 (ours).
        credential.job.end(CONFLICT)
        credential.past.append(credential.job)
    job = _create(world, credential.user, credential.site, stages, base_url, partial(_progress, credential), parent)
    credential.job, credential.dt_execute = job, int(world.now)
    _start(job)
    _events.started(world, credential, job, is_new=is_new)
    return job


def _progress(credential: Credential, job: Job, code: int) -> None:
    world = job.world
    if code == LOGGED_IN:
        credential.dt_authorized = int(world.now)
    if not job.is_over:
        return
    if code in SUCCESSES:
        source = _taxes if credential.site.is_tax else _movements
        source.pull(world, credential, ACTIVE.get(code))
        credential.rest(world.now)
    _events.ended(world, credential, job)
    if code in SUCCESSES:
        _events.refreshed(world, credential, job)


def _document(
    world: World,
    user: User,
    site: Site,
    stages: Script,
    values: Mapping[str, Any],
    base_url: str,
    parent: Job | None = None,
) -> Job:
    stages = with_documents(world, site, values, stages)
    fetch = partial(_fetch, values[site.username_field])
    return _start(_create(world, user, site, stages, base_url, fetch, parent))


def _fetch(rfc: str, job: Job, code: int) -> None:
    if code in SUCCESSES:
        _events.documented(job.world, job, _taxes.documents(job.world, job, rfc))
    elif job.is_over:
        _events.undocumented(job.world, job)


@ours(
    "SAT All in One starts six jobs half a step apart, once it has logged in, and ends when the last one has.",
    on="create_job create_job_pull",
)
def _spawn(values: Mapping[str, Any], parent: Job, code: int) -> None:
    if code == LOGGED_IN:
        parent.awaits = {site.id for site in CHILDREN}
        children = enumerate(CHILDREN)
        parent.starts = [parent.later(partial(_child, parent, site, values), place / 2) for place, site in children]


def _child(parent: Job, site: Site, values: Mapping[str, Any]) -> None:
    world, user = parent.world, parent.user
    if site.is_job:
        _document(world, user, site, SMOOTH, values, parent.base_url, parent)
    else:
        link(world, user, site, values, parent.base_url, parent)


def _end(job: Job, code: int) -> None:
    if job.is_over:
        _leave(job)


def _leave(job: Job) -> None:
    """Take a child that is over, or gone, from its parent, which ends with the last one."""
    if job.parent is not None:
        job.parent.awaits.discard(job.site.id)
        if not job.parent.awaits:
            job.parent.starts.clear()
            job.parent.end(FINISH)


def _create(
    world: World,
    user: User,
    site: Site,
    stages: Script,
    base_url: str,
    listener: Listener,
    parent: Job | None = None,
) -> Job:
    id_job_uuid, id_job = world.object_id(), world.object_id()
    job = Job(world, id_job_uuid, id_job, user, site, base_url, stages, [listener, _end], parent)
    user.jobs[id_job] = job
    world.state(State).jobs[id_job] = job
    return job


def _start(job: Job) -> Job:
    job.start()
    return job
