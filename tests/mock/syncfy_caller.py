"""Calls the mock's Syncfy for tests, with a clock that they move themselves."""

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.syncfy._auth import API_KEY
from ventanilla.mock.wire import Request, Response, encode

JSON = "application/json"
KEY = f"api_key api_key={API_KEY}"


@define
class Syncfy:
    """Calls the mock's Syncfy with the API key, or with a user's token once there is a session."""

    clock: ManualClock
    mock: Mock
    key: str = KEY
    id_user: str = ""
    token: str = field(default="", repr=False)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        auth: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request; `auth` is the Authorization header, none at all when empty."""
        sent = {"Host": "mock:1", "Content-Type": JSON, "Authorization": self.key if auth is None else auth}
        sent |= headers or {}
        if not sent["Authorization"]:
            del sent["Authorization"]
        content = b"" if body is None else encode(body)
        return self.mock.handle(Request(method, f"/syncfy/v1{path}", sent, content))

    def key_call(self, method: str, path: str, body: Any = None) -> Any:
        """Return the `response` of a successful call with the API key."""
        return self._response(self.send(method, path, body))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return the `response` of a successful call with the session's token."""
        return self._response(self.send(method, path, body, f"TOKEN token={self.token}"))

    def status(self, method: str, path: str, body: Any = None) -> int:
        """Return the HTTP status of a call with the session's token."""
        return self.send(method, path, body, f"TOKEN token={self.token}").status

    def enter(self, name: str = "Rey Misterio", id_external: str = "MIST030794") -> str:
        """Create a user, open its session, and return the id."""
        self.id_user = self.key_call("POST", "/users", {"name": name, "id_external": id_external})["id_user"]
        self.token = self.key_call("POST", "/sessions", {"id_user": self.id_user})["token"]
        return self.id_user

    def link(self, id_site: str, username: str = "test", password: str = "test") -> Any:
        """Create a credential and return the pull; SAT sites get their `rfc`."""
        site = self.call("GET", f"/catalogues/sites?id_site={id_site}")[0]
        names = [one["name"] for one in site["credentials"]]
        values = dict(zip(names, (username, password), strict=True))
        return self.call("POST", "/credentials", {"id_site": id_site, "credentials": values})

    def codes(self, id_job: str) -> list[int]:
        """Return the codes of a job so far."""
        return [status["code"] for status in self.call("GET", f"/jobs/{id_job}/status")]

    def _response(self, answer: Response) -> Any:
        body = answer.json()
        assert answer.status == 200, body
        assert body["status"] is True, body
        return body["response"]
