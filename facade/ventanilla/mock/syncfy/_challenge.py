"""Knows the second factors of the sandbox: what a job asks at code 410, and which answers are right."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from ventanilla.mock._ours import ours
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._images import drawn


@frozen
class Challenge:
    """One second factor. `passive` ones ask for nothing to be sent: the job goes on by itself."""

    name: str
    type: str
    label: str
    origin: str
    right: str
    accepts: Callable[[str], bool] = field(repr=False)
    extra: Callable[[], Row] = field(default=dict, repr=False)
    passive: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        # There is one of each, and what it accepts is a function that nothing can be made of but itself.
        return challenge_of, (self.name,)

    def fields(self) -> list[Row]:
        """Return the `twofa` list of the job's status."""
        return [{"name": self.name, "type": self.type, "label": self.label, **self.extra()}]

    def missing(self, answers: Mapping[str, Any]) -> bool:
        """Say whether the answer leaves out the field that was asked for."""
        return not self.passive and self.name not in answers

    def satisfied(self, answers: Mapping[str, Any]) -> bool:
        """Say whether the answer is right."""
        return self.passive or self.accepts(str(answers[self.name]))


_PICTURES = {"1": "A", "2": "B", "3": "C", "4": "D"}
_TEXTS = ("Rojo", "Verde", "Azul")
_CONFIRM = "Confirm the login in the bank's application"
_INPUTS = {"sms": "SMS", "email": "Correo electrónico", "app": "Aplicación"}


@ours(
    "The fields of Multiple image, Multiple text, Select input and QR are invented after the official widget.",
    on="list_job_statuses answer_twofa",
)
def _pictures() -> Row:
    return {"options": [{"imgBase64File": drawn(letter), "value": value} for value, letter in _PICTURES.items()]}


TOKEN = Challenge(
    name="token",
    type="text",
    label="Enter any number sequence as a token",
    origin="provider",
    right="any digits (the provider's own token is 89704371)",
    accepts=lambda text: re.fullmatch(r"\d+", text) is not None,
)
SECOND = Challenge(
    name="code",
    type="text",
    label="Enter the code of the second challenge: any number sequence",
    origin="ours",
    right="any digits",
    accepts=TOKEN.accepts,
)
CAPTCHA = Challenge(
    name="captcha",
    type="text",
    label="Enter the text of the image",
    origin="provider",
    right="test",
    accepts=lambda text: text.strip().lower() == "test",
    extra=lambda: {"imgBase64File": drawn("TEST")},
)
PICTURE = Challenge(
    name="image",
    type="options",
    label="Select one of the images",
    origin="ours",
    right="any of the offered values",
    accepts=lambda text: text in _PICTURES,
    extra=_pictures,
)
TEXT = Challenge(
    name="answer",
    type="textOptions",
    label="Select one of the texts",
    origin="ours",
    right="any of the offered values",
    accepts=lambda text: text in _TEXTS,
    extra=lambda: {"options": [{"label": text, "value": text} for text in _TEXTS]},
)
SELECT = Challenge(
    name="method",
    type="textOptions",
    label="Select where the code is to be sent",
    origin="ours",
    right="any of the offered values",
    accepts=lambda text: text in _INPUTS,
    extra=lambda: {"options": [{"label": label, "value": value} for value, label in _INPUTS.items()]},
)
QR = Challenge(
    name="qr",
    type="externalAction",
    label="Scan the code with the bank's application",
    origin="ours",
    right="nothing: the job goes on by itself after one step",
    accepts=lambda text: True,
    extra=lambda: {"imgBase64File": drawn("ACES")},
    passive=True,
)
CONFIRM = Challenge(
    name="confirm",
    type="challenge",
    label=_CONFIRM,
    origin="ours",
    right="the label, sent back",
    accepts=lambda text: text == _CONFIRM,
)
CHALLENGES = {each.name: each for each in (TOKEN, SECOND, CAPTCHA, PICTURE, TEXT, SELECT, QR, CONFIRM)}


def challenge_of(name: str) -> Challenge:
    """Return the one challenge that asks for a field. Raises KeyError when there is none."""
    return CHALLENGES[name]
