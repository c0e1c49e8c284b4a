"""Knows what the account holds at the start: whatever the documents' samples name, so that they work unchanged.

Two things are ours. The second record of payroll 625598bd098d4 is missing in the sample, which still counts it in
its total. And one group has an employee for each scenario.
"""

from datetime import date, datetime
from decimal import Decimal
from random import Random

from ventanilla._identifiers import person_of
from ventanilla.mock._ours import ours
from ventanilla.mock.facturaonline.scenarios import SCENARIOS
from ventanilla.mock.facturaonline.state import (
    CANCELLED,
    FAILED,
    STAMPED,
    Employee,
    Group,
    Issuer,
    OtherPayment,
    Payroll,
    Perception,
    Record,
    Series,
)

# The RFC of the documents' acuse; the name is the one the SAT's test certificate gives it.
ISSUER = Issuer(
    rfc="XOJI740919U48",
    nombre="INGRID XODAR JIMENEZ",
    regimen_fiscal="612",
    cp="76028",
    curp="XOJI740919MDFDMN00",
    registro_patronal="B5510768108",
)
_NOM = Series(id=17321, name="NOM", type="nomina", description="Nómina")
SERIES = (
    _NOM,
    Series(id=1247, name="NOM", type="nomina", description="Nómina"),
    Series(id=1, name="F", type="factura", description="Factura"),
)
FOLIOS = {"NOM": 59}

_SAMPLES = "619ead8d6427a"
_VIATICOS = "6660e2c11e1cb"
SCENARIO_GROUP = "6660e3c0e5ce0"
_EMPLOYEES = (
    ("61c4b569c0baf", _SAMPLES, "CARLOS", "HERNANDEZ", "LOPEZ", "H"),
    ("61c4b697c9b3f", _SAMPLES, "LUCIA", "RAMIREZ", "TORRES", "M"),
    ("6660e385cfb0b", _VIATICOS, "JORGE", "MENDOZA", "ORTIZ", "H"),
)


def groups() -> list[Group]:
    """Return the groups of the documents and the one of the scenarios."""
    return [
        Group(uid=_SAMPLES, grupo="Empleados", creada="2021-11-24 15:25:33"),
        Group(uid=_VIATICOS, grupo="Viáticos", creada="2024-06-05 16:12:17"),
        Group(uid=SCENARIO_GROUP, grupo="Escenarios del mock", creada="2024-06-05 16:16:32"),
    ]


@ours("The account holds what the documents' samples name, with invented people, and an employee per scenario.")
def employees() -> list[Employee]:
    """Return the employees of the documents, then one for each scenario."""
    known = [_employee(number, *row) for number, row in enumerate(_EMPLOYEES, 1)]
    for number, scenario in enumerate(SCENARIOS, 1):
        uid = f"6660e3c0e5ce{number:x}"
        name = scenario.value.upper()
        known.append(_employee(number + 100, uid, SCENARIO_GROUP, name, "HERNANDEZ", "LOPEZ", "H"))
    return known


def _employee(number: int, uid: str, grupo: str, nombre: str, paterno: str, materno: str, sexo: str) -> Employee:
    person = person_of(
        Random(number),
        nombre=nombre,
        paterno=paterno,
        materno=materno,
        nacimiento=date(1980, 1, number % 28 + 1),
        sexo=sexo,
        estado="QT",
    )
    datos = {
        "grupo": grupo,
        "no_empleado": str(number),
        "nombre": nombre,
        "paterno": paterno,
        "materno": materno,
        "rfc": person.rfc,
        "curp": person.curp,
        "imss": person.nss,
        "metodo_pago": "03",
        "periodo": "04",
        "regimen": "02",
        "puesto": "Analista",
        "departamento": "Operaciones",
        "cp": "76000",
        "municipio": "Querétaro",
        "estado": "Querétaro - QUE",
        "tipo_contrato": "01",
        "tipo_jornada": "01",
        "asimilados": "0",
        "sindicalizado": "No",
        "entidad_emite": "QUE",
        "patronal": ISSUER.registro_patronal,
        "cuota_diaria": "1033.33",
        "salario": "1080.50",
        "riesgo": "1",
        "inicio": "2021-01-04",
    }
    return Employee(uid=uid, grupo=grupo, datos=datos, creado="2021-12-23 11:44:09")


def payrolls() -> list[Payroll]:
    """Return the payrolls of the documents, the oldest first."""
    return [_to_cancel(), _cancelled(), _failed_in_3_3(), _failed()]


def _to_cancel() -> Payroll:
    # The sample of a cancellation names both items and nothing else of this payroll.
    records = [
        _stamped(
            _record(1, "6206eec5d2ac3", 15, "2022-02-11 17:18:31", "0.00"), "5d2ac3e6-1c1f-4f5e-9d0b-6206eec5d2ac", 56
        ),
        _stamped(
            _record(2, "6206eec5d7cd4", 15, "2022-02-11 17:18:32", "10.00"), "5d7cd4a1-7b0e-4c39-8a44-6206eec5d7cd", 57
        ),
    ]
    return _payroll("6206eec5c9a1f", "2022-02-01", "2022-02-15", "2022-02-11 17:18:29", "4.0", records)


def _cancelled() -> Payroll:
    records = [
        _stamped(
            _record(1, "6206f370306ae", 15, "2022-04-11 15:38:15", "0.00"), "e270f5f2-14a8-42ef-9022-e6d93ea31781", 58
        ),
        _stamped(
            _record(2, "6206f370394f4", 15, "2022-04-11 15:03:56", "10.00"), "9728d285-a060-47db-b261-eae9ab39dae8", 59
        ),
    ]
    for record, fecha in zip(records, ("2022-04-11T15:38:15.4021935", "2022-04-11T15:06:00.8822769"), strict=True):
        record.status = CANCELLED
        record.acuse_fecha = fecha
        record.timbrada = datetime(2022, 2, 11, 17, 36, 45)
    return _payroll("6206f3702bcdd", "2022-02-01", "2022-02-15", "2022-02-11 17:36:43", "4.0", records)


def _failed_in_3_3() -> Payroll:
    created = "2022-04-12 10:18:04"
    records = [
        _record(1, "625598bd10c6f", 15, created, None),
        _record(2, "625598bd18b21", 15, created, "10.00"),
    ]
    return _payroll("625598bd098d4", "2022-02-01", "2022-02-15", created, "3.3", records)


def _failed() -> Payroll:
    created = "2022-04-12 10:20:40"
    records = [
        _record(1, "62559959941ab", 11, created, None),
        _record(2, "625599599b672", 11, created, "10.00"),
    ]
    return _payroll("62559959918c3", "2022-04-01", "2022-04-11", created, "4.0", records)


def _payroll(uid: str, inicia: str, termina: str, created: str, version: str, records: list[Record]) -> Payroll:
    return Payroll(
        uid=uid,
        grupo=_SAMPLES,
        fecha_pago=termina,
        inicia=inicia,
        termina=termina,
        tipo_nomina="O",
        descripcion="Nomina 6 v4.0",
        concepto="Nomina 6 v4.0",
        version_cfdi=version,
        creada=created,
        registros=records,
    )


def _record(which: int, uid: str, days: int, created: str, subsidy: str | None) -> Record:
    """Return a failed record of one of the two sample employees, who earn 15,500 and 31,000 pesos."""
    other = OtherPayment(
        tipo="002", clave="123456", descripcion="descripcion prueba", importe=Decimal(subsidy or "0.00")
    )
    earned = Perception(
        tipo="001",
        clave="123456",
        descripcion=f"Empleado {which}",
        gravado=Decimal("15500.00") * which,
        exento=Decimal("0.00"),
    )
    return Record(
        uid=uid,
        employee_uid=_EMPLOYEES[which - 1][0],
        serie=_NOM,
        dias=Decimal(days),
        creada=created,
        percepciones=(earned,),
        otrospagos=() if subsidy is None else (other,),
        status=FAILED,
    )


def _stamped(record: Record, uuid: str, folio: int) -> Record:
    record.status, record.uuid, record.folio = STAMPED, uuid, folio
    record.timbrada = datetime.fromisoformat(record.creada)
    return record
