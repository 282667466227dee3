"""What a description leaves out is named once, and nothing is asked for that nobody can say."""

import json
from pathlib import Path
from typing import Any

import pytest

from gate.gates.openapi.documented import (
    DENIAL,
    DESCRIPTION,
    EXAMPLE,
    NOT_FOUND,
    OPERATION_ID,
    REFUSAL,
    SUMMARY,
    documented,
)

WORDS = {"summary": "Get it", "description": "Gets it.", "operationId": "get_it"}
SAMPLE = Path(__file__).parents[4] / "sample_service" / "openapi.json"


def root_with(operation: dict[str, Any], *, path: str = "/tasks", method: str = "get", **more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {path: {method: {**WORDS, "responses": {}, **operation}}}, **more}


def gaps(root: dict[str, Any]) -> list[tuple[str, str]]:
    return [(gap.rule_id, gap.pointer) for gap in documented(root).gaps]


def test_each_missing_word_is_a_gap() -> None:
    found = documented(root_with({"summary": " ", "description": None, "operationId": 7}))

    assert [gap.rule_id for gap in found.gaps] == [SUMMARY, DESCRIPTION, OPERATION_ID]
    assert (found.described, found.of) == (0, 3)
    assert found.gaps[0].operation == "GET /tasks"
    assert found.gaps[0].pointer == "/paths/~1tasks/get"


@pytest.mark.parametrize(
    ("security", "statuses", "expected"),
    [
        ([{"token": []}], ["200"], True),
        ([{"token": []}], ["200", "401"], False),
        ([{"token": []}], ["403"], False),
        ([{"token": []}], ["4XX"], False),
        ([{"token": []}], ["default"], False),
        ([{"token": []}, {}], ["200"], False),
        ([], ["200"], False),
    ],
)
def test_who_asks_for_credentials_says_how_they_are_denied(security: Any, statuses: list[str], expected: bool) -> None:
    root = root_with({"security": security, "responses": {status: {} for status in statuses}})

    assert (DENIAL in dict(gaps(root))) is expected


@pytest.mark.parametrize(
    ("method", "schema", "statuses", "expected"),
    [
        ("get", {"type": "integer"}, ["200"], True),
        ("delete", {"type": "string"}, ["204", "422"], True),
        ("get", {"type": "integer"}, ["200", "404"], False),
        ("get", {"enum": ["a", "b"]}, ["200"], False),
        ("put", {"type": "integer"}, ["200"], False),
    ],
)
def test_what_is_named_in_a_path_may_not_exist(method: str, schema: Any, statuses: list[str], expected: bool) -> None:
    parameter = {"name": "task_id", "in": "path", "required": True, "schema": schema}
    responses: dict[str, Any] = {status: {} for status in statuses}
    root = root_with({"parameters": [parameter], "responses": responses}, path="/tasks/{task_id}", method=method)

    assert (NOT_FOUND in dict(gaps(root))) is expected


def test_a_body_may_be_refused() -> None:
    body = {"content": {"application/json": {"schema": {"type": "string"}}}}

    assert REFUSAL in dict(gaps(root_with({"requestBody": body, "responses": {"200": {}}}, method="post")))
    assert REFUSAL not in dict(gaps(root_with({"requestBody": body, "responses": {"422": {}}}, method="post")))


def text(**more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"title": {"type": "string", **more}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (text(), True),
        (text(example="a"), False),
        (text(examples=["a"]), False),
        (text(examples=[]), True),
        (text(format="date-time"), False),
        ({**text(), "example": {"title": "a"}}, False),
        ({"type": "object", "properties": {"at": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}, True),
        ({"type": "object", "properties": {"at": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}, False),
        ({"type": "object", "properties": {"at": {"type": "array", "items": {"type": "string"}}}}, True),
        ({"type": "object", "properties": {"at": {"$ref": "#/components/schemas/Other"}}}, False),
        ({"type": "string"}, False),
    ],
)
def test_a_schema_shows_what_a_value_looks_like(schema: Any, expected: bool) -> None:
    found = gaps(root_with({}, components={"schemas": {"Task": schema}}))

    assert ((EXAMPLE, "/components/schemas/Task") in found) is expected


def test_an_example_where_a_schema_is_used_is_enough() -> None:
    media = {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Task"}}, "examples": {"a": {}}}
    responses = {"200": {"content": {"application/json": media}}}

    assert gaps(root_with({"responses": responses}, components={"schemas": {"Task": text()}})) == []
    media.pop("examples")
    assert gaps(root_with({"responses": responses}, components={"schemas": {"Task": text()}})) != []


def test_a_body_without_a_name_is_looked_at_where_it_stands() -> None:
    responses = {"200": {"content": {"application/json": {"schema": text()}}}}

    at = "/paths/~1tasks/get/responses/200/content/application~1json/schema"
    assert gaps(root_with({"responses": responses})) == [(EXAMPLE, at)]


def test_what_a_framework_makes_up_is_nobodys_to_describe() -> None:
    schemas = {"HTTPValidationError": text(), "ValidationError": text(), "Body_login_token_post": text()}

    assert gaps(root_with({}, components={"schemas": schemas})) == []


def test_the_sample_service_is_described_for_the_most_part() -> None:
    found = documented(json.loads(SAMPLE.read_text()))

    assert found.described / found.of > 0.95


def test_documents_of_any_shape_and_of_any_size_are_read() -> None:
    itself: dict[str, Any] = {"type": "object"}
    itself["properties"] = {"a": itself, "b": {"items": itself, "type": "array"}}
    shared = {"responses": {str(at): {"content": {"a/b": {"schema": text()}}} for at in range(400)}}
    large = {"paths": {f"/{at}": {"get": shared, "post": shared} for at in range(2_000)}}

    for root in ({}, {"paths": 7}, {"paths": {"/": {"get": {"responses": [], "security": 7, "parameters": {}}}}}):
        documented(root)
    assert documented(root_with({}, components={"schemas": {"A": itself, "B": 7, 3: []}})).of == 4
    assert documented(large).of == 100_000
