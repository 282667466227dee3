"""Schemas of an OpenAPI document: references followed, parts merged, alternatives told apart. Validates no values.

A document may be hostile: whatever stands in it, nothing here raises, and the work for one schema is bounded. Formats:
https://spec.openapis.org/oas/v3.0.4.html#schema-object and https://json-schema.org/draft/2020-12/json-schema-core
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import unquote

Schema = Mapping[str, Any]
"""A schema as it is written, its references followed by `Document.schema`."""

_MOST_PARTS = 1_000
_MOST_VARIANTS = 50
# Joining objects costs as much as they have properties: so many count as one part.
_SMALL = 20
_DEEPEST = 30
_DEEPEST_CHOICE = 4
_LARGER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_SMALLER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_KINDS = ("object", "array", "string", "integer", "number", "boolean")
_TELLING = {
    "properties": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "pattern": "string",
    "minLength": "string",
    "maxLength": "string",
    "minimum": "number",
    "maximum": "number",
}


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping; an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def entries(value: object) -> tuple[Any, ...]:
    """Return the entries of a list; none where it is no list."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def number(value: object) -> int | float | None:
    """Return a number that can be reckoned with; None for anything else, truth values too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 10**300 and isfinite(value) else None


def count(schema: Schema, keyword: str) -> int | None:
    """Return a bound such as `maxLength`: a whole number that is not negative; None where there is none."""
    value = number(schema.get(keyword))
    return int(value) if value is not None and value >= 0 and value == int(value) else None


def plain(value: object) -> Any:  # noqa: ANN401 - an example may be anything
    """Return a value of the document that is sent as it is; None for one that is huge, deep, or holds itself."""
    left, level = _MOST_PARTS, [value]
    for _ in range(_DEEPEST):
        inner = [one for one in level if isinstance(one, Mapping | list)]
        if not inner:
            return value
        left -= sum(len(one) for one in inner)
        if left < 0:
            return None
        level = [child for one in inner for child in (one.values() if isinstance(one, Mapping) else one)]
    return None


def pointed(root: Mapping[str, Any], reference: object) -> Mapping[str, Any]:
    """Return what a reference within the document (`#/components/…`) names; an empty mapping where that is nothing."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return {}
    at: object = root
    for part in reference[2:].split("/")[:_DEEPEST]:
        name = unquote(part, errors="replace").replace("~1", "/").replace("~0", "~")
        if isinstance(at, Mapping):
            at = at.get(name)
        elif isinstance(at, list) and name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(at):
            at = at[int(name)]
        else:
            return {}
    return mapping(at)


def followed(root: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """Return a part of the document (a parameter, a body, an answer), its reference followed where it is one."""
    for _ in range(_DEEPEST):
        if not isinstance(value, Mapping) or "$ref" not in value:
            return mapping(value)
        value = pointed(root, value["$ref"])
    return {}


def merged(root: Mapping[str, Any], schema: object) -> Schema:
    """Return a schema with its `$ref` followed and its `allOf` merged; {} where it can be followed to nothing."""
    return _Reading(root=root).merged(schema)


def variants(root: Mapping[str, Any], schema: object) -> tuple[Schema, ...]:
    """Return what a schema lets through, one by one and merged: each of `anyOf`, `oneOf` and of a list of types.

    Null is none of them: see `nullable`. A schema without alternatives is its own only variant.
    """
    return tuple(_Reading(root=root).variants(schema, 0))


def nullable(root: Mapping[str, Any], schema: object) -> bool:
    """Tell whether null is allowed: by 3.0's `nullable`, 3.1's list of types, an alternative, or a value."""
    return _Reading(root=root).nullable(schema, 0)


def kind_of(schema: Schema) -> str:
    """Return the type of a variant, from what else it says where it names none; "" for any."""
    named = schema.get("type")
    if isinstance(named, str):
        return named if named in _KINDS else ""
    values = [schema["const"]] if "const" in schema else list(entries(schema.get("enum")))
    for value in values:
        if value is not None:
            return _kind_of_value(value)
    return next((kind for keyword, kind in _TELLING.items() if keyword in schema), "")


def _kind_of_value(value: object) -> str:
    for kind, types in (("boolean", bool), ("integer", int), ("number", float), ("string", str), ("array", list)):
        if isinstance(value, types):
            return kind
    return "object" if isinstance(value, Mapping) else ""


def joined(one: Schema, other: Schema) -> Schema:
    """Return a schema that both must let through, as far as one schema can say it; `other` has the last word."""
    if not one or not other:
        return one or other
    both: dict[str, Any] = {**one, **other}
    mine, theirs = mapping(one.get("properties")), mapping(other.get("properties"))
    if mine and theirs and mine is not theirs:
        shared = {
            name: {"allOf": [mine[name], theirs[name]]}
            for name in mine.keys() & theirs.keys()
            if mine[name] is not theirs[name]
        }
        both["properties"] = {**mine, **theirs, **shared}
    names = [name for name in (*entries(one.get("required")), *entries(other.get("required"))) if isinstance(name, str)]
    if names:
        both["required"] = list(dict.fromkeys(names))
    for keyword in (_LARGER | _SMALLER) & one.keys() & other.keys():
        first, second = number(one[keyword]), number(other[keyword])
        if first is not None and second is not None:
            both[keyword] = max(first, second) if keyword in _LARGER else min(first, second)
    return both


def _is_null(schema: Schema) -> bool:
    return (
        schema.get("type") in ("null", ["null"])
        or ("const" in schema and schema["const"] is None)
        or schema.get("enum") == [None]
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One question to one schema; `left` is how many parts may still be looked at, however they refer to each other."""

    root: Mapping[str, Any]
    left: int = _MOST_PARTS

    def merged(self, schema: object, trail: tuple[str, ...] = (), depth: int = 0) -> Schema:
        if not isinstance(schema, Mapping):
            return {}
        if "$ref" not in schema and "allOf" not in schema:
            return schema
        self.left -= 1 + len(mapping(schema.get("properties"))) // _SMALL
        if self.left < 0 or depth > _DEEPEST:
            return {}
        whole: Schema = {}
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in trail:
            whole = self.merged(pointed(self.root, reference), (*trail, reference), depth + 1)
        for part in entries(schema.get("allOf"))[:_MOST_VARIANTS]:
            whole = joined(whole, self.merged(part, trail, depth + 1))
            self.left -= len(mapping(whole.get("properties"))) // _SMALL
        return joined(whole, {name: value for name, value in schema.items() if name not in ("$ref", "allOf")})

    def variants(self, schema: object, depth: int) -> list[Schema]:
        one = self.merged(schema)
        self.left -= 1
        if _is_null(one) or self.left < 0 or depth > _DEEPEST_CHOICE:
            return []
        options = entries(one.get("anyOf")) or entries(one.get("oneOf"))
        if not options:
            types = one.get("type")
            if not isinstance(types, list | tuple):
                return [one]
            return [{**one, "type": kind} for kind in types[:10] if isinstance(kind, str) and kind != "null"]
        base = {name: value for name, value in one.items() if name not in ("anyOf", "oneOf", "discriminator")}
        found: list[Schema] = []
        for option in options[:_MOST_VARIANTS]:
            tag = _tag(mapping(one.get("discriminator")), mapping(option).get("$ref"))
            self.left -= len(mapping(base.get("properties"))) // _SMALL
            found += self.variants(joined(joined(base, self.merged(option)), tag), depth + 1)
            if len(found) >= _MOST_VARIANTS:
                break
        return found

    def nullable(self, schema: object, depth: int) -> bool:
        one = self.merged(schema)
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST_CHOICE:
            return False
        types = one.get("type")
        if one.get("nullable") is True or _is_null(one) or (isinstance(types, list | tuple) and "null" in types):
            return True
        if any(value is None for value in entries(one.get("enum"))):
            return True
        options = entries(one.get("anyOf")) or entries(one.get("oneOf"))
        return any(self.nullable(option, depth + 1) for option in options[:_MOST_VARIANTS])


def _tag(discriminator: Mapping[str, Any], reference: object) -> Schema:
    """Return what an alternative's discriminating property must be (OpenAPI's Discriminator Object); {} without one."""
    name = discriminator.get("propertyName")
    if not isinstance(name, str) or not isinstance(reference, str):
        return {}
    named = mapping(discriminator.get("mapping"))
    bare = reference.rpartition("/")[2]
    value = next((key for key, target in named.items() if target in (reference, bare)), bare)
    return {"type": "object", "properties": {name: {"const": value}}, "required": [name]}
