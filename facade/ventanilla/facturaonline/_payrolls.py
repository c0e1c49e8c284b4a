"""Knows payrolls: reading them, queueing one for stamping, and waiting until every record is stamped or failed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from ventanilla import errors
from ventanilla._about import is_about, is_same
from ventanilla._face import Operations, listing, operation
from ventanilla._flow import Flow, Listing, call
from ventanilla._keeping import Keeping
from ventanilla._once import once, resume
from ventanilla._paging import rows, whole
from ventanilla._values import given
from ventanilla._waiting import Patience, until
from ventanilla.facturaonline._amounts import Days, day
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline._checks import covered, filled, moment_of_issue, once_each, one_of, serie_of
from ventanilla.facturaonline._queueing import natural_key, task
from ventanilla.facturaonline._token import plain_description
from ventanilla.facturaonline._uids import uid_of
from ventanilla.facturaonline.entries import PayrollEntry
from ventanilla.facturaonline.values import Payroll, PayrollRecord
from ventanilla_clients.facturaonline import api, models

TIMEOUT = 600.0
# What may pass by itself. The payroll is stamped meanwhile, so a failed look says nothing about it.
PASSING = (errors.TransportError, errors.UnexpectedAnswer, errors.ServiceUnavailable, errors.RateLimited)


class Payrolls(Keeping):
    """Payroll batches. Source: Nóminas, Listar nóminas and Crear nómina."""

    @listing
    def payrolls(self) -> Listing[Payroll]:
        """Iterate over all payrolls of the account, the newest first, with their records.

        The provider sends them all in one answer (it documents no paging), and leaves other payments out of the
        records: `payroll` has them.

        Source: Consultar todas las nóminas.
        """
        return _all(self)

    @operation
    def payroll(self, uid: str) -> Flow[Payroll]:
        """Read one payroll batch.

        Args:
            uid: uid of the batch, as `create_payroll` returns it; records have their own.

        Raises:
            NotFound: there is no such payroll (recognised by the words of the message, which may vary).

        Source: Consultar un grupo de nómina en específico.
        """
        answer = yield from call(api.payroll.get_payroll.sync_detailed, uid_of("uid", uid), client=self.raw)
        is_about(uid, answer.data.uid, "payroll", PROVIDER, "get_payroll")
        return Payroll.of(answer.data)

    @operation
    def payroll_item(self, uid: str) -> Flow[PayrollRecord]:
        """Read the payroll of one employee.

        Args:
            uid: uid of the record; not that of the batch nor that of the employee.

        Raises:
            NotFound: there is no such record.

        Source: Consultar la nómina de un empleado en específico.
        """
        return read_item(self, uid_of("uid", uid))

    @operation
    def create_payroll(
        self,
        *,
        grupo: str,
        fecha_pago: date,
        inicial: date,
        final: date,
        descripcion: str,
        concepto: str,
        serie: int | str,
        entries: Sequence[PayrollEntry],
        num_dias: Days | None = None,
        tipo_nomina: Literal["O", "E"] = "O",
        identificador: str | None = None,
        version_cfdi: Literal["4.0", "3.3"] = "4.0",
        issued_at: datetime | None = None,
        operation_id: str | None = None,
    ) -> Flow[str]:
        """Queue a payroll for stamping. Each call stamps again: never repeat it because stamping takes long.

        The intent is kept in the face's journal before anything is sent, and a short token of it in `descripcion`: at
        its end, or in front of a long one, whose end may be cut off. The list of payrolls is read first: what carries
        the token is the result, and is not sent. If the answer gets lost the payroll is looked for by it, and is never
        sent again by itself.

        Args:
            grupo: uid of the group of employees; only its members can be paid.
            fecha_pago: day of the payment.
            inicial: first day of the period.
            final: last day of the period.
            descripcion: description of the payroll, without a token of another.
            concepto: concept shown on each employee's payroll.
            serie: id of a series for payrolls (`SerieID` of `series()`); its name is taken too.
            entries: what each employee is paid (`registros`); each employee once.
            num_dias: days that the payroll covers; the days of the period where left out.
            tipo_nomina: `O` ordinary, `E` extraordinary.
            identificador: your own identifier. The provider does not show it again.
            version_cfdi: `4.0`; `3.3` is in the document, but SAT stamps it no longer, so it warns.
            issued_at: moment of the CFDI in the time of Mexico City, without zone (source: third parties).
            operation_id: your own id of this payroll, 1 to 128 printable ASCII characters. The same id queues once,
                however often it is called: once the batch exists, its uid is returned.

        Returns:
            The uid of the batch, for `wait_payroll` and `payroll`.

        Raises:
            InvalidRequest: an argument breaks a documented rule; nothing was sent.
            Rejected: the provider refused the data; its message says where.
            OutcomeUnknown: the answer got lost, and the payroll was not seen within `Policy.settle` seconds: call
                `resume` with the operation id that the error carries, and do not create it again before.
            IdempotencyConflict: the operation id, or an open operation for the same people and days, has other content.
            JournalUnavailable: the intent could not be kept; nothing was sent.
            ServiceUnavailable, BodyTooLarge, ...: the list of payrolls could not be read (`outcome` is `not_sent`).

        Source: Crear nómina.
        """
        one_of("tipo_nomina", tipo_nomina, ("O", "E"))
        one_of("version_cfdi", version_cfdi, ("4.0", "3.3"))
        body = models.NewPayroll(
            grupo=uid_of("grupo", grupo),
            fecha_pago=day(fecha_pago, "fecha_pago"),
            num_dias=covered(inicial, final, num_dias),
            inicial=day(inicial, "inicial"),
            final=day(final, "final"),
            tipo_nomina=tipo_nomina,
            descripcion=filled("descripcion", plain_description(descripcion)),
            serie=serie_of(serie),
            concepto=filled("concepto", concepto),
            identificador=given(identificador),
            version_cfdi=version_cfdi,
            registros=[each.to_wire() for each in once_each(entries)],
            FechaFromAPI=moment_of_issue(issued_at),
        )
        if version_cfdi == "3.3":
            warnings.warn("SAT stamps CFDI 3.3 no longer: expect every record to fail", UserWarning, stacklevel=3)
        return once(self.keeper, task(self), body, natural_key(body), operation_id)

    @operation
    def issue_payroll(
        self,
        *,
        grupo: str,
        fecha_pago: date,
        inicial: date,
        final: date,
        descripcion: str,
        concepto: str,
        serie: int | str,
        entries: Sequence[PayrollEntry],
        num_dias: Days | None = None,
        tipo_nomina: Literal["O", "E"] = "O",
        identificador: str | None = None,
        version_cfdi: Literal["4.0", "3.3"] = "4.0",
        issued_at: datetime | None = None,
        operation_id: str | None = None,
        timeout: float = TIMEOUT,
    ) -> Flow[Payroll]:
        """Create a payroll and wait until every record is stamped or failed.

        Args:
            grupo: uid of the group of employees; this and all arguments but the last as in `create_payroll`.
            fecha_pago: day of the payment.
            inicial: first day of the period.
            final: last day of the period.
            descripcion: description of the payroll.
            concepto: concept shown on each employee's payroll.
            serie: id of a series for payrolls.
            entries: what each employee is paid.
            num_dias: days that the payroll covers.
            tipo_nomina: `O` ordinary, `E` extraordinary.
            identificador: your own identifier.
            version_cfdi: `4.0`.
            issued_at: moment of the CFDI in the time of Mexico City.
            operation_id: your own id of this payroll.
            timeout: seconds to wait for stamping in all. One employee takes seconds to minutes.

        Returns:
            The payroll. Records that failed are in `failed` and raise nothing; `queued` and `unknown` are empty.

        Raises:
            WaitTimeout: stamping goes on; the message names the batch: go on with `wait_payroll`, never create again.
            InvalidRequest, Rejected: as in `create_payroll`. Any error after the creation names the batch too.

        Source: Crear nómina; Consultar un grupo de nómina en específico.
        """
        patience = _patience(timeout)
        uid = yield from Payrolls.create_payroll.flow(
            self,
            grupo=grupo,
            fecha_pago=fecha_pago,
            inicial=inicial,
            final=final,
            descripcion=descripcion,
            concepto=concepto,
            serie=serie,
            entries=entries,
            num_dias=num_dias,
            tipo_nomina=tipo_nomina,
            identificador=identificador,
            version_cfdi=version_cfdi,
            issued_at=issued_at,
            operation_id=operation_id,
        )
        return (yield from _settle(self, uid, patience, expected=len(entries)))

    @operation
    def resume(self, operation_id: str, *, send_again: bool = False, timeout: float = TIMEOUT) -> Flow[Payroll]:
        """Find out what came of a payroll: look for it first, always; never send it unless you say so; then wait.

        One that was prepared and never sent is closed, so that it can be created again.

        Args:
            operation_id: as given to `issue_payroll` or `create_payroll`, or as the error or `pending` says.
            send_again: send it once more if it is not found, because you know that it does not exist and will not.
                Of several that do so at once one sends, and all get what came of it.
            timeout: seconds to wait for stamping in all.

        Returns:
            The payroll, every record stamped or failed.

        Raises:
            OutcomeUnknown: it is still not to be seen. Later it may be.
            InvalidRequest: there is no such operation, or it took no effect.
            WaitTimeout: stamping goes on, as in `issue_payroll`.
        """
        patience = _patience(timeout)
        uid = yield from resume(self.keeper, task(self), operation_id, send_again=send_again)
        return (yield from _settle(self, uid, patience, expected=1))

    @operation
    def wait_payroll(self, uid: str, *, timeout: float = TIMEOUT) -> Flow[Payroll]:
        """Wait until every record of a payroll is stamped or failed.

        Args:
            uid: uid of the batch.
            timeout: seconds to wait in all.

        Returns:
            The payroll; `queued` and `unknown` are empty.

        Raises:
            NotFound: there is no such payroll.
            WaitTimeout: stamping goes on; wait again.
        """
        return _settle(self, uid_of("uid", uid), _patience(timeout))


def read_item(face: Operations, uid: str) -> Flow[PayrollRecord]:
    """Read one record, by its uid or UUID, and check that the answer is about it."""
    answer = yield from call(api.payroll.get_payroll_item.sync_detailed, uid, client=face.raw)
    if not is_same(uid, answer.data.uuid):  # downloads take it too, so this may
        is_about(uid, answer.data.uid, "record", PROVIDER, "get_payroll_item")
    return PayrollRecord.of(answer.data)


def _all(face: Payrolls) -> Listing[Payroll]:
    answer = yield from call(api.payroll.list_payrolls.sync_detailed, client=face.raw)
    return (yield from whole([each and Payroll.of(each) for each in rows(answer, "data")]))


def _patience(timeout: float) -> Patience:
    return Patience(deadline=timeout, first=1.0, longest=15.0)


def _settle(face: Payrolls, uid: str, patience: Patience, expected: int | None = None) -> Flow[Payroll]:
    """Wait for a payroll; with `expected` records of one that was just created, which may not be visible at once."""
    go_on, seguir = (
        f"Call wait_payroll({uid!r}) to go on; do not create the payroll again",
        f"Llamar a wait_payroll({uid!r}) para seguir; no crear la nómina otra vez",
    )
    stamping = f"stamping of payroll {uid}", f"timbrado de la nómina {uid}"

    words: set[str] = set()

    def look() -> Flow[Payroll | None]:
        try:
            payroll = yield from Payrolls.payroll.flow(face, uid)
        except errors.BodyTooLarge:
            raise  # it will not become smaller
        except PASSING:
            return None
        except errors.NotFound:
            if expected is None:
                raise
            return None
        words.clear()
        words.update(repr(each.status_timbre[:40]) for each in payroll.records if not each.is_settled)
        return payroll if len(payroll.records) >= (expected or 1) and not words else None

    try:
        return (yield from until(look, patience, waiting_for=stamping, go_on=(go_on, seguir)))
    except errors.VentanillaError as error:
        if isinstance(error, errors.WaitTimeout) and words:
            named = ", ".join(sorted(words)[:5])
            go_on, seguir = f"Its records say {named}. {go_on}", f"{seguir}; sus recibos dicen {named}"
            error.advise((go_on, seguir))
        if expected is not None:
            error.advise((f"Payroll {uid} is in the queue. {go_on}", f"{seguir}: ya está en la fila de timbrado"))
        raise
