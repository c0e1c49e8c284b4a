"""Drives openapi-python-client with our templates and lets them read the raw spec.

The generator hides x- extensions and formats from its templates; the globals below hand them over. They touch
the generator's private surface, so its version is pinned exactly and a test compares what the templates produce.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName

from house_rules import moment

TEMPLATES = Path(__file__).resolve().parent / "templates"
BYTES = "application/octet-stream"
FILES = ("application/pdf", "application/xml", "text/xml", "application/zip", "application/x-download")
# Text that is no JSON is a file too: bytes come back as they went out.
TEXTS = ("text/plain", "text/markdown", "text/html")
SETTINGS = ConfigFile(
    content_type_overrides=dict.fromkeys((*FILES, *TEXTS), "application/octet-stream"),
    literal_enums=True,
    post_hooks=[],
)


def write_client(spec: dict[str, Any], source: Path, folder: Path) -> list[str]:
    """Write the client of a loaded spec into `folder`; return the generator's warnings, if any."""
    config = Config.from_sources(
        SETTINGS, MetaType.NONE, document_source=source, file_encoding="utf-8", overwrite=False, output_path=folder
    )
    data = GeneratorData.from_dict(spec, config=config)
    if isinstance(data, GeneratorError):
        return [_text(data)]
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    project.env.globals.update(_globals(spec, data))
    project.env.filters["wire"] = _wire
    project.env.filters["client_view"] = lambda text: re.sub(r"client: [^,]*,", "client: Client,", str(text))
    return [_text(problem) for problem in project.build()]


def effect(method: str, operation: Mapping[str, Any]) -> str:
    """Return whether a call of an operation reads or writes: what is no GET writes, unless the spec says why not."""
    stated: str = operation.get("x-effect", "read" if method == "get" else "write")
    return stated.partition(":")[0]


def _wire(text: UntrustedString | str) -> str:
    """Return a name as the spec writes it; the house rules have made sure that it is safe in code."""
    return text if isinstance(text, str) else text.get_untrusted_value()


def _text(problem: GeneratorError) -> str:
    return f"{problem.header}: {problem.detail}"


def _globals(spec: dict[str, Any], data: GeneratorData) -> dict[str, Any]:
    schemas = {str(ClassName(name, "")): schema for name, schema in spec["components"]["schemas"].items()}
    modules = {str(m.class_info.name): str(m.class_info.module_name) for m in [*data.models, *data.enums]}

    def raw(endpoint: Endpoint) -> dict[str, Any]:
        operation: dict[str, Any] = spec["paths"][_wire(endpoint.path)][endpoint.method]
        return operation

    def guarded_path(endpoint: Endpoint) -> str:
        shared = spec["paths"][_wire(endpoint.path)].get("parameters", [])
        declared = [_resolved(spec, p) for p in [*shared, *raw(endpoint).get("parameters", [])]]
        patterns = {
            p["name"]: p["schema"]["pattern"] for p in declared if p["in"] == "path" and "pattern" in p["schema"]
        }
        closed = {p["name"]: "|".join(p["schema"].get("enum", [])) for p in declared if p["in"] == "path"}
        path = _wire(endpoint.path)
        for parameter in endpoint.path_parameters:
            name = _wire(parameter.name)
            guard = f'segment("{name}", {parameter.python_name}, {patterns.get(name) or closed[name]!r})'
            path = path.replace(f"{{{name}}}", f"{{{guard}}}")
        return path

    def effect_of(endpoint: Endpoint) -> str:
        return effect(endpoint.method, raw(endpoint))

    def wire_properties(name: object) -> dict[str, dict[str, Any]]:
        return _properties(spec, schemas.get(str(name), {}))

    def module_of(name: object) -> str:
        return modules[str(name)]

    return {
        "raw": raw,
        "guarded_path": guarded_path,
        "effect_of": effect_of,
        "wire_properties": wire_properties,
        "module_of": module_of,
        "decimals": spec.get("x-decimals", "number"),
        "decimal_type": _decimal_type,
        "moment": moment,
        "success_of": _success_of,
    }


def _resolved(spec: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = spec
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _properties(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a schema's properties by wire name, those of its allOf parts included."""
    schema = _resolved(spec, schema)
    found: dict[str, dict[str, Any]] = {}
    for part in schema.get("allOf", []):
        found.update(_properties(spec, part))
    found.update({name: _resolved(spec, value) | value for name, value in schema.get("properties", {}).items()})
    return found


def _decimal_type(plain: str, schema: dict[str, Any]) -> str:
    """Return the annotation with money as Decimal: JSON numbers always, strings where the spec says decimal."""
    typed = re.sub(r"\bfloat\b", "Decimal", str(plain))
    kind = schema.get("type")
    is_text = kind == "string" or (isinstance(kind, list) and "string" in kind)
    if is_text and schema.get("format") == "decimal":
        typed = re.sub(r"\bstr\b", "Decimal", typed)
    return typed if "[" in typed else " | ".join(dict.fromkeys(typed.split(" | ")))


def _success_of(endpoint: Endpoint) -> str:
    """Return the type of the documented success: the first alternative where a failure shares the status."""
    answer = next(r for r in endpoint.responses.patterns if r.status_code.range == (200, 200))
    if answer.source["return_type"] == "bytes":
        return "bytes"
    chosen = answer.prop.inner_properties[0] if isinstance(answer.prop, UnionProperty) else answer.prop
    return str(chosen.get_type_string(no_optional=True).as_unembedded_code())
