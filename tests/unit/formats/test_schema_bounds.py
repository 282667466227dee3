"""What a caller may send without any bound."""

import json
from typing import Any

import pytest

from gate.formats.openapi_document import parse_document
from gate.formats.schema_bounds import is_page_size, unbounded


def found(
    schema: Any = None, parameters: Any = (), media_type: str = "application/json", **schemas: Any
) -> list[tuple[str, str]]:
    operation = {"parameters": parameters, "requestBody": {"content": {media_type: {"schema": schema or {}}}}}
    paths = {"/a/{id}": {"post": operation}}
    read = parse_document(json.dumps({"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}))
    return [(one.place, one.kind) for one in unbounded(read, read.operations[0])]


def fields(**properties: Any) -> list[tuple[str, str]]:
    return [(place.removeprefix("body."), kind) for place, kind in found({"type": "object", "properties": properties})]


def test_every_kind_is_found_where_it_lies() -> None:
    line = {"type": "object", "properties": {"name": {"type": "string"}, "count": {"type": "integer", "minimum": 0}}}
    lines = {"type": "array", "items": line}
    assert fields(title={"type": "string"}, lines=lines, words={"type": "array", "items": {"type": "string"}, "maxItems": 3}) == [
        ("title", "string"), ("lines", "array"), ("lines[].name", "string"), ("lines[].count", "number"), ("words[]", "string"),
    ]  # fmt: skip
    assert fields(labels={"type": "object", "additionalProperties": {"type": "string"}}) == [("labels.*", "string")]
    assert fields(bio={"anyOf": [{"type": "string"}, {"type": "null"}]}) == [("bio", "string")]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 10},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "email"},
        {"type": "string", "format": "binary"},
        {"type": "string", "contentMediaType": "application/octet-stream"},
        {"type": "string", "pattern": "^[a-z]{1,5}$"},
        {"type": "string", "pattern": "^(on|off)$"},
        {"type": "string", "pattern": "^a$|^b$"},
        {"enum": ["a", "b"]},
        {"const": "a"},
        {"type": "string", "readOnly": True},
        {"type": "integer", "maximum": 5},
        {"type": "number", "exclusiveMaximum": 5},
        {"type": "boolean"},
        {},
    ],
)
def test_what_is_bounded_by_its_schema_or_nature_is_not_found(schema: Any) -> None:
    assert fields(it=schema) == []


@pytest.mark.parametrize("pattern", ["^[a-z]+$", "[a-z]{1,5}", "^[a-z]{1,5}", "^a$|b", "(", "^(a{1,5}|b*)$", "^(a+)+$"])
def test_a_pattern_that_lets_any_length_through_is_no_bound(pattern: str) -> None:
    assert fields(it={"type": "string", "pattern": pattern}) == [("it", "string")]


def test_a_decimal_is_a_number_also_where_it_may_be_written_as_a_text() -> None:
    decimal = [{"type": "number"}, {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"}]
    assert fields(price={"anyOf": decimal}) == [("price", "number")]


def test_page_sizes_and_texts_of_a_query_are_found_and_nothing_in_paths_and_headers() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    parameters = [
        {"name": "limit", "in": "query", "schema": {"anyOf": [number, {"type": "null"}]}},
        {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": 100}},
        {"name": "q", "in": "query", "schema": text},
        {"name": "skip", "in": "query", "schema": number},
        {"name": "id", "in": "path", "schema": text},
        {"name": "X-Trace", "in": "header", "schema": text},
    ]
    assert found(parameters=parameters) == [
        ("query.limit", "page-size"),
        ("query.q", "string"),
        ("query.skip", "number"),
    ]


def test_names_of_page_sizes_are_known() -> None:
    for name in (
        "limit",
        "size",
        "page_size",
        "pageSize",
        "per_page",
        "perPage",
        "count",
        "first",
        "take",
        "page[size]",
        "page-size",
    ):
        assert is_page_size(name), name
    for name in ("page", "offset", "skip", "after", "counter", "firstname", "size_of_shoe", "x" * 100_000):
        assert not is_page_size(name), name


def test_an_object_that_holds_its_own_kind_is_told_of_once() -> None:
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "sub": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
        },
    }
    assert found({"$ref": "#/components/schemas/Node"}, Node=node) == [("body.name", "string")]


OAUTH = {
    "title": "Body_login",
    "type": "object",
    "properties": {
        "grant_type": {"anyOf": [{"type": "string", "pattern": "^password$"}, {"type": "null"}]},
        **{name: {"type": "string"} for name in ("username", "password", "scope")},
        **{name: {"anyOf": [{"type": "string"}, {"type": "null"}]} for name in ("client_id", "client_secret")},
    },
}


def test_the_frameworks_own_log_in_form_is_left_out_and_no_other_form() -> None:
    form = "application/x-www-form-urlencoded"
    assert found(OAUTH, media_type=form) == []
    assert len(found({**OAUTH, "title": "LoginForm"}, media_type=form)) == 5
    more = {**OAUTH, "properties": {**OAUTH["properties"], "nickname": {"type": "string"}}}  # type: ignore[dict-item]
    assert ("body.nickname", "string") in found(more, media_type=form)


def test_a_document_that_grows_without_end_is_walked_in_bounded_time() -> None:
    wide = {
        f"L{at}": {
            "type": "object",
            "properties": {one: {"$ref": f"#/components/schemas/L{at + 1}"} for one in "abcdefgh"},
        }
        for at in range(30)
    }
    assert len(found({"$ref": "#/components/schemas/L0"}, **wide, L30={"type": "string"})) <= 200
