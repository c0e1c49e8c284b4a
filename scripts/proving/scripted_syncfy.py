"""Syncfy as its documents describe it: users, sessions, catalogues, credentials, jobs, data, webhooks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from proving.scripted import Json, Question, Service, Turn

USER, EXTERNAL = "5df859c4a7a6442757726ef4", "ELSAN090909"
NORMAL, TOKEN, SAT = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "61c12b8cde3c034b3c8b25b1"
CREDENTIAL, JOB, ASKING_JOB = "5e17c432d7288d358a039141", "5e17c4325d4f6077171c0254", "5e27c17ce6fea94c7c6b4194"
ATTACHMENT, WEBHOOK, TRANSACTION = "5db073b4caaf236a6a4c2eb5", "5e17c4746cee651e7b03df34", "5b64940bcaaf237edf60ce7a"
ORGANIZATION, ORGANIZATION_TYPE = "56cf4ff5784806152c8b4567", "56cf4f5b784806cf028b4568"
HOOK_URL = "http://8e763e9e.ngrok.io/webhook"
EVENTS = ["credential_create", "credential_update", "refresh"]
# A secret: nothing of it may show up anywhere.
SESSION = "5e551011ca9a27" + "c0ffee" * 8
FILE = b'<?xml version="1.0" encoding="utf-8"?><cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/3"/>'
ZIP = b"PK\x05\x06" + bytes(18)


@dataclass
class Syncfy(Service):
    """The users of one API key and what they have linked.

    Attributes:
        tokens: sessions that are open; any token is taken while this is None.
    """

    users: list[dict[str, Any]] = field(default_factory=lambda: [_user(USER, EXTERNAL, "El Santo")])
    credentials: list[dict[str, Any]] = field(default_factory=lambda: [_credential(CREDENTIAL, USER)])
    webhooks: list[dict[str, Any]] = field(default_factory=lambda: [_webhook(WEBHOOK, HOOK_URL)])
    statuses: dict[str, Json] = field(
        default_factory=lambda: {JOB: [{"code": 100}, {"code": 101}, {"code": 102}, {"code": 200}], ASKING_JOB: ASKING}
    )
    tokens: set[str] | None = None
    last_id: int = 0

    def turn(self, question: Question) -> Turn:
        """Return what a request means."""
        authorization = question.headers.get("authorization", "")
        token = authorization.removeprefix("TOKEN token=")
        if self.tokens is not None and token != authorization and token not in self.tokens:
            return Turn("unauthorized", envelope(None, code=401, message="Unauthorized"), status=401)
        for method, pattern, do in _PATHS:
            if method == question.method and (named := re.fullmatch(pattern, question.path)):
                turn: Turn = do(self, question, *named.groups())
                return turn
        return Turn("unknown", envelope(None, code=404, message="Not found"), status=404)

    def _list(self, operation: str, rows: list[Json]) -> Callable[[Question], Turn]:
        def listed(question: Question) -> Turn:
            names = ("id_user", "id_external", "name", "id_credential", "id_site", "id_webhook")
            wanted = {name: question.query[name] for name in names if name in question.query}
            found = [row for row in rows if all(row.get(name, value) == value for name, value in wanted.items())]
            skip = int(question.query.get("skip", 0))
            return Turn(operation, envelope(found[skip : skip + int(question.query.get("limit", 1000))]))

        return listed

    def _id(self) -> str:
        return f"5e06694b93f4a91cb21{self.last_id + 1:05x}"

    def list_users(self, question: Question) -> Turn:
        """GET /users."""
        return self._list("list_users", self.users)(question)

    def create_user(self, question: Question) -> Turn:
        """POST /users."""
        body = question.json()
        made = _user(self._id(), body.get("id_external"), body["name"])

        def make() -> None:
            self.number()
            self.users.append(made)

        return Turn("create_user", envelope(made), self.did("create_user", make))

    def change_user(self, question: Question, id: str) -> Turn:
        """PUT and DELETE /users/{id_user}."""
        operation = "update_user" if question.method == "PUT" else "delete_user"
        found = next((each for each in self.users if each["id_user"] == id), None)
        if found is None:
            return Turn(operation, envelope(None, code=404, message="User not found"), status=404)
        if question.method == "DELETE":
            return Turn(operation, envelope(True), self.did(operation, lambda: self.users.remove(found)))
        changed = {**found, **question.json(), "dt_modify": 1576557005}
        return Turn(operation, envelope(changed), self.did(operation, lambda: found.update(changed)))

    def create_session(self, question: Question) -> Turn:
        """POST /sessions."""
        token = SESSION if self.tokens is None else f"{SESSION[:-4]}{self.last_id + 1:04x}"

        def make() -> None:
            self.number()
            if self.tokens is not None:
                self.tokens.add(token)

        # Of a session nobody minds a second one, so it is counted apart.
        return Turn("create_session", envelope({"token": token}), make)

    def change_session(self, question: Question, token: str) -> Turn:
        """GET /sessions/{token}/verify and DELETE /sessions/{token}."""
        if question.method == "GET":
            return Turn("verify_session", envelope(True))
        return Turn("delete_session", envelope(True), self.did("delete_session", lambda: None))

    def catalogue(self, question: Question, name: str) -> Turn:
        """GET /catalogues/…."""
        operation, rows = CATALOGUES[name]
        return self._list(operation, rows)(question)

    def list_credentials(self, question: Question) -> Turn:
        """GET /credentials and /credentials/all."""
        is_all = question.path.endswith("all")
        return self._list("list_all_credentials" if is_all else "list_credentials", self.credentials)(question)

    def get_credential(self, question: Question, id: str) -> Turn:
        """GET /credentials/{id_credential}."""
        return Turn("get_credential", envelope([each for each in self.credentials if each["id_credential"] == id]))

    def create_credential(self, question: Question) -> Turn:
        """POST /credentials and /credentials/pulls."""
        operation = "create_credential_pull" if question.path.endswith("pulls") else "create_credential"
        id, site = self._id(), question.json()["id_site"]

        def make() -> None:
            self.number()
            self.credentials.append({**_credential(id, USER), "id_site": site})

        job = ASKING_JOB if site == TOKEN else JOB
        return Turn(operation, envelope(_pull(job) | {"id_credential": id}), self.did(operation, make))

    def sync_credential(self, question: Question, id: str) -> Turn:
        """PUT /credentials/{id_credential}/sync and /pulls."""
        operation = "pull_credential" if question.path.endswith("pulls") else "sync_credential"
        said = envelope(_pull(JOB) | {"id_credential": id, "is_new": 0})
        return Turn(operation, said, self.did(operation, lambda: None))

    def delete_credential(self, question: Question, id: str) -> Turn:
        """DELETE /credentials/{id_credential}."""
        found = next((each for each in self.credentials if each["id_credential"] == id), None)
        if found is None:
            return Turn("delete_credential", envelope(None, code=404, message="Not found"), status=404)
        change = self.did("delete_credential", lambda: self.credentials.remove(found))
        return Turn("delete_credential", envelope(True), change)

    def create_job(self, question: Question) -> Turn:
        """POST /jobs and /jobs/pulls."""
        operation = "create_job_pull" if question.path.endswith("pulls") else "create_job"
        pull = {name: value for name, value in _pull(JOB).items() if name not in ("is_new", "username")}
        return Turn(operation, envelope(pull), self.did(operation, lambda: None))

    def list_job_statuses(self, question: Question, id: str) -> Turn:
        """GET /jobs/{id_job}/status."""
        return Turn("list_job_statuses", envelope(self.statuses.get(id, [{"code": 200}])))

    def answer_twofa(self, question: Question, id: str) -> Turn:
        """POST /jobs/{id_job}/twofa."""

        def make() -> None:
            self.statuses[id] = [*ASKING, {"code": 102}, {"code": 200}]

        return Turn("answer_twofa", envelope(True), self.did("answer_twofa", make))

    def data(self, question: Question, name: str) -> Turn:
        """GET /accounts, /transactions, /attachments, /documents."""
        return self._list(f"list_{name}", DATA[name])(question)

    def count(self, question: Question, name: str) -> Turn:
        """GET /transactions/count and /attachments/count."""
        return Turn(f"count_{name}", envelope({"count": 140}))

    def credential_transactions(self, question: Question, id: str) -> Turn:
        """GET /credentials/{id_credential}/transactions."""
        return self._list("list_credential_transactions", [TRANSACTION_ROW])(question)

    def attachment(self, question: Question, id: str, part: str | None = None) -> Turn:
        """GET /attachments/{id_attachment}, /extra and /json."""
        if part is None:
            return Turn("get_attachment", FILE, content_type=b"text/xml;charset=UTF-8")
        if part == "extra":
            return Turn("get_attachment_extra", envelope({**_attachment(), "extra": EXTRA}))
        parsed = {"cfdi:Comprobante": {"@Version": "3.3"}}
        return Turn("get_attachment_json", envelope([{**_attachment(), "json": parsed}]))

    def export(self, question: Question) -> Turn:
        """GET /attachments/export."""
        return Turn("export_attachments", ZIP, content_type=b"application/zip")

    def list_webhooks(self, question: Question) -> Turn:
        """GET /webhooks."""
        return self._list("list_webhooks", self.webhooks)(question)

    def create_webhook(self, question: Question) -> Turn:
        """POST /webhooks."""
        body = question.json()
        made = {**_webhook(self._id(), body["url"]), "events": body["events"]}
        said = {name: value for name, value in made.items() if name not in ("is_disabled", "ct_failed")}

        def make() -> None:
            self.number()
            self.webhooks.append(made)

        return Turn("create_webhook", envelope(said | {"dt_created": 1578615924}), self.did("create_webhook", make))

    def delete_webhook(self, question: Question, id: str) -> Turn:
        """DELETE /webhooks/{id_webhook}."""
        found = next((each for each in self.webhooks if each["id_webhook"] == id), None)
        if found is None:
            return Turn("delete_webhook", envelope(None, code=404, message="Not found"), status=404)
        change = self.did("delete_webhook", lambda: self.webhooks.remove(found))
        return Turn("delete_webhook", envelope(True), change)


_ID = r"([0-9a-f]{24})"
_PATHS: Json = (
    ("GET", "/users", Syncfy.list_users),
    ("POST", "/users", Syncfy.create_user),
    ("PUT", f"/users/{_ID}", Syncfy.change_user),
    ("DELETE", f"/users/{_ID}", Syncfy.change_user),
    ("POST", "/sessions", Syncfy.create_session),
    ("GET", "/sessions/([^/]+)/verify", Syncfy.change_session),
    ("DELETE", "/sessions/([^/]+)", Syncfy.change_session),
    ("GET", "/catalogues/([a-z_/]+)", Syncfy.catalogue),
    ("GET", "/documents/catalogues/(document_[a-z]+)", Syncfy.catalogue),
    ("GET", "/credentials(?:/all)?", Syncfy.list_credentials),
    ("POST", "/credentials(?:/pulls)?", Syncfy.create_credential),
    ("GET", f"/credentials/{_ID}", Syncfy.get_credential),
    ("DELETE", f"/credentials/{_ID}", Syncfy.delete_credential),
    ("PUT", f"/credentials/{_ID}/(?:sync|pulls)", Syncfy.sync_credential),
    ("GET", f"/credentials/{_ID}/transactions", Syncfy.credential_transactions),
    ("POST", "/jobs(?:/pulls)?", Syncfy.create_job),
    ("GET", f"/jobs/{_ID}/status", Syncfy.list_job_statuses),
    ("POST", f"/jobs/{_ID}/twofa", Syncfy.answer_twofa),
    ("GET", "/attachments/export", Syncfy.export),
    ("GET", "/(transactions|attachments)/count", Syncfy.count),
    ("GET", f"/attachments/{_ID}(?:/(extra|json))?", Syncfy.attachment),
    ("GET", "/(accounts|transactions|attachments|documents)", Syncfy.data),
    ("GET", "/webhooks", Syncfy.list_webhooks),
    ("POST", "/webhooks", Syncfy.create_webhook),
    ("DELETE", f"/webhooks/{_ID}", Syncfy.delete_webhook),
)


def envelope(response: Json, *, code: int = 200, message: str | None = None) -> dict[str, Any]:
    """Return the envelope that every JSON answer has."""
    return {
        "rid": "d337e963-680f-4009-85dc-ab439bfdc771",
        "code": code,
        "errors": None,
        "status": code == 200,
        "message": message,
        "response": response,
    }


def _user(id: str, external: str | None, name: str) -> dict[str, Any]:
    return {"id_user": id, "id_external": external, "name": name, "dt_create": 1576556996, "dt_modify": None}


def _credential(id: str, user: str) -> dict[str, Any]:
    return {
        "id_credential": id,
        "id_user": user,
        "id_environment": "574894bf7848066d138b4570",
        "id_external": "",
        "id_site": NORMAL,
        "id_site_organization": ORGANIZATION,
        "id_site_organization_type": ORGANIZATION_TYPE,
        "id_organization": ORGANIZATION,
        "is_authorized": 1,
        "is_locked": 0,
        "is_twofa": 0,
        "can_sync": 0,
        "ready_in": 86377,
        "username": "A**********C",
        "code": 200,
        "keywords": None,
        "dt_authorized": 1578615866,
        "dt_execute": 1578615858,
        "dt_ready": 1578702266,
        "dt_refresh": 1578702267,
    }


def _pull(job: str) -> dict[str, Any]:
    return {
        "id_job_uuid": "5e17c4325d4f6077171c0253",
        "id_job": job,
        "is_new": 1,
        "username": "A**********C",
        "ws": f"wss://sync.paybook.com/v1/status/{job}",
        "status": f"https://sync.paybook.com/v1/jobs/{job}/status",
        "twofa": f"https://sync.paybook.com/v1/jobs/{job}/twofa",
    }


def _webhook(id: str, url: str) -> dict[str, Any]:
    return {
        "id_webhook": id,
        "id_user": None,
        "is_disabled": 0,
        "events": list(EVENTS),
        "url": url,
        "delay": 0,
        "ct_failed": 0,
        "dt_created": "2020-01-10T00:25:24+00:00",
        "dt_modified": None,
    }


def _attachment() -> dict[str, Any]:
    return {
        "id_attachment": ATTACHMENT,
        "id_user": USER,
        "id_external": "",
        "is_valid": 1,
        "file": "4B2B511C-A29E-4CDF-8AD3-143515CF6152.xml",
        "mime": None,
    }


ASKING: Json = [
    {"code": 100},
    {"code": 101},
    {
        "code": 410,
        "address": f"https://sync.paybook.com/v1/jobs/{ASKING_JOB}/twofa",
        "twofa": [{"name": "token", "type": "text", "label": "Enter any number sequence as a token"}],
    },
]
EXTRA: Json = [
    {
        "n": "CFDI:COMPROBANTE",
        "a": {"VERSION": "3.3", "SERIE": "C", "SUBTOTAL": "810.18"},
        "c": [{"n": "CFDI:EMISOR", "a": {"RFC": "ACM010101ABC", "NOMBRE": "ACME CORP"}}],
    }
]
_FIELD = {"type": "text", "required": True, "token": False, "validation": None}
_FIELDS: Json = [
    {**_FIELD, "name": "username", "label": "Username", "username": True},
    {**_FIELD, "name": "password", "label": "Password", "username": False, "type": "password"},
]


def _site(id: str, name: str) -> dict[str, Any]:
    return {
        "id_site": id,
        "id_site_organization": ORGANIZATION,
        "id_site_organization_type": ORGANIZATION_TYPE,
        "id_site_type": "5b285177056f2911c13dbce1",
        "is_business": 1,
        "is_personal": 1,
        "version": 1,
        "name": name,
        "credentials": _FIELDS,
        "endpoint": "/v1/credentials",
    }


_JOB_FIELD = {"type": "text", "required": True, "encrypt": False, "validation": None}
_SAT_SITE: Json = {name: value for name, value in _site(SAT, "SAT All in One").items() if name != "credentials"} | {
    "version": 3,
    "endpoint": "/v1/jobs",
    "input": [
        {
            "name": "ciec",
            "label": "CIEC",
            "fields": [
                {**_JOB_FIELD, "name": "rfc", "label": "RFC"},
                {**_JOB_FIELD, "name": "password", "label": "CIEC"},
            ],
        }
    ],
}
SITES: Json = [_site(NORMAL, "Normal"), _site(TOKEN, "Token"), _SAT_SITE]
_ORGANIZATION: Json = {
    "id_site_organization": ORGANIZATION,
    "id_site_organization_type": ORGANIZATION_TYPE,
    "id_country": "51ad44b83b8e7763120003c4",
    "name": "Acme",
    "avatar": "/images/a/avatar",
    "small_cover": "/images/a/small_cover",
    "cover": "/images/a/cover",
}
_DATED = {"dt_created": "2020-01-10T00:25:24+00:00", "dt_modified": None}
CATALOGUES: Json = {
    "account_types": (
        "list_account_types",
        [{"id_account_type": "520d3aa93b8e778e0d000000", "name": "Checking"}],
    ),
    "attachment_types": (
        "list_attachment_types",
        [{"id_attachment_type": "56bcdfca784806d1378b4567", "name": "CFDI (XML)"}],
    ),
    "countries": ("list_countries", [{"id_country": "51ad44b83b8e7763120003c4", "name": "Mexico", "code": "MX"}]),
    "currencies": ("list_currencies", [{"id_currency": "523a25953b8e77910e8b456c", "name": "Peso", "code": "MXN"}]),
    "site_organization_types": (
        "list_site_organization_types",
        [{"id_site_organization_type": ORGANIZATION_TYPE, "name": "Bank", "label": "webapp_add_banks"}],
    ),
    "site_organizations": ("list_site_organizations", [_ORGANIZATION]),
    "sites": ("list_sites", SITES),
    "organizations/sites": ("list_organization_sites", [{**_ORGANIZATION, "sites": SITES}]),
    "document_types": (
        "list_document_types",
        [{"id_document_type": "5b2321ef056f29059a367e43", "name": "Constancia (PDF)", **_DATED}],
    ),
    "document_status": (
        "list_document_status",
        [{"id_document_status": "5b23219d056f2905985444c2", "name": "Downloaded", **_DATED}],
    ),
}
TRANSACTION_ROW: Json = {
    "id_transaction": TRANSACTION,
    "id_account": "5703f88223428348328b45db",
    "id_account_type": "520d3aa93b8e778e0d000000",
    "id_credential": CREDENTIAL,
    "id_currency": "523a25953b8e77910e8b456c",
    "id_disable_type": "5bcff1e77d8b6b44380f6da2",
    "id_external": "",
    "id_site": NORMAL,
    "id_site_organization": ORGANIZATION,
    "id_site_organization_type": ORGANIZATION_TYPE,
    "id_user": USER,
    "is_account_disable": 0,
    "is_deleted": 0,
    "is_disable": 1,
    "is_pending": 0,
    "description": "ACME Checking Transaction 20",
    "amount": 26,
    "currency": "MXN",
    "attachments": [],
    "extra": None,
    "reference": None,
    "keywords": None,
    "dt_transaction": 1533099600,
    "dt_refresh": 1561500261,
    "dt_disable": 1561500261,
    "dt_deleted": None,
}
DATA: Json = {
    "accounts": [
        {
            "id_account": "5703f88223428348328b45db",
            "id_account_type": "520d3aa93b8e778e0d000000",
            "id_currency": "523a25953b8e77910e8b456c",
            "id_user": USER,
            "id_external": "",
            "id_credential": CREDENTIAL,
            "id_site": NORMAL,
            "id_site_organization": ORGANIZATION,
            "id_site_organization_type": ORGANIZATION_TYPE,
            "is_disable": 0,
            "name": "My Bank Account",
            "number": None,
            "balance": 1200,
            "currency": "MXN",
            "account_type": "Checking",
            "site": {
                "id_site": NORMAL,
                "id_site_organization": ORGANIZATION,
                "id_site_organization_type": ORGANIZATION_TYPE,
                "name": "The Bank",
                "organization": "Acme",
                "avatar": "/images/8574c68f0b212a194a8c1819/avatar",
                "cover": "/images/5944c68f0b212a194a8c3949/cover",
                "small_cover": "/images/59454c68f0b212a194a8c5719/small_cover",
                "time_zone": "America/Mexico_City",
            },
            "extra": None,
            "keywords": None,
            "dt_refresh": 1460816581,
        }
    ],
    "transactions": [TRANSACTION_ROW],
    "attachments": [
        {
            **_attachment(),
            "id_account": "5db073b1caaf236a6a4c2acc",
            "id_attachment_type": "56bcdfca784806d1378b4567",
            "id_transaction": "5db073b1caaf236a6a4c2acd",
            "url": f"/attachments/{ATTACHMENT}",
            "keywords": ["3.3", "emitidas"],
            "dt_refresh": 1571844997,
        }
    ],
    "documents": [
        {
            "id_document": "648cb2d190b1bf61cc50b3bb",
            "id_document_status": "5b23219d056f2905985444c2",
            "id_document_type": "5b2321ef056f29059a367e43",
            "id_external": "",
            "id_site": NORMAL,
            "id_site_organization": ORGANIZATION,
            "id_site_organization_type": ORGANIZATION_TYPE,
            "file": "constancia.pdf",
            "identifiers": None,
            "keywords": None,
            "content": "JVBERi0xLjQK",
            "dt_refreshed": "2023-06-16T19:06:57+00:00",
            "dt_created": "2023-06-16T19:06:57+00:00",
        }
    ],
}
