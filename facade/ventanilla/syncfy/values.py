"""Holds the values of Syncfy that the wire does not have ready: a link, a challenge, a connection, a job's state."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import msgspec
from attrs import field, frozen

from ventanilla._values import known, rows_in, text
from ventanilla.errors import InvalidRequest
from ventanilla.syncfy import _codes
from ventanilla_clients._runtime import decoder
from ventanilla_clients.syncfy import models


@frozen(kw_only=True)
class Option:
    """One of the answers that a challenge offers.

    Attributes:
        value: what to send back.
        label: what to show; empty where the site sends an image alone.
        image: a picture to show, decoded; None where there is none.
        image_url: where the picture is, if the site sent an address in its place. It is never fetched here.
    """

    value: str
    label: str = ""
    image: bytes | None = field(default=None, repr=False)
    image_url: str | None = None


@frozen(kw_only=True)
class ChallengeField:
    """One thing that the site wants to know: a token, the text of a captcha, a choice among texts or images.

    Attributes:
        name: the key of the answer.
        type: the provider's word: `text`, `password`, `options` (images), `textOptions`, `instructions` …
        label: what to show to the user.
        options: the choices, for fields of a choice.
        image: the captcha, decoded; None where there is none.
    """

    name: str
    type: str
    label: str = ""
    options: tuple[Option, ...] = ()
    image: bytes | None = field(default=None, repr=False)

    @property
    def is_for_display(self) -> bool:
        """Whether there is nothing to answer: the user reads it and acts elsewhere."""
        return self.type in ("instructions", "externalAction")


@frozen(kw_only=True)
class Challenge:
    """What the site asks before it lets the job go on.

    Attributes:
        id_job: the job that waits.
        number: 1 for the first challenge of the job, 2 for the next …
        fields: what it asks.
    """

    id_job: str
    number: int
    fields: tuple[ChallengeField, ...]

    def checked(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Return the answers if they are those the challenge asks for.

        Raises:
            InvalidRequest: an answer is missing, unknown, or not one of the choices.
        """
        wanted = {f.name: f for f in self.fields if not f.is_for_display}
        for name in sorted({*wanted} ^ {*answers}):
            problem = "has no answer" if name in wanted else "is not asked for"
            raise InvalidRequest(f"challenge field {name!r} {problem}; it asks for {', '.join(wanted)}", field=name)
        for name, asked in wanted.items():
            if asked.options and answers[name] not in [option.value for option in asked.options]:
                raise InvalidRequest(
                    f"the answer to {name!r} is not one of its {len(asked.options)} choices", field=name
                )
        return dict(answers)


@frozen(kw_only=True)
class Link:
    """A linked site, or how far linking has come. It holds no secret, and another process can go on with it.

    Attributes:
        user: whose it is.
        id_site: the linked site.
        id_job: the job that connects.
        id_credential: the credential; None for sites of type job, which create their own (SAT All in One).
        code: the last job code.
        challenge: what the site waits for; None unless an answer is due.
    """

    user: models.User
    id_site: str
    id_job: str
    id_credential: str | None = None
    code: int = 100
    challenge: Challenge | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the job has ended well."""
        return self.challenge is None and self.code in _codes.SUCCESSES

    def explain(self, language: str = "en") -> str:
        """Return how far linking has come and, where it has failed, what to do next, in `en` or `es`."""
        return _codes.explain(self.code, language)

    def to_json(self) -> str:
        """Return the link as JSON text, for a queue or a database row."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return a link from its JSON text.

        Raises:
            InvalidRequest: the text is not a link.
        """
        try:
            return decoder(cls).decode(text)
        except msgspec.DecodeError as problem:
            raise InvalidRequest(f"this is not a link: {problem}", field="link") from None


@frozen(kw_only=True)
class JobState:
    """Where a job is.

    Attributes:
        code: the current job code.
        meaning: what it means.
        history: every code so far, in order.
        challenge: what the site waits for; None unless an answer is due.
    """

    code: int
    meaning: str
    history: tuple[int, ...]
    challenge: Challenge | None = None

    @classmethod
    def of(cls, id_job: str, statuses: Sequence[models.JobStatus | None]) -> JobState:
        """Return the state that a status history tells; 0 stands in the place of a code that cannot be read."""
        history = tuple(_codes.code_of(status and status.code) for status in statuses)
        code = history[-1] if history else 100
        challenge = None
        if statuses and (last := statuses[-1]) is not None and code == _codes.WAITING:
            fields = tuple(_field(f) for f in rows_in(last.twofa))
            challenge = Challenge(id_job=id_job, number=history.count(_codes.WAITING), fields=fields)
        return cls(code=code, meaning=_codes.meaning(code), history=history, challenge=challenge)

    def explain(self, language: str = "en") -> str:
        """Return where the job is and, where it has failed, what to do next, in `en` or `es`."""
        return _codes.explain(self.code, language)


@frozen(kw_only=True)
class Connection:
    """The three facts that the provider's guide asks a user interface to show of a credential.

    Attributes:
        code: result of the last connection, as a job code.
        result: the same in words.
        connected_at: when that was, UTC; None if never.
        downloaded_at: when data was last downloaded, UTC; None if never.
    """

    code: int
    result: str
    connected_at: datetime | None
    downloaded_at: datetime | None

    def explain(self, language: str = "en") -> str:
        """Return the last result and, where it is a failure, what to do next, in `en` or `es`."""
        return _codes.explain(self.code, language)


class WidgetConfiguration(dict[str, Any]):
    """The front-end widget's configuration: a plain dict to send as JSON, whose repr hides the token."""

    def __repr__(self) -> str:
        return f"WidgetConfiguration({ {**self, 'token': '***'} })"


def _field(wire: models.TwofaField) -> ChallengeField:
    options = tuple(
        Option(
            value=text(option.value),
            label=text(option.label),
            image=_image(known(option.imgBase64File)),
            image_url=text(option.imgURL) or None,
        )
        for option in rows_in(wire.options)
    )
    return ChallengeField(
        name=text(wire.name),
        type=text(wire.type),
        label=text(wire.label),
        options=options,
        image=_image(known(wire.imgBase64File)),
    )


def _image(encoded: object) -> bytes | None:
    if not encoded or not isinstance(encoded, str):
        return None
    try:
        return base64.b64decode(encoded.rpartition("base64,")[2], validate=True)
    except ValueError:  # binascii.Error, and what is not ASCII
        return None  # a picture that does not decode must not end the login
