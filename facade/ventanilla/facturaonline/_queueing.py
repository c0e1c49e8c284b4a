"""Knows how a payroll is found again when its answer got lost: by a token in its description, above a watermark.

The provider never shows `identificador` again and has no search, so a short token of the operation goes at the end of
`descripcion`, where a person can live with it; values that are read are shown without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve

from ventanilla._face import Operations
from ventanilla._flow import Flow, call
from ventanilla._once import Keeper, Task
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline._token import token
from ventanilla_clients.facturaonline import api, models


class Queueing(Operations):
    """What a face needs to queue a payroll once.

    Attributes:
        keeper: where the intents of payrolls are kept.
    """

    keeper: Keeper


def task(face: Queueing) -> Task[models.NewPayroll, str]:
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


def _send(face: Queueing, body: models.NewPayroll, operation_id: str) -> Flow[str]:
    marked = evolve(body, descripcion=body.descripcion + token(operation_id))
    return (yield from call(api.payroll.create_payroll.sync_detailed, client=face.raw, body=marked)).uid


def _mark(face: Queueing, body: models.NewPayroll) -> Flow[list[str]]:
    return [payroll.uid for payroll in (yield from _of_the_group(face, body))]


def _look(face: Queueing, body: models.NewPayroll, operation_id: str, watermark: Any) -> Flow[Sequence[str]]:
    before, mark = {*watermark}, token(operation_id)
    found = yield from _of_the_group(face, body)
    return [each.uid for each in found if each.uid not in before and each.descripcion.endswith(mark)]


def _of_the_group(face: Queueing, body: models.NewPayroll) -> Flow[list[models.Payroll]]:
    """Return the payrolls of the same group: the provider lists all there are, and has no filter."""
    answer = yield from call(api.payroll.list_payrolls.sync_detailed, client=face.raw)
    return [payroll for payroll in answer.data if payroll.grupo == body.grupo]
