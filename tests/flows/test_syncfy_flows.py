"""The Syncfy flows take the documented steps, in order, and stop where they must. No transport is involved."""

import sys
from typing import Any

import httpx
import pytest
from attrs import evolve
from playing import Played, play

from ventanilla import errors
from ventanilla._flow import Flow
from ventanilla.syncfy import Challenge, ChallengeField, Link, Syncfy, WidgetConfiguration
from ventanilla.syncfy._link import Linking
from ventanilla_clients.syncfy import models

USER_ID, SITE_ID = "5e06694b93f4a91cb218f28f", "56cf5728784806f72b8b4568"
CREDENTIAL_ID, JOB_ID = "5e17c432d7288d358a039141", "5e17c4325d4f6077171c0254"
ENVELOPE: dict[str, Any] = {
    "rid": "d337e963-680f-4009-85dc-ab439bfdc771",
    "code": 200,
    "errors": None,
    "status": True,
    "message": None,
}
USER: dict[str, Any] = {
    "id_user": USER_ID,
    "id_external": "MIST030794",
    "name": "Rey Misterio",
    "dt_create": 1577478475,
    "dt_modify": None,
}
TOKEN_FIELD = {"name": "token", "type": "text", "label": "Enter any number sequence as a token"}
WAITING = {"code": 410, "address": "https://elsewhere.example/twofa", "twofa": [TOKEN_FIELD]}


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "text", "label": name, "required": True, **more}


def site(**more: Any) -> models.SiteListAnswer:
    credentials = [
        {**field("usuario"), "username": True, "token": False, "validation": None},
        {**field("clave"), "username": False, "token": False, "validation": None},
    ]
    entry = {
        "id_site": SITE_ID,
        "id_site_organization": "56cf4ff5784806152c8b4567",
        "id_site_organization_type": "56cf4f5b784806cf028b4568",
        "id_site_type": "5b285177056f2911c13dbce1",
        "is_business": 1,
        "is_personal": 1,
        "version": 1,
        "name": "Normal",
        "credentials": credentials,
        "endpoint": "/v1/credentials",
    }
    return models.SiteListAnswer.from_dict({**ENVELOPE, "response": [{**entry, **more}]})


def users(*found: dict[str, Any]) -> models.UserListAnswer:
    return models.UserListAnswer.from_dict({**ENVELOPE, "response": list(found)})


def statuses(*codes: int | dict[str, Any]) -> models.JobStatusListAnswer:
    rows = [{"code": code} if isinstance(code, int) else code for code in codes]
    return models.JobStatusListAnswer.from_dict({**ENVELOPE, "response": rows})


PULL: dict[str, Any] = {
    "id_job": JOB_ID,
    "id_job_uuid": "5e17c4325d4f6077171c0253",
    "ws": f"wss://sync.paybook.com/v1/status/{JOB_ID}",
    "status": f"https://sync.paybook.com/v1/jobs/{JOB_ID}/status",
    "twofa": f"https://sync.paybook.com/v1/jobs/{JOB_ID}/twofa",
}
CREATED = models.CredentialPullAnswer.from_dict(
    {**ENVELOPE, "response": {**PULL, "id_credential": CREDENTIAL_ID, "is_new": 1, "username": "t**t"}}
)
JOB = models.JobPullAnswer.from_dict({**ENVELOPE, "response": PULL})
DONE = models.TrueAnswer.from_dict({**ENVELOPE, "response": True})
FIRST: dict[str, Any] = {
    "list_users": users(USER),
    "list_sites": site(),
    "create_credential": CREATED,
    "create_credential_pull": CREATED,
    "create_job": JOB,
    "answer_twofa": DONE,
}
LOGIN = {"usuario": "test", "clave": "secreta"}


@pytest.fixture
def face() -> Syncfy:
    return Syncfy(api_key="7767a4a04f990e9231bafc949e8ca08a")


def link(face: Syncfy, **more: Any) -> Flow[Link]:
    arguments: dict[str, Any] = {"id_external": "MIST030794", "site": SITE_ID, "credentials": LOGIN, **more}
    return Linking.link.flow(face, **arguments)


def test_link_follows_the_documented_order(face: Syncfy) -> None:
    played = Played()
    replies = {**FIRST, "list_job_statuses": [statuses(100), statuses(100, 101), statuses(100, 101, 102, 200)]}
    linked = play(link(face), replies, played)
    assert linked == Link(
        user=models.User.from_dict(USER), id_site=SITE_ID, id_job=JOB_ID, id_credential=CREDENTIAL_ID, code=200
    )
    assert linked.is_finished
    assert played.operations == ["list_users", "list_sites", "create_credential", *["list_job_statuses"] * 3]
    assert played.options("create_credential")["body"].to_dict() == {"id_site": SITE_ID, "credentials": LOGIN}


def test_link_creates_the_user_that_does_not_exist(face: Syncfy) -> None:
    created = models.UserAnswer.from_dict({**ENVELOPE, "response": USER})
    other = {**USER, "id_external": "another"}  # the provider's own samples return users that do not match
    replies = {**FIRST, "list_users": users(other), "create_user": created, "list_job_statuses": statuses(200)}
    played = Played()
    play(link(face, name="Rey Misterio"), replies, played)
    assert played.options("create_user")["body"].to_dict() == {"name": "Rey Misterio", "id_external": "MIST030794"}
    with pytest.raises(errors.InvalidRequest, match="pass name="):
        play(link(face), replies)


def test_waiting_grows_up_to_a_limit_and_ends_at_the_deadline(face: Syncfy) -> None:
    played = Played()
    with pytest.raises(errors.WaitTimeout, match=f"Syncfy job {JOB_ID} did not end within 30 seconds") as late:
        play(link(face, timeout=30), {**FIRST, "list_job_statuses": statuses(100, 101)}, played)
    assert "follow_job" in str(late.value)
    assert late.value.waiting_for == f"Syncfy job {JOB_ID}"
    assert played.waits[0] < played.waits[1] < played.waits[2] <= 5.0
    assert sum(played.waits) == pytest.approx(30)


def test_link_stops_at_the_challenge_and_resumes_elsewhere(face: Syncfy) -> None:
    stopped = play(link(face), {**FIRST, "list_job_statuses": statuses(100, 101, WAITING)})
    asked = ChallengeField(name="token", type="text", label="Enter any number sequence as a token")
    assert stopped.challenge == Challenge(id_job=JOB_ID, number=1, fields=(asked,))
    assert not stopped.is_finished
    text = stopped.to_json()
    assert "secreta" not in text

    played = Played()
    # The history still ends in 410 right after the answer: the same challenge is not a new one.
    replies = [statuses(100, 101, WAITING), statuses(100, 101, WAITING, 102), statuses(100, 101, WAITING, 102, 200)]
    resuming = Linking.resume.flow(face, Link.from_json(text), {"token": "123456"})
    assert play(resuming, {**FIRST, "list_job_statuses": replies}, played).code == 200
    assert played.operations == ["answer_twofa", *["list_job_statuses"] * 3]
    assert played.options("answer_twofa")["body"].to_dict() == {"twofa": {"token": "123456"}}
    assert played.options("answer_twofa")["path"] == (JOB_ID,)


def ones(challenge: Challenge) -> dict[str, str]:
    return {f.name: "1" for f in challenge.fields}


def nothing(challenge: Challenge) -> dict[str, str]:
    return {}


def test_each_challenge_is_answered_once(face: Syncfy) -> None:
    second = {"code": 410, "twofa": [{"name": "captcha", "type": "text", "label": "?", "imgBase64File": "aGk="}]}
    history = [
        statuses(100, WAITING),
        statuses(100, WAITING),
        statuses(100, WAITING, 103, second),
        statuses(100, WAITING, 103, second),
        statuses(100, WAITING, 103, second, 102, 200),
    ]
    played = Played()
    play(link(face, answer=ones), {**FIRST, "list_job_statuses": history}, played)
    assert played.operations.count("answer_twofa") == 2
    assert [c.number for c in played.questions] == [1, 2]
    assert played.questions[1].fields[0].image == b"hi"


def test_answers_are_checked_before_they_are_used_up(face: Syncfy) -> None:
    choice = {
        "name": "image",
        "type": "options",
        "label": "Which?",
        "options": [{"imgBase64File": "aGk=", "value": "1"}, {"imgURL": "https://site.example/2.png", "value": "2"}],
    }
    stopped = play(link(face), {**FIRST, "list_job_statuses": statuses(100, {"code": 410, "twofa": [choice]})})
    assert stopped.challenge is not None
    assert [o.image for o in stopped.challenge.fields[0].options] == [b"hi", None]
    for answers, problem in (
        ({}, "'image' has no answer"),
        ({"image": "1", "other": "x"}, "'other' is not asked for"),
        ({"image": "3"}, "not one of its 2 choices"),
    ):
        with pytest.raises(errors.InvalidRequest, match=problem):
            play(Linking.resume.flow(face, stopped, answers), {})
    with pytest.raises(errors.InvalidRequest, match="pass answers="):
        play(Linking.resume.flow(face, stopped), {})


def test_display_only_challenge_is_shown_and_not_answered(face: Syncfy) -> None:
    shown = {"code": 410, "twofa": [{"name": "go", "type": "instructions", "label": "Confirm in your app"}]}
    played = Played()
    history = [statuses(100, shown), statuses(100, shown, 102, 200)]
    play(link(face, answer=nothing), {**FIRST, "list_job_statuses": history}, played)
    assert [f.label for c in played.questions for f in c.fields] == ["Confirm in your app"]
    assert "answer_twofa" not in played.operations


def test_credential_fields_are_the_sites_own(face: Syncfy) -> None:
    for credentials, field_name, problem in (
        ({"usuario": "a"}, "clave", "'clave' is missing or empty; Normal asks for usuario, clave"),
        ({**LOGIN, "username": "a"}, "username", "'username' is not a field of the site"),
    ):
        played = Played()
        with pytest.raises(errors.InvalidRequest, match=problem) as wrong:
            play(link(face, credentials=credentials), FIRST, played)
        assert wrong.value.field == field_name
        assert "create_credential" not in played.operations


def test_site_of_type_job_is_started_with_the_input_that_was_filled_in(face: Syncfy) -> None:
    inputs = [
        {"name": "fiel", "label": "e.firma", "fields": [field("cer"), field("key")]},
        {"name": "ciec", "label": "CIEC", "fields": [field("rfc"), field("password")]},
    ]
    entry = site(credentials=[], input=inputs, endpoint="/v1/jobs", version=3, name="SAT All in One")
    played = Played()
    values = {"rfc": "ACM010101ABC", "password": "test"}
    linked = play(
        link(face, credentials=values), {**FIRST, "list_sites": entry, "list_job_statuses": statuses(200)}, played
    )
    assert linked.id_credential is None
    assert played.options("create_job")["body"].to_dict() == {
        "id_site": SITE_ID,
        "input": values,
        "input_name": "ciec",
    }


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, errors.WrongCredentials),
        (403, errors.WrongTwofa),
        (405, errors.AccountLocked),
        (406, errors.SessionConflict),
        (408, errors.UserActionRequired),
        (409, errors.WrongSite),
        (411, errors.TwofaTimeout),
        (413, errors.LoginFailed),
        (449, errors.SiteDeprecated),
        (500, errors.SiteUnavailable),
        (509, errors.SiteUnavailable),
        (499, errors.JobFailed),
    ],
)
def test_published_codes_raise_their_own_errors(face: Syncfy, code: int, kind: type[errors.JobFailed]) -> None:
    with pytest.raises(errors.JobFailed) as failed:
        play(link(face), {**FIRST, "list_job_statuses": statuses(100, 101, code)})
    assert type(failed.value) is kind
    assert (failed.value.code, failed.value.id_job, failed.value.id_credential) == (code, JOB_ID, CREDENTIAL_ID)


@pytest.mark.parametrize("code", [200, 201, 202, 203, 204, 205, 206])
def test_success_codes_are_returned(face: Syncfy, code: int) -> None:
    assert play(link(face), {**FIRST, "list_job_statuses": statuses(100, code)}).code == code


def test_webhook_is_registered_once_and_before_the_login(face: Syncfy) -> None:
    hook = {
        "id_webhook": "5e17c4746cee651e7b03df34",
        "id_user": None,
        "events": ["credential_create", "credential_update", "refresh"],
        "url": "https://example.mx/hooks",
        "delay": 0,
        "dt_created": 1578615924,
        "dt_modified": None,
    }
    listed = models.WebhookListAnswer.from_dict({**ENVELOPE, "response": [{**hook, "is_disabled": 0, "ct_failed": 0}]})
    none = models.WebhookListAnswer.from_dict({**ENVELOPE, "response": []})
    made = models.WebhookAnswer.from_dict({**ENVELOPE, "response": hook})
    replies = {**FIRST, "list_job_statuses": statuses(200), "create_webhook": made}
    for there, calls in ((none, ["list_webhooks", "create_webhook"]), (listed, ["list_webhooks"])):
        played = Played()
        play(link(face, webhook="https://example.mx/hooks"), {**replies, "list_webhooks": there}, played)
        assert played.operations[1 : 1 + len(calls)] == calls
        assert played.operations.index("list_webhooks") < played.operations.index("create_credential")


def test_pulls_paths_are_used_when_asked() -> None:
    face, played = Syncfy(api_key="7767a4a04f990e9231bafc949e8ca08a", use_pulls=True), Played()
    play(link(face), {**FIRST, "list_job_statuses": statuses(200)}, played)
    assert "create_credential_pull" in played.operations
    assert "create_credential" not in played.operations


def test_listing_reads_page_after_page_and_stops_at_the_short_one(face: Syncfy) -> None:
    rows = [{**USER, "id_user": f"{n:024x}", "name": str(n)} for n in range(6)]
    played = Played()
    play(Linking.users.flow(face, page_size=3), {"list_users": [users(*rows[i : i + 3]) for i in (0, 2, 4)]}, played)
    assert [user.name for user in played.items] == ["0", "1", "2", "3", "4", "5"]
    # Each page begins with the last row of the one before.
    assert [(options["limit"], options["skip"]) for _, options in played.calls] == [(3, 0), (3, 2), (3, 4)]


def test_connection_shows_the_three_facts(face: Syncfy) -> None:
    row = {
        "id_credential": CREDENTIAL_ID,
        "id_user": USER_ID,
        "id_environment": "574894bf7848066d138b4570",
        "id_external": "",
        "id_site": SITE_ID,
        "id_site_organization": "56cf4ff5784806152c8b4567",
        "id_site_organization_type": "56cf4f5b784806cf028b4568",
        "id_organization": "56cf4ff5784806152c8b4567",
        "is_authorized": 1,
        "is_locked": 0,
        "is_twofa": 0,
        "can_sync": 0,
        "ready_in": 86377,
        "username": "A**********C",
        "code": 401,
        "keywords": None,
        "dt_authorized": 1578615866,
        "dt_execute": 1578615858,
        "dt_ready": 1578702266,
        "dt_refresh": None,
    }
    answer = models.CredentialListAnswer.from_dict({**ENVELOPE, "response": [row]})
    shown = play(Linking.connection.flow(face, answer.response[0]), {"get_credential": answer})
    assert (shown.code, shown.result) == (401, "the site refused the credentials")
    assert shown.connected_at is not None
    assert shown.connected_at.isoformat() == "2020-01-10T00:24:18+00:00"
    assert shown.downloaded_at is None
    linked = Link(user=models.User.from_dict(USER), id_site=SITE_ID, id_job=JOB_ID, id_credential=CREDENTIAL_ID)
    assert play(Linking.connection.flow(face, linked), {"get_credential": answer}) == shown
    with pytest.raises(errors.InvalidRequest, match=r"take one of credentials\(\)"):
        play(Linking.connection.flow(face, evolve(linked, id_credential=None)), {})


def test_widget_configuration_is_the_documented_one_and_hides_its_token(face: Syncfy) -> None:
    token = "d5b33dcf996ac34fd2fa56782d72bff6"
    opened = models.SessionAnswer.from_dict({**ENVELOPE, "response": {"token": token}})
    flow = Linking.widget.flow(face, USER_ID, site="61c12b8cde3c034b3c8b25b1", test_mode=True)
    widget = play(flow, {"create_session": opened})
    assert widget == {
        "token": token,
        "enableTestMode": True,
        "config": {
            "locale": "es",
            "entrypoint": {"site": "61c12b8cde3c034b3c8b25b1"},
            "navigation": {"oneSiteFlow": True},
        },
    }
    assert isinstance(widget, WidgetConfiguration)
    assert token not in repr(widget)


@pytest.mark.parametrize("wrong", ["", "..", "a/b", "5e06694b93f4a91cb218f28", "5E06694B93F4A91CB218F28F", "%2e%2e"])
def test_ids_are_checked_before_they_reach_a_path(face: Syncfy, wrong: str) -> None:
    flows: list[Any] = [
        Linking.delete_user.flow(face, wrong),
        Linking.job.flow(face, USER_ID, wrong),
        Linking.credential.flow(face, USER_ID, wrong),
        Linking.delete_webhook.flow(face, wrong),
    ]
    for flow in flows:
        with pytest.raises(errors.InvalidRequest) as refused:
            play(flow, {})
        assert wrong == "" or wrong not in str(refused.value)


def frame(code: int) -> dict[str, int]:
    return {"code": code}


def frames(*codes: int) -> list[dict[str, int]]:
    return [frame(code) for code in codes]


def test_news_by_socket_is_confirmed_by_one_look(face: Syncfy) -> None:
    played = Played()
    looks = [statuses(100), statuses(100, 101, 102, 200)]
    replies = {**FIRST, "list_job_statuses": looks, "listen": [frames(100, 101, 102, 200)]}
    assert play(link(face, watch="socket"), replies, played).code == 200
    # Below the base URL: the `ws` link of the answer, which is on another host, is not followed.
    assert played.listened == [(f"status/{JOB_ID}", 10.0)]
    assert played.operations.count("list_job_statuses") == 2
    assert played.waits == []


def test_frames_are_hints_and_never_results(face: Syncfy) -> None:
    played = Played()
    looks = [statuses(100), statuses(100), statuses(100), statuses(100, 101), statuses(100, 101, 401)]
    replies = {**FIRST, "list_job_statuses": looks, "listen": [frames(200), frames(200)]}
    with pytest.raises(errors.WrongCredentials):
        play(link(face, watch="socket"), replies, played)
    # After news that a look did not confirm the job is polled until it moves, then listened to again.
    assert len(played.waits) == 2
    assert len(played.listened) == 2


@pytest.mark.parametrize(
    "said",
    [
        errors.ConnectionFailed("refused"),
        errors.TimedOut("no handshake"),
        errors.UnexpectedAnswer("no WebSocket", status_code=404),
        [b""],
        [b"not JSON"],
        [b'{"code":200'],
        [b'{"code":"200"}'],
        [b'{"code":true}'],
        [b'{"status":200}'],
        [b"[200]"],
        [b"\xff\xfe"],
        [b'{"code":200,"more":' + b"[" * 200_000],
        [{"code": 101}, b"\x00"],
        frames(*[101] * 101),
    ],
    ids=lambda said: str(said)[:40],
)
def test_socket_of_no_use_is_left_for_polling(face: Syncfy, said: Any, caplog: pytest.LogCaptureFixture) -> None:
    played = Played()
    looks = [statuses(100), statuses(100), statuses(100, 101), statuses(100, 101, 102, 200)]
    with caplog.at_level("INFO", "ventanilla.frames"):
        linked = play(link(face, watch="socket"), {**FIRST, "list_job_statuses": looks, "listen": [said]}, played)
    assert linked.code == 200
    assert len(played.listened) == 1
    assert len(played.waits) == 2
    assert [record.message for record in caplog.records if f"job {JOB_ID} is polled" in record.message]


def test_silent_socket_is_looked_behind_until_the_deadline(face: Syncfy) -> None:
    played = Played()
    replies = {**FIRST, "list_job_statuses": statuses(100, 101), "listen": [frames(100, 101)] * 3}
    with pytest.raises(errors.WaitTimeout):
        play(link(face, watch="socket", timeout=25), replies, played)
    assert played.waits == [10.0, 10.0, 5.0]
    assert played.operations.count("list_job_statuses") == 4


# Whether the service repeats, to who connects late, what was reached before, is not documented.
@pytest.mark.parametrize("repeated", [(100, 101, 410), (410,), ()], ids=["everything", "the last", "nothing"])
def test_challenge_found_by_socket_is_answered_once(face: Syncfy, repeated: tuple[int, ...]) -> None:
    played = Played()
    looks = [
        statuses(100),
        statuses(100, 101, WAITING),
        statuses(100, 101, WAITING, 103, WAITING),
        statuses(100, 101, WAITING, 103, WAITING, 102, 200),
    ]
    heard = [frames(100, 101, 410), frames(*repeated, 103, 410), frames(102, 200)]
    replies = {**FIRST, "list_job_statuses": looks, "listen": heard}
    assert play(link(face, watch="socket", answer=ones), replies, played).code == 200
    assert played.operations.count("answer_twofa") == 2
    assert [challenge.number for challenge in played.questions] == [1, 2]
    assert played.operations.count("list_job_statuses") == 4
    assert played.heard == [3, len(repeated) + 2, 2]
    assert played.waits == []


def test_resumed_link_goes_on_by_socket(face: Syncfy) -> None:
    stopping = {**FIRST, "list_job_statuses": [statuses(100), statuses(100, WAITING)], "listen": [frames(100, 410)]}
    stopped = play(link(face, watch="socket"), stopping)
    assert stopped.challenge is not None
    played = Played()
    looks = [statuses(100, WAITING), statuses(100, WAITING, 102, 403)]
    replies = {**FIRST, "list_job_statuses": looks, "listen": [frames(100, 410, 102, 403)]}
    with pytest.raises(errors.WrongTwofa):
        play(Linking.resume.flow(face, stopped, {"token": "1"}, watch="socket"), replies, played)
    assert played.operations == ["answer_twofa", "list_job_statuses", "list_job_statuses"]
    assert played.heard == [4]


def test_followed_job_has_the_history_that_the_look_told(face: Syncfy) -> None:
    looks = [statuses(100), statuses(100, 101, 102, 200)]
    flow = Linking.follow_job.flow(face, USER_ID, JOB_ID, watch="socket")
    assert play(flow, {"list_job_statuses": looks, "listen": [frames(200)]}).history == (100, 101, 102, 200)


def test_transport_without_connections_is_polled() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing is sent here")

    for transport, listens in ((httpx.MockTransport(refuse), 0), (httpx.HTTPTransport(), 1)):
        face, played = Syncfy(api_key="7767a4a04f990e9231bafc949e8ca08a", transport=transport), Played()
        looks = [statuses(100), statuses(100, 200)]
        play(link(face, watch="socket"), {**FIRST, "list_job_statuses": looks, "listen": [frames(200)]}, played)
        assert (len(played.listened), len(played.waits)) == (listens, 1 - listens)


def test_ways_to_watch_are_checked_before_anything_is_sent(face: Syncfy, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.InvalidRequest, match="'poll' or 'socket'"):
        play(link(face, watch="webhook"), {})
    monkeypatch.delitem(sys.modules, "ventanilla._frames", raising=False)
    monkeypatch.setitem(sys.modules, "websockets.client", None)
    with pytest.raises(errors.ConfigurationError, match=r"pip install 'ventanilla\[ws\]'"):
        play(link(face, watch="socket"), {})
