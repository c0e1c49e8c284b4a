"""Knows what a login leads to: the codes a job goes through, and the usernames that choose another course."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Refused
from ventanilla.mock.scenarios import Origin, Scenario, taken
from ventanilla.mock.syncfy._challenge import SECOND, TOKEN, Challenge
from ventanilla.mock.syncfy._sites import Site
from ventanilla.mock.world import World

SYNCFY = "syncfy"
SLOW_SECONDS = 30.0
FAILED = 500
# How many accounts, the first ones, have movements when a job ends so; with any other good end all have.
ACTIVE = {202: 0, 203: 1}


@frozen
class Stage:
    """One code that a job reaches, one step after the one before or `seconds` after it."""

    code: int
    seconds: float | None = None


Script = tuple[Stage | Challenge, ...]


@frozen(kw_only=True)
class Login(Scenario):
    """The course of a job whose username (on SAT sites: RFC) is the value, whatever the password; `ends` is its end."""

    provider: str = SYNCFY
    where: str = "username of a login (rfc at the SAT's sites)"
    # The Code Response Simulator exists at the provider; how it is told the code is not published.
    origin: Origin = "ours"
    source: str = "client: the provider's table of codes"
    use: str = (
        'POST /syncfy/v1/credentials {"id_site": "56cf5728784806f72b8b4568",'
        ' "credentials": {"username": "{value}", "password": "test"}}'
    )
    by_name: bool = True
    ends: int = 200
    logs_in: bool = True
    challenges: tuple[Challenge, ...] = ()
    seconds: float | None = None


def _fails(code: int, does: str, *, logs_in: bool = False) -> Login:
    name = f"error_{code}"
    return Login(name=name, value=name, does=f"ends {code}: {does}", ends=code, logs_in=logs_in)


_COURSES = (
    _fails(401, "the site refuses the credentials"),
    _fails(405, "the site has locked the account"),
    _fails(406, "another session is open at the site"),
    _fails(408, "the user has to act at the site"),
    _fails(409, "the credentials belong to another site"),
    _fails(413, "signing in failed, try again"),
    _fails(500, "internal error while downloading", logs_in=True),
    _fails(501, "the site is unavailable, wait 15 minutes"),
    _fails(504, "the connection timed out"),
    _fails(509, "the site is under maintenance"),
    Login(
        name="no_transactions",
        value="no_transactions",
        does="ends 202: accounts, but not one transaction",
        ends=202,
    ),
    Login(
        name="partial",
        value="partial",
        does="ends 203: all accounts but the first have no transactions",
        ends=203,
    ),
    Login(
        name="twofa_2",
        value="twofa_2",
        does="asks for two tokens, one after the other",
        source="invented: no sandbox site asks twice",
        challenges=(TOKEN, SECOND),
    ),
    Login(
        name="slow_30",
        value="slow_30",
        does=f"takes {SLOW_SECONDS:.0f} seconds to download",
        source="invented: how long a pull takes is not published",
        seconds=SLOW_SECONDS,
    ),
)
_NO_DOCUMENTS = Login(
    name="documents_fail",
    value="documents_fail",
    does="a job at a site of documents (constancia, opinión), alone or in SAT All in One, ends 500: documents.fail",
    source="documented: SAT All in One, documents.fail; no sample",
    use='POST /syncfy/v1/jobs {"id_site": "61c12b8cde3c034b3c8b25b1", "input": {"rfc": "{value}", "password": "test"}}',
)
SCENARIOS = {login.value: login for login in (*_COURSES, _NO_DOCUMENTS)}
_BY_NAME = {login.name: login for login in _COURSES}
_looks_magic = re.compile(r"(error|twofa|slow|documents)_\w+|no_\w+")


@ours(
    "Usernames such as error_401 choose how the job goes (see the scenarios); what only looks so is refused.",
    on="create_credential create_credential_pull sync_credential pull_credential create_job create_job_pull",
)
def chosen(site: Site, values: Mapping[str, Any]) -> Login | None:
    """Return the scenario that a login chooses, None for an ordinary one; an unknown one is refused."""
    name = values[site.username_field]
    if name not in SCENARIOS and _looks_magic.fullmatch(name):
        raise Refused(400, f"{site.username_field}: no such scenario; known: {', '.join(SCENARIOS)}")
    return SCENARIOS.get(name)


def script(world: World, site: Site, values: Mapping[str, Any]) -> Script:
    """Return the stages of a job after 100, Register: of what was chosen by name, else of what the login leads to."""
    name = taken(world, SYNCFY, _BY_NAME)
    scenario = chosen(site, values) if name is None else _BY_NAME[name]
    if scenario is None:
        if not site.admits(values):
            return (Stage(101), Stage(401))
        return (Stage(101), *_asked(site), Stage(102), Stage(200))
    if not scenario.logs_in:
        return (Stage(101), Stage(scenario.ends))
    challenges = _several(scenario.challenges) or _asked(site)
    return (Stage(101), *challenges, Stage(102), Stage(scenario.ends, scenario.seconds))


def with_documents(world: World, site: Site, values: Mapping[str, Any], stages: Script) -> Script:
    """Return the stages of a job at a site of documents: those given, unless the documents are to fail."""
    if stages[-1] != Stage(200):
        return stages
    fails = values[site.username_field] == _NO_DOCUMENTS.value
    fails = fails or taken(world, SYNCFY, (_NO_DOCUMENTS.name,)) is not None
    return (*stages[:-1], Stage(FAILED)) if fails else stages


def _asked(site: Site) -> Script:
    return () if site.challenge is None else (site.challenge,)


def _several(challenges: tuple[Challenge, ...]) -> Script:
    """Put 103, TokenReceived, between challenges, so that a reader sees the first answer arrive."""
    stages: list[Stage | Challenge] = []
    for challenge in challenges:
        stages += [Stage(103), challenge] if stages else [challenge]
    return tuple(stages)
