"""The odd suites, small, and what they rest on: a server of their own, every method called, an oracle that notices."""

import ast
import asyncio
import fnmatch
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from proving import odd_answers, odd_guards, odd_programs, recipes, scripted, suites
from proving.canaries import FACTI_KEY, Listener, forms, in_error, in_text
from proving.guards import GUARDS, without
from proving.odd_cases import cases, named
from proving.odd_changes import BODIES, changed, places
from proving.odd_oracle import claims, refuses
from proving.odd_stage import Harness, client, transport_of
from proving.recipes import RECIPES, Recipe
from proving.scripted import Answer, ScriptedServer
from proving.setting import Setting
from proving.stage import WAYS, Way
from proving.tally import table
from ventanilla import errors
from ventanilla.testing import without_waiting

SEED = 1
FOLDER = Path(scripted.__file__).parent


@pytest.fixture
def harness() -> Iterator[Harness]:
    with asyncio.Runner() as runner, without_waiting():
        yield Harness(runner)


@pytest.mark.parametrize("name", ["odd-answers", "odd-programs"])
def test_no_promise_is_broken(name: str) -> None:
    tally = suites.run(name, Setting(SEED, small=True))
    print(table([tally]))
    assert tally.broken == []


@pytest.mark.parametrize("exception", ["httpx.ReadError", "httpx.RemoteProtocolError"])
def test_a_write_that_is_sent_again_is_seen(exception: str) -> None:
    setting = Setting(SEED, small=True, case=f"transport/facti.request_payment/{exception}/after it/*")
    assert odd_programs.run(setting).broken == []
    with without("retry-rule"):
        assert odd_programs.run(setting).duplicates


@pytest.fixture(scope="module")
def ids() -> list[str]:
    return [case.id for case in cases(Setting(SEED))]


def test_guards_name_cases_and_places_that_there_are(ids: list[str]) -> None:
    every = [*ids, *(story.id for story in odd_programs.stories(Setting(SEED, small=True)))]
    for name, planned in odd_guards.PLANNED.items():
        assert fnmatch.filter(every, planned.case), f"{name} has no cases"
        with planned.taken_out():
            assert name in GUARDS


def test_the_scripted_server_shares_no_code_with_what_it_judges() -> None:
    files = [*FOLDER.glob("scripted*.py"), FOLDER / "odd_oracle.py"]
    assert len(files) == 6
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(("ventanilla", "httpx", "proving.stage"))]


def test_every_method_of_the_six_clients_is_called() -> None:
    assert recipes.missing() == []


def test_a_method_without_a_recipe_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "RECIPES", tuple(each for each in RECIPES if each.method != "payment_ways"))
    assert recipes.missing() == ["AsyncFacti.payment_ways", "Facti.payment_ways"]
    tally = odd_answers.run(Setting(SEED, small=True, case="place/facti.payment/get_payment/details.id/bool/sync"))
    assert "a method that no recipe calls" in tally.broken[0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: each.name)
def test_each_recipe_does_what_it_says(recipe: Recipe, way: Way, harness: Harness) -> None:
    server = ScriptedServer()
    face = client(recipe.provider, way, transport=transport_of(server, way), **recipe.options)
    ended = harness.end(lambda: recipe.do(face))
    harness.close(face)
    assert ended.error is None or (recipe.variant == "there" and isinstance(ended.error, errors.AlreadyExists))
    assert not server.requests("unknown")
    expected = 0 if recipe.write is None or recipe.limit == 0 else 1
    assert server.effects(recipe.write) == expected if recipe.write else server.effects() == 0


def test_a_long_run_has_its_cases_once_each(ids: list[str]) -> None:
    assert len(ids) >= odd_answers.LEAST
    assert len(ids) == len(set(ids))


def test_a_long_run_meets_each_status_with_each_body(ids: list[str]) -> None:
    pairs = {tuple(id.split("/")[2:4]) for id in ids if id.startswith("status/")}
    assert pairs == {(str(status), body) for status in range(200, 600) for body in BODIES}
    assert len(BODIES) >= 30
    assert len({id.split("/")[1] for id in ids if id.startswith("verdict/")}) >= 30


def test_a_case_is_found_again_by_its_id() -> None:
    setting = Setting(SEED, small=True)
    case = named(setting, "location/facti.request_payment/302/*")[0]
    assert odd_answers.run(evolve(setting, case=case.id)).faults == 1
    assert odd_answers.run(evolve(setting, case="location/no such case")).broken
    assert odd_programs.run(evolve(setting, case="no such story")).broken


def test_a_change_is_of_one_place() -> None:
    said = {"a": [1, {"b": "c"}], "d": None}
    assert list(places(said)) == [(), ("a",), ("a", 0), ("a", 1), ("a", 1, "b"), ("d",)]
    assert changed(said, ("a", 1, "b"), "missing") == {"a": [1, {}], "d": None}
    assert changed(said, ("a",), "keyed") == {"a": {"0": 1, "1": {"b": "c"}}, "d": None}
    assert changed(said, ("a", 0), "other")["a"][0] == 2
    assert said == {"a": [1, {"b": "c"}], "d": None}


@pytest.mark.parametrize("form", sorted(forms(FACTI_KEY)))
def test_a_canary_is_known_in_every_form(form: str) -> None:
    echoed = forms(FACTI_KEY)[form]
    assert in_text(f"before {echoed} after")
    error = errors.Rejected(f"the key {echoed} is wrong")
    assert "str of Rejected" in list(in_error(error))
    outer = errors.OutcomeUnknown("it got lost")
    outer.__cause__ = error
    assert any("cause of OutcomeUnknown" in place for place in in_error(outer))


def test_what_shows_no_canary_is_left_alone() -> None:
    assert in_text("folio 1043, canary islands") is None
    assert list(in_error(errors.Rejected("the series does not exist", provider="Facti"))) == []


def test_a_canary_in_a_log_record_is_heard() -> None:
    with Listener() as listener:
        logging.getLogger("some.library").debug("asking with %s", FACTI_KEY)
        logging.getLogger("some.library").debug("asking with %s", "nothing")
        assert len(listener.taken()) == 1
        assert listener.taken() == []


@pytest.mark.parametrize(
    ("provider", "status", "body", "is_refusal"),
    [
        ("facti", 200, b'{"result": 0, "msg": "no"}', True),
        ("facti", 200, b'{"result": "0"}', True),
        ("facti", 200, b'{"result": false}', True),
        ("facti", 200, b'{"result": null}', False),
        ("facti", 200, b'{"result": 2}', False),
        ("facti", 200, b'{"msg": "no"}', False),
        ("facti", 502, b'{"result": 0}', False),
        ("facti", 408, b'{"result": 0}', False),
        ("facturaonline", 200, b'{"response": "error"}', True),
        ("facturaonline", 200, b'{"status": "error"}', True),
        ("facturaonline", 200, b'{"status": "ERROR "}', False),
        ("facturaonline", 500, b'{"status": "error"}', False),
        ("syncfy", 200, b'{"status": false, "code": 400}', True),
        ("syncfy", 200, b'{"status": false, "code": 200}', False),
        ("syncfy", 200, b'{"status": false, "code": 408}', False),
        ("syncfy", 200, b'{"status": false, "code": 503}', False),
        ("syncfy", 401, b'{"status": false, "code": 401}', True),
        ("syncfy", 401, b"<html>no</html>", False),
        ("facti", 422, b'{"message": "The given data was invalid."}', False),
    ],
)
def test_a_refusal_is_what_the_documents_say(provider: str, status: int, body: bytes, is_refusal: bool) -> None:
    answer = Answer(status, [], body)
    assert refuses(provider, answer) is is_refusal
    assert not claims(provider, answer)


@pytest.mark.parametrize(
    ("provider", "body"),
    [("facti", b'{"result": 1}'), ("facturaonline", b'{"response": "success"}'), ("syncfy", b'{"status": true}')],
)
def test_a_success_is_what_the_documents_say(provider: str, body: bytes) -> None:
    assert claims(provider, Answer(200, [], body))
    assert not claims(provider, Answer(302, [], body))
    assert not refuses(provider, Answer(200, [], body))
