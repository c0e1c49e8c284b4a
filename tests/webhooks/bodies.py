"""The bodies that webhooks come with, for tests: those of the documents, and others of the same shape."""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ventanilla.webhooks import Event

DATA = Path(__file__).resolve().parents[1] / "data" / "syncfy"
TOKEN = "3fRk0yWq2mZs8vLt5nXb7cJd1gHp4aQe"
PASSWORD = "canary-ipn-password"
USER, CREDENTIAL = "648a053b59f043380d473be3", "648cb2aa8c7a0b6c2b2e6694"
JSON_HEADERS = {"Content-Type": "application/json"}
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


def document(name: str) -> bytes:
    """Return a batch as the SAT All in One guide prints it."""
    return (DATA / f"event_{name}.json").read_bytes()


def entry(eid: str, name: str = "credentials.refreshed", user: str = USER, **payload: Any) -> dict[str, Any]:
    """Return one event of version 3."""
    header = {
        "event": {"eid": eid, "name": name, "at": "2023-06-16 19:06:42.721561+0000", "version": "3.1"},
        "user": {"id_user": user, "id_external": "MIST030794", "id_environment": "574894bf7848066d138b4571"},
    }
    return {"header": header, "payload": {"event": "refresh", "id_credential": CREDENTIAL, **payload}}


def own_id(event: Event) -> str:
    """Return an event's key without the digest of what it says."""
    return event.key.rpartition(":")[0]


def batch(*entries: Any) -> bytes:
    """Return a body of version 3."""
    return json.dumps({"rid": "c53b1fcb-e112-465c-ad3e-8b64cf2f602c", "events": entries}).encode()


def flat(event: str = "refresh", user: str = USER, **fields: Any) -> bytes:
    """Return a body of version 1, in the shape of the official events.md."""
    ids = {"id_credential": CREDENTIAL, "id_external": "MIST030794", "id_user": user}
    return json.dumps({"event": event, **ids, **fields}).encode()


def payment(id: int | str = 38, password: str = PASSWORD, ipn_type: int | str = 1, **data: Any) -> bytes:
    """Return a notification of Facti, as PHP posts it."""
    digest = hashlib.md5(password.encode()).hexdigest()
    said = {"id": id, "company_id": 5, "total_amount": "55.20", "confirmed_date": "2019-05-10 16:55:51", **data}
    return urlencode({"ipn_password": digest, "ipn_type": ipn_type, "data": json.dumps(said)}).encode()
