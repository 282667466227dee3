"""What is wrong with a document beyond its form is found, each with its place; hostile ones end at once."""

import json
from typing import Any

import pytest

from gate.formats.openapi_parts import parse_root
from gate.gates.openapi.structure import structure_of

GET = {"responses": {"200": {"description": ""}}}


def faults(root: dict[str, Any]) -> list[tuple[str, str]]:
    text = json.dumps({"openapi": "3.1.0", **root})
    return [(one.pointer, one.message) for one in structure_of(json.loads(text), text).faults]


def test_a_sound_document_has_none() -> None:
    task = {"properties": {"$ref": {"type": "string"}, "default": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Task"}}}  # fmt: skip
    assert (
        faults(
            {
                "paths": {"/tasks/{id}": {"parameters": [{"name": "id", "in": "path"}], "get": GET}},
                "components": {"schemas": {"Task": task}, "examples": {"A": {"value": {"$ref": "http://x"}}}},
                "x-more": {"$ref": "file:///etc/passwd"},
                "servers": [{"url": "{a}", "variables": {"a": {"default": "b", "enum": ["c"]}}}],
            }
        )
        == []
    )


@pytest.mark.parametrize(
    "reference", ["http://127.0.0.1:9/x.json#/a", "other.yaml", "file:///etc/passwd", "//host/a", ""]
)
def test_a_reference_out_of_the_document_is_fatal(reference: str) -> None:
    root = {"paths": {"/a": {"get": {"responses": {"200": {"$ref": reference}}}}}}

    structure = structure_of(root, json.dumps(root))

    assert structure.fatal
    assert structure.faults[0].pointer == "/paths/~1a/get/responses/200/$ref"
    assert "outside of the document" in structure.faults[0].message


def test_a_reference_that_leads_nowhere_is_told() -> None:
    schemas = {
        "A": {"$ref": "#/components/schemas/B"},
        "C~/": {"items": {"$ref": "#/components/schemas/C~0~1"}},
        "D": {"$ref": "#/components/schemas/E"},
        "E": {"$ref": "#/components/schemas/D"},
    }

    assert faults({"components": {"schemas": schemas}}) == [
        ("/components/schemas/A/$ref", "`#/components/schemas/B` leads nowhere"),
        ("/components/schemas/D/$ref", "`#/components/schemas/E` leads back to itself"),
        ("/components/schemas/E/$ref", "`#/components/schemas/D` leads back to itself"),
    ]


def test_an_operation_id_is_there_once() -> None:
    one = {**GET, "operationId": "a"}

    assert faults({"paths": {"/a": {"get": one}, "/b": {"post": one}}}) == [
        ("/paths/~1b/post/operationId", "the operation id `a` is that of GET /a, too")
    ]


def test_paths_are_the_same_whatever_their_parameters_are_called() -> None:
    a, b = ({"parameters": [{"name": name, "in": "path"}], "get": GET} for name in "ab")

    assert faults({"paths": {"/x/{a}": a, "/x/{b}": b}}) == [
        ("/paths/~1x~1{b}", "is the same path as /x/{a}, with other names for its parameters")
    ]


def test_parameters_of_the_path_are_described_and_no_others() -> None:
    other = [{"name": "b", "in": "path"}, {"name": "c", "in": "query"}]

    assert faults({"paths": {"/x/{a}": {"get": {**GET, "parameters": other}}}}) == [
        ("/paths/~1x~1{a}/get", "GET /x/{a} does not describe the parameter `a` of its path"),
        ("/paths/~1x~1{a}/get", "GET /x/{a} describes a path parameter `b`, which its path does not have"),
    ]


def test_a_parameter_is_described_once() -> None:
    twice = [{"name": "q", "in": "query"}, {"name": "q", "in": "header"}, {"name": "q", "in": "query"}]

    assert faults({"paths": {"/x": {"get": {**GET, "parameters": twice}}}}) == [
        ("/paths/~1x/get/parameters/2", "the query parameter `q` is described twice")
    ]


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [
        ({"type": "integer", "default": "ten"}, True),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}, False),
        ({"type": "object", "required": ["a"], "properties": {"a": {}}, "default": {}}, True),
        ({"type": "string", "format": "date", "default": "today"}, False),
        ({"default": "anything"}, False),
    ],
)
def test_a_default_fits_its_own_schema(schema: Any, wrong: bool) -> None:
    found = faults({"components": {"schemas": {"A": schema}}})

    assert [pointer for pointer, _ in found] == (["/components/schemas/A/default"] if wrong else [])


@pytest.mark.parametrize(
    "text", ['{"openapi": "3.1.0", "info": {}, "info": {}}', "openapi: 3.1.0\ninfo: {}\npaths: {}\ninfo: {}\n"]
)
def test_a_name_that_stands_twice_is_told(text: str) -> None:
    (fault,) = structure_of(parse_root(text), text).faults

    assert fault.message == "the name `info` stands twice in one object"


def _bomb() -> str:
    lines = ["openapi: 3.1.0", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 30)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_bomb(), "its aliases stand for more than"),
        ("openapi: 3.1.0\na: &a\n  b: *a\n", "a part of it holds itself"),
        ('{"openapi": "3.1.0", "a": ' + "[" * 600 + "]" * 600 + "}", "its parts lie more than"),
    ],
)
def test_what_cannot_be_written_out_is_fatal(text: str, message: str) -> None:
    structure = structure_of(parse_root(text), text)

    assert structure.fatal
    assert structure.faults[0].message.startswith(message)


def test_anchors_that_are_only_shared_are_well() -> None:
    text = "openapi: 3.1.0\npaths:\n  /a: {get: &get {responses: {}}}\n  /b: {get: *get}\n"

    assert structure_of(parse_root(text), text).faults == ()


@pytest.mark.parametrize("root", [{}, {"paths": []}, {"paths": {"/a": {"get": {"parameters": [1, {"name": []}]}}}}])
def test_a_document_of_any_shape_is_read(root: Any) -> None:
    structure_of(root, json.dumps(root))
