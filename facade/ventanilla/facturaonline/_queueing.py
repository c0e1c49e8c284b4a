"""Knows how a payroll is found again when its answer got lost: by a token in its description.

The provider never shows `identificador` again and has no search, so a short token of the operation goes into
`descripcion`, where a person can live with it; values that are read are shown without it. A payroll that has the token
is the operation's, whenever it was made; one of another group or period is another operation's of the same id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import httpx
import msgspec
from attrs import evolve
from msgspec import Struct

from ventanilla._flow import Flow, exchange
from ventanilla._keeping import Keeping, answered
from ventanilla._once import Before, Task
from ventanilla.errors import IdempotencyConflict, InvalidRequest, UnexpectedAnswer, Words
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline._token import first_token, marked, plain_description, token
from ventanilla.facturaonline._uids import uid_of
from ventanilla.facturaonline.values import moment
from ventanilla_clients._runtime import Client, Response, UnexpectedBody, decoder
from ventanilla_clients.facturaonline import api, models

_UNMARKED: Words = (
    "Nothing was sent, since a payroll whose answer gets lost could not be found again: create it again once the list "
    "of payrolls can be read (Policy(max_file_bytes=...) bounds it)",
    "No se envió nada, porque una nómina cuya respuesta se pierda no se podría encontrar: crearla cuando se pueda leer "
    "la lista de nóminas (la acota Policy(max_file_bytes=...))",
)


def task(face: Keeping) -> Task[models.NewPayroll, str]:
    """Return how a face queues a payroll once; its result is the uid of the batch."""
    return Task(
        kind=api.payroll.create_payroll.OPERATION.name,
        provider=PROVIDER,
        body_type=models.NewPayroll,
        result_type=str,
        mark=lambda body, operation_id: _mark(face, body, operation_id),
        send=lambda body, operation_id: _send(face, body, operation_id),
        look=lambda body, operation_id, mark: _look(face, body, operation_id, mark),
        alike=lambda body, mark: _alike(face, body, mark),
        name=lambda uid: uid,
        known_by=lambda uid: uid,
        read=lambda: _listed(face),
        shown=lambda: face.instance,
        needs_watermark=False,
        unmarked=_UNMARKED,
    )


def natural_key(body: models.NewPayroll) -> Sequence[object]:
    """Return what makes two payrolls the same to the employees: group, dates, version, and who is paid."""
    employees = sorted(record.data.id for record in body.registros)
    return (body.grupo, body.fecha_pago, body.inicial, body.final, body.tipo_nomina, body.version_cfdi, employees)


def _send(face: Keeping, body: models.NewPayroll, operation_id: str) -> Flow[str]:
    described = evolve(body, descripcion=marked(body.descripcion, token(operation_id)))
    answer = yield from exchange(api.payroll.create_payroll.sync_detailed, client=face.raw, body=described)
    answered(face, answer)
    return _uid(answer.parsed.uid)


def _mark(face: Keeping, body: models.NewPayroll, operation_id: str) -> Flow[Before[str]]:
    """Read the list, since what cannot be read now could not be looked for later; it may have the payroll already."""
    rows = yield from _listed(face)
    there = [str(row.uid) for row in rows if row is not None and _has_no_token(row, body)]
    mark = {"token": token(operation_id), "alike": there}
    return Before(watermark=mark, found=_found(rows, body, operation_id, mark))


def _look(face: Keeping, body: models.NewPayroll, operation_id: str, mark: Any) -> Flow[Sequence[str]]:
    return _found((yield from _listed(face)), body, operation_id, mark)


def _alike(face: Keeping, body: models.NewPayroll, mark: Any) -> Flow[Sequence[str]]:
    """Return the batches of the group and period that came since and have no token: it may have been cut off."""
    before = _before(mark)
    rows = [row for row in (yield from _listed(face)) if row is not None and _has_no_token(row, body)]
    return [_uid(row.uid) for row in rows if str(row.uid) not in before]


def _has_no_token(row: _Row, body: models.NewPayroll) -> bool:
    text = str(row.descripcion)
    return plain_description(text) == text and not _differing(row, body)


def _before(mark: Any) -> Sequence[str]:
    """Return the uids of what was there before: version 1 kept those of the group, or nothing."""
    return cast("list[str]", mark["alike"] if isinstance(mark, dict) else mark or [])


def _found(rows: Sequence[_Row | None], body: models.NewPayroll, operation_id: str, mark: Any) -> Sequence[str]:
    sought, before = first_token(operation_id), _before(mark)
    if isinstance(mark, dict):
        sought, before = cast("dict[str, str]", mark)["token"], []
    found = [row for row in rows if row is not None and row.uid not in before and _has(row, sought)]
    if not found and any(row is None or _may_hide(row, body) for row in rows):
        unreadable = "some payrolls of the list have no description that can be read, so one of them may be it"
        raise UnexpectedAnswer(unreadable, provider=PROVIDER, operation="list_payrolls")
    for row in found:
        if other := _differing(row, body):
            said = (
                f"payroll {_uid(row.uid)} was created as operation {operation_id} with another {other}: take another "
                "operation_id",
                f"la nómina {_uid(row.uid)} se creó como operación {operation_id} con otro valor de {other}: usar otro "
                "operation_id",
            )
            raise IdempotencyConflict(said, operation_id=operation_id, provider=PROVIDER, operation="create_payroll")
    return [_uid(row.uid) for row in found]


def _may_hide(row: _Row, body: models.NewPayroll) -> bool:
    return not isinstance(row.descripcion, str) and not _differing(row, body)


def _differing(row: _Row, body: models.NewPayroll) -> str:
    """Return which of group and period can be read and are others than asked for, by name; empty where none is."""
    pairs = {
        "grupo": (_group(row.grupo), _group(body.grupo)),
        "inicia": (_day(row.inicia), _day(body.inicial)),
        "termina": (_day(row.termina), _day(body.final)),
    }
    return ", ".join(name for name, (found, asked) in pairs.items() if None not in (found, asked) and found != asked)


def _day(wire: Any) -> date | None:
    found = moment(wire)
    return found.date() if found else None


def _group(wire: Any) -> str | None:
    """Return the uid of a group; None for its name, or anything else that cannot be compared."""
    return wire.lower() if isinstance(wire, str) and re.fullmatch("[0-9A-Fa-f]{13,}", wire) else None


class _Row(Struct):
    uid: Any = None
    descripcion: Any = None
    grupo: Any = None
    inicia: Any = None
    termina: Any = None


class _List(Struct):
    data: list[_Row | None] | dict[str, _Row | None]  # PHP writes a list with gaps as an object


def _has(row: _Row, mark: str) -> bool:
    return mark in str(row.descripcion).lower()


def _uid(uid: Any) -> str:
    try:
        return uid_of("uid", uid)
    except InvalidRequest as problem:
        raise UnexpectedAnswer(f"a payroll's {problem.message}", provider=PROVIDER) from None


def _listed(face: Keeping) -> Flow[list[_Row | None]]:
    """Return all payrolls of the account: the provider has no filter."""
    answer = yield from exchange(sync_detailed, client=face.raw)
    answered(face, answer)
    return answer.parsed


def sync_detailed(*, client: Client) -> Response[list[_Row | None]]:
    """Read the list of payrolls within the bounds of a file, and of each no more than is looked for."""
    return _read(client.request(**_request()))


async def asyncio_detailed(*, client: Client) -> Response[list[_Row | None]]:
    """As `sync_detailed`, asynchronously."""
    return _read(await client.arequest(**_request()))


# What errors call it; the drivers find the asynchronous one beside it.
sync_detailed.__module__ = api.payroll.list_payrolls.__name__


def _request() -> dict[str, Any]:
    request = api.payroll.list_payrolls.request_kwargs()
    return {**request, "extensions": {**request["extensions"], "is_bulk": True}}


def _read(response: httpx.Response) -> Response[list[_Row | None]]:
    try:
        data = decoder(_List).decode(response.content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as problem:
        raise UnexpectedBody(str(problem), response.status_code, b"") from None
    rows = data.data if isinstance(data.data, list) else _in_order(data.data, response)
    return Response(response.status_code, b"", response.headers, rows)


def _in_order(rows: dict[str, _Row | None], response: httpx.Response) -> list[_Row | None]:
    if not rows or not all(key.isdecimal() for key in rows):
        raise UnexpectedBody("Expected a list of payrolls - at `$.data`", response.status_code, b"")
    return list(rows.values())
