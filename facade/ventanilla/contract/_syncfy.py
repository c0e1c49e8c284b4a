"""Knows how Syncfy's API is called with success, and how it says no."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from attrs import evolve, frozen

from ventanilla.contract._answers import CannotPrepare, Meaning, is_mapping, needed, rows, value_at
from ventanilla.contract._service import Case, Keys, Line, Service, is_positive, left_alone
from ventanilla.contract._sites import ALL_IN_ONE, LOGIN, chosen
from ventanilla.mock._spec import Spec
from ventanilla.mock.wire import Request

ANSWERS: Mapping[str, str] = {"token": "123456", "captcha": "test"}
# Arbitrary ones do no harm to a list; the others filter, and nothing has a made-up id.
HARMLESS = frozenset({"fields", "limit", "order", "attachment_content", "attachment_content_parse"})
NOBODY = "0" * 24
JOB_SECONDS = 5.0
# Sessions end after five minutes in which nobody uses them.
FRESH_SECONDS = 60.0
_token = re.compile(r'"token": ?"(\w{16,})"')


@frozen
class Session:
    """A user, and the token that acts for it."""

    id_user: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header of a call in the user's name."""
        return {"Authorization": f"TOKEN token={self.token}"}


class SyncfyService(Service):
    """Syncfy: an API key for users, a token for what one user owns, real HTTP statuses.

    Args:
        line: leads to the server.
        spec: what it has to keep to.
        may_write: whether users may be made there, and sites linked.
        key: the API key.
        any_site: whether any site of the catalogue may be linked, and not those of the sandbox alone.
    """

    name = "syncfy"
    made: ClassVar = {
        "create_user": ("response/id_user", "/users?id_user={}"),
        "create_session": ("response/token", "/sessions/{}/verify"),
        "create_credential": ("response/id_credential", "/credentials/{}"),
        "create_credential_pull": ("response/id_credential", "/credentials/{}"),
        "create_job": ("response/id_job", "/jobs/{}/status"),
        "create_job_pull": ("response/id_job", "/jobs/{}/status"),
        "create_webhook": ("response/id_webhook", "/webhooks?id_webhook={}"),
    }
    ended: ClassVar = {
        "delete_user": ("id_user", "/users?id_user={}"),
        "delete_session": ("token", "/sessions/{}/verify"),
        "delete_credential": ("id_credential", "/credentials/{}"),
        "delete_webhook": ("id_webhook", "/webhooks?id_webhook={}"),
    }
    key: Mapping[str, str]
    own = Session("", "")
    stranger: Session | None = None
    sites: Sequence[str] = ()
    all_in_one: str = ALL_IN_ONE
    login: Mapping[str, str] = LOGIN
    answers: Mapping[str, str] = ANSWERS
    hook: str = "http://localhost:9/hook"
    fresh_seconds: float = FRESH_SECONDS
    _any_site = False
    _seen_at = float("-inf")

    def __init__(self, line: Line, spec: Spec, *, may_write: bool, key: str, any_site: bool) -> None:
        super().__init__(line, spec, may_write=may_write)
        self.key = {"Authorization": f"api_key api_key={key}"}
        self._any_site = any_site
        self._tokens = set[str]()

    def prepare(self) -> None:
        if self.may_write:
            self.own, self.stranger = self.enter(), self.enter()
            self._choose_sites()
            self.link(self.own.headers)
            return
        users = needed(self.get("/users?limit=2"), "list the users")["response"]
        if not users:
            raise CannotPrepare("the key has no user to read anything of; make one first")
        self.own, *others = (self._opened(row["id_user"]) for row in users)
        self.stranger = others[0] if others else None

    def finish(self) -> None:
        for session in self._everybody() if self.may_write else ():
            self.ask(Request("DELETE", f"{self.spec.mount}/users/{session.id_user}", self.key))

    def keys(self, schemes: frozenset[str]) -> Keys:
        if "TokenAuth" not in schemes:
            return Keys(self.key if schemes else {})
        if self.line.now() - self._seen_at >= self.fresh_seconds:
            self._renew()
            self._seen_at = self.line.now()
        return Keys(self.own.headers)

    def _renew(self) -> None:
        """Open the sessions again that have ended; whatever lists show comes from the credentials, so have some."""
        mine = self._credentials(self.own)
        if not mine.is_success:
            self.own = self._opened(self.own.id_user) if self._has(self.own) or not self.may_write else self.enter()
            mine = self._credentials(self.own)
        if self.may_write and mine.is_success and len(rows(mine, "response")) < min(2, len(self.sites)):
            self.link(self.own.headers)
        if self.stranger is not None and not self._credentials(self.stranger).is_success:
            self.stranger = self._opened(self.stranger.id_user)

    def note(self, status: int, content: bytes) -> None:
        super().note(status, content)
        self._tokens.update(_token.findall(content.decode("latin-1")))
        if status == 401:
            self._seen_at = float("-inf")

    def variables(self) -> dict[str, str]:
        tokens = {"SYNCFY_TOKEN": self.own, "SYNCFY_OTHER_TOKEN": self.stranger}
        named = {name: session.token for name, session in tokens.items() if session is not None and session.token}
        return {"SYNCFY_API_KEY": self.key["Authorization"].partition("=")[2], **named}

    def unspoken(self) -> set[str]:
        return super().unspoken() | self._tokens

    def furnish(self, operation: str, case: Case) -> None:
        path = case.path_parameters
        if operation == "delete_user" and path.get("id_user") in (
            self.own.id_user,
            self.stranger and self.stranger.id_user,
        ):
            # Who the tests run as has to outlive them.
            path["id_user"] = self._existing("id_user")
        if not is_positive(case) or left_alone(case):
            return
        path.update({name: self._existing(name, operation) for name, value in path.items() if value not in self.seen})
        case.query = {name: value for name, value in case.query.items() if name in HARMLESS or value in self.seen}
        if "fields" in case.query:
            case.query["fields"] = "name, description"
        if is_mapping(case.body):
            case.body = self._furnished(operation, case.body)

    def _furnished(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        if operation in ("create_credential", "create_credential_pull") and self.sites:
            site = self.sites[len(repr(body)) % len(self.sites)]
            return {**body, "id_site": site, "credentials": {**self.login, **body["credentials"]}}
        if operation in ("sync_credential", "pull_credential"):
            return {name: value for name, value in body.items() if name != "id_site"}
        if operation in ("create_job", "create_job_pull") and self.all_in_one:
            named = {"id_user": self.own.id_user} if "id_user" in body else {}
            return {**body, "id_site": self.all_in_one, "input": {**self.login, **body["input"]}, **named}
        if operation == "answer_twofa":
            return {"twofa": {**self.answers, **body["twofa"]}}
        return {"id_user": self.own.id_user} if operation == "create_session" else body

    def meant(self, status: int, value: dict[str, Any], content: bytes) -> tuple[int, str]:
        message = str(value.get("message") or "")
        # Not done, although nothing was wrong with the call.
        return (409 if status == 200 and value.get("status") is not True else status), message

    def locked_out(self, request: Request) -> Iterator[tuple[str, Request]]:
        others = {name: value for name, value in request.headers.items() if name != "authorization"}
        if len(others) == len(request.headers):
            return
        yield "without Authorization", evolve(request, headers=others)
        for what, wrong in (("key", "api_key api_key=" + "0" * 32), ("token", "TOKEN token=" + "0" * 64)):
            yield f"with a wrong {what}", evolve(request, headers={**others, "Authorization": wrong})

    def enter(self) -> Session:
        """Make a user and open a session for it."""
        body = {"name": "Rey Misterio", "id_external": "MIST030794"}
        return self._opened(needed(self.send("POST", "/users", body, self.key), "make a user")["response"]["id_user"])

    def _opened(self, id_user: str) -> Session:
        made = self.send("POST", "/sessions", {"id_user": id_user}, self.key)
        token: str = needed(made, "open a session for a user")["response"]["token"]
        self._tokens.add(token)
        return Session(id_user, token)

    def _everybody(self) -> list[Session]:
        return [session for session in (self.own, self.stranger) if session is not None]

    def _has(self, session: Session) -> bool:
        found = self.get(f"/users?id_user={session.id_user}")
        return bool(rows(found, "response"))

    def _credentials(self, session: Session) -> Meaning:
        return self.ask(Request("GET", f"{self.spec.mount}/credentials", session.headers))

    def _choose_sites(self) -> None:
        """Take sites of the catalogue, where a login harms nobody."""
        found = self.ask(Request("GET", f"{self.spec.mount}/catalogues/sites", self.own.headers))
        known = {row["id_site"]: row for row in needed(found, "list the sites")["response"]}
        self.sites, self.all_in_one, self.login = chosen(known, any_site=self._any_site)

    def link(self, headers: Mapping[str, str]) -> None:
        """Link every site that was chosen, in the name of a user."""
        for site in self.sites:
            self.send("POST", "/credentials", {"id_site": site, "credentials": self.login}, headers)
        if self.all_in_one:
            self.send("POST", "/jobs", {"id_site": self.all_in_one, "input": self.login}, headers)

    def _existing(self, name: str, operation: str = "") -> str:
        """Return an id that a path can have: of something that may be deleted, where that is allowed."""
        if name == "id_job" and self.may_write and operation == "answer_twofa":
            return self._asking()
        if name == "id_user" and not self.may_write:
            return self.own.id_user
        if name == "token":
            return self._opened(self.own.id_user).token
        made = {"id_user": {"name": "El Efímero"}, "id_webhook": {"url": self.hook, "events": ["refresh"]}}
        if name in made:
            return self._first(self.send("POST", f"/{name.removeprefix('id_')}s", made[name], self.key), name)
        if name == "id_job" and self.may_write:
            return self._first(self._pull(0), name)
        listed = "/attachments?limit=1" if name == "id_attachment" else "/credentials"
        return self._first(self.get(listed), name)

    def _first(self, found: Meaning, name: str) -> str:
        """Return an id in an answer; one of nothing at all where it has none."""
        one = value_at(found, "response")
        row: dict[str, Any] = one if is_mapping(one) else (rows(found, "response") or [{}])[-1]
        return str(row.get(name) or NOBODY)

    def _pull(self, place: int) -> Meaning:
        site = self.sites[place % len(self.sites)] if self.sites else ""
        return self.send("POST", "/credentials", {"id_site": site, "credentials": self.login}, self.own.headers)

    def _asking(self) -> str:
        """Return a job that waits for its second factor."""
        id_job = self._first(self._pull(1), "id_job")
        self.until(lambda: self._code(id_job) >= 400, JOB_SECONDS)
        return id_job

    def _code(self, id_job: str) -> int:
        """Return where a job has got to; 400 and more is an end, or a question."""
        found = self.ask(Request("GET", f"{self.spec.mount}/jobs/{id_job}/status", self.own.headers))
        steps = rows(found, "response") if found.is_success else [{"code": 404}]
        return int(steps[-1].get("code", 0)) if steps else 0
