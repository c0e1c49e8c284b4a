"""Syncfy's credentials and jobs: code histories, second factors, scenarios, SAT All in One."""

import base64
from typing import Any

import pytest
from syncfy_caller import KEY, Syncfy

from ventanilla.mock.syncfy._scenarios import SCENARIOS
from ventanilla.mock.syncfy._sites import SANDBOX

NORMAL, TOKEN, CAPTCHA = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "572ba390784806060f8b458b"
CIEC, WITHHOLDINGS = "5da784f1f9de2a06483abec1", "5f2c2aacd74b837fc10602c1"
ALL_IN_ONE = "61c12b8cde3c034b3c8b25b1"
NOBODY = "0" * 24


def login(id_site: str, **values: str) -> dict[str, Any]:
    return {"id_site": id_site, "credentials": values or {"username": "test", "password": "test"}}


def test_a_job_goes_through_its_codes_one_step_after_the_other(linked: Syncfy) -> None:
    id_job = linked.link(NORMAL)["id_job"]
    seen = [linked.codes(id_job)]
    for _ in range(4):
        linked.clock.advance(0.2)
        seen.append(linked.codes(id_job))
    assert seen == [[100], [100, 101], [100, 101, 102], [100, 101, 102, 200], [100, 101, 102, 200]]


def test_a_pull_answers_with_ids_and_links_to_itself(linked: Syncfy) -> None:
    pull = linked.link(NORMAL)
    base = "mock:1/syncfy/v1"
    assert (pull["is_new"], pull["username"]) == (1, "t**t")
    assert pull["status"] == f"http://{base}/jobs/{pull['id_job']}/status"
    assert pull["twofa"] == f"http://{base}/jobs/{pull['id_job']}/twofa"
    assert pull["ws"] == f"ws://{base}/status/{pull['id_job']}"


def test_the_same_site_and_username_is_the_same_credential(linked: Syncfy) -> None:
    first = linked.link(NORMAL)
    linked.clock.advance(2)
    again = linked.link(NORMAL)
    other = linked.call("POST", "/credentials/pulls", login(NORMAL, username="no_transactions", password="x"))
    assert (again["is_new"], again["id_credential"]) == (0, first["id_credential"])
    assert again["id_job"] != first["id_job"]
    assert (other["is_new"], other["username"]) == (1, "n*************s")
    assert len(linked.call("GET", "/credentials")) == 2


def test_a_new_login_ends_the_one_that_still_runs(linked: Syncfy) -> None:
    first = linked.link(TOKEN)
    linked.clock.advance(1)
    again = linked.link(TOKEN)
    assert linked.codes(first["id_job"]) == [100, 101, 410, 406]
    linked.clock.advance(1)
    assert linked.codes(again["id_job"]) == [100, 101, 410]


@pytest.mark.parametrize(
    ("id_site", "values"), [(NORMAL, {"username": "test"}), (CIEC, {"username": "a", "password": "b"})]
)
def test_a_missing_field_of_the_site_is_named(linked: Syncfy, id_site: str, values: dict[str, str]) -> None:
    answer = linked.send("POST", "/credentials", login(id_site, **values), f"Bearer {linked.token}")
    assert answer.status == 400
    assert answer.json()["message"].startswith("credentials." + ("password" if id_site == NORMAL else "rfc"))


def test_sites_must_exist_and_be_linked_through_their_own_endpoint(linked: Syncfy) -> None:
    assert linked.status("POST", "/credentials", login(NOBODY)) == 404
    assert linked.status("POST", "/credentials", login(ALL_IN_ONE)) == 400
    body = {"id_site": NORMAL, "input": {"username": "test", "password": "test"}}
    assert linked.status("POST", "/jobs", body) == 400


def test_a_credential_shows_how_it_stands(linked: Syncfy) -> None:
    start = int(linked.clock.now())
    pull = linked.link(CIEC, "ACM010101ABC")
    linked.clock.advance(0.2)
    shown = linked.call("GET", f"/credentials/{pull['id_credential']}")
    assert shown == linked.call("GET", f"/credentials?id_credential={pull['id_credential']}")
    assert (shown[0]["code"], shown[0]["can_sync"], shown[0]["is_authorized"], shown[0]["dt_refresh"]) == (
        101,
        0,
        0,
        None,
    )
    linked.clock.advance(9.8)
    assert linked.call("GET", "/credentials") == [
        {
            "id_credential": pull["id_credential"],
            "id_user": linked.id_user,
            "id_environment": "574894bf7848066d138b4570",
            "id_external": "MIST030794",
            "id_site": CIEC,
            "id_site_organization": "56cf4ff5784806152c8b4568",
            "id_site_organization_type": "56cf4f5b784806cf028b4569",
            "id_organization": "56cf4ff5784806152c8b4568",
            "is_authorized": 1,
            "is_locked": 0,
            "is_twofa": 0,
            "can_sync": 0,
            "ready_in": 86_390,
            "username": "A**********C",
            "code": 200,
            "keywords": None,
            "dt_authorized": start,
            "dt_execute": start,
            "dt_ready": start + 86_400,
            "dt_refresh": start,
        }
    ]
    assert {"is_disabled": 0, "dt_disable": None}.items() <= linked.key_call("GET", "/credentials/all")[0].items()
    assert linked.key_call("GET", f"/credentials/{pull['id_credential']}")[0]["code"] == 200


def test_a_bank_can_be_pulled_again_after_five_minutes(linked: Syncfy) -> None:
    linked.link(NORMAL)
    linked.clock.advance(1)
    linked.call("GET", "/credentials")
    linked.clock.advance(298)
    assert (linked.call("GET", "/credentials")[0]["can_sync"], linked.call("GET", "/credentials")[0]["ready_in"]) == (
        0,
        1,
    )
    linked.token = linked.key_call("POST", "/sessions", {"id_user": linked.id_user})["token"]
    linked.clock.advance(1)
    assert (linked.call("GET", "/credentials")[0]["can_sync"], linked.call("GET", "/credentials")[0]["ready_in"]) == (
        1,
        0,
    )


@pytest.mark.parametrize("path", ["sync", "pulls"])
def test_a_sync_starts_another_job_and_brings_what_is_new(linked: Syncfy, path: str) -> None:
    pull = linked.link(NORMAL)
    linked.clock.advance(1)
    before = linked.call("GET", "/transactions")
    again = linked.call("PUT", f"/credentials/{pull['id_credential']}/{path}")
    assert (again["is_new"], again["id_credential"]) == (0, pull["id_credential"])
    start = int(linked.clock.now())
    linked.clock.advance(2)
    after = linked.call("GET", "/transactions")
    assert after[: len(before)] == before
    assert len(after) == len(before) + 2
    assert linked.call("GET", f"/transactions?dt_refresh_from={start}") == after[len(before) :]
    assert all(account["dt_refresh"] >= start for account in linked.call("GET", "/accounts"))


def test_a_sync_may_bring_another_password(linked: Syncfy) -> None:
    pull = linked.link(NORMAL, "test", "wrong")
    linked.clock.advance(1)
    assert linked.codes(pull["id_job"]) == [100, 101, 401]
    path = f"/credentials/{pull['id_credential']}/sync"
    assert linked.status("PUT", path, login(TOKEN)) == 400
    again = linked.call("PUT", path, login(NORMAL, password="test"))
    linked.clock.advance(1)
    assert linked.codes(again["id_job"])[-1] == 200


def test_a_deleted_credential_takes_its_data_along(linked: Syncfy) -> None:
    kept = linked.link(NORMAL)
    pull = linked.link("58b884fc056f295aa1483a02")
    linked.clock.advance(2)
    assert linked.call("DELETE", f"/credentials/{pull['id_credential']}") is True
    assert linked.status("DELETE", f"/credentials/{pull['id_credential']}") == 404
    assert linked.status("GET", f"/jobs/{pull['id_job']}/status") == 404
    assert linked.call("GET", "/attachments") == []
    assert {row["id_credential"] for row in linked.call("GET", "/transactions")} == {kept["id_credential"]}
    assert {row["id_credential"] for row in linked.call("GET", "/accounts")} == {kept["id_credential"]}


def test_a_credential_deleted_while_its_job_runs_brings_nothing(linked: Syncfy) -> None:
    pull = linked.link(NORMAL)
    linked.clock.advance(0.3)
    linked.call("DELETE", f"/credentials/{pull['id_credential']}")
    linked.clock.advance(5)
    assert linked.call("GET", "/accounts") == []


# What each challenge of the sandbox asks, a right answer, a wrong one.
CHALLENGES = {
    "Token": ("text", "89704371", "abc"),
    "Captcha": ("text", "test", "tset"),
    "Multiple image": ("options", "2", "9"),
    "Multiple text": ("textOptions", "Verde", "Negro"),
    "Select input": ("textOptions", "sms", "fax"),
    "Confirm login": ("challenge", "Confirm the login in the bank's application", "no"),
}
BY_NAME = {site.name: site.id for site in SANDBOX}


@pytest.mark.parametrize("name", CHALLENGES)
@pytest.mark.parametrize("is_right", [True, False])
def test_a_challenge_takes_the_right_answer_alone(linked: Syncfy, name: str, is_right: bool) -> None:
    kind, right, wrong = CHALLENGES[name]
    id_job = linked.link(BY_NAME[name])["id_job"]
    linked.clock.advance(1)
    status = linked.call("GET", f"/jobs/{id_job}/status")[-1]
    field = status["twofa"][0]
    assert (status["code"], field["type"]) == (410, kind)
    assert status["address"].endswith(f"/jobs/{id_job}/twofa")
    assert (
        linked.call("POST", f"/jobs/{id_job}/twofa", {"twofa": {field["name"]: right if is_right else wrong}}) is True
    )
    assert linked.codes(id_job) == [100, 101, 410, 102 if is_right else 403]
    linked.clock.advance(0.2)
    assert linked.codes(id_job)[4:] == ([200] if is_right else [])
    assert linked.call("GET", "/credentials")[0]["is_twofa"] == 1


def test_the_readmes_token_is_right_too(linked: Syncfy) -> None:
    id_job = linked.link(TOKEN)["id_job"]
    linked.clock.advance(1)
    assert linked.call("GET", f"/jobs/{id_job}/status")[-1]["twofa"] == [
        {"name": "token", "type": "text", "label": "Enter any number sequence as a token"}
    ]
    linked.call("POST", f"/jobs/{id_job}/twofa", {"twofa": {"token": 123456}})
    linked.clock.advance(1)
    assert linked.codes(id_job) == [100, 101, 410, 102, 200]


def test_images_are_pngs(linked: Syncfy) -> None:
    captcha = linked.link(CAPTCHA)["id_job"]
    pictures = linked.link(BY_NAME["Multiple image"])["id_job"]
    linked.clock.advance(1)
    asked = linked.call("GET", f"/jobs/{captcha}/status")[-1]["twofa"]
    options = linked.call("GET", f"/jobs/{pictures}/status")[-1]["twofa"][0]["options"]
    assert len({option["value"] for option in options}) == 4
    for image in (asked[0], *options):
        assert base64.b64decode(image["imgBase64File"]).startswith(b"\x89PNG\r\n\x1a\n")


def test_a_code_to_scan_needs_no_answer(linked: Syncfy) -> None:
    id_job = linked.link(BY_NAME["QR"])["id_job"]
    linked.clock.advance(0.4)
    assert linked.call("GET", f"/jobs/{id_job}/status")[-1]["twofa"][0]["type"] == "externalAction"
    linked.clock.advance(0.5)
    assert linked.codes(id_job) == [100, 101, 410, 102, 200]


def test_no_answer_in_time_is_411(linked: Syncfy) -> None:
    id_job = linked.link(TOKEN)["id_job"]
    linked.clock.advance(250)
    assert linked.codes(id_job) == [100, 101, 410]
    linked.clock.advance(50)
    assert linked.codes(id_job) == [100, 101, 410]
    linked.clock.advance(1)
    assert linked.codes(id_job) == [100, 101, 410, 411]


def test_an_answer_that_nobody_waits_for_is_not_taken(linked: Syncfy) -> None:
    id_job = linked.link(TOKEN)["id_job"]
    answer = {"twofa": {"token": "1"}}
    early = linked.send("POST", f"/jobs/{id_job}/twofa", answer, f"Bearer {linked.token}")
    assert (early.status, early.json()["status"]) == (200, False)
    linked.clock.advance(1)
    assert linked.status("POST", f"/jobs/{id_job}/twofa", {"twofa": {"other": "1"}}) == 400
    assert linked.status("POST", f"/jobs/{id_job}/twofa", {"twofa": {}}) == 400
    assert linked.codes(id_job)[-1] == 410
    linked.call("POST", f"/jobs/{id_job}/twofa", answer)
    late = linked.send("POST", f"/jobs/{id_job}/twofa", answer, f"Bearer {linked.token}")
    assert (late.status, late.json()["status"]) == (200, False)
    assert linked.status("POST", f"/jobs/{NOBODY}/twofa", answer) == 404


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name.startswith("error_")])
@pytest.mark.parametrize("site", ["Normal", "Code Response Simulator", "SAT CIEC"])
def test_a_scenario_ends_with_its_code_at_every_site(linked: Syncfy, scenario: str, site: str) -> None:
    id_job = linked.link(BY_NAME[site], scenario, "whatever")["id_job"]
    linked.clock.advance(2)
    code = int(scenario.removeprefix("error_"))
    assert linked.codes(id_job) == ([100, 101, 102, 500] if code == 500 else [100, 101, code])
    shown = linked.call("GET", "/credentials")[0]
    assert (shown["code"], shown["is_locked"]) == (code, int(code == 405))
    assert linked.call("GET", "/accounts") == []


@pytest.mark.parametrize("name", ["error_999", "slow_1", "twofa_x", "no_money"])
def test_an_unknown_scenario_is_refused(linked: Syncfy, name: str) -> None:
    body = login(NORMAL, username=name, password="test")
    answer = linked.send("POST", "/credentials", body, f"Bearer {linked.token}")
    assert answer.status == 400
    assert "error_401" in answer.json()["message"]
    assert linked.call("GET", "/credentials") == []


def test_no_transactions_and_partial(linked: Syncfy) -> None:
    nothing = linked.link(NORMAL, "no_transactions")
    linked.clock.advance(1)
    assert linked.codes(nothing["id_job"])[-1] == 202
    assert (len(linked.call("GET", "/accounts")), linked.call("GET", "/transactions")) == (3, [])
    partial = linked.link(NORMAL, "partial")
    linked.clock.advance(1)
    assert linked.codes(partial["id_job"])[-1] == 203
    accounts = linked.call("GET", f"/accounts?id_credential={partial['id_credential']}")
    assert {row["id_account"] for row in linked.call("GET", "/transactions")} == {accounts[0]["id_account"]}
    assert len(accounts) == 3


def test_two_challenges_follow_each_other(linked: Syncfy) -> None:
    id_job = linked.link(NORMAL, "twofa_2")["id_job"]
    linked.clock.advance(1)
    linked.call("POST", f"/jobs/{id_job}/twofa", {"twofa": {"token": "1"}})
    assert linked.codes(id_job) == [100, 101, 410, 103]
    linked.clock.advance(1)
    assert linked.call("GET", f"/jobs/{id_job}/status")[-1]["twofa"][0]["name"] == "code"
    linked.call("POST", f"/jobs/{id_job}/twofa", {"twofa": {"code": "2"}})
    linked.clock.advance(1)
    assert linked.codes(id_job) == [100, 101, 410, 103, 410, 102, 200]


def test_a_slow_site_takes_its_time(linked: Syncfy) -> None:
    id_job = linked.link(NORMAL, "slow_30")["id_job"]
    linked.clock.advance(30)
    assert linked.codes(id_job) == [100, 101, 102]
    linked.clock.advance(1)
    assert linked.codes(id_job) == [100, 101, 102, 200]


@pytest.mark.parametrize(
    ("id_site", "rfc", "password", "code"),
    [
        (CIEC, "EKU9003173C9", "test", 200),
        (CIEC, "H&E951128469", "test", 200),
        (CIEC, "EKU9003173C9", "other", 401),
        (CIEC, "IIA040805DZ4", "test", 401),
        (WITHHOLDINGS, "IIA040805DZ4", "test", 200),
        ("56cf5728784806f72b8b456f", "XOJI740919U48", "test", 200),
        ("56cf5728784806f72b8b456f", "nobody", "test", 401),
    ],
)
def test_the_sat_knows_its_taxpayers(linked: Syncfy, id_site: str, rfc: str, password: str, code: int) -> None:
    id_job = linked.link(id_site, rfc, password)["id_job"]
    linked.clock.advance(2)
    assert linked.codes(id_job)[-1] == code


def start_all_in_one(api: Syncfy, rfc: str = "ACM010101ABC", password: str = "test") -> str:
    body = {"id_site": ALL_IN_ONE, "input": {"rfc": rfc, "password": password}}
    job = api.call("POST", "/jobs", body)
    assert set(job) == {"id_job_uuid", "id_job", "ws", "status", "twofa"}
    return str(job["id_job"])


def test_all_in_one_brings_its_child_sites_over_time(linked: Syncfy) -> None:
    id_job = start_all_in_one(linked)
    linked.clock.advance(0.6)
    assert linked.codes(id_job) == [100, 101, 102]
    assert 0 < len(linked.call("GET", "/credentials")) < 4
    linked.clock.advance(1.4)
    assert linked.codes(id_job) == [100, 101, 102, 200]
    credentials = linked.call("GET", "/credentials")
    assert [(row["id_site"], row["code"]) for row in credentials] == [
        ("56cf5728784806f72b8b456f", 200),
        (WITHHOLDINGS, 200),
        ("59aefe28056f29793a58c091", 200),
        ("58543125784806c3298b4572", 200),
    ]
    kinds = {row["id_attachment_type"] for row in linked.call("GET", "/attachments")}
    assert kinds == {"56bcdfca784806d1378b4567", "5f2956741ae9967c4d3dccd1", "5887c839056f29058d17d201"}
    documents = linked.call("GET", "/documents")
    assert [row["id_document_type"] for row in documents][:2] == [
        "5b2321ef056f29059a367e43",
        "5f71fef9ba18355eeb4d6d81",
    ]
    assert base64.b64decode(documents[0]["content"]).startswith(b"%PDF-")
    assert documents[1]["content"]["rfc"] == "ACM010101ABC"
    assert len(documents) == 4


def test_all_in_one_again_updates_its_credentials(linked: Syncfy) -> None:
    start_all_in_one(linked)
    linked.clock.advance(2)
    before = [row["id_credential"] for row in linked.call("GET", "/credentials")]
    start_all_in_one(linked)
    linked.clock.advance(2)
    assert [row["id_credential"] for row in linked.call("GET", "/credentials")] == before


def test_all_in_one_survives_a_child_deleted_on_the_way(linked: Syncfy) -> None:
    id_job = start_all_in_one(linked)
    linked.clock.advance(0.7)
    for row in linked.call("GET", "/credentials"):
        linked.call("DELETE", f"/credentials/{row['id_credential']}")
    linked.clock.advance(3)
    assert linked.codes(id_job) == [100, 101, 102, 200]


def test_all_in_one_refuses_a_wrong_login(linked: Syncfy) -> None:
    id_job = start_all_in_one(linked, password="wrong")
    linked.clock.advance(2)
    assert linked.codes(id_job) == [100, 101, 401]
    assert linked.call("GET", "/credentials") == []


def test_a_documents_site_alone(linked: Syncfy) -> None:
    body = {"id_site": "5f6bbaa541273336c87d96c1", "input": {"rfc": "EKU9003173C9", "password": "test"}}
    id_job = linked.call("POST", "/jobs/pulls", body)["id_job"]
    linked.clock.advance(1)
    assert linked.codes(id_job) == [100, 101, 102, 200]
    assert {row["id_site"] for row in linked.call("GET", "/documents")} == {"5f6bbaa541273336c87d96c1"}


def test_a_job_is_started_with_the_key_in_the_name_of_a_user(linked: Syncfy) -> None:
    body: dict[str, Any] = {"id_site": ALL_IN_ONE, "input": {"rfc": "ACM010101ABC", "password": "test"}}
    id_job = linked.key_call("POST", "/jobs", {**body, "id_user": linked.id_user})["id_job"]
    assert linked.codes(id_job) == [100]
    assert linked.send("POST", "/jobs", body, KEY).status == 400
    assert linked.send("POST", "/jobs", {**body, "id_user": NOBODY}, KEY).status == 404
    assert linked.status("POST", "/jobs", {**body, "id_user": NOBODY}) == 404
    assert linked.status("POST", "/jobs", {**body, "input": {"rfc": "ACM010101ABC"}}) == 400
