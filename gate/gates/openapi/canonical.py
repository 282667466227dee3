"""An OpenAPI document without what may differ while it says the same: versions, servers, a framework's own ways. Pure.

What is left out of both sides: `info.version` and `servers`. What a framework's version alone decides is brought to one
form by `Folding`, as it was measured between FastAPI 0.100 and 0.165 with pydantic 2.2 to 2.14, and between OpenAPI 3.0
and 3.1 (https://spec.openapis.org/oas/v3.1.1.html, appendix A). Order is for who compares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.api_changes.schema_dialects import is_decimal
from gate.formats import UnreadableError
from gate.formats.openapi_schema import kind_of

_DEEPEST = 150
# Where schemas stand in schemas: alone, in a list, by name.
_ONE = frozenset(
    {
        *("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    }
)
_LISTED = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
# What stands there is a value: nothing in it is a schema.
_VALUES = frozenset({"example", "examples", "default", "const", "enum", "value", "x-example", "mapping"})
_BINARY = "application/octet-stream"
_OF_VALIDATION_ERROR = {"loc", "msg", "type"}
# Python 3.13 took the phrases of RFC 9110: https://docs.python.org/3/library/http.html#http.HTTPStatus
_PHRASES = {
    "Request Entity Too Large": "Content Too Large",
    "Request-URI Too Long": "URI Too Long",
    "Requested Range Not Satisfiable": "Range Not Satisfiable",
    "Unprocessable Entity": "Unprocessable Content",
}

Written = Mapping[str, Any]


def canonical(root: Written) -> Written:
    """Return a document without its version and its servers."""
    told = {name: value for name, value in root.items() if name != "servers"}
    if isinstance(info := told.get("info"), Mapping):
        told["info"] = {name: value for name, value in info.items() if name != "version"}
    return told


@dataclass(slots=True)
class Folding:
    """Brings what only versions of a framework decide to one form.

    Folds each part once, however often it is referred to: what a few lines of YAML share stays shared.
    """

    known: dict[tuple[int, str], Any] = field(default_factory=dict)
    # Parts are known by their identity, which must not be given to another.
    kept: list[object] = field(default_factory=list)

    def part(self, value: object, pointer: str) -> object:
        """Return the part of a document that stands at `pointer`, folded.

        Raises:
            UnreadableError: it is deeper than any that a person or a framework writes, or holds itself.
        """
        if pointer == "/openapi":
            return str(value).partition(".")[0]
        return self.schema(value, 0) if pointer.startswith("/components/schemas/") else self.other(value, 0)

    def other(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        """Fold what is no schema, with the schemas in it."""
        return self._once("other", value, depth, self._other)

    def schema(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        """Fold a schema."""
        return self._once("schema", value, depth, self._schema)

    def _once(self, kind: str, value: Any, depth: int, fold: Callable[[Any, int], Any]) -> Any:  # noqa: ANN401
        if not isinstance(value, dict | list):
            return value
        key = (id(value), kind)
        if key not in self.known:
            if depth > _DEEPEST:
                raise UnreadableError(f"it is more than {_DEEPEST} levels deep, or holds itself")
            self.kept.append(value)
            self.known[key] = fold(value, depth + 1)
        return self.known[key]

    def _other(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return [self.other(one, depth) for one in value]
        told = {}
        for name, one in value.items():
            if name == "schema":
                told[name] = self.schema(one, depth)
            elif name == "schemas" and isinstance(one, Mapping):
                told[name] = {inner: self.schema(each, depth) for inner, each in one.items()}
            elif name in _VALUES and name != "examples":
                told[name] = one
            else:
                told[name] = self.other(one, depth)
        if "content" in told or len(told) == 1:
            # An answer without a description of its own has the phrase of its status.
            described = told.get("description")
            if isinstance(described, str) and described in _PHRASES:
                told["description"] = _PHRASES[described]
        return told

    def _schema(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return [self.schema(one, depth) for one in value]
        told: dict[str, Any] = {}
        for name, one in value.items():
            if name in _ONE:
                told[name] = self.schema(one, depth)
            elif name in _LISTED and isinstance(one, list):
                told[name] = [self.schema(each, depth) for each in one]
            elif name in _NAMED and isinstance(one, Mapping):
                told[name] = {inner: self.schema(each, depth) for inner, each in one.items()}
            else:
                told[name] = one
        for step in _STEPS:
            told = step(told)
        return told


def _as_binary(schema: dict[str, Any]) -> dict[str, Any]:
    """Say content of any bytes in one way: `format: binary` until FastAPI 0.128, `contentMediaType` after it."""
    if schema.get("contentMediaType") == _BINARY:
        schema = {name: value for name, value in schema.items() if name != "contentMediaType"}
        schema.setdefault("format", "binary")
    return schema


def _as_validation_error(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out of FastAPI's own error what came to it later."""
    properties = schema.get("properties")
    if schema.get("title") != "ValidationError" or not isinstance(properties, Mapping):
        return schema
    if not properties.keys() >= _OF_VALIDATION_ERROR:
        return schema
    kept = {name: value for name, value in properties.items() if name not in ("ctx", "input")}
    return {**schema, "properties": kept}


def _as_reference(schema: dict[str, Any]) -> dict[str, Any]:
    """Say `allOf` of one reference as the reference: pydantic until 2.9 could not put anything beside one."""
    parts = schema.get("allOf")
    if not isinstance(parts, list) or len(parts) != 1 or not isinstance(parts[0], Mapping):
        return schema
    outer = {name: value for name, value in schema.items() if name != "allOf"}
    return {**parts[0], **outer} if parts[0].keys().isdisjoint(outer) else schema


def _as_enum(schema: dict[str, Any]) -> dict[str, Any]:
    """Say one value as `enum`, with its type: pydantic writes `const`, both, or no type, by its version."""
    value = schema.get("const")
    if "const" in schema and not isinstance(value, dict | list) and schema.get("enum", [value]) == [value]:
        schema = {**schema, "enum": [value]}
        del schema["const"]
    if isinstance(schema.get("enum"), list) and "type" not in schema and (kind := kind_of(schema)):
        schema = {**schema, "type": kind}
    return schema


def _as_open(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is so anyway, and what pydantic did not always tell: that an object is open, an empty secret."""
    if schema.get("additionalProperties") is True:
        schema = {name: value for name, value in schema.items() if name != "additionalProperties"}
    if schema.get("format") == "password" and schema.get("default") == "":
        schema = {name: value for name, value in schema.items() if name != "default"}
    return schema


def _as_nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Say that null is allowed as 3.0 does, beside the one other schema: 3.1 has alternatives, or a list of types."""
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        others = [kind for kind in kinds if kind != "null"]
        schema = {**schema, "type": others[0] if len(others) == 1 else others, "nullable": True}
    for word in ("anyOf", "oneOf"):
        parts = schema.get(word)
        if not isinstance(parts, list) or {"type": "null"} not in parts:
            continue
        others = [one for one in parts if one != {"type": "null"}]
        outer = {name: value for name, value in schema.items() if name != word}
        if len(others) == 1 and isinstance(others[0], Mapping) and others[0].keys().isdisjoint(outer):
            return {**others[0], **outer, "nullable": True}
        return {**outer, word: others, "nullable": True}
    return {name: value for name, value in schema.items() if name != "nullable"} if _is_false(schema) else schema


def _is_false(schema: Written) -> bool:
    return schema.get("nullable") is False


def _as_bounds(schema: dict[str, Any]) -> dict[str, Any]:
    """Say that a bound is exclusive as 3.1 does: by its own number."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        said = schema.get(exclusive)
        if said is False:
            schema = {name: value for name, value in schema.items() if name != exclusive}
        elif said is True and bound in schema:
            schema = {**schema, exclusive: schema[bound]}
            del schema[bound]
    return schema


def _as_decimal(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out the pattern that pydantic gives every decimal number since 2.12."""
    return {name: value for name, value in schema.items() if name != "pattern"} if is_decimal(schema) else schema


def _as_examples(schema: dict[str, Any]) -> dict[str, Any]:
    """Say one example as a list of one."""
    if "example" in schema and "examples" not in schema:
        schema = {**schema, "examples": [schema["example"]]}
        del schema["example"]
    return schema


_STEPS = (
    *(_as_binary, _as_validation_error, _as_reference, _as_enum, _as_open, _as_bounds, _as_decimal),
    _as_examples,
    # Last: it puts a schema that is folded already beside what stands around it.
    _as_nullable,
)
