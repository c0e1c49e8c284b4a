"""Knows the operations on credentials and their jobs."""

from collections.abc import Iterable, Mapping
from typing import Any

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.syncfy import _pulls
from ventanilla.mock.syncfy._auth import Caller
from ventanilla.mock.syncfy._credential import Credential, masked
from ventanilla.mock.syncfy._envelope import Row, answer, unfinished
from ventanilla.mock.syncfy._job import SYNCFY, Job
from ventanilla.mock.syncfy._lists import listed, matching
from ventanilla.mock.syncfy._sites import SITES, Site
from ventanilla.mock.syncfy._state import State, User
from ventanilla.mock.world import World

_EQUAL = ("id_credential", "id_site_organization", "id_site_organization_type")


def list_credentials(world: World, call: Call) -> Reply:
    """GET /credentials: the user's own."""
    return _credentials(world, call, call.principal.own.credentials.values(), {})


def list_all_credentials(world: World, call: Call) -> Reply:
    """GET /credentials/all: those of every user of the API key."""
    everyone = world.state(State).credentials.values()
    return _credentials(world, call, everyone, {"is_disabled": 0, "dt_disable": None})


def get_credential(world: World, call: Call) -> Reply:
    """GET /credentials/{id_credential}: a list of one."""
    credential = _credential(world, call)
    _ask(world, [credential])
    return answer(world, [credential.row(world.now)])


def create_credential(world: World, call: Call) -> Reply:
    """POST /credentials: create a credential, or update the one with the same site and username."""
    site = _site(call.body["id_site"], is_job=False)
    values = _checked(site, call.body["credentials"], "credentials")
    credential, job, is_new = _pulls.link(world, call.principal.own, site, values, call.base_url)
    return answer(world, _pull(credential, job, is_new=is_new))


def sync_credential(world: World, call: Call) -> Reply:
    """PUT /credentials/{id_credential}/sync: start another job, with a new login if one is given."""
    credential = _credential(world, call)
    given: Row = call.body or {}
    if given.get("id_site", credential.site.id) != credential.site.id:
        raise Refused(400, "id_site: the credential belongs to another site")
    credential.values = _checked(credential.site, {**credential.values, **given.get("credentials", {})}, "credentials")
    job = _pulls.pull_again(world, credential, call.base_url)
    return answer(world, _pull(credential, job, is_new=False))


def delete_credential(world: World, call: Call) -> Reply:
    """DELETE /credentials/{id_credential}: the credential and all its data."""
    _pulls.drop(world, _credential(world, call))
    return answer(world, True)


def create_job(world: World, call: Call) -> Reply:
    """POST /jobs: start a job at a site that takes `input`, in the name of the token's or the named user."""
    user = _named_user(world, call)
    site = _site(call.body["id_site"], is_job=True)
    values = _checked(site, call.body["input"], "input")
    return answer(world, _pulls.aggregate(world, user, site, values, call.base_url).links())


@ours("A job takes one step per code, 0.2 seconds unless told otherwise; a second factor is waited for five minutes.")
def list_job_statuses(world: World, call: Call) -> Reply:
    """GET /jobs/{id_job}/status: the codes so far, the last one current."""
    job = _job(world, call)
    world.polled(SYNCFY, job.process)
    return answer(world, [dict(status) for status in job.history])


@ours("An answer that no job waits for gets HTTP 200 with status false; a wrong one gets true, and the job ends 403.")
def answer_twofa(world: World, call: Call) -> Reply:
    """POST /jobs/{id_job}/twofa: what the job asked for at its last 410."""
    job, answers = _job(world, call), call.body["twofa"]
    if job.waiting is None:
        return unfinished(world, f"job {job.id_job} is not waiting for a second factor")
    if job.waiting.missing(answers):
        raise Refused(400, f"twofa.{job.waiting.name}: is required")
    job.answer(answers)
    return answer(world, True)


def _credentials(world: World, call: Call, credentials: Iterable[Credential], more: Row) -> Reply:
    named = call.query.get("id_credential")
    wanted = [credential for credential in credentials if named in (None, credential.id)]
    _ask(world, wanted)
    rows = ({**credential.row(world.now), **more} for credential in wanted)
    return listed(world, matching(rows, call.query, _EQUAL), call.query)


def _ask(world: World, credentials: Iterable[Credential]) -> None:
    """Count that somebody asks how these stand; jobs that get on together are asked about once."""
    for process in dict.fromkeys(each.job.process for each in credentials if each.job is not None):
        world.polled(SYNCFY, process)


def _pull(credential: Credential, job: Job, *, is_new: bool) -> Row:
    return {
        "id_credential": credential.id,
        **job.links(),
        "is_new": int(is_new),
        "username": masked(credential.username),
    }


def _checked(site: Site, values: Mapping[str, Any], where: str) -> dict[str, Any]:
    if missing := site.missing(values):
        names = ", ".join(f"{where}.{name}" for name in missing)
        raise Refused(400, f"{names}: required by the site {site.name}")
    return dict(values)


def _site(id_site: str, *, is_job: bool) -> Site:
    site = SITES.get(id_site)
    if site is None:
        raise Refused(404, f"there is no site {id_site}")
    if site.is_job != is_job:
        raise Refused(400, f"id_site: {site.name} is linked through {site.row()['endpoint']}")
    return site


def _credential(world: World, call: Call) -> Credential:
    caller: Caller = call.principal
    credential = world.state(State).credentials.get(call.path["id_credential"])
    if credential is None or caller.user not in (None, credential.user):
        raise Refused(404, f"there is no credential {call.path['id_credential']}")
    return credential


def _job(world: World, call: Call) -> Job:
    job = world.state(State).jobs.get(call.path["id_job"])
    if job is None or job.user is not call.principal.own:
        raise Refused(404, f"there is no job {call.path['id_job']}")
    return job


def _named_user(world: World, call: Call) -> User:
    caller: Caller = call.principal
    named: str | None = call.body.get("id_user")
    if caller.user is not None:
        if named not in (None, caller.user.id):
            raise Refused(404, f"there is no user {named}")
        return caller.user
    if named is None:
        raise Refused(400, "id_user: is required with the API key")
    user = world.state(State).users.get(named)
    if user is None:
        raise Refused(404, f"there is no user {named}")
    return user
