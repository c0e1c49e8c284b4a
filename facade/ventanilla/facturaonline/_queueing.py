"""Knows how a payroll is found again when its answer got lost: by a token in its description, above a watermark.

The provider never shows `identificador` again and has no search, so a short token of the operation goes at the end of
`descripcion`, where a person can live with it; values that are read are shown without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve

from ventanilla._about import made
from ventanilla._flow import UNREADABLE, Flow, call
from ventanilla._keeping import Keeping
from ventanilla._once import Task
from ventanilla._paging import rows
from ventanilla._values import text
from ventanilla.errors import UnexpectedAnswer
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline._token import token
from ventanilla_clients.facturaonline import api, models


def task(face: Keeping) -> Task[models.NewPayroll, str]:
    """Return how a face queues a payroll once; its result is the uid of the batch."""
    return Task(
        kind=api.payroll.create_payroll.OPERATION.name,
        provider=PROVIDER,
        body_type=models.NewPayroll,
        result_type=str,
        mark=lambda body: _mark(face, body),
        send=lambda body, operation_id: _send(face, body, operation_id),
        look=lambda body, operation_id, watermark: _look(face, body, operation_id, watermark),
        name=lambda uid: uid,
    )


def natural_key(body: models.NewPayroll) -> Sequence[object]:
    """Return what makes two payrolls the same to the employees: group, dates, version, and who is paid."""
    employees = sorted(record.data.id for record in body.registros)
    return (body.grupo, body.fecha_pago, body.inicial, body.final, body.tipo_nomina, body.version_cfdi, employees)


def _send(face: Keeping, body: models.NewPayroll, operation_id: str) -> Flow[str]:
    marked = evolve(body, descripcion=body.descripcion + token(operation_id))
    queued = yield from call(api.payroll.create_payroll.sync_detailed, client=face.raw, body=marked)
    return made(queued, "uid", PROVIDER, "create_payroll")


def _mark(face: Keeping, body: models.NewPayroll) -> Flow[list[str]]:
    return [payroll.uid for payroll in (yield from _of_the_group(face, body))]


def _look(face: Keeping, body: models.NewPayroll, operation_id: str, watermark: Any) -> Flow[Sequence[str]]:
    before, mark = {*watermark}, token(operation_id)
    found = yield from _of_the_group(face, body)
    return [each.uid for each in found if each.uid not in before and text(each.descripcion).endswith(mark)]


def _of_the_group(face: Keeping, body: models.NewPayroll) -> Flow[list[models.Payroll]]:
    """Return the payrolls of the same group: the provider lists all there are, and has no filter."""
    found = rows((yield from call(api.payroll.list_payrolls.sync_detailed, client=face.raw)), "data")
    if not all(each and text(each.uid) and text(each.grupo) for each in found):
        raise UnexpectedAnswer(UNREADABLE, provider=PROVIDER, operation="list_payrolls")
    return [payroll for payroll in found if payroll.grupo == body.grupo]
