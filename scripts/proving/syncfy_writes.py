"""Knows Syncfy's writes: users, sessions, credentials, jobs, challenges, webhooks."""

from collections.abc import Callable
from typing import Any

from proving.stage import Stage
from proving.write import Given, Write, nothing, raw
from ventanilla_clients.syncfy import models

NORMAL, TOKEN, SAT_JOB = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "61c12b8cde3c034b3c8b25b1"
LOGIN = {"username": "test", "password": "test"}
SAT_LOGIN = {"rfc": "ACM010101ABC", "password": "test"}
DAY = 86_400.0


def _user(stage: Stage, face: Any) -> Given:
    return {"user": face.create_user("Santo", id_external="SANTO0101").id_user}


def _session(stage: Stage, face: Any) -> Given:
    given = _user(stage, face)
    return {**given, "token": face.open_session(given["user"])}


def _credential(stage: Stage, face: Any) -> Given:
    given = _user(stage, face)
    pull = face.create_credential(given["user"], NORMAL, LOGIN)
    stage.clock.advance(DAY)
    return {**given, "credential": pull.id_credential}


def _challenge(stage: Stage, face: Any) -> Given:
    given = _user(stage, face)
    pull = face.create_credential(given["user"], TOKEN, LOGIN)
    stage.clock.advance(5)
    return {**given, "challenge": face.job(given["user"], pull.id_job).challenge}


def _hook(stage: Stage, face: Any) -> Given:
    return {"hook": face.create_webhook("http://127.0.0.1:9/hook").id_webhook}


def _answers(challenge: Any) -> dict[str, str]:
    return {each.name: "123456" for each in challenge.fields}


def _syncfy(
    operation: str,
    arrange: Callable[[Stage, Any], Given],
    by_raw: tuple[Callable[[Given], tuple[Any, ...]], Callable[[Given], dict[str, Any]]],
    *,
    of_user: bool = False,
    **faces: Callable[[Any, Given], Any],
) -> list[Write]:
    call, (arguments, options) = raw("syncfy", operation, of_user=of_user), by_raw
    by_pulls: dict[str, Any] = (
        {"use_pulls": True} if operation.endswith("_pull") or operation.startswith("pull") else {}
    )
    found = [Write("syncfy", operation, name, do, arrange, by_pulls) for name, do in faces.items()]
    return [
        *found,
        Write("syncfy", operation, "raw", lambda f, g: call(f, g.get("user"), *arguments(g), **options(g)), arrange),
    ]


def _none(given: Given) -> tuple[Any, ...]:
    return ()


def _bare(given: Given) -> dict[str, Any]:
    return {}


def _of(*names: str) -> Callable[[Given], tuple[Any, ...]]:
    return lambda given: tuple(given[name] for name in names)


def _body(body: Any) -> Callable[[Given], dict[str, Any]]:
    return lambda given: {"body": body}


def _link(face: Any, given: Given) -> Any:
    return face.link(id_external="NUEVO0101", name="Nuevo", site=NORMAL, credentials=LOGIN)


def _link_of_known(face: Any, given: Given) -> Any:
    return face.link(id_external="SANTO0101", site=NORMAL, credentials=LOGIN)


def _link_with_token(face: Any, given: Given) -> Any:
    return face.link(id_external="SANTO0101", site=TOKEN, credentials=LOGIN, answer=_answers)


def _link_of_job(face: Any, given: Given) -> Any:
    return face.link(id_external="SANTO0101", site=SAT_JOB, credentials=SAT_LOGIN)


def _link_with_webhook(face: Any, given: Given) -> Any:
    hook = "http://127.0.0.1:9/hook"
    return face.link(id_external="SANTO0101", site=NORMAL, credentials=LOGIN, webhook=hook)


_NEW_CREDENTIAL = models.NewCredential(id_site=NORMAL, credentials=dict(LOGIN))
_NEW_JOB = models.NewJob(id_site=SAT_JOB, input=dict(SAT_LOGIN))
_NEW_HOOK = models.NewWebhook(url="http://127.0.0.1:9/hook", events=["refresh"])


def writes() -> list[Write]:
    """Return them all."""
    return [
        *_syncfy(
            "create_user",
            nothing,
            (_none, _body(models.NewUser(name="Nuevo", id_external="NUEVO0101"))),
            create_user=lambda f, g: f.create_user("Nuevo", id_external="NUEVO0101"),
            link=_link,
        ),
        *_syncfy(
            "update_user",
            _user,
            (_of("user"), _body(models.UserUpdate(name="Otro"))),
            update_user=lambda f, g: f.update_user(g["user"], name="Otro"),
        ),
        *_syncfy("delete_user", _user, (_of("user"), _bare), delete_user=lambda f, g: f.delete_user(g["user"])),
        *_syncfy(
            "delete_session", _session, (_of("token"), _bare), close_session=lambda f, g: f.close_session(g["token"])
        ),
        *(
            write
            for operation in ("create_credential", "create_credential_pull")
            for write in _syncfy(
                operation,
                _user,
                (_none, _body(_NEW_CREDENTIAL)),
                of_user=True,
                create_credential=lambda f, g: f.create_credential(g["user"], NORMAL, LOGIN),
                link=_link_of_known,
            )
        ),
        *(
            write
            for operation in ("sync_credential", "pull_credential")
            for write in _syncfy(
                operation,
                _credential,
                (_of("credential"), _body(models.CredentialUpdate())),
                of_user=True,
                synchronize=lambda f, g: f.synchronize(g["user"], g["credential"]),
            )
        ),
        *_syncfy(
            "delete_credential",
            _credential,
            (_of("credential"), _bare),
            of_user=True,
            delete_credential=lambda f, g: f.delete_credential(g["user"], g["credential"]),
        ),
        *(
            write
            for operation in ("create_job", "create_job_pull")
            for write in _syncfy(
                operation,
                _user,
                (_none, _body(_NEW_JOB)),
                of_user=True,
                create_job=lambda f, g: f.create_job(g["user"], SAT_JOB, SAT_LOGIN),
                link=_link_of_job,
            )
        ),
        *_syncfy(
            "answer_twofa",
            _challenge,
            (
                lambda g: (g["challenge"].id_job,),
                lambda g: {"body": models.TwofaAnswer(twofa=dict(_answers(g["challenge"])))},
            ),
            of_user=True,
            answer_challenge=lambda f, g: f.answer_challenge(g["user"], g["challenge"], _answers(g["challenge"])),
        ),
        *_syncfy("answer_twofa", _user, (_none, _bare), link=_link_with_token)[:1],
        *_syncfy(
            "create_webhook",
            _user,
            (_none, _body(_NEW_HOOK)),
            create_webhook=lambda f, g: f.create_webhook("http://127.0.0.1:9/hook", events=["refresh"]),
            register_webhook=lambda f, g: f.register_webhook("http://127.0.0.1:9/hook", events=["refresh"]),
            link=_link_with_webhook,
        ),
        *_syncfy(
            "delete_webhook", _hook, (_of("hook"), _bare), delete_webhook=lambda f, g: f.delete_webhook(g["hook"])
        ),
    ]
