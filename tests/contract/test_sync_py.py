"""The official client, sync-py 1.0.4, runs every example of its README against the mock: only its URL is changed."""

import importlib
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ventanilla.mock.server import running

official: Any = importlib.import_module("sync.sync")  # it has no types
run, auth = official.Sync.run, official.Sync.auth
API_KEY = {"api_key": "7767a4a04f990e9231bafc949e8ca08a"}
NORMAL, TOKEN, SAT = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "5da784f1f9de2a06483abec1"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.sync.SYNC_API_URL", f"{url}/syncfy/v1")
        yield url


@pytest.fixture
def user(base: str) -> dict[str, Any]:
    created: dict[str, Any] = run(API_KEY, "/users", {"id_external": "MIST030794", "name": "Rey Misterio"}, "POST")
    return created


@pytest.fixture
def token(user: dict[str, Any]) -> dict[str, Any]:
    opened: dict[str, Any] = auth(API_KEY, {"id_user": user["id_user"]})
    assert opened.keys() == {"token"}
    return opened


def linked(token: dict[str, Any], id_site: str, *values: str) -> dict[str, Any]:
    """The README's way: the site's own field names, by position."""
    payload: dict[str, Any] = {"id_site": id_site}
    site = run(token, "/catalogues/sites", payload, "GET")[0]
    names = [field["name"] for field in site["credentials"]]
    payload["credentials"] = dict(zip(names, values, strict=True))
    created: dict[str, Any] = run(token, "/credentials", payload, "POST")
    return created


def codes(token: dict[str, Any], id_job: str, *, until: int) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = []
    for _ in range(100):
        history = run(token, f"/jobs/{id_job}/status", None, "GET")
        if history[-1]["code"] == until:
            return history
        time.sleep(0.05)
    raise AssertionError(f"the job did not reach {until}: {history}")


@pytest.fixture
def sat(token: dict[str, Any]) -> dict[str, Any]:
    credential = linked(token, SAT, "ACM010101ABC", "test")
    codes(token, credential["id_job"], until=200)
    return credential


def test_users(base: str, user: dict[str, Any]) -> None:
    assert user.keys() == {"id_user", "id_external", "name", "dt_create", "dt_modify"}
    assert user in run(API_KEY, "/users", None, "GET")
    only = run(API_KEY, "/users", {"id_external": "MIST030794"}, "GET")
    assert {found["id_external"] for found in only} == {"MIST030794"}
    assert run(API_KEY, "/users", {"id_external": "KEMONITO09"}, "GET") == []
    changed = run(API_KEY, f"/users/{user['id_user']}", {"name": "Rey Misterio Jr."}, "PUT")
    assert changed["name"] == "Rey Misterio Jr."
    assert changed["dt_modify"] >= changed["dt_create"]
    gone = run(API_KEY, f"/users/{user['id_user']}", {}, "DELETE")
    assert (gone["code"], gone["status"], gone["response"]) == (200, True, True)


def test_catalogues(token: dict[str, Any]) -> None:
    for name, key in (
        ("account_types", "id_account_type"),
        ("attachment_types", "id_attachment_type"),
        ("countries", "id_country"),
        ("sites", "id_site"),
        ("site_organizations", "id_site_organization"),
        ("organizations/sites", "id_site_organization"),
    ):
        found = run(token, f"/catalogues/{name}", None, "GET")
        assert found, name
        assert key in found[0]
        assert len(run(token, f"/catalogues/{name}", {"limit": 1}, "GET")) <= 1
    sites = {site["id_site"]: site["name"] for site in run(token, "/catalogues/sites", None, "GET")}
    assert {NORMAL, TOKEN, SAT} <= sites.keys()


def test_normal_credential(token: dict[str, Any]) -> None:
    credential = linked(token, SAT, "ACM010101ABC", "test")
    assert credential["username"] == "A**********C"
    assert credential["is_new"] == 1
    history = codes(token, credential["id_job"], until=200)
    assert [status["code"] for status in history] == [100, 101, 102, 200]
    (shown,) = run(token, "/credentials", None, "GET")
    assert shown["id_credential"] == credential["id_credential"]
    assert (shown["code"], shown["is_authorized"], shown["username"]) == (200, 1, "A**********C")


def test_twofa_credential(token: dict[str, Any]) -> None:
    credential = linked(token, TOKEN, "test", "test")
    id_job = credential["id_job"]
    response = codes(token, id_job, until=410)
    assert [status["code"] for status in response] == [100, 101, 410]
    assert response[2]["address"].endswith(f"/jobs/{id_job}/twofa")
    answer: dict[str, dict[str, str]] = {"twofa": {element["name"]: "123456" for element in response[2]["twofa"]}}
    sent = run(token, f"/jobs/{id_job}/twofa", answer, "POST")
    assert (sent["status"], sent["response"]) == (True, True)
    history = codes(token, id_job, until=200)
    assert [status["code"] for status in history][:3] == [100, 101, 410]
    assert [status["code"] for status in history][-2:] == [102, 200]


def test_accounts_and_transactions(token: dict[str, Any], sat: dict[str, Any]) -> None:
    only = {"id_credential": sat["id_credential"]}
    accounts = run(token, "/accounts", only, "GET")
    assert {account["id_credential"] for account in accounts} == {sat["id_credential"]}
    (first,) = run(token, "/transactions", {**only, "limit": 1}, "GET")
    assert first["id_account"] in {account["id_account"] for account in accounts}
    counted = run(token, "/transactions/count", only, "GET")
    assert counted == {"count": len(run(token, "/transactions", only, "GET"))}


def test_attachments(token: dict[str, Any], sat: dict[str, Any]) -> None:
    only = {"id_credential": sat["id_credential"]}
    (attachment,) = run(token, "/attachments", {**only, "limit": 1}, "GET")
    assert run(token, "/attachments/count", only, "GET")["count"] >= 1
    text = run(token, attachment["url"], None, "GET")
    assert isinstance(text, str)
    assert text.startswith("<?xml")
    extra = run(token, attachment["url"] + "/extra", None, "GET")
    assert extra["id_attachment"] == attachment["id_attachment"]
    assert extra["extra"][0]["n"] == "CFDI:COMPROBANTE"


def test_webhooks(base: str) -> None:
    events = ["credential_create", "credential_update", "refresh"]
    url = "http://127.0.0.1:9/webhook"
    created = run(API_KEY, "/webhooks", {"url": url, "events": events}, "POST")
    assert isinstance(created["dt_created"], int)
    listed = [w for w in run(API_KEY, "/webhooks", None, "GET") if w["id_webhook"] == created["id_webhook"]]
    assert (listed[0]["url"], listed[0]["events"], listed[0]["ct_failed"]) == (url, events, 0)
    assert "T" in listed[0]["dt_created"]
    gone = run(API_KEY, f"/webhooks/{created['id_webhook']}", None, "DELETE")
    assert gone["response"] is True


def test_deleting_a_credential_takes_its_data_along(token: dict[str, Any], sat: dict[str, Any]) -> None:
    gone = run(token, f"/credentials/{sat['id_credential']}", None, "DELETE")
    assert (gone["code"], gone["response"]) == (200, True)
    assert run(token, "/credentials", None, "GET") == []
    assert run(token, "/transactions", {"id_credential": sat["id_credential"]}, "GET") == []


def test_errors_arrive_as_the_client_knows_them(base: str) -> None:
    with pytest.raises(official.Error) as wrong:
        run({"api_key": "0" * 32}, "/users", None, "GET")
    assert (wrong.value.code, wrong.value.message) == (401, "Unauthorized")


def test_without_the_override_the_same_calls_are_refused(base: str) -> None:
    # The client posts even to read: what makes it a read is the override header and nothing else.
    headers = {"Authorization": f"API_KEY api_key={API_KEY['api_key']}"}
    plain = httpx.post(f"{base}/syncfy/v1/users", headers=headers, json=None)
    overridden = httpx.post(f"{base}/syncfy/v1/users", headers={**headers, "X-Http-Method-Override": "GET"}, json=None)
    assert (plain.status_code, overridden.status_code) == (400, 200)
