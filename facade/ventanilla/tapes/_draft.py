"""Knows which edits make one spec say what was recorded: what is added, widened, loosened, and what is left."""

import keyword
import re
from collections.abc import Iterable
from typing import Any

from attrs import define, evolve, field

from ventanilla.mock._provenance import escaped
from ventanilla.mock._spec import Spec
from ventanilla.tapes._exchange import is_json
from ventanilla.tapes._findings import FAILURE, Finding
from ventanilla.tapes._schema import Schemas
from ventanilla.tapes._shape import TYPES, Shape
from ventanilla.tapes._sheet import Node, Sheet, key, quoted

# What the generator takes for bytes.
FILES = re.compile(
    r"application/(pdf|xml|zip|x-download|octet-stream)|text/(xml|plain|markdown|html)",
)
# Types of which a field may have several; with others it may be anything.
_PLAIN = frozenset({"string", "integer", "boolean", "null"})
_NULL = frozenset({"null"})
# Names of fields that are values: of objects that are tables.
LONGEST_NAME = 100
_ID = re.compile(r"\d+|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBERS = frozenset({"integer", "number", "boolean", "null"})


@define
class Draft:
    """The edits of one spec."""

    spec: Spec
    sheet: Sheet
    left: list[str] = field(factory=list[str])
    _sources: dict[str, str] = field(factory=dict[str, str])
    _named: dict[str, list[str]] = field(factory=dict[str, list[str]])
    _headers: dict[str, dict[str, str]] = field(factory=dict[str, dict[str, str]])
    _added: dict[str, dict[str, list[str]]] = field(factory=dict[str, dict[str, list[str]]])

    def take(self, findings: Iterable[Finding]) -> None:
        """Make the edits that findings ask for; those of one place together."""
        unknown, other = dict[tuple[str, str], Finding](), dict[str, Finding]()
        missing, answers = list[Finding](), list[Finding]()
        for each in findings:
            if each.kind in ("no-operation", "not-json"):
                self.left.append(left_out(each, "a spec cannot say so"))
            elif not each.pointer:
                self.left.append(left_out(each, "a log does not say enough"))
            elif each.kind == "unknown-field":
                _join(unknown, (each.pointer, each.name), each)
            elif each.kind in ("type", "null"):
                _join(other, each.pointer, each)
            elif each.kind == "missing-field":
                missing.append(each)
            else:
                answers.append(each)
        # The headers first: those of a new status go into it.
        for each in sorted(answers, key=lambda each: each.kind != "header"):
            self._answer(each)
        for (pointer, name), each in unknown.items():
            self._field(pointer, name, each)
        widened = {pointer for pointer, each in other.items() if self._widen(pointer, each)}
        self._loosen(missing, widened)
        self._write()

    def _field(self, pointer: str, name: str, finding: Finding) -> None:
        if len(name) > LONGEST_NAME or _ID.fullmatch(name):
            self.left.append(left_out(finding, "its name looks like an id or a text, which is a value"))
            return
        owner = "".join(re.findall(r"#/components/schemas/(\w+)", pointer))
        text = self._schema(finding.shape or Shape(), f"{owner}{_camel(name)}", finding.source)
        self._entry(f"{pointer}/properties", f"{key(name)}: {_flow(text, _recorded(finding))}")

    def _schema(self, shape: Shape, name: str, source: str) -> list[str]:
        """Return the entries of a schema; an object gets a schema of its own, with this name."""
        types = shape.types
        if types <= {"object", "null"} and "object" in types:
            names = [*shape.fields]
            if names and all(each.isidentifier() and not keyword.iskeyword(each) for each in names):
                reference = f"$ref: '#/components/schemas/{self._object(shape, name, source)}'"
                return [f"anyOf: [{{{reference}}}, {{type: 'null'}}]"] if "null" in types else [reference]
            return [f"type: {_types(types)}"]
        if types <= {"array", "null"} and "array" in types:
            items = self._schema(shape.items, f"{name}Item", source) if shape.items is not None else []
            return [f"type: {_types(types)}", f"items: {{{', '.join(items)}}}"]
        if types == _NULL or not (types <= _PLAIN or types <= _NUMBERS):
            return []
        return [f"type: {_types(types)}", *(["format: decimal"] if "number" in types else [])]

    def _object(self, shape: Shape, name: str, source: str) -> str:
        """Add a schema for an object, and return its name."""
        taken = {each.lower() for each in (*self.spec.document["components"]["schemas"], *self._named)}
        name = next(each for each in (name, *(f"{name}{n}" for n in range(2, 1000))) if each.lower() not in taken)
        self._named[name] = []
        fields = [
            f"    {key(each)}: {{{', '.join(self._schema(child, name + _camel(each), source))}}}"
            for each, child in shape.fields.items()
        ]
        said = quoted(f"recorded: {source}")
        self._named[name] = [f"{name}:", "  type: object", f"  x-source: {said}", "  properties:", *fields]
        return name

    def _widen(self, pointer: str, finding: Finding) -> bool:
        """Let other types in; return whether that could be done."""
        came = (finding.shape or Shape()).types
        node = self.sheet.at(pointer)
        if finding.path == "$":
            self.left.append(left_out(finding, "the whole answer is of another type"))
            return False
        said = f"x-source: {quoted(_recorded(finding))}"
        if (reference := node.get("$ref")) is not None:
            known = Schemas(self.spec)[pointer].types
            first = f"{{$ref: {quoted(reference.value)}}}".replace('"', "'")
            new = ", ".join([first, *(f"{{type: {_types(frozenset({each}))}}}" for each in TYPES if each in came)])
            mixed = "number" in came or (known & {"string", "integer", "boolean"} and came & {"object", "array"})
            self.sheet.replace(node, f"{{{said}}}" if mixed else f"{{anyOf: [{new}], {said}}}")
            return True
        self._source(pointer, finding)
        if (choices := node.get("anyOf")) is not None:
            for each in (each for each in TYPES if each in came):
                self.sheet.append(choices, f"{{type: {_types(frozenset({each}))}}}")
            return True
        self._retype(node, pointer, came)
        return True

    def _retype(self, node: Node, pointer: str, came: frozenset[str]) -> None:
        kind = node.get("type")
        if kind is None:
            return
        types = Schemas(self.spec)[pointer].types | came
        types = types - {"integer"} if "number" in types else types
        if not (types <= _PLAIN or types <= _NUMBERS or came == _NULL):
            # Anything: what is said of it stands where the type stood.
            if node.get("x-source") is None:
                self.sheet.replace_entry(node, "type", f"x-source: {quoted(self._sources.pop(pointer))}")
            else:
                self.sheet.remove(node, "type")
            return
        self.sheet.replace(kind, _types(types))
        if "number" in types:
            form = node.get("format")
            if form is None:
                self.sheet.add(node, ["format: decimal"])
            elif form.value != "decimal":
                self.sheet.replace(form, "decimal")

    def _loosen(self, missing: Iterable[Finding], widened: set[str]) -> None:
        """Take names out of the lists of what must be there."""
        by_part = dict[str, dict[str, Finding]]()
        for each in missing:
            by_part.setdefault(each.pointer, {}).setdefault(each.name, each)
        for part, found in by_part.items():
            schema, required = self.sheet.at(part), self.sheet.at(f"{part}/required")
            if len(found) == len(required.items):
                self.sheet.remove(schema, "required")
            else:
                self.sheet.remove_items(required, frozenset(found))
            for name, finding in found.items():
                place = f"{part}/properties/{escaped(name)}"
                try:
                    is_own = self.sheet.at(place).get("$ref") is None
                except LookupError:
                    is_own = False
                if is_own or place not in widened:
                    self._source(place if is_own else part, finding)

    def _answer(self, finding: Finding) -> None:
        """Add a status, a content type or a header."""
        said = _recorded(finding)
        if finding.kind == "header":
            about = (
                f"{key(finding.path)}: {{description: Recorded., schema: {{type: string}}, x-source: {quoted(said)}}}"
            )
            self._headers.setdefault(finding.pointer, {})[finding.path] = about
        elif finding.kind == "content-type":
            if (schema := _media(finding)) is None:
                self.left.append(left_out(finding, "the generator knows no such content type"))
                return
            self._entry(
                f"{finding.pointer}/content", [f"{key(finding.media_type)}:", f"  schema: {schema}", _said(said)]
            )
        else:
            self._status(finding, said)

    def _status(self, finding: Finding, said: str) -> None:
        schema = _media(finding) if finding.media_type else ""
        if finding.path.startswith("2"):
            self.left.append(left_out(finding, "a spec documents 200 and no other success"))
        elif schema is None:
            self.left.append(left_out(finding, "the generator knows no such content type"))
        else:
            lines = [f"'{finding.path}':", "  description: Recorded.", f"  x-source: {quoted(said)}"]
            headers = self._headers.pop(f"{finding.pointer}/{finding.path}", {}).values()
            lines += ["  headers:", *(f"    {each}" for each in headers)] if headers else []
            lines += ["  content:", f"    {key(finding.media_type)}:", f"      schema: {schema}"] if schema else []
            self._entry(finding.pointer, lines)

    def _entry(self, pointer: str, lines: str | list[str]) -> None:
        """Add an entry once, whoever asks for it."""
        found = [lines] if isinstance(lines, str) else lines
        self._added.setdefault(pointer, {}).setdefault(found[0], found[1:])

    def _source(self, pointer: str, finding: Finding) -> None:
        self._sources.setdefault(pointer, _recorded(finding))

    def _write(self) -> None:
        for pointer, said in self._sources.items():
            node = self.sheet.at(pointer)
            if (source := node.get("x-source")) is None:
                self.sheet.add(node, [f"x-source: {quoted(said)}"])
            elif said not in source.value:
                self.sheet.replace(source, quoted(f"{source.value}; {said}"))
        for pointer, headers in self._headers.items():
            try:
                response = self.sheet.at(pointer)
            except LookupError:
                continue  # of a status that could not be added
            if (known := response.get("headers")) is not None:
                for each in headers.values():
                    self.sheet.add(known, [each])
            else:
                # Where the others of our specs stand.
                self.sheet.add_before(response, "content", ["headers:", *(f"  {each}" for each in headers.values())])
        for pointer, entries in self._added.items():
            for first, rest in entries.items():
                self.sheet.add(self.sheet.at(pointer), [first, *rest])
        for lines in self._named.values():
            self.sheet.add(self.sheet.at("#/components/schemas"), lines)


def _join(found: dict[Any, Finding], key: Any, finding: Finding) -> None:
    before = found.get(key)
    if before is None or before.shape is None or finding.shape is None:
        found.setdefault(key, finding)
    else:
        found[key] = evolve(before, shape=before.shape | finding.shape)


def _recorded(finding: Finding) -> str:
    return f"recorded: {finding.source}"


def _flow(entries: Iterable[str], said: str) -> str:
    found = [*entries]
    if found and found[0].startswith("$ref"):
        # Nothing may stand beside a reference; the schema that it leads to says where it comes from.
        return f"{{{found[0]}}}"
    return f"{{{', '.join([*found, f'x-source: {quoted(said)}'])}}}"


def _types(types: frozenset[str]) -> str:
    names = ["'null'" if each == "null" else each for each in TYPES if each in types]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _media(finding: Finding) -> str | None:
    if is_json(finding.media_type):
        return f"{{$ref: '{FAILURE}'}}" if finding.is_failure else "{}"
    return "{type: string, format: binary}" if FILES.fullmatch(finding.media_type) else None


def _said(said: str) -> str:
    return f"  x-source: {quoted(said)}"


def _camel(name: str) -> str:
    """Return what a schema may be called after a field: letters and digits of ASCII."""
    return "".join(part[:1].upper() + part[1:] for part in re.split("[^A-Za-z0-9]+", name))


def left_out(finding: Finding, why: str) -> str:
    """Say in one line what is not in a patch, and why."""
    operation = f"{finding.provider}.{finding.operation}" if finding.provider else finding.operation
    return f"{operation}: {finding.kind} {finding.path}: {why}"
