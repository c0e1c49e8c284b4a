"""Every error and every published code is explained in English and in good Spanish, with its ids and no secret."""

import ast
import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

import ventanilla
from ventanilla import _texts, codes, errors, syncfy
from ventanilla.codes import ESTATUS, JOB, PAYMENT_STATUS, TABLES, Both
from ventanilla.facti import Payment
from ventanilla.facturaonline import Acuse, PayrollRecord
from ventanilla.facturaonline.values import State
from ventanilla.syncfy import Connection, JobState, Syncfy
from ventanilla.syncfy._auth import KeyAuth

FACADE = Path(ventanilla.__file__).parent
ENGLISH = (
    "the of and is are was were it its with which that this from by for not nothing but or to an has have been be "
    "what does do before after later again check read wait answer request user site account payment provider call"
)
# Whoever is addressed, and the imperatives that a text could begin with in place of an infinitive.
INFORMAL = (
    r"\b([Tt]ú|[Tt]us?|[Tt]e|[Tt]i|[Uu]stedes|[Uu]sted)\b"
    r"|(^|[.:;] )(Revis|Intent|Llam|Consult|Esper|Us|Pid|Corrij|Corrig)[ae]\b"
)
INFINITIVE = re.compile(r"^(No )?\w+(ar|er|ir)(lo|los|la|las|se)?\b")


def public_errors() -> list[type[errors.VentanillaError]]:
    """Every class of the tree, wherever in the package it is."""
    for found in pkgutil.walk_packages(ventanilla.__path__, "ventanilla."):
        importlib.import_module(found.name)
    kinds: list[type[errors.VentanillaError]] = [errors.VentanillaError]
    for kind in kinds:
        kinds += [each for each in kind.__subclasses__() if each not in kinds]
    return [each for each in kinds if each.__module__.startswith("ventanilla.") and not each.__name__.startswith("_")]


def unquoted(text: str) -> str:
    """What is said outside of quotation marks: the provider's words and ventanilla's English details stand in them."""
    return re.sub(r"«[^»]*»", "«»", text)


def english_in(text: str) -> list[str]:
    words = re.findall(r"\w+", unquoted(text).lower())
    return [word for word in words if word in ENGLISH.split()]


def badly_written(text: str, spanish: bool) -> list[str]:
    """What is wrong with the form of an explanation."""
    plain = unquoted(text)
    problems = [
        (not text[:1].isupper(), "begins without a capital"),
        (not text.endswith("."), "ends without a full stop"),
        (re.search(r"\.\.|  |,,| [,.;:]|\(\)|[{}]", plain) is not None, "has stray punctuation"),
        (plain.count("(") != plain.count(")"), "does not close a parenthesis"),
        (text.count("«") != text.count("»") or text.count("“") != text.count("”"), "does not close a quotation"),
        (spanish and re.search(r"\b(de|a) el\b", plain) is not None, "does not contract de el"),
        (spanish and re.search(INFORMAL, plain) is not None, "addresses somebody"),
        (spanish and bool(english_in(text)), f"has English: {english_in(text)}"),
    ]
    return [problem for found, problem in problems if found]


KINDS = public_errors()


def example_of(kind: type[errors.VentanillaError]) -> errors.VentanillaError:
    error = kind(
        "El folio ya existe", provider="Facti", operation="create_request", status_code=200, request_id="rid-7"
    )
    for name, value in (("field", "folio"), ("id_job", "f" * 24), ("code", 401), ("operation_id", "order-7")):
        if name in vars(error):
            setattr(error, name, value)
    return error


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_class_has_a_text_of_its_own_in_both_languages(kind: type[errors.VentanillaError]) -> None:
    assert kind.__name__ in _texts.TEXTS, f"{kind.__name__} has no text of its own in ventanilla/_texts"
    text = _texts.TEXTS[kind.__name__]
    assert all(len(each) > 10 for each in text.what)
    english, spanish = (_texts.about(kind, language, "Facti") for language in codes.LANGUAGES)
    assert english != spanish
    assert badly_written(english, spanish=False) == []
    assert badly_written(spanish, spanish=True) == []
    assert text.advice is None or INFINITIVE.match(text.advice[1]), (
        "the Spanish advice does not begin with an infinitive"
    )


def test_no_text_is_left_of_a_class_that_has_gone() -> None:
    assert {kind.__name__ for kind in KINDS} == {*_texts.TEXTS}
    assert len({text.what for text in _texts.TEXTS.values()}) == len(_texts.TEXTS)
    assert len(KINDS) >= 40


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("el pago ya existe.", "capital"),
        ("El pago ya existe", "full stop"),
        ("El pago ya existe..", "stray punctuation"),
        ("El pago {folio} ya existe.", "stray punctuation"),
        ("El pago (folio 7 ya existe.", "parenthesis"),
        ("Facti dijo: «ya existe.", "quotation"),
        ("La respuesta de el proveedor.", "contract"),
        ("El pago ya existe. Revise su folio.", "addresses"),
        ("El pago has been paid.", "English"),
    ],
)
def test_the_judge_of_texts_sees_what_is_wrong(text: str, problem: str) -> None:
    assert any(problem in each for each in badly_written(text, spanish=True))
    assert not INFINITIVE.match("Revisa el folio")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_explanation_has_the_ids_the_providers_words_and_what_to_do(kind: type[errors.VentanillaError]) -> None:
    error = example_of(kind)
    for language, request in (("en", "request rid-7"), ("es", "solicitud rid-7")):
        said = error.explain(language)
        assert badly_written(said, spanish=language == "es") == []
        assert request in said
        assert "HTTP 200" in said
        assert "create_request" in said
        assert len(re.findall(r"[.:] [A-ZÁÉÍÓÚ¿]", unquoted(said))) <= 2, "more than three sentences"
        if isinstance(error, errors.ProviderError) and kind is not errors.AlreadyPaid:
            assert ("Facti said: “" if language == "en" else "Facti respondió: «") + error.message in said
        for name in ("id_job", "operation_id", "field"):
            assert str(vars(error).get(name) or "") in said
    assert error.explain() == error.explain("en")


def test_what_str_and_hint_say_is_as_it_was() -> None:
    missing = errors.NotFound("No existe el pago", provider="Facti", operation="get_payment", status_code=200)
    advice = "Check the id and that it belongs to these credentials"
    assert str(missing) == f"Facti get_payment: No existe el pago (HTTP 200). {advice}"
    assert errors.NotFound.hint == missing.hint == advice
    assert str(errors.InvalidRequest("folio is empty", field="folio")) == "folio is empty"
    assert errors.MalformedAnswer.hint == errors.UnexpectedAnswer.hint
    assert errors.PermissionDenied("no").hint is None


def test_a_hint_of_one_error_alone_is_told_in_both_languages() -> None:
    error = errors.WaitTimeout(
        ("it did not end", "no terminó"), waiting_for="job 7", hint=("Call it", "Llamar otra vez")
    )
    assert (error.hint, str(error)) == ("Call it", "it did not end. Call it")
    assert error.explain("en").endswith("It did not end. Call it.")
    assert error.explain("es").endswith("No terminó. Llamar otra vez.")
    again = pickle.loads(pickle.dumps(error))
    assert (again.explain("es"), vars(again)) == (error.explain("es"), vars(error))
    error.advise("Ask Ana")
    assert error.explain("en").endswith("Ask Ana.")
    assert error.explain("es").endswith("Volver a esperar con su id, sin repetir lo que lo inició.")


def test_a_class_of_ones_own_has_the_text_of_the_one_above() -> None:
    class LateFee(errors.Rejected):
        hint = "Pay first"

    error = LateFee("recargo", provider="Facti")
    assert error.explain("es").startswith("Facti rechazó los datos de la llamada.")
    assert error.explain("en").endswith("Pay first.")


@pytest.mark.parametrize("language", ["fr", "", "ES", "es_MX"])
def test_unknown_language_names_those_known(language: str) -> None:
    with pytest.raises(ValueError, match="the languages are en, es"):
        errors.NotFound("x").explain(language)
    for ask in (JOB.explain, JOB.meaning, syncfy.explain):
        with pytest.raises(ValueError, match="the languages are en, es"):
            ask(401, language)


def test_what_a_provider_echoes_is_hidden_from_explanations_too() -> None:
    key = "7767a4a04f990e9231bafc949e8ca08a"
    body = {"rid": "rid-7", "code": 400, "errors": None, "status": False, "message": f"bad {key}", "response": None}
    transport = httpx.MockTransport(lambda request: httpx.Response(400, json=body))
    with Syncfy(api_key=key, transport=transport) as face, pytest.raises(errors.Rejected) as raised:
        next(face.users())
    for language in codes.LANGUAGES:
        assert "bad ***" in raised.value.explain(language)
        assert key not in raised.value.explain(language)


def test_spanish_of_ones_own_is_searched_for_secrets_like_the_english() -> None:
    key = "7767a4a04f990e9231bafc949e8ca08a"

    class Echo(KeyAuth):
        def check(self, response: httpx.Response) -> None:
            raise errors.Rejected((f"no {key}", f"no sirve {key}"), hint=(f"drop {key}", f"Quitar {key}"))

    response = httpx.Response(200, request=httpx.Request("GET", "https://opendata-api.syncfy.com/v1/users"))
    with pytest.raises(errors.Rejected) as raised:
        Echo(httpx.URL("https://opendata-api.syncfy.com/v1"), key).examine(response)
    said = [raised.value.explain(language) for language in codes.LANGUAGES]
    assert [key in each for each in said] == [False, False]
    assert "Quitar ***" in said[1]


def test_raising_loads_no_texts() -> None:
    code = (
        "import sys, ventanilla.errors as e\n"
        "error = e.NotFound('x', provider='Facti')\n"
        "assert not [m for m in sys.modules if m in ('ventanilla._texts', 'ventanilla.codes', 'attrs')]\n"
        "assert error.hint and 'ventanilla._texts' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def hints_in_english_alone(source: str) -> Iterator[int]:
    """The lines in which an error is given a hint of its own that has no Spanish."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in ("hint", "go_on"):
            value: ast.expr | None = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "advise":
            value = node.args[0]
        elif isinstance(node, ast.Assign) and any("hint" in ast.unparse(each) for each in node.targets):
            value = node.value
        else:
            continue
        if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and value.value):
            yield value.lineno


def test_no_error_is_given_a_hint_without_spanish() -> None:
    found = {
        f"{path.relative_to(FACADE)}:{line}"
        for path in FACADE.rglob("*.py")
        for line in hints_in_english_alone(path.read_text(encoding="utf-8"))
    }
    assert found == set()
    assert sorted(hints_in_english_alone('Rejected("no", hint="Ask")\nerror.hint = f"{x}"\nerror.advise("Go")')) == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.provider}-{table.title[0]}")
def test_every_published_code_is_told_in_both_languages(table: codes.Codes) -> None:
    for code in table.texts:
        english, spanish = (table.explain(code, language) for language in codes.LANGUAGES)
        assert code in english
        assert code in spanish
        assert english != spanish or code in ("paypal",)
        assert badly_written(spanish, spanish=True) in ([], ["begins without a capital"])
    assert "777" in table.meaning(777, "es")
    assert english_in(table.meaning(777, "es")) == []
    both: list[Both] = [*table.texts.values()]
    assert len(both) > 1


def test_job_codes_say_what_to_do_where_they_are_failures() -> None:
    assert syncfy.explain(200, "es") == "Código 200: terminó."
    assert syncfy.explain(410) == "Code 410: the site asks for an answer."
    assert syncfy.explain(401, "es") == (
        "Código 401: el sitio rechazó las credenciales. Pedir otra vez las credenciales al usuario; varios intentos "
        "fallidos pueden bloquear la cuenta."
    )
    assert syncfy.explain(777, "es").startswith("Código 777, que el proveedor no ha publicado.")
    assert syncfy.explain(509).endswith("Wait fifteen minutes, then synchronise again.")


def test_values_explain_themselves() -> None:
    state = JobState(code=405, meaning=JOB.meaning(405), history=(100, 405))
    shown = Connection(code=405, result=state.meaning, connected_at=datetime.now(UTC), downloaded_at=None)
    assert state.explain("es") == shown.explain("es") == syncfy.explain(405, "es")
    assert state.meaning == "the site has locked the account"
    payment = Payment(
        id=5,
        company_id=5,
        requested_at=None,
        serie="",
        folio="3",
        to_rfc="XAXX010101000",
        to_email=("santo@example.mx",),
        total_amount=Decimal("55.20"),
        status="1",
        confirmed_from="stp",
    )
    assert payment.explain("es") == "Estado 1: pagado, transferencia por STP."
    assert PAYMENT_STATUS.meaning("0", "es") == "sin pagar"
    acuse = Acuse(date=None, issuer_rfc="EKU9003173C9", uuid="", estatus="202", xml=b"")
    assert (acuse.meaning, acuse.explain("es")) == (
        "it had been cancelled before",
        "Estatus 202: ya se había cancelado.",
    )
    assert ESTATUS.meaning(999, "es") == "estatus 999, que no es de los conocidos"


@pytest.mark.parametrize(
    ("state", "message", "says"),
    [
        ("queued", None, "El recibo espera a ser timbrado."),
        ("stamped", None, "El recibo está timbrado."),
        ("failed", "CFDI40145 - El nombre no corresponde.", "Falló el timbrado. CFDI40145 - El nombre no corresponde."),
        ("cancelled", None, "El CFDI del recibo está cancelado."),
    ],
)
def test_records_explain_their_stamping(state: State, message: str | None, says: str) -> None:
    record = PayrollRecord(
        uid="a",
        uuid=None,
        employee_uid="b",
        state=state,
        status_timbre="",
        message=message,
        folio=None,
        serie="NOM",
        days=15,
        total_perceptions=Decimal(1),
        total_deductions=Decimal(0),
        total=Decimal(1),
    )
    assert record.explain("es") == says
