"""The two faces of each provider show the same operations with the same signatures, and neither shows a secret."""

import inspect
from typing import Any, cast

import pytest

import ventanilla
from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Syncfy
from ventanilla._face import listing, operation
from ventanilla.errors import ConfigurationError

FACES: list[tuple[type[Any], type[Any]]] = [
    (Syncfy, AsyncSyncfy),
    (Facti, AsyncFacti),
    (FacturaOnline, AsyncFacturaOnline),
]
KEYS: dict[type[Any], dict[str, Any]] = {
    Syncfy: {"api_key": "canary-5f4dcc3b5aa765d6"},
    Facti: {"client_id": "canary-5f4dcc3b5aa765d6", "api_key": "canary-5f4dcc3b5aa765d6", "company_id": 5},
    FacturaOnline: {"api_key": "canary-5f4dcc3b5aa765d6", "secret_key": "canary-5f4dcc3b5aa765d6"},
}
VARIABLES = {
    Syncfy: ("SYNCFY_API_KEY", "SYNCFY_BASE_URL"),
    Facti: ("FACTI_API_KEY", "FACTI_BASE_URL"),
    FacturaOnline: ("FACTURAONLINE_SECRET_KEY", "FACTURAONLINE_BASE_URL"),
}
ENTERED = {"close", "aclose"}


def public(face: type[Any]) -> dict[str, Any]:
    members = inspect.getmembers(face, inspect.isfunction)
    return {name: member for name, member in members if not name.startswith("_") and name not in ENTERED}


def keys(face: type[Any]) -> dict[str, Any]:
    return next(found for owner, found in KEYS.items() if face.__name__.removeprefix("Async") == owner.__name__)


@pytest.mark.parametrize(("sync_face", "async_face"), FACES)
def test_both_faces_have_the_same_operations(sync_face: type[Any], async_face: type[Any]) -> None:
    one, other = public(sync_face), public(async_face)
    assert one.keys() == other.keys()
    assert len(one) > 8
    for name in one:
        assert inspect.signature(one[name]) == inspect.signature(other[name]), name
        assert inspect.getdoc(one[name]), f"{name} has no docstring"
        assert inspect.getdoc(one[name]) == inspect.getdoc(other[name])
        assert not inspect.iscoroutinefunction(one[name])


@pytest.mark.parametrize(("sync_face", "async_face"), FACES)
def test_operations_are_coroutine_functions_of_the_asynchronous_face(
    sync_face: type[Any], async_face: type[Any]
) -> None:
    marked: dict[str, type[Any]] = {
        name: type(cast(Any, member))
        for owner in sync_face.__mro__
        for name, member in vars(owner).items()
        if isinstance(member, operation | listing)
    }
    for name, kind in marked.items():
        assert inspect.iscoroutinefunction(public(async_face)[name]) == (kind is operation), name


@pytest.mark.parametrize(("sync_face", "async_face"), FACES)
def test_constructors_take_the_same_keywords(sync_face: type[Any], async_face: type[Any]) -> None:
    one, other = inspect.signature(sync_face).parameters, inspect.signature(async_face).parameters
    assert list(one) == list(other)
    assert {p.kind for p in one.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert {"base_url", "environment", "timeout", "transport"} <= {*one}


@pytest.mark.parametrize("face", [face for pair in FACES for face in pair])
def test_repr_and_str_show_no_secret(face: type[Any]) -> None:
    made = face(**keys(face))
    for text in (repr(made), str(made), repr(made.raw), str(made.raw)):
        assert "canary" not in text
    assert face.__name__ in repr(made)


@pytest.mark.parametrize("face", [face for pair in FACES for face in pair])
def test_missing_credential_names_argument_and_variable(face: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SYNCFY_API_KEY", "FACTI_CLIENT_ID", "FACTI_API_KEY", "FACTURAONLINE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match=r"pass (api_key|client_id)= or set "):
        face()


@pytest.mark.parametrize("face", [face for pair in FACES for face in pair])
def test_plain_http_is_refused_except_on_loopback(face: type[Any]) -> None:
    with pytest.raises(ConfigurationError, match="use https"):
        face(**keys(face), base_url="http://api.example.mx/v1")
    face(**keys(face), base_url="http://127.0.0.1:8765/v1")
    with pytest.raises(ConfigurationError, match="environment must be one of"):
        face(**keys(face), environment="staging")
    with pytest.raises(ConfigurationError, match="timeout"):
        face(**keys(face), timeout=0)


@pytest.mark.parametrize("face", [Syncfy, Facti, FacturaOnline])
def test_environment_variables_are_read(face: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    secret, url = VARIABLES[face]
    arguments = keys(face)
    arguments = {name: value for name, value in arguments.items() if name != secret.split("_", 1)[1].lower()}
    monkeypatch.setenv(secret, "from-the-environment")
    monkeypatch.setenv(url, "http://127.0.0.1:8765/somewhere")
    assert "127.0.0.1:8765" in repr(face(**arguments))


def test_package_exports_the_six_faces_their_policy_and_nothing_it_does_not_have() -> None:
    faces = [face.__name__ for pair in FACES for face in pair]
    assert sorted(ventanilla.__all__) == sorted([*faces, "Policy", "pesos"])
    assert all(getattr(ventanilla, name).__name__ == name for name in ventanilla.__all__)
    assert {*ventanilla.__all__} <= {*dir(ventanilla)}
    unknown = "Paypal"
    with pytest.raises(AttributeError, match="no attribute 'Paypal'"):
        getattr(ventanilla, unknown)
