"""Proves that the identifiers which the mock makes up have right check digits, and that it takes any RFC."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from clabe import validate_clabe
from document_sources import Account, contents, payroll_of, pulled
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.mx import curp, rfc
from syncfy_caller import Syncfy

from ventanilla.mock import facti, syncfy
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facti.access import API_KEY, CLIENT_ID
from ventanilla.mock.syncfy._sites import CIEC, SANDBOX
from ventanilla.mock.wire import Request

SANDBOX_CIEC = next(site for site in SANDBOX if site.content == "cfdi")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Printed by the providers' own documents, or by law the same for everybody: their digit is wrong.
PRINTED = {"ACM010101ABC", "GGM011210S72", "XAXX010101000"}
_RFC = re.compile(r"(?<![A-Z0-9&Ñ-])[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{2}[0-9A](?![A-Z0-9])")
_CURP = re.compile(r"(?<![A-Z0-9])[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d(?![A-Z0-9])")
_CLABE = re.compile(r"(?<!\d)\d{18}(?!\d)")
_NSS = re.compile(r"(?:\"imss\":|NumSeguridadSocial=)\"(\d*)\"")


def wrong(text: str) -> list[str]:
    """Return the identifiers in a text whose check digit python-stdnum or clabe refuse."""
    return [
        *(
            each
            for each in _RFC.findall(text)
            if each not in PRINTED and not rfc.is_valid(each, validate_check_digits=True)
        ),
        *(each for each in _CURP.findall(text) if not curp.is_valid(each)),
        *(each for each in _CLABE.findall(text) if not validate_clabe(each)),
        *(each for each in _NSS.findall(text) if len(each) != 11 or not luhn.is_valid(each)),
    ]


def answers_of_facti(seed: int) -> Iterator[str]:
    mock = Mock(clock=ManualClock(), seed=seed, providers=[facti.provider()])
    keys = {"client_id": CLIENT_ID, "api_key": API_KEY}

    def post(path: str, **fields: Any) -> str:
        body = urlencode(keys | fields).encode()
        return mock.handle(Request("POST", f"/facti/v1/payments/{path}", FORM, body)).body.decode()

    for company in (5, 452, 453):
        yield post("company_payments", company_id=company)
        for customer in range(20):
            ways = {"payment_ways_id[0]": 1, "payment_ways_id[1]": 2}
            yield post("stp_client_clabe", company_id=company, to_email=f"c{seed}-{customer}@example.mx", **ways)
    fields = {"folio": 3, "to_client_name": "El Santo", "to_email": "s@example.mx", "total_amount": "111.11"}
    yield post("new_request", from_rfc="EKU9003173C9", **fields)


def answers_of_facturaonline(seed: int) -> Iterator[str]:
    account = Account(seed)
    yield account.send("GET", "employee/list").decode()
    for record in account.stamped(payroll_of(Random(seed))):
        yield account.send("GET", f"{record['uid']}/item/xml").decode()
        account.read("POST", f"{record['uid']}/item/cancel", {"motivo": "02"})
        yield account.send("GET", f"{record['uid']}/item/acuse").decode()


def answers_of_syncfy(seed: int) -> Iterator[str]:
    for id_site in (SANDBOX_CIEC.id, CIEC.id):
        api, movements = pulled(seed, id_site, "EKU9003173C9")
        yield msgspec.json.encode(movements).decode()
        yield from (contents(api, movement)[1].decode() for movement in movements)


@pytest.mark.parametrize("answers", [answers_of_facti, answers_of_facturaonline, answers_of_syncfy])
@pytest.mark.parametrize("seed", range(8))
def test_every_identifier_in_the_answers_has_a_right_digit(answers: Any, seed: int) -> None:
    texts = list(answers(seed))
    assert any(_RFC.search(text) or _CLABE.search(text) for text in texts)
    assert [found for text in texts for found in wrong(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        '"EKU9003173C8"',
        '"XOJI740919MDFDMN01"',
        '"646180109301000011"',
        '{"imss":"73008010338"}',
        'NumSeguridadSocial="1"',
    ],
)
def test_a_wrong_digit_is_found(text: str) -> None:
    assert len(wrong(text)) == 1


letters = st.text("ABCDEFGHIJKLMNÑOPQRSTUVWXYZ&", min_size=3, max_size=4)
days = st.dates().map(lambda day: f"{day:%y%m%d}")
tails = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=2)
any_rfc = st.builds("{}{}{}{}".format, letters, days, tails, st.sampled_from("0123456789A"))


@given(any_rfc)
def test_any_rfc_that_looks_right_can_ask_for_a_payment_and_be_asked(number: str) -> None:
    mock = Mock(clock=ManualClock(), providers=[facti.provider()])
    fields = {"client_id": CLIENT_ID, "api_key": API_KEY, "folio": 3, "from_rfc": number, "to_rfc": number}
    more = {"to_client_name": "El Santo", "to_email": "santo@example.mx", "total_amount": "55.20"}
    body = urlencode(fields | more).encode()
    answer = mock.handle(Request("POST", "/facti/v1/payments/new_request", FORM, body)).json()
    assert answer["result"] == 1, answer
    assert answer["send_to"] == f"{number}@facti.mx"


@given(any_rfc)
def test_an_employee_with_any_rfc_that_looks_right_is_stamped(number: str) -> None:
    account = Account()
    person = {"grupo": "619ead8d6427a", "no_empleado": "7", "nombre": "Ramón", "paterno": "Ibarra", "rfc": number}
    work = {
        "periodo": "04",
        "regimen": "02",
        "curp": "XEXX010101HNEXXXA4",
        "tipo_contrato": "01",
        "entidad_emite": "CMX",
    }
    uid = account.read("POST", "employee/create", person | work)["data"]["uid"]
    line = {"tipo": "001", "clave": "001", "descripcion": "Sueldo", "gravado": "100.00", "exento": "0.00"}
    payroll = payroll_of(Random(0)) | {"registros": [{"data": {"id": uid, "dias": 15}, "percepciones": [line]}]}
    [record] = account.stamped(payroll)
    assert record["employee_uid"] == uid


def signed_in(number: str) -> int:
    clock = ManualClock()
    api = Syncfy(clock, Mock(clock=clock, providers=[syncfy.provider()]))
    api.enter()
    job = api.link(CIEC.id, number)["id_job"]
    clock.advance(2)
    return api.codes(job)[-1]


@given(any_rfc)
def test_any_rfc_that_looks_right_signs_in_at_the_sat(number: str) -> None:
    assert signed_in(number) == 200


@pytest.mark.parametrize("number", ["EKU9013173C9", "EKU900317", "1KU9003173C9"])
def test_what_does_not_look_like_an_rfc_does_not_sign_in(number: str) -> None:
    assert signed_in(number) == 401
