"""Tells the Syncfy story: three ways to link, the webhooks, the data, and the whole SAT profile."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from ventanilla.demo._receiver import Receiver
from ventanilla.demo._telling import Say, Story, Until
from ventanilla.syncfy import Challenge, Link

NORMAL, TOKEN, CAPTCHA = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "572ba390784806060f8b458b"
WITH_ATTACHMENTS = "58b884fc056f295aa1483a02"
SAT_ALL_IN_ONE = "61c12b8cde3c034b3c8b25b1"
LOGIN = {"username": "test", "password": "test"}


def story(syncfy: Any, hook: Receiver, folder: Path, say: Say) -> Story:
    """Link the Normal, Token and Captcha sites and SAT All in One; list, download, show."""
    link: Link = yield syncfy.link(
        id_external="MIST030794", name="Rey Misterio", site=NORMAL, credentials=LOGIN, webhook=hook.url
    )
    user = link.user
    say("link, Normal site", f"user {user.name}, job ended with {link.code}")
    yield Until(lambda: {"credential_create", "refresh"} <= {*_events(hook)}, "the webhook of the first link")
    say("webhooks received", ", ".join(sorted({*_events(hook)})))
    yield from _transactions(syncfy, link, say)

    link = yield syncfy.link(id_external="MIST030794", site=TOKEN, credentials=LOGIN)
    assert link.challenge is not None  # noqa: S101 - the Token site always asks
    say("link, Token site", f"stopped at {link.code}: {link.challenge.fields[0].label}")
    # The link travels as JSON text to whoever can ask the user; any process resumes it.
    link = yield syncfy.resume(Link.from_json(link.to_json()), {link.challenge.fields[0].name: "89704371"})
    say("resume with the token", f"job ended with {link.code}")

    link = yield syncfy.link(id_external="MIST030794", site=CAPTCHA, credentials=LOGIN, answer=_answer_captcha)
    say("link, Captcha site", f"answered by callback, job ended with {link.code}")
    yield from _attachment(syncfy, user.id_user, folder, say)
    yield from _sat(syncfy, hook, say)


def _answer_captcha(challenge: Challenge) -> dict[str, str]:
    (captcha,) = challenge.fields
    assert captcha.image  # noqa: S101 - what a person would look at
    return {captcha.name: "test"}


def _transactions(syncfy: Any, link: Link, say: Say) -> Story:
    accounts = yield syncfy.accounts(link.user, id_credential=link.id_credential)
    movements = yield syncfy.transactions(link.user, id_credential=link.id_credential, page_size=5)
    total = sum(movement.amount for movement in movements)
    say("transactions", f"{len(movements)} in {len(accounts)} accounts, {total:,.2f} {movements[0].currency} in all")
    connection = yield syncfy.connection(link)
    say("connection to show", f"{connection.code}, {connection.result}")


def _attachment(syncfy: Any, user: str, folder: Path, say: Say) -> Story:
    link: Link = yield syncfy.link(id_external="MIST030794", site=WITH_ATTACHMENTS, credentials=LOGIN)
    (first, *_) = yield syncfy.attachments(user, id_credential=link.id_credential)
    path: Path = yield syncfy.save_attachment(user, first, folder)
    say("attachment downloaded", f"{first.file}, {path.stat().st_size} bytes")


def _sat(syncfy: Any, hook: Receiver, say: Say) -> Story:
    before = Counter(_events(hook))

    def arrived() -> bool:
        now = Counter(_events(hook)) - before
        # Four sites with transactions or returns, two with documents.
        return now["refresh"] >= 4 and now["documents_completed"] >= 2

    yield syncfy.register_webhook(hook.url, events=["documents_completed"])
    link: Link = yield syncfy.link(
        id_external="ACM010101ABC",
        name="ACME Corp",
        site=SAT_ALL_IN_ONE,
        credentials={"rfc": "ACM010101ABC", "password": "test"},
    )
    say("link, SAT All in One", f"job ended with {link.code}")
    yield Until(arrived, "the webhooks of the SAT profile")
    credentials = yield syncfy.credentials(link.user)
    documents = yield syncfy.documents(link.user)
    invoices = yield syncfy.attachments(link.user)
    say("SAT profile", f"{len(credentials)} sites, {len(documents)} documents, {len(invoices)} invoices")
    kinds = Counter(document.file.rpartition(".")[2].upper() for document in documents)
    say("documents", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))


def _events(hook: Receiver) -> list[str]:
    bodies = [json.loads(body) for kind, body in [*hook.bodies] if "json" in kind]
    return [body["event"] for body in bodies if "event" in body]
