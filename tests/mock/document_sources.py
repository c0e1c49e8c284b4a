"""Gets documents out of the mock: payrolls made up from a seed and stamped, and the files of Syncfy's movements."""

from decimal import Decimal
from random import Random
from typing import Any

import msgspec
from attrs import define, field
from syncfy_caller import Syncfy

from ventanilla.mock import facturaonline, syncfy
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facturaonline import codes
from ventanilla.mock.facturaonline.access import API_KEY, PLUGIN, SECRET_KEY
from ventanilla.mock.wire import Request

KEYS = {"Content-Type": "application/json", "F-PLUGIN": PLUGIN, "F-Api-Key": API_KEY, "F-Secret-Key": SECRET_KEY}
PEOPLE = ("61c4b569c0baf", "61c4b697c9b3f")
# Codes of 2026 that are younger than the schemas which satcfdi brings along.
YOUNGER = {"057", "114", "115"}


@define
class Account:
    """A mock with Factura Online alone."""

    seed: int = 0
    clock: ManualClock = field(factory=ManualClock)
    mock: Mock = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.mock = Mock(clock=self.clock, seed=self.seed, providers=[facturaonline.provider()])

    def send(self, method: str, path: str, body: object = None) -> bytes:
        """Return what a call below /payroll answers."""
        content = b"" if body is None else msgspec.json.encode(body)
        return self.mock.handle(Request(method, f"/facturaonline/api/payroll/{path}", KEYS, content)).body

    def read(self, method: str, path: str, body: object = None) -> Any:
        """Return what a successful call answers."""
        answer = msgspec.json.decode(self.send(method, path, body))
        assert "success" in (answer.get("status"), answer.get("response")), answer
        return answer

    def stamped(self, payroll: dict[str, Any]) -> list[Any]:
        """Create a payroll and return its records, all of them stamped."""
        uid = self.read("POST", "create", payroll)["uid"]
        self.clock.advance(2)
        records: list[Any] = self.read("GET", f"{uid}/view")["data"]["registros"]
        assert {record["status_timbre"] for record in records} == {"timbrada"}, records
        return records


def _pesos(dice: Random, least: int = 1_000, most: int = 3_000_000) -> str:
    return f"{Decimal(dice.randint(least, most)).scaleb(-2)}"


def _words(dice: Random) -> str:
    return dice.choice(("Sueldo", "Prima <dominical>", 'Bono "A&B"', "Año’s ñandú", "Día  extra", "Vale 50%"))


def perception(dice: Random, tipo: str) -> dict[str, Any]:
    """Return a perception of one type."""
    line: dict[str, Any] = {
        "tipo": tipo,
        "clave": f"P{tipo}",
        "descripcion": _words(dice),
        "gravado": _pesos(dice),
        "exento": _pesos(dice),
    }
    if tipo == "019":
        line |= {"extra_tipo": dice.choice(("01", "02", "03")), "extra_dias": dice.randint(1, 6), "extra_horas": "4"}
    return line


def deduction(dice: Random, tipo: str) -> dict[str, Any]:
    """Return a deduction of one type."""
    line: dict[str, Any] = {
        "tipo": tipo,
        "clave": f"D{tipo}",
        "descripcion": _words(dice),
        "importe": _pesos(dice, 1, 90),
    }
    if tipo == "006":
        days = {"DiasIncapacidad": str(dice.randint(1, 90)), "TipoIncapacidad": f" 0{dice.randint(1, 4)}"}
        line["Incapacidad"] = days | {"ImporteMonetario": line["importe"]}
    return line


def other_payment(dice: Random, tipo: str) -> dict[str, Any]:
    """Return another payment of one type."""
    line: dict[str, Any] = {"tipo": tipo, "clave": f"O{tipo}", "descripcion": _words(dice), "importe": _pesos(dice)}
    if tipo == "002":
        line["SubsidioAlEmpleo"] = {"SubsidioCausado": _pesos(dice)}
    return line


def _some(dice: Random, known: frozenset[str], least: int, always: str) -> list[str]:
    chosen = dice.sample(sorted(known - YOUNGER - {always}), dice.randint(least, 4))
    return [*chosen, always] if dice.random() < 0.5 else chosen


def _record(dice: Random, uid: str) -> dict[str, Any]:
    return {
        "data": {"id": uid, "dias": dice.choice(("15", "14.5", "1"))},
        "percepciones": [
            perception(dice, "001"),
            *(perception(dice, t) for t in _some(dice, codes.PERCEPTIONS, 0, "019")),
        ],
        "deducciones": [deduction(dice, t) for t in _some(dice, codes.DEDUCTIONS, 0, "006")],
        "otrospagos": [other_payment(dice, t) for t in _some(dice, codes.OTHER_PAYMENTS, 0, "002")],
    }


def payroll_of(dice: Random) -> dict[str, Any]:
    """Return a payroll of one or two employees with any lines, amounts and texts."""
    more = {"FechaFromAPI": "2026-01-14T10:00:00"} if dice.random() < 0.3 else {}
    return more | {
        "grupo": "619ead8d6427a",
        "fecha_pago": "2026-01-16",
        "num_dias": 15,
        "inicial": "2026-01-01",
        "final": "2026-01-15",
        "tipo_nomina": dice.choice("OE"),
        "descripcion": "Quincena",
        "serie": 17321,
        "concepto": "Pago de nómina",
        "version_cfdi": "4.0",
        "registros": [_record(dice, uid) for uid in PEOPLE[: dice.randint(1, 2)]],
    }


def pulled(seed: int, id_site: str, username: str) -> tuple[Syncfy, list[Any]]:
    """Link one site and return its movements, each with its files' bytes as `contents`."""
    clock = ManualClock()
    api = Syncfy(clock, Mock(clock=clock, seed=seed, providers=[syncfy.provider()]))
    api.enter()
    api.link(id_site, username)
    clock.advance(2)
    movements: list[Any] = api.call("GET", "/transactions")
    assert movements
    return api, movements


def contents(api: Syncfy, movement: Any) -> tuple[str, bytes]:
    """Return the type and the bytes of a movement's one file."""
    [file] = movement["attachments"]
    answer = api.send("GET", file["url"], auth=f"TOKEN token={api.token}")
    assert answer.status == 200
    return file["id_attachment_type"], answer.body
