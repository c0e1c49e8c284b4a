"""Knows what a login leads to: the codes a job goes through, and the usernames that choose another course."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ventanilla.mock.provider import Refused
from ventanilla.mock.syncfy._challenge import SECOND, TOKEN, Challenge
from ventanilla.mock.syncfy._sites import Site

SLOW_SECONDS = 30.0


@frozen
class Stage:
    """One code that a job reaches, one step after the one before or `seconds` after it."""

    code: int
    seconds: float | None = None


Script = tuple[Stage | Challenge, ...]


@frozen
class Scenario:
    """One username (on SAT sites: RFC) with a course of its own, whatever the password.

    `origin` is provider for what the provider publishes, ours for what the mock adds. `ends` is the last code,
    `active` how many of the accounts have transactions (None: all).
    """

    username: str
    does: str
    origin: str = "ours"
    ends: int = 200
    active: int | None = None
    logs_in: bool = True
    challenges: tuple[Challenge, ...] = ()
    seconds: float | None = None


def _fails(code: int, does: str, *, logs_in: bool = False) -> Scenario:
    # The Code Response Simulator exists at the provider; how it is told the code is not published.
    return Scenario(f"error_{code}", does, ends=code, logs_in=logs_in)


_TABLE = (
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
    Scenario("no_transactions", "ends 202: accounts, but not one transaction", ends=202, active=0),
    Scenario("partial", "ends 203: all accounts but the first have no transactions", ends=203, active=1),
    Scenario("twofa_2", "asks for two tokens, one after the other", challenges=(TOKEN, SECOND)),
    Scenario("slow_30", f"takes {SLOW_SECONDS:.0f} seconds to download", seconds=SLOW_SECONDS),
    Scenario("documents_fail", "SAT All in One: the documents cannot be downloaded (documents.fail)"),
)
SCENARIOS = {scenario.username: scenario for scenario in _TABLE}
_looks_magic = re.compile(r"(error|twofa|slow|documents)_\w+|no_\w+")


def chosen(site: Site, values: Mapping[str, Any]) -> Scenario | None:
    """Return the scenario that a login chooses, None for an ordinary one; an unknown one is refused."""
    name = values[site.username_field]
    if name not in SCENARIOS and _looks_magic.fullmatch(name):
        raise Refused(400, f"{site.username_field}: no such scenario; known: {', '.join(SCENARIOS)}")
    return SCENARIOS.get(name)


def script(site: Site, values: Mapping[str, Any]) -> Script:
    """Return the stages of a job after 100, Register."""
    scenario = chosen(site, values)
    if scenario is None:
        if not site.admits(values):
            return (Stage(101), Stage(401))
        return (Stage(101), *_asked(site), Stage(102), Stage(200))
    if not scenario.logs_in:
        return (Stage(101), Stage(scenario.ends))
    challenges = _several(scenario.challenges) or _asked(site)
    return (Stage(101), *challenges, Stage(102), Stage(scenario.ends, scenario.seconds))


def _asked(site: Site) -> Script:
    return () if site.challenge is None else (site.challenge,)


def _several(challenges: tuple[Challenge, ...]) -> Script:
    """Put 103, TokenReceived, between challenges, so that a reader sees the first answer arrive."""
    stages: list[Stage | Challenge] = []
    for challenge in challenges:
        stages += [Stage(103), challenge] if stages else [challenge]
    return tuple(stages)
