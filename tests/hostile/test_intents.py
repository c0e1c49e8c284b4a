"""One key asks once, however its account is spelled, whatever came of it, and whatever its answer looked like."""

import hashlib
import json
import logging
import sqlite3
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from scripted_services import ASKED, PAYROLL, Scripted

from ventanilla import Policy, _once, drift, errors
from ventanilla.facti import Facti, PaymentRequested
from ventanilla.intents import MemoryJournal, SqliteJournal
from ventanilla.testing import without_waiting


@pytest.fixture(autouse=True)
def lenient() -> Iterator[None]:
    """What comes is as odd as it is; and nobody waits."""
    drift.set_strict(False)
    with without_waiting():
        yield


FIRST, SECOND = "1" * 32, "2" * 32
URLS = (
    "https://facti.example",
    "https://facti.example/",
    "http://localhost:1/x",
    "http://127.0.0.1:1/x",
    "https://a.mx.",
)


# Whose operation it is


def test_spellings_of_a_url_are_one_account() -> None:
    service = Scripted()
    asked = [service.facti(base_url=url).request_payment(**ASKED, operation_id="o").request_id for url in URLS]
    assert (asked, service.creates) == ([101] * len(URLS), 1)
    created = [service.factura(base_url=url).create_payroll(**PAYROLL, operation_id="o") for url in URLS]
    assert (len({*created}), service.creates) == (1, 2)


@pytest.mark.parametrize(
    ("other", "creates"),
    [
        ({"client_id": "another1"}, 2),
        ({"company_id": 6}, 2),
        ({"environment": "sandbox"}, 2),
        ({"environment": "sandbox", "base_url": "https://api.facti.mx"}, 1),
        ({"base_url": "https://api.sandbox.facti.mx"}, 2),
        ({"api_key": "another1"}, 1),
    ],
    ids=str,
)
def test_accounts_do_not_meet(other: dict[str, Any], creates: int) -> None:
    service = Scripted()
    for options in ({}, other):
        service.facti(**options).request_payment(**ASKED, operation_id="o")
    assert service.creates == creates


@pytest.mark.parametrize("host", ["sandbox.facturaonline.com.mx", "sandbox.factura.com", "SANDBOX.factura.com."])
def test_a_sandbox_is_none_of_production(host: str) -> None:
    service = Scripted()
    for options in ({"base_url": f"https://{host}/api"}, {"base_url": "https://api.factura.com"}):
        service.factura(**options, account="shop").create_payroll(**PAYROLL, operation_id="o")
        service.made.clear()
    assert service.creates == 2


def test_a_service_of_the_network_is_no_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    service, created = Scripted(), list[str]()
    service.headers = {"X-Ventanilla-Instance": FIRST}

    def handle(transport: object, request: httpx.Request) -> httpx.Response:
        return service.handle_request(request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    for url in ("https://facti.example", "http://127.0.0.1:1"):
        for instance in (FIRST, SECOND):
            service.headers["X-Ventanilla-Instance"] = instance
            facti = Facti(**KEYS, base_url=url, policy=Policy(retries=0), account=url)
            created.append(str(facti.request_payment(**ASKED, operation_id="o").request_id))
    assert (created, service.creates) == (["101", "101", "102", "103"], 3)


KEYS: dict[str, Any] = {"client_id": "cid12345", "api_key": "k1234567", "from_rfc": "EKU9003173C9", "company_id": 5}


def test_a_named_account_outlives_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Scripted()
    before = service.facti().request_payment(**ASKED, operation_id="before")
    service.facti(account="shop").request_payment(**ASKED, operation_id="o")
    monkeypatch.setenv("FACTI_ACCOUNT", "shop")
    rotated = service.facti(client_id="rotated1")
    assert rotated.request_payment(**ASKED, operation_id="o").request_id == 102
    assert service.facti().request_payment(**ASKED, operation_id="before") == before
    monkeypatch.setenv("FACTURAONLINE_ACCOUNT", "shop")
    for key in ("key12345", "rotated1"):
        service.factura(api_key=key).create_payroll(**PAYROLL, operation_id="o")
    assert service.creates == 3
    with pytest.raises(errors.ConfigurationError, match="FACTI_ACCOUNT"):
        service.facti(account="two words")


def test_a_key_without_a_name_is_warned_of_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_once, "_told", set[str]())
    service = Scripted()
    for options in ({"account": "shop"}, {"journal": None}):
        service.facti(**options).request_payment(**ASKED)
    assert "begins anew" not in caplog.text
    for _ in range(2):
        service.facti().request_payment(**ASKED)
    assert caplog.text.count("name the account by account= or FACTI_ACCOUNT") == 1


@pytest.mark.parametrize("url", ["https://facti.example", "https://elsewhere.example/x/"])
@pytest.mark.parametrize("state", ["committed", "unknown", "sent"])
def test_what_version_1_kept_is_not_sent_again(tmp_path: Path, url: str, state: str) -> None:
    path, service = tmp_path / "j", Scripted()
    service.loses = ["before"]
    with pytest.raises(errors.OutcomeUnknown):
        service.facti(journal=path).request_payment(**ASKED, operation_id="o")
    (kept,) = SqliteJournal(path).intents()
    scope = f"Facti {url} {hashlib.sha256(b'cid12345').hexdigest()[:16]}"
    result = (
        b'{"request_id":38,"total_amount":"55.20","limit_date":null,"send_to":"x"}' if state == "committed" else b""
    )
    changes: dict[str, Any] = {"scope": scope, "state": state, "result": result}
    as_version_1(path, kept, changes)
    facti = service.facti(journal=path, account="named-meanwhile")
    if state == "committed":
        assert facti.request_payment(**ASKED, operation_id="o").request_id == 38
    else:
        with pytest.raises(errors.OutcomeUnknown):
            facti.request_payment(**ASKED, operation_id="o")
    assert service.creates == 1


def as_version_1(path: Path, kept: Any, changes: dict[str, Any]) -> None:
    for file in path.parent.iterdir():
        file.unlink()
    names = ("scope", "operation_id", "kind", "key", "fingerprint", "state", "body", "watermark", "result")
    fields = {name: changes.get(name, getattr(kept, name)) for name in names}
    encoded = {name: b64encode(v).decode() if isinstance(v, bytes) else v for name, v in fields.items()}
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE intents (scope, operation_id, natural_key, state, created_at, intent)")
        database.execute("CREATE VIEW open_intents AS SELECT * FROM intents")
        row = (fields["scope"], "o", fields["key"], fields["state"], 1.7e9, json.dumps(encoded).encode())
        database.execute("INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?)", row)
        database.execute("PRAGMA user_version = 1")
        database.commit()


# What can be searched


def test_without_a_company_it_is_said_loudly_and_once(caplog: pytest.LogCaptureFixture) -> None:
    service = Scripted()
    facti = service.facti(company_id=None)
    with pytest.warns(UserWarning, match="without company_id"):
        facti.request_payment(**ASKED)
    facti.request_payment(**ASKED)  # a second warning would be an error
    assert caplog.text.count("without company_id") == 1


@pytest.mark.parametrize("shown", [0, 1])
def test_a_company_that_does_not_show_its_payments_is_told_of(
    shown: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, said = Scripted(), "(FACTI_COMPANY_ID) shows no payment"
    service.facti().request_payment(**ASKED)
    assert caplog.text.count(f"{said}s: if") == 1
    service.shown = lambda rows: [{**rows[0], "id": 50}][:shown]
    service.facti().request_payment(**ASKED)  # it may not show it yet
    assert caplog.text.count(f"{said}s: if") == 2 - shown
    late = time.time() + 999
    monkeypatch.setattr(time, "time", lambda: late)
    wrong = service.facti()
    for _ in range(2):
        wrong.request_payment(**ASKED)
    assert caplog.text.count(f"{said} 102, which was asked for") == 1


def test_a_search_that_lags_lowers_no_watermark() -> None:
    service = Scripted()
    service.facti(client_id="another1").request_payment(**ASKED)  # by another program, alike to the letter
    service.shown = lambda rows: []
    assert service.facti().request_payment(**ASKED, operation_id="o").request_id == 102
    service.loses = ["before"]
    facti = service.facti()
    with pytest.raises(errors.OutcomeUnknown):
        facti.request_payment(**ASKED, operation_id="p")
    service.shown = lambda rows: rows
    with pytest.raises(errors.OutcomeUnknown):
        facti.resume("p")


REFUSALS = [
    (httpx.Response(200, json={"result": 0, "msg": "La empresa no existe"}), errors.NotFound),
    (httpx.Response(503), errors.ServiceUnavailable),
    (httpx.Response(200, json={"result": 1, "msg": "", "payments": None}), errors.UnexpectedAnswer),
    (httpx.Response(200, json={"result": 1, "msg": "", "payments": {"a": 1}}), errors.UnexpectedAnswer),
    (httpx.Response(200, json={"result": 1, "msg": "", "payments": [None]}), errors.UnexpectedAnswer),
]


@pytest.mark.parametrize(("refusal", "kind"), REFUSALS)
def test_what_cannot_be_searched_is_not_asked_for(refusal: httpx.Response, kind: type[errors.VentanillaError]) -> None:
    service = Scripted()
    service.refuses = refusal
    with pytest.raises(kind) as raised:
        service.facti().request_payment(**ASKED, operation_id="o")
    assert (raised.value.outcome, service.creates) == ("not_sent", 0)
    assert "company_id" in str(raised.value)
    service.refuses = None
    assert service.facti().request_payment(**ASKED, operation_id="o").request_id == 101


# Mocks


def test_a_mock_that_begins_anew_is_asked_anew() -> None:
    service = Scripted()
    service.headers = {"X-Ventanilla-Instance": FIRST}
    facti, without = service.facti(), service.facti(company_id=None, client_id="another1")
    assert [facti.request_payment(**ASKED, operation_id="o").request_id for _ in range(2)] == [101, 101]
    second, other = Scripted(), dict[str, Any](ASKED, folio=8)
    second.headers = {"X-Ventanilla-Instance": SECOND}
    assert second.facti().request_payment(**other, operation_id="p").request_id == 101
    assert [second.facti().request_payment(**ASKED, operation_id="o").request_id for _ in range(2)] == [102, 102]
    second.loses = ["after"]
    assert second.facti().request_payment(**ASKED, operation_id="q").request_id == 103
    assert (service.creates, second.creates, without.instance) == (1, 3, "")
    assert service.factura().create_payroll(**PAYROLL, operation_id="o") == service.made[1]["uid"]
    assert second.factura().create_payroll(**PAYROLL, operation_id="o") == second.made[3]["uid"]


def test_a_mock_that_cannot_be_read_is_no_certainty() -> None:
    service = Scripted()
    service.headers = {"X-Ventanilla-Instance": FIRST}
    service.facti().request_payment(**ASKED, operation_id="o")
    service.refuses = httpx.Response(503)
    with pytest.raises(errors.OutcomeUnknown, match="sent to a mock"):
        service.facti().request_payment(**ASKED, operation_id="o")
    assert service.creates == 1


# Odd answers

VALUES: list[Any] = [None, "text", "", 7, -1, 10**30, 1e308, True, [], [None], {}, {"0": None}, ...]
PLACES = ("msg", "request_id", "total_amount", "send_to", "references", "limit_payment_date")


@pytest.mark.parametrize("place", PLACES)
def test_a_changed_answer_is_one_payment_and_one_id(place: str) -> None:
    for value in VALUES:
        service = Scripted()
        service.bend = bending(place, value)
        ids, journal = list[Any](), MemoryJournal()
        for _ in range(2):
            try:
                ids.append(service.facti(journal=journal).request_payment(**ASKED, operation_id="o").request_id)
            except errors.VentanillaError as error:
                ids.append(type(error))
        assert service.creates == 1, (place, value)
        assert ids in ([101, 101], [7, 7]), (place, value)


def test_a_create_never_names_what_another_made() -> None:
    service, journal = Scripted(), MemoryJournal()
    facti = service.facti(journal=journal)
    assert facti.request_payment(**ASKED, operation_id="a").request_id == 101
    service.bend = lambda answer: {**answer, "request_id": 101}
    other: dict[str, Any] = {**ASKED, "folio": 8}
    found = facti.request_payment(**other, operation_id="b")
    assert (found.request_id, found.was_found, service.creates) == (102, True, 2)
    factura = service.factura(journal=journal)
    first = factura.create_payroll(**PAYROLL, operation_id="a")
    service.bend = lambda answer: {**answer, "uid": first}
    later: dict[str, Any] = {**PAYROLL, "descripcion": "Quincena 22", "fecha_pago": date(2026, 11, 30)}
    second = factura.create_payroll(**later)
    assert second != first
    assert service.creates == 4


def bending(place: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def bend(answer: dict[str, Any]) -> Any:
        if value is ...:
            del answer[place]
            return answer
        return {**answer, place: value}

    return bend


@pytest.mark.parametrize("place", ["payment_way_id", "payment_way_alias", "payment_type", "reference", "more"])
def test_a_changed_reference_is_one_payment(place: str) -> None:
    for value in VALUES[:-1]:
        service = Scripted()
        service.bend = lambda answer, value=value: {**answer, "references": [{**answer["references"][0], place: value}]}  # type: ignore[misc]  # mypy infers no type of a lambda's default
        journal = MemoryJournal()
        ids = [service.facti(journal=journal).request_payment(**ASKED, operation_id="o").request_id for _ in range(2)]
        assert (ids, service.creates) == ([101, 101], 1)


ROW = ("id", "company_id", "serie", "folio", "to_rfc", "to_email", "total_amount", "limit_payment_date", "status")


@pytest.mark.parametrize("place", ROW)
def test_a_changed_row_is_never_somebody_elses_payment(place: str) -> None:
    for value in VALUES:
        service, facti = Scripted(), None
        facti = service.facti(journal=None)
        service.loses, service.shown = ["after"], changing(place, value)
        try:
            assert facti.request_payment(**ASKED, operation_id="o").request_id in (101, 7)
        except errors.OutcomeUnknown:
            assert [intent.state for intent in facti.pending()] == ["unknown"]
        assert service.creates == 1, (place, value)


def changing(place: str, value: Any) -> Callable[[list[Any]], Any]:
    def shown(rows: list[Any]) -> Any:
        return [{name: each for name, each in {**row, place: value}.items() if each is not ...} for row in rows]

    return shown


def test_pesos_as_php_prints_them_are_the_same() -> None:
    service = Scripted()
    service.loses, service.shown = ["after"], changing("total_amount", 55.199999999999996)
    assert service.facti().request_payment(**ASKED).request_id == 101


def test_a_folio_of_digits_is_a_number() -> None:
    service, journal = Scripted(), MemoryJournal()
    service.loses = ["after"]
    service.shown = lambda rows: []
    facti = service.facti(journal=journal)
    padded: dict[str, Any] = {**ASKED, "folio": "007"}
    with pytest.raises(errors.OutcomeUnknown):
        facti.request_payment(**padded, operation_id="a")
    with pytest.raises(errors.IdempotencyConflict):
        facti.request_payment(**ASKED, operation_id="b")
    service.shown = lambda rows: [{**row, "folio": 7} for row in rows]
    assert (facti.resume("a").request_id, service.creates) == (101, 1)


@pytest.mark.parametrize("harm", ["removed", "replaced", "emptied"])
def test_a_journal_that_is_gone_is_no_empty_one(tmp_path: Path, harm: str) -> None:
    service, path = Scripted(), tmp_path / "j"
    facti = service.facti(journal=path)
    facti.request_payment(**ASKED, operation_id="a")
    for file in tmp_path.glob("j*"):
        if harm == "emptied":
            file.write_bytes(b"")
        else:
            file.unlink()
    if harm == "replaced":
        path.touch(mode=0o600)
    with pytest.raises(errors.JournalUnavailable, match="removed, replaced or emptied"):
        facti.request_payment(**ASKED, operation_id="a")
    assert service.creates == 1
    assert service.facti(journal=path).request_payment(**ASKED, operation_id="a").request_id == 102


@pytest.mark.parametrize("address", [":memory:", "file::memory:?cache=shared"])
def test_an_address_of_sqlite_is_no_journal(address: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="journal"):
        Scripted().facti(journal=address)


def test_companies_of_one_account_do_not_meet() -> None:
    service, journal = Scripted(), MemoryJournal()
    made = [
        service.facti(journal=journal, account="acme", company_id=company).request_payment(**ASKED, operation_id="o")
        for company in (5, 6)
    ]
    assert len({each.request_id for each in made}) == 2


def test_what_is_known_by_its_id_says_no_amount() -> None:
    assert PaymentRequested.known_by(7).total_amount.is_nan()


def test_a_journal_that_cannot_be_written_stops_what_is_asked(tmp_path: Path) -> None:
    service = Scripted()
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.JournalUnavailable) as raised:
        service.facti(journal=tmp_path / "file" / "j").request_payment(**ASKED)
    assert (raised.value.outcome, service.creates, service.reads) == ("not_sent", 0, 0)


# Payrolls


def test_a_payroll_is_found_by_its_token_wherever_it_is() -> None:
    for number, bend in enumerate(BENT):
        service = Scripted()
        service.loses, service.shown = ["after"], lambda rows, bend=bend: [bend({**row}) for row in rows]  # type: ignore[misc]  # mypy infers no type of a lambda's default
        for _ in range(2):
            uid = service.factura().create_payroll(**PAYROLL, operation_id=f"o{number}")
            assert (uid, service.creates) == (service.made[0]["uid"], 1)


BENT: list[Callable[[dict[str, Any]], Any]] = [
    lambda row: row,
    lambda row: {**row, "grupo": "another"},
    lambda row: {"uid": row["uid"], "descripcion": row["descripcion"].upper()},
    lambda row: {**row, "descripcion": f"  {row['descripcion'].replace('[', '&#91;')} "},
    lambda row: {**row, "descripcion": [row["descripcion"]]},
]


def test_a_token_survives_a_cut_and_a_copy() -> None:
    service = Scripted()
    service.loses, service.shown = (
        ["after"],
        lambda rows: [{**row, "descripcion": row["descripcion"][:50]} for row in rows],
    )
    long = "Nómina quincenal del personal de confianza, noviembre"
    uid = service.factura().create_payroll(**payroll(long), operation_id="o")
    assert uid == service.made[0]["uid"]
    # Copied from a portal with another's token, it would be found as that one too.
    service.factura().create_payroll(**payroll(service.made[0]["descripcion"]), operation_id="p")
    assert service.made[1]["descripcion"].count("[v-") == 1


def payroll(description: str) -> dict[str, Any]:
    return {**PAYROLL, "descripcion": description}


def test_a_payroll_that_is_there_is_the_result_without_a_journal() -> None:
    service = Scripted()
    uids = {service.factura(journal=None).create_payroll(**PAYROLL, operation_id="o") for _ in range(3)}
    assert (len(uids), service.creates) == (1, 1)


def test_version_1_payrolls_are_found_by_ten_digits(tmp_path: Path) -> None:
    service = Scripted()
    service.loses = ["after"]
    service.shown = lambda rows: [{**row, "descripcion": f"Q [v-{digest('o')[:10]}]"} for row in rows]
    with pytest.raises(errors.OutcomeUnknown):
        service.factura(journal=tmp_path / "j").create_payroll(**PAYROLL, operation_id="o")
    (kept,) = SqliteJournal(tmp_path / "j").intents()
    scope = f"Factura Online https://fo.example/api {digest('key12345')[:16]}"
    for watermark, is_found in (
        (b"null", True),
        (b'["another"]', True),
        (json.dumps([service.made[0]["uid"]]).encode(), False),
    ):
        as_version_1(
            tmp_path / "j",
            kept,
            {"scope": scope, "watermark": bytes(watermark, "ascii") if isinstance(watermark, str) else watermark},
        )
        factura = service.factura(journal=tmp_path / "j")
        if is_found:
            assert factura.create_payroll(**PAYROLL, operation_id="o") == service.made[0]["uid"]
        else:
            with pytest.raises(errors.OutcomeUnknown):
                factura.create_payroll(**PAYROLL, operation_id="o")
    assert service.creates == 1


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


NO_LISTS = (b"null", b"{}", b'"x"', b'{"a":{}}', b"[1]")
LISTS: list[Any] = [
    httpx.Response(503),
    httpx.Response(200, json={"status": "error", "message": "no"}),
    *(httpx.Response(200, content=b'{"status":"success","data":%b}' % data) for data in NO_LISTS),
    httpx.Response(200, json={"status": "success"}),
]


@pytest.mark.parametrize("unreadable", LISTS)
def test_a_list_that_cannot_be_read_stops_a_payroll(unreadable: httpx.Response) -> None:
    service = Scripted()
    service.refuses = unreadable
    with pytest.raises(errors.VentanillaError, match="Nothing was sent") as raised:
        service.factura().create_payroll(**PAYROLL, operation_id="o")
    assert (raised.value.outcome, service.creates) == ("not_sent", 0)


@pytest.mark.parametrize("unreadable", [*LISTS, httpx.Response(200, json={"status": "success", "data": [None]})])
def test_a_list_that_cannot_be_read_sends_nothing_again(unreadable: httpx.Response) -> None:
    service = Scripted()
    service.loses = ["before"]
    factura = service.factura(journal=None)
    with pytest.raises(errors.OutcomeUnknown):
        factura.create_payroll(**PAYROLL, operation_id="o")
    service.refuses = unreadable
    with pytest.raises(errors.OutcomeUnknown):
        factura.resume("o", send_again=True)
    assert service.creates == 1


def test_a_long_history_guards_as_a_short_one_does(caplog: pytest.LogCaptureFixture) -> None:
    service = Scripted()
    record = {"uid": "1", "total": "1.00", "percepciones": ["x" * 700]}
    history = {"0": {"uid": "62", "grupo": "g", "descripcion": "d", "registros": [record] * 30_000}}
    service.loses = ["after"]
    service.shown = lambda rows: history | {str(place): row for place, row in enumerate(rows, 1)}
    assert service.factura().create_payroll(**PAYROLL, operation_id="o") == service.made[0]["uid"]
    assert [each for each in caplog.records if each.levelno > logging.WARNING] == []


@pytest.mark.parametrize("again", [True, False])
def test_two_payrolls_with_the_token_are_no_reason_for_a_third(again: bool) -> None:
    service = Scripted()
    service.factura().create_payroll(**PAYROLL, operation_id="o")
    service.made.append({**service.made[0], "uid": "62a0ffffffff1"})
    factura = service.factura(journal=None)
    for _ in range(2):
        with pytest.raises(errors.DuplicateDetected, match="62a0ffffffff1") as raised:
            factura.create_payroll(**PAYROLL, operation_id="o")
        assert (raised.value.outcome, len(raised.value.ids)) == ("unknown", 2)
    with pytest.raises(errors.DuplicateDetected):
        factura.resume("o", send_again=again)
    assert (service.creates, [each.state for each in factura.pending()]) == (1, ["unknown"])


@pytest.mark.parametrize("description", [..., None, 5, []])
def test_a_row_that_cannot_be_read_stops_a_payroll(description: Any) -> None:
    service = Scripted()
    service.factura().create_payroll(**PAYROLL, operation_id="o")
    service.shown = lambda rows: [None if description is ... else {**row, "descripcion": description} for row in rows]
    with pytest.raises(errors.UnexpectedAnswer, match="Nothing was sent") as raised:
        service.factura(journal=None).create_payroll(**PAYROLL, operation_id="o")
    assert (raised.value.outcome, service.creates) == ("not_sent", 1)
    if description is not ...:  # what is of another month cannot be it
        service.factura().create_payroll(**{**PAYROLL, **DECEMBER}, operation_id="p")
        assert service.creates == 2


DECEMBER: dict[str, Any] = {"inicial": date(2026, 12, 1), "final": date(2026, 12, 15)}


@pytest.mark.parametrize(
    ("other", "name"),
    [({"grupo": "619ead8d6427b"}, "grupo"), ({"inicial": date(2026, 10, 1)}, "inicia"), (DECEMBER, "inicia, termina")],
)
def test_a_payroll_of_another_content_is_not_the_result(other: dict[str, Any], name: str) -> None:
    service = Scripted()
    uid = service.factura().create_payroll(**PAYROLL, operation_id="o")
    with pytest.raises(errors.IdempotencyConflict, match=f"{uid} .* another {name}:") as raised:
        service.factura(journal=None).create_payroll(**{**PAYROLL, **other}, operation_id="o")
    assert (raised.value.outcome, service.creates) == ("not_sent", 1)
    late, earlier = service.factura(journal=None), [*service.made]
    service.shown, service.loses = lambda rows: [], ["before"]
    with pytest.raises(errors.OutcomeUnknown):
        late.create_payroll(**{**PAYROLL, **other}, operation_id="o")
    service.shown = lambda rows: earlier
    with pytest.raises(errors.IdempotencyConflict) as raised:
        late.resume("o", send_again=True)
    assert (raised.value.outcome, service.creates) == ("unknown", 2)


RESEMBLING: list[tuple[dict[str, Any], Callable[[dict[str, Any]], dict[str, Any]]]] = [
    ({"serie": "a"}, lambda row: {**row, "serie": "A"}),
    ({"folio": "A&B"}, lambda row: {**row, "folio": "A&amp;B"}),
    ({"folio": "order-2026-11-30-0007"}, lambda row: {**row, "folio": row["folio"][:20]}),
    ({"folio": "order-2026-11-30-0007"}, lambda row: {**row, "folio": None, "to_email": None}),
    ({"to_email": ["a@example.mx", "b@example.mx"]}, lambda row: {**row, "to_email": "a@example.mx", "folio": "9"}),
    ({}, lambda row: {**row, "to_rfc": "EKU9003173C9", "total_amount": "unknown"}),
]


@pytest.mark.parametrize(("asked", "shown"), RESEMBLING)
def test_what_resembles_it_is_not_sent_over(asked: dict[str, Any], shown: Callable[[Any], Any]) -> None:
    service = Scripted()
    service.loses, service.shown = ["after"], lambda rows: [shown(row) for row in rows]
    facti = service.facti()
    with pytest.raises(errors.OutcomeUnknown):
        facti.request_payment(**{**ASKED, **asked}, operation_id="o")
    with pytest.raises(errors.OutcomeUnknown) as raised:
        facti.resume("o", send_again=True)
    assert (raised.value.outcome, service.creates) == ("unknown", 1)
    if isinstance(raised.value, errors.DuplicateDetected):
        assert raised.value.ids == ("101",)
        assert "101 may be what operation o made" in raised.value.message
        assert "dismiss('o')" in str(raised.value)
    facti.dismiss("o")
    assert facti.request_payment(**{**ASKED, **asked}, operation_id="p").request_id == 102


@pytest.mark.parametrize(
    "other", [{"total_amount": 55.21}, {"folio": "8", "to_email": "someone.else@example.mx"}, {"id": 50}], ids=str
)
def test_what_is_another_does_not_stop_a_second_request(other: dict[str, Any]) -> None:
    service = Scripted()
    facti = service.facti()
    first: dict[str, Any] = {**ASKED, "folio": "first", "total_amount": 1}
    facti.request_payment(**first)
    service.loses = ["before"]
    with pytest.raises(errors.OutcomeUnknown):
        facti.request_payment(**ASKED, operation_id="o")
    service.made.append({**service.made[0], **ASKED_ROW, **other})
    assert facti.resume("o", send_again=True).request_id == 103
    # What the same journal knows for another operation's is none of this one's.
    facti.request_payment(**ASKED, operation_id="q")
    assert service.creates == 4


ASKED_ROW: dict[str, Any] = {"id": 102, "folio": ASKED["folio"], "total_amount": 55.20, "serie": "another"}
CUT: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda row: {**row, "descripcion": row["descripcion"][:20]},
    lambda row: {**row, "descripcion": ""},
    lambda row: {**row, "descripcion": f"{row['descripcion'][:-6]}\n{row['descripcion'][-6:]}"},
    lambda row: {"uid": row["uid"], "descripcion": "", "grupo": "Group of that name"},
]


@pytest.mark.parametrize("shown", CUT)
def test_a_payroll_without_its_token_is_not_stamped_over(shown: Callable[[Any], Any]) -> None:
    service = Scripted()
    factura = service.factura()
    service.factura(journal=None).create_payroll(**PAYROLL)
    service.made[0]["descripcion"] = "by hand, before"
    service.loses, service.shown = ["after"], lambda rows: [shown(row) for row in rows]
    with pytest.raises(errors.OutcomeUnknown):
        factura.create_payroll(**PAYROLL, operation_id="o")
    with pytest.raises(errors.DuplicateDetected, match="dismiss") as raised:
        factura.resume("o", send_again=True)
    assert (raised.value.ids, service.creates) == ((service.made[1]["uid"],), 2)


def test_a_payroll_of_another_operation_or_month_does_not_stop_one() -> None:
    service = Scripted()
    factura = service.factura()
    service.loses = ["before"]
    with pytest.raises(errors.OutcomeUnknown):
        factura.create_payroll(**PAYROLL, operation_id="o")
    service.factura(journal=None).create_payroll(**PAYROLL, operation_id="another")
    service.made.append({**service.made[0], "uid": "62a0ffffffff1", "descripcion": "by hand", "inicia": "2020-01-01"})
    with pytest.raises(errors.WaitTimeout):  # nothing stamps here
        factura.resume("o", send_again=True)
    assert service.creates == 3


@pytest.mark.parametrize("uid", [None, 7, "", [], {}, "../x", "62a0 1", ...])
def test_a_changed_uid_is_one_payroll(uid: Any) -> None:
    service = Scripted()
    service.bend = bending("uid", uid)
    found = [service.factura().create_payroll(**PAYROLL, operation_id="o") for _ in range(2)]
    assert (found, service.creates) == (["7"] * 2 if uid == 7 else [service.made[0]["uid"]] * 2, 1)
