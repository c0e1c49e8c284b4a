"""Puts our rules in force with schemathesis, which keeps them for the whole process, and takes them back again."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import schemathesis
from schemathesis import checks as _checks
from schemathesis import transport as _transport

from ventanilla.contract import _rules
from ventanilla.contract._answers import is_mapping
from ventanilla.contract._forms import form_text
from ventanilla.contract._service import FORM

# Rules of ours by name, in the order in which they are checked.
RULES: Mapping[str, Any] = {
    rule.__name__: rule
    for rule in (
        _rules.refuses_invalid_data,
        _rules.refuses_invalid_forms,
        _rules.AcceptsValidData,
        _rules.EnforcesCredentials,
        _rules.keeps_what_it_makes,
        _rules.forgets_what_it_ends,
        _rules.hides_data_from_strangers,
        _rules.narrowed_rows_fit,
        _rules.files_can_be_opened,
        _rules.secrets_do_not_come_back,
    )
}
# schemathesis leaves some of its type parameters open.
checks, transport = cast(Any, _checks), cast(Any, _transport)
_turn = threading.RLock()


def known_rules() -> list[str]:
    """Return the names of all rules, schemathesis' own and ours."""
    return sorted({*checks.CHECKS.get_all_names(), *RULES})


@contextmanager
def in_force() -> Generator[None]:
    """Have schemathesis know our rules, and how forms are written, while the block runs.

    It keeps both for the whole process, in which others may use it for tests of their own.
    """
    transports: list[Any] = [transport.get(app) for app in (None, _asgi, lambda: None)]
    with _turn:
        before: list[dict[str, Any]] = [
            dict(each._serializers) for each in transports
        ]  # there is no other way to put one back
        for rule in RULES.values():
            schemathesis.check(rule)
        schemathesis.serializer(FORM)(_php_form)
        try:
            yield
        finally:
            for name in RULES:
                checks.CHECKS.unregister(name)
            for each, serializers in zip(transports, before, strict=True):
                each._serializers.update(serializers)


async def _asgi() -> None:
    """Look like an ASGI application."""


def _php_form(context: Any, value: Any) -> bytes:
    """Write a generated form; schemathesis has no way of its own to write arrays of objects."""
    body = context.case.body
    return form_text(body).encode() if is_mapping(body) else b""
