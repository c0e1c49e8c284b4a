"""Knows the rows that Syncfy has in the table of scenarios: courses, logins, answers to second factors, sites."""

import json
from collections.abc import Iterator
from typing import Any

from ventanilla.mock.scenarios import Origin, Scenario
from ventanilla.mock.syncfy import _challenge as challenges
from ventanilla.mock.syncfy._scenarios import SCENARIOS, SYNCFY
from ventanilla.mock.syncfy._sites import NORMAL, SANDBOX, SITES, Site

_LIST = "client: Postman collection sync.json, its list of sandbox sites"
_ALL_IN_ONE = "documented: SAT All in One; invented: any RFC with the password test is let in"
_CODES = "client: the provider's table of codes"
_INVENTED = "invented: the answer that the provider's own site wants is not published"
_PLAIN = str.maketrans({"(": "", ")": "", "ó": "o"})
_BRINGS = {
    "bank": "three accounts with movements",
    "live": "one account; every later pull adds movements, one of them pending",
    "disabled": "two accounts in which every third movement is disabled",
    "attachments": "one account whose movements each have a CFDI",
    "sample": "four accounts with many movements",
    "cfdi": "invoices (CFDI 4.0) with their XML",
    "retenciones": "withholding receipts with their XML",
    "yearly": "yearly tax returns as PDFs",
    "monthly": "monthly tax returns as PDFs",
    "constancia": "the constancia de situación fiscal as PDF and JSON",
    "opinion": "the opinión de cumplimiento as PDF and JSON",
    "all": "what the SAT's sites bring, each by a job of its own",
}
_ANSWERS: tuple[tuple[str, str, str, str, Origin, str], ...] = (
    ("token", challenges.TOKEN.name, "89704371", "is right at Token, as are any digits", "provider", _LIST),
    ("captcha", challenges.CAPTCHA.name, "test", "is right at Captcha", "provider", _LIST),
    ("image", challenges.PICTURE.name, "1", "is right at Multiple image, as is every offered value", "ours", _INVENTED),
    ("text", challenges.TEXT.name, "Rojo", "is right at Multiple text, as is every offered value", "ours", _INVENTED),
    ("select", challenges.SELECT.name, "sms", "is right at Select input, as is every offered value", "ours", _INVENTED),
    (
        "confirm",
        challenges.CONFIRM.name,
        challenges.CONFIRM.label,
        "is right at Confirm login: the label, sent back",
        "provider",
        "client: official widget 4.26.0",
    ),
    ("wrong", challenges.TOKEN.name, "wrong", "ends the job with 403: what is not right is wrong", "provider", _CODES),
)


def _use(path: str, body: dict[str, Any]) -> str:
    return f"POST /syncfy/v1{path} {json.dumps(body, ensure_ascii=False)}"


def _row(name: str, where: str, value: str, does: str, source: str, use: str, origin: Origin = "provider") -> Scenario:
    return Scenario(
        provider=SYNCFY, name=name, where=where, value=value, does=does, origin=origin, source=source, use=use
    )


def _logins() -> Iterator[Scenario]:
    use = _use("/credentials", {"id_site": NORMAL.id, "credentials": {"username": "{value}", "password": "{value}"}})
    does = "signs in at every sandbox bank; with anything else the job ends 401"
    yield _row("sandbox_user", "username and password of a login", "test", does, _LIST, use)
    for site in SANDBOX:
        for rfc in sorted(site.rfcs or ()):
            use = _use("/credentials", {"id_site": site.id, "credentials": {"rfc": "{value}", "password": "test"}})
            does = f"signs in at {site.name} with the password test; with any other RFC or password the job ends 401"
            yield _row(f"taxpayer_{rfc}", f"rfc of a login at {site.name}", rfc, does, _LIST, use)


def _answers() -> Iterator[Scenario]:
    for name, asked, value, does, origin, source in _ANSWERS:
        use = _use("/jobs/<id_job>/twofa", {"twofa": {asked: "{value}"}})
        yield _row(f"answer_{name}", f"twofa.{asked} of an answer", value, does, source, use, origin)
    does = "ends the job with 411 after five minutes at 410; the site QR goes on by itself"
    source = f"{_CODES}; invented: the five minutes"
    yield _row("answer_none", "twofa of an answer", "(none)", does, source, "GET /syncfy/v1/jobs/<id_job>/status")


def _site(site: Site) -> Scenario:
    slug = "_".join(site.name.lower().translate(_PLAIN).split())
    who = min(site.rfcs) if site.rfcs else "EKU9003173C9" if site.is_tax else "test"
    path, key = ("/jobs", "input") if site.is_job else ("/credentials", "credentials")
    use = _use(path, {"id_site": "{value}", key: {site.username_field: who, "password": "test"}})
    asked = "" if site.challenge is None else f"asks for `{site.challenge.name}` at code 410 and "
    does = f"{site.name}: {asked}brings {_BRINGS[site.content]}"
    where = f"id_site of a {'job' if site.is_job else 'credential'}"
    return _row(f"site_{slug}", where, site.id, does, _LIST if site in SANDBOX else _ALL_IN_ONE, use)


ROWS: tuple[Scenario, ...] = (*SCENARIOS.values(), *_logins(), *_answers(), *map(_site, SITES.values()))
