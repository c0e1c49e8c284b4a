"""Knows how the events of Syncfy are caused: a user links a credential, has it pulled again, or asks for documents."""

from collections.abc import Callable
from functools import partial
from typing import Any

from ventanilla.mock.syncfy import webhooks
from ventanilla.mock.syncfy._auth import API_KEY
from ventanilla.mock.syncfy._events import NAMES, V1, V3
from ventanilla.mock.syncfy._scenarios import SYNCFY
from ventanilla.mock.syncfy._sites import CONSTANCIA, NORMAL, SITES
from ventanilla.mock.syncfy._state import State, Webhook
from ventanilla.mock.triggers import URL, Caller, Made, Options, Told, Trigger
from ventanilla.mock.wire import encode
from ventanilla.mock.world import World

_KEY = f"api_key api_key={API_KEY}"
_LOGIN, _RFC = "test", "ACM010101ABC"
Cause = Callable[[Caller, Options], Made]


def _create(caller: Caller, options: Options) -> Made:
    made = _link(caller, options)
    if not made.pop("is_new"):
        raise ValueError("id_user: has this login at this site already, so it was updated; give another username")
    return made


def _refresh(caller: Caller, options: Options) -> Made:
    if "id_credential" not in options:
        made = _link(caller, options)
        return {name: value for name, value in made.items() if name != "is_new"}
    credential = caller.world.state(State).credentials.get(options["id_credential"])
    if credential is None:
        raise ValueError(f"id_credential: there is no credential {options['id_credential']}")
    id_user = credential.user.id
    pull = _call(caller, "PUT", f"/credentials/{credential.id}/sync", _session(caller, id_user))
    return {"id_user": id_user, "id_credential": credential.id, "id_job": pull["id_job"]}


def _link(caller: Caller, options: Options) -> Made:
    id_user, token = _enter(caller, options)
    id_site = options.get("id_site", NORMAL.id)
    name = SITES[id_site].username_field if id_site in SITES else "username"
    login = {name: options.get("username", _LOGIN), "password": options.get("password", _LOGIN)}
    pull = _call(caller, "POST", "/credentials", token, {"id_site": id_site, "credentials": login})
    return {"id_user": id_user, **{name: pull[name] for name in ("id_credential", "id_job", "is_new")}}


def _document(caller: Caller, options: Options, rfc: str) -> Made:
    id_user, token = _enter(caller, options)
    login = {"rfc": options.get("rfc", rfc), "password": options.get("password", _LOGIN)}
    pull = _call(caller, "POST", "/jobs", token, {"id_site": options.get("id_site", CONSTANCIA.id), "input": login})
    return {"id_user": id_user, "id_job": pull["id_job"]}


def _enter(caller: Caller, options: Options) -> tuple[str, str]:
    """Return a user, a new one unless there is one already, and the Authorization of their session."""
    id_user = options.get("id_user")
    if id_user is None:
        id_user = _call(caller, "POST", "/users", _KEY, {"name": "Rey Misterio"})["id_user"]
    return id_user, _session(caller, id_user)


def _session(caller: Caller, id_user: str) -> str:
    return f"TOKEN token={_call(caller, 'POST', '/sessions', _KEY, {'id_user': id_user})['token']}"


def _call(caller: Caller, method: str, path: str, authorization: str, body: Any = None) -> Any:
    headers = (("Authorization", authorization), ("Content-Type", "application/json"))
    answer = caller.send(method, f"/syncfy/v1{path}", headers, b"" if body is None else encode(body))
    said: Any = answer.json() if answer.body.startswith(b"{") else {}
    if answer.status != 200 or said.get("status") is not True:
        raise ValueError(f"{method} {path} of Syncfy was answered {answer.status}: {said.get('message', 'no JSON')}")
    return said["response"]


def _registering(profile: str, event: str, cause: Cause, caller: Caller, options: Options) -> Made:
    """Cause an event after registering the `url` for it, if there is one that is not registered yet."""
    url = options.get("url")
    if url is not None and not any(_hears(hook, profile, event, url) for hook in _webhooks(caller.world)):
        if profile == V1:
            _call(caller, "POST", "/webhooks", _KEY, {"url": url, "events": [event]})
        else:
            webhooks.register_v3(caller.world, {"url": url, "events": [event]})
    return cause(caller, options)


def _hears(hook: Webhook, profile: str, event: str, url: str) -> bool:
    row = hook.row
    is_meant = (hook.profile, row["url"], row["id_user"], row["is_disabled"]) == (profile, url, None, 0)
    return is_meant and event in row["events"]


def _webhooks(world: World) -> list[Webhook]:
    return list(world.state(State).webhooks.values())


def _told(name: str, world: World, made: Made) -> list[Told]:
    """Return the webhooks of both versions that hear of an event, given by its name in version 3."""
    found: list[Told] = []
    for hook in _webhooks(world):
        event, row = NAMES[name] if hook.profile == V1 else name, hook.row
        is_meant = row["id_user"] in (None, made["id_user"]) and not row["is_disabled"]
        if event is not None and is_meant and event in row["events"]:
            found.append(Told(hook.profile, event, row["url"]))
    return found


_WHO = {"url": URL, "id_user": "whose it is; a new user's if left out"}
_LINK = {
    **_WHO,
    "id_site": "the site; the sandbox's Normal if left out",
    "username": "who logs in (at the SAT's sites: the RFC), or a scenario, such as error_401; test if left out",
    "password": "the password; test if left out",
}
_PULL = {**_LINK, "id_credential": "pull this credential again in place of linking one"}
_FILES = {
    **_WHO,
    "id_site": "the site; the constancia's if left out",
    "rfc": f"who logs in; {_RFC} if left out",
    "password": "the password; test if left out",
}
_NO_FILES = {name: text for name, text in _FILES.items() if name not in ("rfc", "password")}
_documents = partial(_document, rfc=_RFC)
_PULLED = "links a credential, or pulls one again; the event comes"
_ASKED = "asks for documents; the event comes once the job ends well"
# By the name in version 3: what is done, with which options, and how.
_CAUSES: dict[str, tuple[str, dict[str, str], Cause]] = {
    "credentials.created": ("links a credential; the event comes at once", _LINK, _create),
    "credentials.updated": (f"{_PULLED} when the job ends, and when another pull begins", _PULL, _refresh),
    "credentials.refreshed": (f"{_PULLED} once the job ends well", _PULL, _refresh),
    "documents.completed": (_ASKED, _FILES, _documents),
    "documents.success": (_ASKED, _FILES, _documents),
    "documents.fail": (
        "asks for documents that cannot be had; the event comes when the job ends",
        _NO_FILES,
        partial(_document, rfc="documents_fail"),
    ),
}


def _trigger(name: str, profile: str, event: str) -> Trigger:
    does, options, cause = _CAUSES[name]
    return Trigger(
        provider=SYNCFY,
        profile=profile,
        event=event,
        does=does,
        options=options,
        cause=partial(_registering, profile, event, cause),
        told=partial(_told, name),
    )


TRIGGERS = (
    *(_trigger(name, V1, event) for name, event in NAMES.items() if event is not None),
    *(_trigger(name, V3, name) for name in NAMES),
)
