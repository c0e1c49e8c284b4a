"""Syncfy's users, sessions, catalogues and lists."""

from typing import Any

import pytest
from syncfy_caller import KEY, Syncfy

from ventanilla.mock import syncfy
from ventanilla.mock.syncfy._auth import API_KEY

NORMAL = "56cf5728784806f72b8b4568"
NOBODY = "0" * 24


def test_every_operation_has_its_handler_and_no_handler_is_left_over() -> None:
    provider = syncfy.provider()
    assert set(provider.handlers) == set(provider.spec.operations)


def test_unauthorized_is_the_providers_own_body(api: Syncfy) -> None:
    answer = api.send("GET", "/users", auth="api_key api_key=wrong")
    body = answer.json()
    assert len(body.pop("rid")) == 36
    assert (answer.status, body) == (
        401,
        {"code": 401, "errors": None, "status": False, "message": "Unauthorized", "response": None},
    )


@pytest.mark.parametrize("scheme", ["API_KEY", "api_key", "Api_Key"])
def test_the_scheme_of_the_key_may_have_any_case(api: Syncfy, scheme: str) -> None:
    assert api.send("GET", "/users", auth=f"{scheme} api_key={API_KEY}").status == 200


@pytest.mark.parametrize(
    ("method", "path", "taken"),
    [
        # The key in the name of a user is still the key.
        ("GET", "/users", {"key", "both"}),
        ("GET", "/webhooks", {"key", "both"}),
        ("GET", "/credentials/all", {"key", "both"}),
        ("GET", "/credentials", {"token", "bearer", "both"}),
        ("GET", "/catalogues/sites", {"token", "bearer", "both"}),
        ("GET", "/attachments/export", {"key", "token", "bearer", "both"}),
        ("GET", "/documents", {"key", "token", "bearer", "both"}),
    ],
)
def test_each_operation_takes_the_credentials_that_its_spec_names(
    linked: Syncfy, method: str, path: str, taken: set[str]
) -> None:
    forms = {
        "none": "",
        "key": KEY,
        "token": f"TOKEN token={linked.token}",
        "bearer": f"Bearer {linked.token}",
        "both": f"{KEY},id_user={linked.id_user}",
        "stale": f"Bearer {'0' * 64}",
        "nobody's": f"{KEY},id_user={NOBODY}",
        "odd": "Basic abc",
    }
    found = {name for name, header in forms.items() if linked.send(method, path, auth=header).status == 200}
    assert found == taken


def test_a_user_is_created_changed_and_found(api: Syncfy) -> None:
    created = api.key_call("POST", "/users", {"name": "Rey Misterio", "id_external": "MIST030794"})
    assert created["dt_modify"] is None
    other = api.key_call("POST", "/users", {"name": "El Santo"})
    assert other["id_external"] is None
    api.clock.advance(10)
    changed = api.key_call("PUT", f"/users/{created['id_user']}", {"name": "Rey Misterio Jr."})
    assert changed == {**created, "name": "Rey Misterio Jr.", "dt_modify": created["dt_create"] + 10}
    assert api.key_call("GET", "/users?id_external=MIST030794") == [changed]
    assert api.key_call("GET", "/users?name=El%20Santo") == [other]
    assert api.key_call("GET", f"/users?id_user={other['id_user']}") == [other]
    assert api.key_call("GET", f"/users?id_user={NOBODY}") == []
    moved = api.key_call("PUT", f"/users/{other['id_user']}", {"id_external": "MIST030794"})
    assert api.key_call("GET", "/users?id_external=MIST030794") == [changed, moved]


def test_lists_have_order_skip_limit_and_fields(api: Syncfy) -> None:
    for name in ("b", "c", "a"):
        api.key_call("POST", "/users", {"name": name})

    def names(query: str) -> list[str]:
        return [user["name"] for user in api.key_call("GET", f"/users?{query}")]

    assert names("") == ["b", "c", "a"]
    assert names("order=name") == ["a", "b", "c"]
    assert names("order=-name") == names("order=name:desc") == names("order=name%20desc") == ["c", "b", "a"]
    assert names("order=id_external,-name") == ["c", "b", "a"]
    assert names("order=nothing") == ["b", "c", "a"]
    assert names("skip=1&limit=1") == ["c"]
    assert names("skip=9") == names(f"skip={10**40}") == []
    assert names(f"limit={10**40}") == names("") == ["b", "c", "a"]
    assert [set(user) for user in api.key_call("GET", "/users?fields=name,nothing&limit=1")] == [{"id_user", "name"}]
    assert len(api.key_call("GET", "/users?fields=nothing")[0]) == 5


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "name"), ({"name": ""}, "name"), ({"name": 1}, "name"), ({"name": "a", "other": 1}, "other"), ([], "")],
)
def test_a_user_that_breaks_the_spec_is_400_naming_the_field(api: Syncfy, body: Any, field: str) -> None:
    answer = api.send("POST", "/users", body)
    assert (answer.status, answer.json()["code"], answer.json()["status"]) == (400, 400, False)
    assert field in answer.json()["message"]


def test_validation_goes_before_existence(api: Syncfy) -> None:
    assert api.send("PUT", f"/users/{NOBODY}", {"name": 1}).status == 400
    assert api.send("PUT", f"/users/{NOBODY}", {"name": "a"}).status == 404
    assert api.send("DELETE", "/users/xyz").status == 404


def test_a_session_idles_away_after_five_minutes(linked: Syncfy) -> None:
    assert len(linked.token) == 64
    for _ in range(3):
        linked.clock.advance(299)
        linked.call("GET", "/credentials")
    linked.clock.advance(299)
    assert linked.send("GET", f"/sessions/{linked.token}/verify", auth="").json()["response"] is True
    linked.clock.advance(301)
    assert linked.status("GET", "/credentials") == 401
    assert linked.send("GET", f"/sessions/{linked.token}/verify", auth="").status == 401


def test_a_deleted_session_is_over(linked: Syncfy) -> None:
    path = f"/sessions/{linked.token}"
    assert linked.send("DELETE", path, auth="").json()["response"] is True
    assert linked.send("DELETE", path, auth="").status == 401
    assert linked.status("GET", "/credentials") == 401


def test_a_session_needs_a_user(api: Syncfy) -> None:
    assert api.send("POST", "/sessions", {"id_user": NOBODY}).status == 404
    assert api.send("POST", "/sessions", {"id_user": "x"}).status == 400


def test_a_deleted_user_takes_everything_along(linked: Syncfy) -> None:
    pull = linked.link(NORMAL)
    linked.clock.advance(0.3)
    token = linked.token
    assert linked.key_call("DELETE", f"/users/{linked.id_user}") is True
    assert linked.send("DELETE", f"/users/{linked.id_user}").status == 404
    assert linked.send("GET", "/credentials", auth=f"Bearer {token}").status == 401
    assert linked.key_call("GET", "/credentials/all") == []
    assert linked.send("GET", f"/credentials/{pull['id_credential']}").status == 404
    linked.clock.advance(9)
    linked.enter()
    assert linked.call("GET", "/transactions") == []
    assert linked.status("GET", f"/jobs/{pull['id_job']}/status") == 404


def test_one_users_data_is_not_there_for_another(linked: Syncfy) -> None:
    pull = linked.link("58b884fc056f295aa1483a02")
    linked.clock.advance(2)
    attachment = linked.call("GET", "/attachments?limit=1")[0]["id_attachment"]
    linked.enter("El Santo", "ELSAN090909")
    for path in ("/credentials", "/accounts", "/transactions", "/attachments", "/documents"):
        assert linked.call("GET", path) == []
    assert linked.call("GET", "/transactions/count") == {"count": 0}
    for method, path in (
        ("GET", f"/credentials/{pull['id_credential']}"),
        ("DELETE", f"/credentials/{pull['id_credential']}"),
        ("PUT", f"/credentials/{pull['id_credential']}/sync"),
        ("GET", f"/credentials/{pull['id_credential']}/transactions"),
        ("GET", f"/jobs/{pull['id_job']}/status"),
        ("GET", f"/attachments/{attachment}"),
        ("GET", f"/attachments/{attachment}/extra"),
    ):
        assert linked.status(method, path) == 404, path


def test_the_catalogues_have_the_published_ids(linked: Syncfy) -> None:
    def rows(name: str) -> list[Any]:
        found: list[Any] = linked.call("GET", f"/catalogues/{name}")
        return found

    assert {"id_account_type": "520d3aa93b8e778e0d000000", "name": "Checking"} in rows("account_types")
    assert {"id_attachment_type": "56bcdfca784806d1378b4567", "name": "CFDI (XML)"} in rows("attachment_types")
    assert rows("countries") == [{"id_country": "51ad44b83b8e7763120003c4", "name": "Mexico", "code": "MX"}]
    assert {row["code"] for row in rows("currencies")} == {"MXN", "USD"}
    assert len(rows("site_organization_types")) == 5
    assert [row["name"] for row in rows("site_organizations")] == ["Acme", "SAT"]
    status = linked.call("GET", "/documents/catalogues/document_status")
    assert [row["name"] for row in status] == ["Processing", "Downloaded", "Failed", "Not found", "Retrying"]
    assert len(linked.call("GET", "/documents/catalogues/document_types?limit=2")) == 2


def test_sites_are_listed_as_the_readme_prints_them(linked: Syncfy) -> None:
    assert linked.call("GET", f"/catalogues/sites?id_site={NORMAL}") == [
        {
            "id_site": NORMAL,
            "id_site_organization": "56cf4ff5784806152c8b4567",
            "id_site_organization_type": "56cf4f5b784806cf028b4568",
            "id_site_type": "5b285177056f2911c13dbce1",
            "is_business": 1,
            "is_personal": 1,
            "version": 1,
            "name": "Normal",
            "credentials": [
                {
                    "name": "username",
                    "type": "text",
                    "label": "Username",
                    "required": True,
                    "username": True,
                    "token": False,
                    "validation": None,
                },
                {
                    "name": "password",
                    "type": "password",
                    "label": "Password",
                    "required": True,
                    "username": False,
                    "token": False,
                    "validation": None,
                },
            ],
            "endpoint": "/v1/credentials",
        }
    ]
    everything = linked.call("GET", "/catalogues/sites")
    tests = linked.call("GET", "/catalogues/sites?is_test=1")
    assert (len(everything), len(tests)) == (21, 15)
    jobs = [site for site in everything if site["endpoint"] == "/v1/jobs"]
    assert all("input" in site and "credentials" not in site for site in jobs)


def test_sites_are_grouped_by_organization(linked: Syncfy) -> None:
    groups = linked.call("GET", "/catalogues/organizations/sites")
    assert [(group["name"], len(group["sites"])) for group in groups] == [("Acme", 13), ("SAT", 8)]
    assert "id_site_organization" not in groups[0]["sites"][0]
    only = linked.call("GET", f"/catalogues/organizations/sites?id_site={NORMAL}")
    assert [(group["name"], len(group["sites"])) for group in only] == [("Acme", 1)]
    government = linked.call("GET", "/catalogues/site_organizations?id_site_organization_type=56cf4f5b784806cf028b4569")
    assert [row["name"] for row in government] == ["SAT"]
    assert [row["name"] for row in linked.call("GET", f"/catalogues/site_organizations?id_site={NORMAL}")] == ["Acme"]
