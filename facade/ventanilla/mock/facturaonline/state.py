"""Knows what a payroll is made of: series, groups, employees, payrolls and their records."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from attrs import Factory, define, frozen

# Central Mexico has had no daylight saving time since October 2022; zone data is not on every machine.
MEXICO = timezone(timedelta(hours=-6))

QUEUED, STAMPED, FAILED, CANCELLED = "en fila", "timbrada", "error", "cancelada"


def money(amount: Decimal) -> str:
    """Write an amount as the service does: a string with two decimals."""
    return f"{amount:.2f}"


def local(now: float) -> datetime:
    """Return the local time of a unix time, without zone, as the service prints it."""
    return datetime.fromtimestamp(now, UTC).astimezone(MEXICO).replace(tzinfo=None)


@frozen(kw_only=True)
class Series:
    """A numbering series of the account."""

    id: int
    name: str
    type: str
    description: str
    status: str = "Activa"


@frozen(kw_only=True)
class Issuer:
    """The company that pays, as it appears in its CFDIs."""

    rfc: str
    nombre: str
    regimen_fiscal: str
    cp: str
    curp: str
    registro_patronal: str


@define(kw_only=True)
class Group:
    """A group of employees."""

    uid: str
    grupo: str
    creada: str
    activo: bool = True


@define(kw_only=True)
class Employee:
    """One employee; `datos` are the fields of the create body, as text."""

    uid: str
    grupo: str
    datos: dict[str, str]
    creado: str
    activo: bool = True
    # A deleted employee is not shown any more, but their CFDIs still carry their data.
    borrado: bool = False

    def text(self, name: str) -> str:
        """Return one field, trimmed; empty when it was not given."""
        return self.datos.get(name, "").strip()

    @property
    def full_name(self) -> str:
        """Name and surnames, upper case as the SAT wants them."""
        return " ".join(filter(None, map(self.text, ("nombre", "paterno", "materno")))).upper()


@frozen(kw_only=True)
class Perception:
    """One perception of a record."""

    tipo: str
    clave: str
    descripcion: str
    gravado: Decimal
    exento: Decimal
    extra_tipo: str | None = None
    extra_dias: str | None = None
    extra_horas: str | None = None

    @property
    def importe(self) -> Decimal:
        """Taxed plus exempt."""
        return self.gravado + self.exento


@frozen(kw_only=True)
class Disability:
    """The disability a deduction or perception pays for."""

    dias: int
    tipo: str
    importe: Decimal


@frozen(kw_only=True)
class Deduction:
    """One deduction of a record."""

    tipo: str
    clave: str
    descripcion: str
    importe: Decimal
    incapacidad: Disability | None = None


@frozen(kw_only=True)
class OtherPayment:
    """One other payment of a record."""

    tipo: str
    clave: str
    descripcion: str
    importe: Decimal
    subsidio_causado: Decimal | None = None


@define(kw_only=True, eq=False)
class Record:
    """One employee's part of a payroll: one CFDI, once stamped."""

    uid: str
    employee_uid: str
    serie: Series
    dias: Decimal
    creada: str
    percepciones: tuple[Perception, ...]
    deducciones: tuple[Deduction, ...] = ()
    otrospagos: tuple[OtherPayment, ...] = ()
    status: str = QUEUED
    uuid: str = ""
    folio: int | None = None
    mensaje: str | None = None
    timbrada: datetime | None = None
    cancelada: datetime | None = None
    # The acuse of the documents carries seven decimals, more than a datetime holds.
    acuse_fecha: str = ""

    @property
    def total_percepciones(self) -> Decimal:
        """What the perceptions add up to."""
        return _sum(item.importe for item in self.percepciones)

    @property
    def total_deducciones(self) -> Decimal:
        """What the deductions add up to."""
        return _sum(item.importe for item in self.deducciones)

    @property
    def total_otrospagos(self) -> Decimal:
        """What the other payments add up to."""
        return _sum(item.importe for item in self.otrospagos)

    @property
    def total(self) -> Decimal:
        """What the employee receives."""
        return self.total_percepciones + self.total_otrospagos - self.total_deducciones

    @property
    def was_stamped(self) -> bool:
        """Whether a CFDI exists, even one cancelled since."""
        return self.uuid != ""


@define(kw_only=True, eq=False)
class Payroll:
    """One payroll run over a group of employees."""

    uid: str
    grupo: str
    fecha_pago: str
    inicia: str
    termina: str
    tipo_nomina: str
    descripcion: str
    concepto: str
    version_cfdi: str
    creada: str
    fecha_cfdi: datetime | None = None
    registros: list[Record] = Factory(list[Record])

    @property
    def total(self) -> Decimal:
        """What all the employees receive."""
        return _sum(record.total for record in self.registros)

    @property
    def errores(self) -> int:
        """How many records could not be stamped."""
        return sum(record.status == FAILED for record in self.registros)

    @property
    def timbradas(self) -> int:
        """How many records were stamped; cancelling does not take one away."""
        return sum(record.was_stamped for record in self.registros)

    @property
    def status(self) -> int:
        """Percentage of records that are through; 100 in all the documents' samples, failed ones included."""
        through = sum(record.status != QUEUED for record in self.registros)
        return 100 * through // len(self.registros) if self.registros else 100


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))
