"""Holds the values of Factura Online that are read: a payroll with its records, each with one clear state."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Self, TypeAlias

from attrs import field, fields_dict, frozen

from ventanilla._paging import rows
from ventanilla._values import known, rows_in, text
from ventanilla.codes import QUEUED, STAMPING, UNCLEAR, place_of
from ventanilla.errors import UnexpectedAnswer
from ventanilla.facturaonline._auth import plain
from ventanilla.facturaonline._token import plain_description
from ventanilla_clients.facturaonline import models as wire

State: TypeAlias = Literal["queued", "stamped", "failed", "cancelled", "unknown"]
# The provider's words for the states that it documents.
_WORDS: Mapping[State, str] = {"stamped": "timbrada", "failed": "error", "cancelled": "cancelada"}
# Its documents print `error` and `cancelada`; the others, and both genders, come from third parties.
_STATES: Mapping[str, State] = {
    "timbrada": "stamped",
    "timbrado": "stamped",
    "error": "failed",
    "cancelada": "cancelled",
    "cancelado": "cancelled",
}


def uuid_in(came: object) -> str | None:
    """Return the UUID that stands in its place, in lower case; None where anything else does."""
    found = came.strip().lower() if isinstance(came, str) else ""
    return found if re.fullmatch(r"[0-9a-z-]{8,64}", found) else None


def state_of(status_timbre: object, uuid: object) -> State:
    """Return the state of a record.

    A record is stamped if it says so and has a UUID, which exists only once SAT has the CFDI. With a UUID any other
    word is unknown: the CFDI may be on its way to be cancelled. Without one it is queued, since what a waiting record
    says is not documented.
    """
    said = _STATES.get(" ".join(text(status_timbre).split()).casefold())
    if said == "cancelled":
        return said
    if uuid_in(uuid):
        return "stamped" if said == "stamped" else "unknown"
    return "failed" if said == "failed" else "queued"


@frozen(kw_only=True)
class PayrollRecord:
    """The payroll of one employee, whether read with its batch or by itself.

    Attributes:
        uid: uid of the record: the one to download, send and cancel by.
        uuid: UUID of the CFDI in lower case; None until it is stamped.
        employee_uid: the employee.
        state: `queued`, `stamped`, `failed`, `cancelled`, or `unknown` where the provider's word and the UUID do not
            go together: it is not known to be stamped.
        status_timbre: the provider's own word for it.
        message: why stamping failed, in the provider's words, where it gives any (which field holds it comes from
            third parties).
        folio: folio; None until it is stamped.
        serie: id of the series as text until it is stamped, its name afterwards.
        days: days paid; a Decimal where they are no whole number.
        total_perceptions: pesos earned.
        total_deductions: pesos deducted.
        total: earnings and other payments less deductions.
        perceptions: the earnings, under the same names however they were read.
        deductions: as they come: their shape is not documented.
        other_payments: payments that are no earnings; the list of all payrolls leaves them out of its records.
        changed_at: when it was created or last changed, without zone; None where it cannot be read.
    """

    uid: str
    uuid: str | None
    employee_uid: str
    state: State
    status_timbre: str
    message: str | None = None
    folio: int | None
    serie: str
    days: int | Decimal
    total_perceptions: Decimal
    total_deductions: Decimal
    total: Decimal
    perceptions: tuple[wire.ItemPerception, ...] = ()
    deductions: tuple[Any, ...] = ()
    other_payments: tuple[wire.RecordOtherPayment, ...] = ()
    changed_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether stamping has ended, well or not."""
        return self.state not in ("queued", "unknown")

    def explain(self, language: str = "en") -> str:
        """Return how stamping went and, where it failed, the provider's own reason, in `en` or `es`."""
        place = place_of(language)
        said = QUEUED[place] if self.state == "queued" else UNCLEAR[place]
        if self.state in _WORDS:
            said = STAMPING.texts[_WORDS[self.state]][place]
        sentence = f"{said[:1].upper()}{said[1:]}."
        return f"{sentence} {self.message}" if self.message else sentence

    @classmethod
    def of(cls, record: wire.PayrollRecord | wire.PayrollItem) -> Self:
        """Return the value of a record of a batch, or of one read by itself."""
        return cls(
            uid=text(record.uid),
            uuid=uuid_in(record.uuid),
            employee_uid=text(record.employee_uid),
            state=state_of(record.status_timbre, record.uuid),
            status_timbre=text(record.status_timbre),
            message=plain(known(record.mensaje)) or plain(known(record.status_message)) or None,
            folio=record.folio,
            serie=text(record.serie),
            days=_days(record.dias_trabajados),
            total_perceptions=record.total_percepciones,
            total_deductions=record.total_deducciones,
            total=record.total,
            perceptions=tuple(_perception(each) for each in rows_in(record.percepciones)),
            deductions=rows_in(record.deducciones),
            other_payments=rows_in(record.otrospagos),
            changed_at=moment(record.creada),
        )


@frozen(kw_only=True)
class Payroll:
    """A payroll batch: one record for each employee, each with a CFDI and a fate of its own.

    Attributes:
        uid: uid of the batch; records have their own.
        grupo: uid of the group of employees.
        inicia: first day of the period; None where it cannot be read. Likewise `termina`, the last day.
        descripcion: description, without the token by which ventanilla finds its own payrolls again.
        concepto: concept shown on each record.
        total: pesos of all records together.
        version_cfdi: `4.0` or `3.3`.
        status: the provider's number, perhaps a percentage; not a sign of success.
        created_at: when it was created, without zone; None where it cannot be read.
        records: the records. The provider's own counters are not kept: they ignore cancellations.
    """

    uid: str
    grupo: str
    inicia: date | None
    termina: date | None
    descripcion: str
    concepto: str
    total: Decimal
    version_cfdi: str
    status: int
    created_at: datetime | None
    records: tuple[PayrollRecord, ...] = field(default=())

    @property
    def stamped(self) -> tuple[PayrollRecord, ...]:
        """The records that have a valid CFDI."""
        return self._in("stamped")

    @property
    def failed(self) -> tuple[PayrollRecord, ...]:
        """The records whose stamping failed; `message` says why where the provider does."""
        return self._in("failed")

    @property
    def queued(self) -> tuple[PayrollRecord, ...]:
        """The records that still wait to be stamped."""
        return self._in("queued")

    @property
    def unknown(self) -> tuple[PayrollRecord, ...]:
        """The records of which cannot be told whether they have a valid CFDI; `status_timbre` has the word."""
        return self._in("unknown")

    @property
    def cancelled(self) -> tuple[PayrollRecord, ...]:
        """The records whose CFDI has been cancelled."""
        return self._in("cancelled")

    def _in(self, state: State) -> tuple[PayrollRecord, ...]:
        return tuple(record for record in self.records if record.state == state)

    @classmethod
    def of(cls, payroll: wire.Payroll) -> Self:
        """Return the value of a batch."""
        starts, ends = moment(payroll.inicia), moment(payroll.termina)
        return cls(
            uid=text(payroll.uid),
            grupo=text(payroll.grupo),
            inicia=starts.date() if starts else None,
            termina=ends.date() if ends else None,
            descripcion=plain_description(text(payroll.descripcion)),
            concepto=text(payroll.concepto),
            total=payroll.total,
            version_cfdi=text(payroll.version_cfdi),
            status=payroll.status,
            created_at=moment(payroll.creada),
            records=tuple(PayrollRecord.of(each or _UNREADABLE) for each in _records(payroll)),
        )


@frozen(kw_only=True)
class Cancelled:
    """What the provider answers to a cancellation; `acuse` has the receipt.

    Attributes:
        employee_uid: the employee. The wire calls it `uid`, but it is not that of the record.
        message: the provider's words; empty where its answer got lost and the record was read instead.
    """

    employee_uid: str
    message: str


def _days(days: Any) -> Any:
    return int(days) if isinstance(days, Decimal) and days.is_finite() and days % 1 == 0 else days


def moment(wire: object) -> datetime | None:
    """Return the wire's date or moment without zone, or None where it is none."""
    try:
        return datetime.fromisoformat(text(wire)[:19])
    except ValueError:
        return None


def _records(payroll: wire.Payroll) -> Sequence[wire.PayrollRecord | None]:
    with suppress(UnexpectedAnswer):  # a field of a row like any other; without records nothing is settled
        return rows(payroll, "registros")
    return ()


def _perception(each: wire.RecordPerception | wire.ItemPerception) -> wire.ItemPerception:
    if isinstance(each, wire.ItemPerception):
        return each
    return wire.ItemPerception(
        tipo=each.tipo,
        clave=each.clave,
        descripcion=each.descripcion_per,
        gravado=each.gravado_per,
        exento=each.exento_per,
        extra_tipo=each.extra_tipo,
        extra_dias=each.extra_dias,
        extra_horas=each.extra_horas,
    )


# In the place of a record that cannot be read, which must not be missing among those that are waited for.
_NOTHING: Any = dict.fromkeys(fields_dict(wire.PayrollRecord))
_UNREADABLE = wire.PayrollRecord(**_NOTHING)
