"""Documents that say the same in different ways, and what is no difference between them."""

import json
from typing import Any

import pytest

from gate.formats import UnreadableError
from gate.formats.openapi_parts import parse_root
from gate.gates.openapi.drift import drift_of


def document(schema: object = None, **more: Any) -> dict[str, Any]:
    answer = {"description": "", "content": {"application/json": {"schema": schema or {"type": "string"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": answer}}}},
        **more,
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (document(info={"title": "T", "version": "1"}), document(info={"version": "2", "title": "T"})),
        (document(servers=[{"url": "/v1"}]), document()),
        (document({"type": "integer", "minimum": 1}), document({"minimum": 1.0, "type": "integer"})),
        (document({"enum": ["a", "b"], "type": "string"}), document({"enum": ["b", "a"], "type": "string"})),
        (document({"required": ["a", "b"]}), document({"required": ["b", "a"]})),
        (document({"anyOf": [{"type": "string"}, {"$ref": "#/a"}]}), document({"anyOf": [{"$ref": "#/a"}, {"type": "string"}]})),
        (document(tags=[{"name": "x"}, {"name": "y"}]), document(tags=[{"name": "y"}, {"name": "x"}])),
    ],
)  # fmt: skip
def test_order_version_and_servers_are_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    drift = drift_of(one, other)
    assert drift.parts == ()
    assert drift.by_framework == ()


# As FastAPI 0.100, 0.110, 0.115, 0.128 and 0.165 with pydantic 2.2 to 2.14 wrote the same application.
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "string", "format": "binary"}, {"type": "string", "contentMediaType": "application/octet-stream"}),
        (
            {"anyOf": [{"type": "number"}, {"type": "string"}]},
            {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"}]},
        ),
        ({"allOf": [{"$ref": "#/c/Colour"}], "default": "red"}, {"$ref": "#/c/Colour", "default": "red"}),
        ({"const": "cat", "title": "K"}, {"const": "cat", "title": "K", "type": "string"}),
        ({"const": "cat", "enum": ["cat"], "type": "string"}, {"const": "cat", "type": "string"}),
        ({"enum": ["only"], "type": "string"}, {"const": "only", "type": "string"}),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}),
        ({"type": "string", "format": "password", "default": ""}, {"type": "string", "format": "password"}),
        ({"type": "string", "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "string", "nullable": True, "title": "T"}, {"type": ["string", "null"], "title": "T"}),
        ({"allOf": [{"$ref": "#/c/A"}], "nullable": True}, {"anyOf": [{"$ref": "#/c/A"}, {"type": "null"}]}),
        ({"minimum": 0, "exclusiveMinimum": True}, {"exclusiveMinimum": 0}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        (
            {"title": "ValidationError", "properties": {"loc": {}, "msg": {}, "type": {}}},
            {"title": "ValidationError", "properties": {"loc": {}, "msg": {}, "type": {}, "ctx": {}, "input": {}}},
        ),
        ({"properties": {"const": {"const": 1}}}, {"properties": {"const": {"const": 1, "type": "integer"}}}),
    ],
)
def test_what_only_a_frameworks_version_decides_is_told_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    for before, after in ((one, other), (other, one)):
        drift = drift_of(document(before), document(after))
        assert drift.parts == ()
        assert [part.subject for part in drift.by_framework] == ["GET /a"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "boolean", "default": True}, {"type": "boolean", "default": 1}),
        ({"type": "string", "format": "binary"}, {"type": "string"}),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}),
        ({"type": "object", "additionalProperties": False}, {"type": "object"}),
        ({"type": "string", "nullable": True}, {"type": "string"}),
        ({"properties": {"ctx": {}}}, {"properties": {}}),
        ({"properties": {"nullable": {}}}, {"properties": {}}),
        ({"default": {"additionalProperties": True}}, {"default": {}}),
        ({"type": "array", "prefixItems": [{"type": "a"}, {"type": "b"}]}, {"type": "array", "prefixItems": [{"type": "b"}, {"type": "a"}]}),
    ],
)  # fmt: skip
def test_what_means_something_else_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert [part.subject for part in drift_of(document(one), document(other)).parts] == ["GET /a"]


def test_the_phrase_of_a_status_is_that_of_a_python_version() -> None:
    old, new = document(), document()
    old["paths"]["/a"]["get"]["responses"]["422"] = {"description": "Unprocessable Entity"}
    new["paths"]["/a"]["get"]["responses"]["422"] = {"description": "Unprocessable Content"}
    assert drift_of(old, new).parts == ()


def test_versions_of_openapi_are_of_the_framework() -> None:
    drift = drift_of(document(openapi="3.0.2"), document(openapi="3.1.0"))
    assert drift.parts == ()
    assert [part.subject for part in drift.by_framework] == ["openapi"]


def test_a_document_that_holds_itself_is_refused() -> None:
    root = parse_root("openapi: 3.1.0\npaths: &p\n  /a: *p\n")
    with pytest.raises(UnreadableError, match="holds itself"):
        drift_of(root, document())


def test_a_bomb_of_aliases_is_compared_in_no_time() -> None:
    bomb = "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 60))
    one = parse_root(f"openapi: 3.1.0\na0: &a0 {{z: 1}}\n{bomb}paths: {{}}\n")
    other = parse_root(f"openapi: 3.1.0\na0: &a0 {{z: 2}}\n{bomb}paths: {{}}\n")
    drift = drift_of(one, other)
    assert {part.subject for part in drift.parts} == {f"a{n}" for n in range(60)}
    assert all(len(part.differences) <= 20 for part in drift.parts)


def test_megabytes_are_compared_in_seconds() -> None:
    schema = {"type": "object", "properties": {f"p{n}": {"type": "string", "title": f"P {n}"} for n in range(20)}}
    big = document(components={"schemas": {f"S{n}": schema | {"title": str(n)} for n in range(1_500)}})
    text = json.dumps(big)
    assert len(text) > 1_000_000
    other = parse_root(text.replace('"P 7"', '"P seven"', 1))
    assert [part.subject for part in drift_of(parse_root(text), other).parts] == ["schema S0"]
