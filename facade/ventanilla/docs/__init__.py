"""Writes reference pages in Markdown of the three services and of the mock's control API, from what is installed.

from ventanilla.docs import page

print(page("facti"))
"""

import importlib.resources
from pathlib import Path
from typing import Any

import msgspec

from ventanilla import _texts, errors
from ventanilla._markdown import table
from ventanilla.codes import TABLES
from ventanilla.docs import _faces, _page
from ventanilla.mock import scenarios
from ventanilla.mock.statefile import StateFileError
from ventanilla.tapes import TapeError

PROVIDERS = ("syncfy", "facti", "facturaonline", "mock")
_FACES = {"syncfy": "syncfy", "facti": "facti", "facturaonline": "factura", "mock": "mock"}
_NAMES = {"syncfy": "Syncfy", "facti": "Facti", "facturaonline": "Factura Online"}


def page(provider: str) -> str:
    """Return the page of one provider.

    Args:
        provider: `syncfy`, `facti`, `facturaonline`, or `mock` for the control API.

    Raises:
        InvalidRequest: there is no such provider.
    """
    return _page.page(_document(provider), _extras(provider))


def write(folder: Path, providers: tuple[str, ...] = PROVIDERS) -> list[Path]:
    """Write a page for each provider into a folder, and one that leads to them; return the files.

    Args:
        folder: where; it is made if it is not there.
        providers: of which.

    Raises:
        InvalidRequest: there is no such provider; nothing was written.
        OSError: the folder cannot be written.
    """
    pages = {f"{each}.md": page(each) for each in providers}
    pages["README.md"] = _page.index([(f"{each}.md", _document(each)) for each in providers])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _document(provider: str) -> dict[str, Any]:
    if provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise errors.InvalidRequest(
            (f"there is no provider {provider!r}; known: {known}", f"no hay un proveedor {provider!r}; hay {known}"),
            field="provider",
        )
    text = importlib.resources.files("ventanilla_clients").joinpath(provider, "openapi.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def _extras(provider: str) -> _page.Extras:
    played = [row for row in scenarios.table() if row.provider == provider]
    return _page.Extras(
        face=_FACES[provider],
        faces=_faces.methods(provider) if provider in _NAMES else {},
        scenarios=table(scenarios.COLUMNS, map(scenarios.cells, played)),
        codes=[each for each in TABLES if each.provider == provider],
        errors=[_told(kind, provider) for kind in _kinds() if _concerns(kind, provider)],
    )


def _kinds() -> list[type[errors.VentanillaError]]:
    found = [each for each in vars(errors).values() if isinstance(each, type)]
    return [*(each for each in found if issubclass(each, errors.VentanillaError)), StateFileError, TapeError]


def _concerns(kind: type[errors.VentanillaError], provider: str) -> bool:
    of = _texts.text_of(kind).of
    return provider in (of or _NAMES)


def _told(kind: type[errors.VentanillaError], provider: str) -> tuple[str, str, str]:
    name = _NAMES.get(provider)
    return kind.__name__, _texts.about(kind, "en", name), _texts.about(kind, "es", name)
