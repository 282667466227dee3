"""What is read of a description of a service."""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.openapi_document import Body, Document, Parameter, Scheme, parse_document
from gate.formats.request_body import encode
from gate.formats.schema_bounds import unbounded
from gate.formats.schema_spoiling import spoilt_bodies, spoilt_parameters
from gate.formats.schema_values import value_for

SAMPLE = Path(__file__).parents[3] / "sample_service" / "openapi.json"

RICH: Mapping[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Blog"},
    "servers": [{"url": "https://{host}/{version}/", "variables": {"version": {"default": "v2"}}}],
    "security": [{"Bearer": []}],
    "paths": {
        "/posts/{post_id}": {
            "parameters": [
                {"$ref": "#/components/parameters/PostId"},
                {"name": "lang", "in": "query", "schema": {"type": "string"}},
            ],
            "get": {
                "operationId": "read",
                "security": [],
                "parameters": [{"name": "lang", "in": "query", "required": True, "schema": {"enum": ["en", "de"]}}],
                "responses": {"200": {"$ref": "#/components/responses/Post"}, "204": {"description": "nothing"}},
            },
            "put": {"requestBody": {"$ref": "#/components/requestBodies/Post"}, "security": [{"Bearer": []}, {}]},
            "options": {},
            "delete": "not an operation",
        },
        "/files": {"post": {"requestBody": {"content": {
            "application/xml": {"schema": {"type": "string"}},
            "multipart/form-data": {"schema": {"type": "object"}},
            "application/x-www-form-urlencoded": {"schema": {"title": "form"}, "example": {"a": 1}},
        }}}},
    },
    "components": {
        "parameters": {"PostId": {"name": "post_id", "in": "path", "schema": {"type": "integer"}}},
        "requestBodies": {"Post": {"required": True, "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Post"}, "examples": {"one": {"value": {"title": "a"}}}},
        }}},
        "responses": {"Post": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Post"}}}}},
        "securitySchemes": {
            "Bearer": {"type": "http", "scheme": "Bearer"},
            "Basic": {"type": "http", "scheme": "basic"},
            "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "Session": {"type": "apiKey", "in": "cookie", "name": "session"},
            "OAuth": {"type": "oauth2", "flows": {"password": {"tokenUrl": "auth/token", "scopes": {}}}},
            "OpenId": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
            "Odd": {"type": "apiKey", "in": "moon"},
        },
        "schemas": {
            "Base": {"type": "object", "properties": {"title": {"type": "string", "maxLength": 50}}, "required": ["title"]},
            "Post": {
                "allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"title": {"minLength": 2}, "tags": {
                    "type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}, "minItems": 1}}, "required": ["tags"]}],
                "properties": {
                    "parent": {"$ref": "#/components/schemas/Post"},
                    "kind": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"type": "integer", "minimum": 1, "maximum": 5}],
                             "discriminator": {"propertyName": "is", "mapping": {"cat": "#/components/schemas/Cat"}}},
                },
            },
            "Cat": {"type": "object", "properties": {"is": {"type": "string"}, "lives": {"type": "number", "multipleOf": 0.5}}},
            "Loop": {"$ref": "#/components/schemas/Pool"},
            "Pool": {"allOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "object"}]},
        },
    },
}  # fmt: skip


def document(**schemas: Any) -> Document:
    return parse_document(json.dumps({"openapi": "3.1.0", "components": {"schemas": schemas}}))


def test_every_operation_of_the_sample_is_read_with_what_it_takes_answers_and_asks_for() -> None:
    read = parse_document(SAMPLE.read_text())
    assert (read.version, read.base_path) == ("3.1", "")
    assert read.schemes["OAuth2PasswordBearer"] == Scheme(
        name="OAuth2PasswordBearer", kind="oauth2", token_path="auth/token"
    )
    operations = {one.key: one for one in read.operations}
    assert operations["GET /health"].security == ()
    change = operations["PATCH /tasks/{task_id}"]
    assert change.security == (("OAuth2PasswordBearer",),)
    assert [(one.name, one.location, one.required) for one in change.parameters] == [("task_id", "path", True)]
    assert change.body is not None
    assert {"title", "description"} <= read.properties(change.body.schema).keys()
    assert change.answers["200"] is not None
    assert "title" in read.properties(change.answers["200"])
    assert operations["DELETE /tasks/{task_id}"].answers["204"] is None


def test_parameters_bodies_and_security_are_followed_inherited_and_overridden() -> None:
    read = parse_document(json.dumps(RICH))
    got, put, files = read.operations
    assert (got.key, put.key, files.key) == ("GET /posts/{post_id}", "PUT /posts/{post_id}", "POST /files")
    assert got.parameters == (
        Parameter(name="post_id", location="path", required=True, schema={"type": "integer"}),
        Parameter(name="lang", location="query", required=True, schema={"enum": ["en", "de"]}),
    )
    assert (got.security, put.security, files.security) == ((), (("Bearer",), ()), (("Bearer",),))
    assert got.answers == {"200": {"$ref": "#/components/schemas/Post"}, "204": None}
    assert put.body is not None
    assert (put.body.media_type, put.body.required, put.body.example) == ("application/json", True, {"title": "a"})
    assert files.body == Body(
        media_type="application/x-www-form-urlencoded", schema={"title": "form"}, example={"a": 1}
    )
    assert read.base_path == "/v2"
    assert {name: (one.kind, one.credential, one.token_path) for name, one in read.schemes.items()} == {
        "Bearer": ("http-bearer", "", ""),
        "Basic": ("http-basic", "", ""),
        "Key": ("api-key-header", "X-Key", ""),
        "Session": ("api-key-cookie", "session", ""),
        "OAuth": ("oauth2", "", "auth/token"),
        "OpenId": ("openid-connect", "", ""),
    }


def test_yaml_says_the_same_as_json() -> None:
    import yaml

    assert parse_document(yaml.safe_dump(dict(RICH), sort_keys=False)) == parse_document(json.dumps(RICH))


def test_swagger_2_is_read_as_the_same_in_new_words() -> None:
    old = """
swagger: "2.0"
basePath: /api/
consumes: [application/json]
securityDefinitions:
  basic: {type: basic}
  login: {type: oauth2, flow: password, tokenUrl: /token}
  key: {type: apiKey, in: query, name: key}
definitions:
  Pet: {type: object, required: [name], properties: {name: {type: string, maxLength: 30}}}
parameters:
  limit: {name: limit, in: query, type: integer, maximum: 100, required: true}
paths:
  /pets:
    parameters: [{$ref: "#/parameters/limit"}]
    post:
      parameters: [{name: pet, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}]
      responses: {200: {schema: {$ref: "#/definitions/Pet"}}, 204: {description: gone}}
  /photo:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: photo, in: formData, type: file, required: true}
        - {name: note, in: formData, type: string}
"""
    read = parse_document(old)
    pets, photo = read.operations
    assert read.base_path == "/api"
    assert [one.kind for one in read.schemes.values()] == ["http-basic", "oauth2", "api-key-query"]
    assert pets.parameters == (
        Parameter(name="limit", location="query", required=True, schema={"type": "integer", "maximum": 100}),
    )
    assert pets.body is not None
    assert read.properties(pets.body.schema) == {"name": {"type": "string", "maxLength": 30}}
    assert pets.answers == {"200": {"$ref": "#/definitions/Pet"}, "204": None}
    assert photo.body is not None
    assert photo.body.media_type == "multipart/form-data"
    assert value_for(read, photo.body.schema, name="", unique="x1") == {"photo": b"qg x1\n"}


def test_what_parts_say_is_merged_and_the_tightest_bound_binds() -> None:
    read = parse_document(json.dumps(RICH))
    post = {"$ref": "#/components/schemas/Post"}
    assert read.schema(post)["required"] == ["title", "tags"]
    assert read.properties(post).keys() == {"parent", "kind", "title", "tags"}
    title = read.schema(read.properties(post)["title"])
    assert (title["minLength"], title["maxLength"]) == (2, 50)
    both = {"allOf": [{"maxLength": 5, "minimum": 3}, {"maxLength": 9, "minimum": 1}]}
    assert read.schema(both) == {"maxLength": 5, "minimum": 3}


def test_references_that_lead_nowhere_or_in_circles_end() -> None:
    read = parse_document(json.dumps(RICH))
    assert read.schema({"$ref": "#/components/schemas/Loop"}) == {"type": "object"}
    for reference in ("#/components/schemas/None", "other.yml#/A", "#", "#/", 5, None, {"a": []}):
        assert read.schema({"$ref": reference}) == {}


@pytest.mark.parametrize(
    ("schema", "allowed"),
    [
        ({"type": "string", "nullable": True}, True),
        ({"type": ["string", "null"]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"enum": ["a", None]}, True),
        ({"allOf": [{"$ref": "#/components/schemas/Null"}]}, True),
        ({"type": "string"}, False),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, False),
    ],
)
def test_null_is_known_in_every_way_to_write_it(schema: Any, allowed: bool) -> None:
    assert document(Null={"type": "null"}).nullable(schema) is allowed


def test_properties_are_those_of_the_first_alternative_that_is_an_object() -> None:
    read = document()
    one = {"anyOf": [{"type": "null"}, {"type": "string"}, {"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    assert list(read.properties(one)) == ["a"]
    assert read.properties({"type": "array"}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "{",
        "info: {title: a}",
        "<html>",
        '{"openapi": 5}',
        "{}",
        "x" * (10 * 1024 * 1024 + 1),
        "[" * 10**5,
    ],
)
def test_what_is_no_description_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"it is (no|neither|longer)"):
        parse_document(text)


def test_half_of_a_surrogate_pair_never_gets_out() -> None:
    text = '{"openapi": "3.1.0", "info": {"title": "\\ud83d\\ude00 \\ud800"}, "paths": {"/\\udc00": {"get": {}}}}'
    read = parse_document(text)
    assert read.title == "😀 �"
    assert read.operations[0].path.encode() == "/�".encode()


def test_yaml_that_refers_to_itself_over_and_over_is_read_in_bounded_time() -> None:
    levels = "\n".join(
        f"    l{at}: &l{at} {{type: object, required: [a, b, c, d], properties: "
        f"{{a: *l{at - 1}, b: *l{at - 1}, c: *l{at - 1}, d: *l{at - 1}}}, allOf: [*l{at - 1}, *l{at - 1}, *l{at - 1}]}}"
        for at in range(1, 40)
    )
    text = f"""
openapi: 3.1.0
components:
  schemas:
    l0: &l0 {{type: string}}
    self: &self {{type: object, required: [me], properties: {{me: *self}}, anyOf: [*self], enum: [*self, *self], const: *self}}
{levels}
paths:
  /a: {{post: {{requestBody: {{content: {{application/json: {{schema: *l39}}}}}}}}}}
  /b: {{post: {{requestBody: {{content: {{application/json: {{schema: *self}}}}}}}}}}
"""
    assert [one.path for one in use(parse_document(text))] == ["/a", "/b"]


def test_an_example_that_is_huge_deep_or_holds_itself_is_none() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    for example in (deep, [0] * 100_000):
        media = {"schema": {"const": example}, "example": example}
        operation = {"requestBody": {"content": {"application/json": media}}}
        read = parse_document(json.dumps({"openapi": "3.1.0", "paths": {"/a": {"post": operation}}}))
        body = read.operations[0].body
        assert body is not None
        assert body.example is None
        assert value_for(read, body.schema, name="", unique="k3f9") is None
    text = "openapi: 3.1.0\npaths: {/a: {post: {requestBody: {content: {application/json: {example: &e {a: [*e]}}}}}}}"
    body = parse_document(text).operations[0].body
    assert body is not None
    assert body.example is None


def use(read: Document) -> list[Any]:
    """Do with a document all that is ever done with one."""
    for one in read.operations:
        valid = {part.name: value_for(read, part.schema, name=part.name, unique="k3f9") for part in one.parameters}
        assert len(spoilt_parameters(read, one, valid)) < 80
        assert len(unbounded(read, one)) <= 200
        for schema in (*one.answers.values(), one.body.schema if one.body else None):
            read.properties(schema)
            read.nullable(schema)
        if one.body:
            for full in (False, True):
                body = value_for(read, one.body.schema, name="body", unique="k3f9", full=full)
                encode(one.body.media_type, body)
            for spoilt in spoilt_bodies(read, one, body):
                encode(one.body.media_type, spoilt.whole)
    return list(read.operations)


WORDS = sorted({
    "$ref", "type", "properties", "required", "items", "allOf", "anyOf", "oneOf", "enum", "const", "pattern", "format",
    "maxLength", "minLength", "minimum", "maximum", "exclusiveMinimum", "multipleOf", "minItems", "maxItems", "default",
    "example", "examples", "schema", "content", "parameters", "in", "name", "nullable", "discriminator", "minProperties",
    "additionalProperties", "prefixItems", "uniqueItems", "readOnly", "mapping", "propertyName", "contentEncoding",
})  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True),
    st.sampled_from([
        "object", "array", "string", "null", "integer", "number", "query", "path", "(a+)+$", "^[a-", "email", "binary",
        "#/components/schemas/Post", "#/components/schemas/Loop", "#/paths", "", "\0", "1e400", "date", "\\p{L}+", "(?P<a>.)(?P=a){9}",
    ]),
)  # fmt: skip
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)),
    max_leaves=12,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(one for key, child in inner for one in places(child, (*at, key)))]


PLACES = [place for place in places(RICH) if len(place) > 1]


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=4))
def test_a_document_with_anything_anywhere_is_read_as_far_as_it_goes(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    spoilt: Any = deepcopy(dict(RICH))
    for place, junk in changes:
        inside = spoilt
        for step in place[:-1]:
            inside = inside[step] if isinstance(inside, dict) and step in inside else None
        if isinstance(inside, dict):
            inside[place[-1]] = junk
    use(parse_document(json.dumps(spoilt)))


@given(JUNK)
def test_any_schema_at_all_can_be_used(schema: Any) -> None:
    content = {"application/json": {"schema": {"type": "object", "properties": {"a": schema}, "required": ["a"]}}}
    parameters = [{"name": "q", "in": "query", "schema": schema}, {"name": "p", "in": "path", "schema": schema}]
    operation = {"requestBody": {"content": content}, "parameters": parameters}
    assert use(parse_document(json.dumps({"openapi": "3.1.0", "paths": {"/a": {"post": operation}}})))
