"""Knows the workflow of linking: user, session, credential or job, challenges, webhook, in one call or in steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from ventanilla._face import operation
from ventanilla._flow import Flow
from ventanilla._values import rows_in, text
from ventanilla.errors import InvalidRequest
from ventanilla.syncfy._catalogues import Catalogues
from ventanilla.syncfy._credentials import Credentials
from ventanilla.syncfy._jobs import PATIENCE, Answer, Answers, Jobs, follow, send_once
from ventanilla.syncfy._operations import Watch, object_id
from ventanilla.syncfy._users import Users, find_or_create
from ventanilla.syncfy._webhooks import EVENTS, Event, Webhooks
from ventanilla.syncfy.values import Link
from ventanilla_clients.syncfy import models

if TYPE_CHECKING:
    from ventanilla._frames import Lines


class Linking(Users, Catalogues, Credentials, Jobs, Webhooks):
    """The workflow that every integrator otherwise writes by hand. Source: sync-py README, information flow."""

    @operation
    def link(
        self,
        *,
        id_external: str,
        site: str,
        credentials: Mapping[str, str],
        name: str | None = None,
        answer: Answer | None = None,
        webhook: str | None = None,
        events: Sequence[Event] = EVENTS,
        timeout: float = PATIENCE.deadline,
        watch: Watch = "poll",
    ) -> Flow[Link]:
        """Link a user to a site: find or create the user, register the webhook once, log in, answer, wait.

        Args:
            id_external: your own id of the user.
            site: `id_site` of the catalogue (24 hexadecimal characters).
            credentials: a value for each field that the site itself lists.
            name: name of the user; needed only if the user does not exist yet.
            answer: receives each challenge (token, captcha, choice of images or texts) and returns its answers by
                field name. Without it the link stops at the first challenge: send it to whoever can answer
                (`to_json`), and `resume`.
            webhook: URL to register for `events`, unless it is registered already; before the login, so that no
                event is lost.
            events: events for the webhook.
            timeout: seconds to wait for the job in all.
            watch: how to follow the job, as in `follow_job`.

        Returns:
            The link; `is_finished`, or with the `challenge` that waits for an answer.

        Raises:
            InvalidRequest: a credential field is missing or unknown; nothing was sent to the site.
            JobFailed: the site refused; the subclasses say why (WrongCredentials, AccountLocked …).
            WaitTimeout: the job did not end in time.
        """
        lines, id_site = self._watching(watch), object_id("site", site)
        user, _ = yield from find_or_create(self, id_external, name)
        if webhook is not None:
            yield from Webhooks.register_webhook.flow(self, webhook, events=events)
        entry = yield from Catalogues.site.flow(self, user, id_site)
        started = yield from _start(self, user, entry, credentials)
        return (yield from _follow(self, started, answer, timeout, lines=lines))

    @operation
    def resume(
        self,
        link: Link,
        answers: Answers | None = None,
        *,
        answer: Answer | None = None,
        timeout: float = PATIENCE.deadline,
        watch: Watch = "poll",
    ) -> Flow[Link]:
        """Go on with a link, in this process or another: answer its challenge if it has one, then wait.

        Args:
            link: as `link` or `Link.from_json` returned it.
            answers: the answers to its challenge, by field name. They are sent once.
            answer: receives further challenges, as in `link`.
            timeout: seconds to wait for the job in all.
            watch: how to follow the job, as in `follow_job`.

        Raises:
            InvalidRequest: the link waits for an answer and none was given, or not what it asks for.
            WrongTwofa: the site refused the answer. Other errors as in `link`.
        """
        client, answered, lines = self.as_user(link.user), 0, self._watching(watch)
        if link.challenge is not None and answers is not None:
            yield from send_once(client, link.challenge, answers)
            answered = link.challenge.number
        elif link.challenge is not None and answer is None:
            names = ", ".join(field.name for field in link.challenge.fields)
            raise InvalidRequest(f"the link waits for an answer to {names}: pass answers=", field="answers")
        return (yield from _follow(self, link, answer, timeout, answered=answered, lines=lines))


def _start(face: Linking, user: models.User, site: models.Site, values: Mapping[str, str]) -> Flow[Link]:
    inputs = rows_in(site.input)
    if not inputs:
        _check(site, _fields(site.credentials), values)
        pull = yield from Credentials.create_credential.flow(face, user, site.id_site, values)
        return Link(user=user, id_site=site.id_site, id_job=pull.id_job, id_credential=pull.id_credential)
    # A site of type job may offer several inputs, such as password or e.signature: take the one that was filled in.
    chosen = next((each for each in inputs if {*_fields(each.fields)} >= {*values}), inputs[0])
    _check(site, _fields(chosen.fields), values)
    which = text(chosen.name) if len(inputs) > 1 else None
    job = yield from Jobs.create_job.flow(face, user, site.id_site, values, input_name=which)
    return Link(user=user, id_site=site.id_site, id_job=job.id_job)


def _fields(listed: object) -> dict[str, bool]:
    """Return the names of what a site asks for, and whether it must be given."""
    return {text(field.name): bool(field.required) for field in rows_in(listed)}


def _check(site: models.Site, fields: Mapping[str, bool], values: Mapping[str, str]) -> None:
    wrong = [name for name, required in fields.items() if required and not values.get(name)]
    problem = "is missing or empty"
    if not wrong:
        wrong, problem = [name for name in values if name not in fields], "is not a field of the site"
    if wrong:
        wanted = ", ".join(fields)
        raise InvalidRequest(f"credential {wrong[0]!r} {problem}; {site.name} asks for {wanted}", field=wrong[0])


def _follow(
    face: Linking, link: Link, answer: Answer | None, timeout: float, *, answered: int = 0, lines: Lines | None
) -> Flow[Link]:
    client, credential = face.as_user(link.user), link.id_credential
    ended = yield from follow(
        client, link.id_job, answer, timeout, answered=answered, id_credential=credential, lines=lines
    )
    return evolve(link, code=ended.code, challenge=ended.challenge)
