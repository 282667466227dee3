"""What the pairs of `test_pairs.py` cannot show: order, places, words, hostile documents, and how long it takes."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.api_changes.change import Change, Impact
from gate.api_changes.compare import api_changes
from gate.api_changes.structure_rules import STRUCTURE_RULES
from gate.formats.openapi_parts import parse_root
from tests.unit.growth import STEEP, growth

TODAY = date(2026, 11, 23)
OK = {"200": {"description": "OK"}}


def document(**paths: Mapping[str, Any]) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {f"/{name}": item for name, item in paths.items()}}


def changes(base: Mapping[str, Any], head: Mapping[str, Any], **options: Any) -> tuple[Change, ...]:
    return api_changes(base, head, today=TODAY, **options)


def test_a_change_says_in_words_what_changed_and_where_it_shows() -> None:
    parameter = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    base = document(tasks={"get": {"parameters": [parameter], "responses": OK}})
    head = document(tasks={"get": {"parameters": [{**parameter, "required": True}], "responses": OK}})

    assert changes(base, head) == (
        Change(
            rule_id="request-parameter-became-required",
            impact=Impact.BREAKING,
            operation="GET /tasks",
            message="the query parameter 'limit' became required",
            pointer="/paths/~1tasks/get/parameters/0",
            request=True,
        ),
    )


def test_a_change_of_a_schema_says_in_which_operation_and_place() -> None:
    def taking(kind: str) -> dict[str, Any]:
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Task"}}}}
        answer = {"200": {"description": "OK", **body}}
        task = {"type": "object", "properties": {"name": {"type": kind}}}
        return {
            **document(tasks={"post": {"requestBody": body, "responses": answer}, "put": {"responses": answer}}),
            "components": {"schemas": {"Task": task}},
        }

    found = changes(taking("string"), taking("object"))

    assert [(one.operation, one.request) for one in found] == [
        ("POST /tasks", True),
        ("POST /tasks", False),
        ("PUT /tasks", False),
    ]
    assert "the request's body" in found[0].message
    assert "the response's body (200)" in found[1].message
    assert all("'name'" in one.message and one.impact is Impact.BREAKING for one in found)


def _answering(**schemas: object) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    answers = document(tasks={"get": {"responses": {"200": {"description": "OK", "content": content}}}})
    return {**answers, "components": {"schemas": schemas}}


def test_a_change_far_behind_what_stayed_the_same_is_found() -> None:
    above = {
        "A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
        "B": {"type": "array", "items": {"$ref": "#/components/schemas/C"}},
        "C": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/D"}]},
    }
    base = _answering(**above, D={"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
    head = _answering(**above, D={"type": "object", "properties": {}})

    assert any(one.impact is not Impact.HARMLESS for one in changes(base, head))
    assert changes(base, json.loads(json.dumps(base))) == ()


def test_a_truth_value_is_no_number() -> None:
    assert changes(_answering(A={"const": 1}), _answering(A={"const": True})) != ()
    assert changes(_answering(A={"maximum": 1}), _answering(A={"maximum": 1.0})) == ()


def test_what_was_removed_shows_where_something_is_left() -> None:
    parameter = {"name": "limit", "in": "query"}
    base = document(tasks={"parameters": [parameter], "get": {"responses": {**OK, "201": {}}}}, users={"get": {}})
    head = document(tasks={"get": {"responses": OK}})

    assert {one.rule_id: one.pointer for one in changes(base, head)} == {
        "request-parameter-removed": "/paths/~1tasks/get",
        "response-success-status-removed": "/paths/~1tasks/get/responses",
        "api-path-removed-without-deprecation": "/paths",
    }


def test_a_path_that_is_written_twice_is_compared_with_the_one_of_its_name() -> None:
    taking = {"get": {"parameters": [{"name": "a", "in": "query"}], "responses": OK}}
    base = {"paths": {"/t/{a}": {"get": {"responses": OK}}, "/t/{b}": taking}}
    head = {"paths": {"/t/{b}": taking, "/t/{a}": {"get": {"responses": OK}}}}

    assert changes(base, head) == ()


def test_a_parameter_of_the_path_is_the_same_in_its_operation() -> None:
    parameter = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    base = document(tasks={"parameters": [parameter], "get": {"responses": OK}, "put": {"responses": OK}})
    both = {"parameters": [parameter], "responses": OK}

    assert changes(base, document(tasks={"get": both, "put": both})) == ()


def test_an_operation_overrides_the_parameters_of_its_path() -> None:
    above = [{"name": "limit", "in": "query", "required": True}]
    own = [{"name": "limit", "in": "query"}]
    base = document(tasks={"parameters": above, "get": {"parameters": own, "responses": OK}})

    assert changes(base, document(tasks={"get": {"parameters": own, "responses": OK}})) == ()


def test_the_same_documents_are_compared_in_the_same_order_each_time() -> None:
    answer = {"200": {"description": "OK", "headers": {}, "content": {}}}
    fuller = {"200": {"headers": {name: {} for name in "abcdef"}, "content": {f"text/{one}": {} for one in "abcdef"}}}

    found = changes(document(tasks={"get": {"responses": answer}}), document(tasks={"get": {"responses": fuller}}))

    assert [one.pointer.rpartition("/")[2] for one in found] == [*"abcdef", *(f"text~1{one}" for one in "abcdef")]


def test_every_change_of_structure_has_a_rule_with_a_title() -> None:
    assert all(rule.title and not rule.title.endswith(".") for rule in STRUCTURE_RULES.values())


def test_other_servers_do_not_hide_that_a_path_is_gone() -> None:
    base = {**document(tasks={"get": {}}, users={"get": {}}), "servers": [{"url": "/v1"}]}
    head = {**document(tasks={"get": {}}), "servers": [{"url": "/v2"}]}

    assert [one.operation for one in changes(base, head)] == ["GET /users"]


def test_no_security_of_the_whole_api_breaks_whom_it_does_not_concern() -> None:
    own = {"get": {"security": [], "responses": OK}}
    schemes = {"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}}

    found = changes({**document(tasks=own), **schemes}, {**document(tasks=own), **schemes, "security": [{"token": []}]})

    assert [(one.rule_id, one.impact) for one in found] == [("api-global-security-added", Impact.HARMLESS)]


NAMES = ("$ref", "get", "post", "parameters", "requestBody", "responses", "200", "2XX", "default", "content", "schema")
MORE_NAMES = ("security", "headers", "application/json", "name", "in", "required", "deprecated", "x-sunset", "style")
TEXTS = ("query", "path", "id", "#/paths", "#/components/a", "#", "object", "array", "2026-01-01", "form", "\ud800", "")
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES + MORE_NAMES), inner, max_size=6),
    max_leaves=25,
)
ROOTS = st.fixed_dictionaries(
    {},
    optional={
        "openapi": ODD,
        "servers": ODD,
        "security": ODD,
        "webhooks": ODD | st.dictionaries(st.sampled_from(("a", "b")), ODD, max_size=2),
        "paths": ODD | st.dictionaries(st.sampled_from(("/a/{id}", "/a/{x}", "/b", "c")), ODD, max_size=3),
        "components": ODD
        | st.fixed_dictionaries({}, optional={"a": ODD, "securitySchemes": ODD, "schemas": ODD, "parameters": ODD}),
    },
)


@given(ROOTS, ROOTS)
def test_odd_documents_are_compared_without_a_fault_and_differ_not_from_themselves(
    base: dict[str, Any], head: dict[str, Any]
) -> None:
    assert all(one.message for one in changes(base, head, deprecation_days=30))
    assert changes(base, base) == ()


def test_anything_in_the_place_of_anything_is_no_fault() -> None:
    parameter = {"name": "id", "in": "path", "required": True, "deprecated": True, "x-sunset": "2027-01-01"}
    whole = {
        "openapi": "3.1.0",
        "servers": [{"url": "https://{a}.org/v1", "variables": {"a": {"default": "b"}}}],
        "security": [{"login": ["read"]}],
        "paths": {
            "/a/{id}": {
                "parameters": [{**parameter, "schema": {"type": "array", "items": {"type": "string"}}}],
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
                    "responses": {"2XX": {"headers": {"X-A": {"schema": {"type": "integer"}}}, "content": {"a/b": {}}}},
                    "callbacks": {"done": {"{$url}": {"post": {"requestBody": {}}}}},
                },
            }
        },
        "webhooks": {"a": {"post": {"requestBody": {"content": {"a/b": {"schema": {}}}}}}},
        "components": {
            "securitySchemes": {
                "login": {
                    "type": "oauth2",
                    "flows": {"implicit": {"authorizationUrl": "http://a", "scopes": {"read": ""}}},
                }
            }
        },
    }
    text = json.dumps(whole)
    parts = sorted({json.dumps(part) for part in _parts(whole)}, key=len, reverse=True)

    for part in parts:
        for odd in ("null", "[]", "{}", "7", '"x"', '[{"$ref": "#"}]', "[[1]]", '{"$ref": "#/paths/~1a~1{id}"}'):
            other = json.loads(text.replace(f": {part}", f": {odd}"))
            assert all(one.message for one in (*changes(whole, other), *changes(other, whole)))


def _parts(value: object) -> list[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [part for one in inner for part in (one, *_parts(one))]


@pytest.mark.parametrize(
    "text",
    [
        '{"paths": {"/a": {"$ref": "#/paths/~1a"}}}',
        '{"paths": {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/a"}]}}}, '
        '"components": {"parameters": {"a": {"$ref": "#/components/parameters/a"}}}}',
        "paths: {/a: {get: &again {responses: {'200': {content: {application/json: {schema: *again}}}}}}}",
        "paths: &all {/a: *all}",
    ],
    ids=["path", "parameter", "schema that holds itself", "paths that hold themselves"],
)
def test_what_refers_to_itself_ends(text: str) -> None:
    root = parse_root(text)

    assert changes(root, root) == ()
    assert changes(root, parse_root("paths: {}")) is not None


def test_few_aliases_that_say_much_end() -> None:
    levels = "\n".join(f"  l{level}: &l{level} {{a: *l{level - 1}, b: *l{level - 1}}}" for level in range(1, 60))
    text = f"x:\n  l0: &l0 {{type: string}}\n{levels}\n"
    text += "paths: {/a: {get: {parameters: [{name: q, in: query, schema: *l59}], responses: {'200': *l59}, "
    text += "operationId: *l59, deprecated: *l59, x-sunset: *l59, x-stability-level: *l59, security: [*l59]}}}\n"
    text += "components: {schemas: {a: *l59}, securitySchemes: {a: {type: *l59, name: *l59, flows: *l59}}}\n"

    assert changes(parse_root(text), parse_root(text)) == ()


def _large(operations: int) -> dict[str, Any]:
    def body(number: int) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/S{number}"}}}}

    text = {"type": "string", "maxLength": 100, "description": "one of many fields " * 4}
    schemas = {
        f"S{number}": {
            "type": "object",
            "required": ["f0"],
            "properties": {
                **{f"f{field}": text for field in range(12)},
                "next": {"$ref": f"#/components/schemas/S{(number * 7 + 1) % operations}"},
            },
        }
        for number in range(operations)
    }
    paths = {
        f"/r{number}/{{id}}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "post": {"requestBody": body(number), "responses": {"200": {"description": "OK", **body(number)}}},
        }
        for number in range(operations)
    }
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def test_a_large_document_that_stayed_the_same_is_compared_at_a_glance() -> None:
    def compare(operations: int) -> None:
        written = json.dumps(_large(operations))
        base, head = json.loads(written), json.loads(written)
        head["paths"]["/r7/{id}"]["post"]["responses"]["201"] = {"description": "Made"}
        assert [one.rule_id for one in changes(base, head)] == ["response-success-status-added"]

    assert growth(compare, 40) < STEEP


def test_so_many_changes_that_nobody_reads_them_are_cut() -> None:
    paths = {f"/p{number}": {"get": {"responses": {}}} for number in range(2_100)}
    fuller = {path: {"get": {"responses": {str(200 + number): {} for number in range(5)}}} for path in paths}

    assert len(changes({"paths": paths}, {"paths": fuller})) == 10_000
