"""What of a committed document is no more true, operation by operation."""

import copy
from typing import Any

from gate.gates.openapi.difference import Kind
from gate.gates.openapi.drift import Drifted, drift_of

TASK = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "title": {"type": "string"}}}
OK = {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
OFFSET = {"name": "offset", "in": "query", "schema": {"type": "integer"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/tasks": {
            "get": {"summary": "List", "parameters": [LIMIT, OFFSET], "responses": OK},
            "post": {"responses": {"204": {"description": ""}}},
        },
        "/health": {"get": {"responses": {"204": {"description": ""}}}},
    },
    "components": {"schemas": {"Task": TASK, "Page": {"items": {"$ref": "#/components/schemas/Task"}}}},
}


def changed(*where: str, to: object = None, root: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    """Return the document with one place changed, or without it."""
    new = copy.deepcopy(root)
    at = new
    for name in where[:-1]:
        at = at[name]
    if to is None:
        del at[where[-1]]
    else:
        at[where[-1]] = to
    return new


def parts(generated: dict[str, Any], committed: dict[str, Any] = DOCUMENT) -> tuple[Drifted, ...]:
    return drift_of(committed, generated).parts


def test_a_new_operation_is_missing_in_the_file() -> None:
    [part] = parts(changed("paths", "/tasks", "put", to={"responses": {}}))
    assert (part.subject, part.kind, part.operations) == ("PUT /tasks", Kind.ADDED, ("PUT /tasks",))


def test_an_operation_that_is_gone_is_in_the_file_only() -> None:
    [part] = parts(changed("paths", "/health"))
    assert (part.subject, part.kind, part.pointer) == ("GET /health", Kind.REMOVED, "/paths/~1health/get")


def test_what_is_different_inside_an_operation_is_told_by_its_place() -> None:
    [part] = parts(changed("paths", "/tasks", "get", "summary", to="All of them"))
    assert part.subject == "GET /tasks"
    [one] = part.differences
    assert one.pointer == "/paths/~1tasks/get/summary"
    assert one.words(part.pointer) == "summary is 'All of them', and 'List' in the file"


def test_a_parameter_is_known_by_its_name_wherever_it_stands() -> None:
    wider = {**LIMIT, "schema": {"type": "integer", "maximum": 500}}
    [part] = parts(changed("paths", "/tasks", "get", "parameters", to=[OFFSET, wider]))
    assert [one.words(part.pointer) for one in part.differences] == [
        "parameters/query-limit/schema/maximum is 500, and 100 in the file"
    ]


def test_a_parameter_that_is_new_or_gone_is_named() -> None:
    [part] = parts(changed("paths", "/tasks", "get", "parameters", to=[{**OFFSET, "name": "page"}, LIMIT]))
    told = [one.words(part.pointer) for one in part.differences]
    assert told == [
        "parameters/query-offset is in the file only: {name, in, schema}",
        "parameters/query-page is missing in the file: {name, in, schema}",
    ]


def test_a_changed_schema_concerns_all_that_use_it_through_others() -> None:
    [part] = parts(changed("components", "schemas", "Task", "properties", "title", "type", to="integer"))
    assert (part.subject, part.kind) == ("schema Task", Kind.CHANGED)
    assert part.operations == ("GET /tasks",)
    assert part.differences[0].words(part.pointer) == "properties/title/type is 'integer', and 'string' in the file"
    assert drift_of(DOCUMENT, changed("components", "schemas", "Task")).operations == ("GET /tasks",)


def test_a_required_field_more_is_named() -> None:
    [part] = parts(changed("components", "schemas", "Task", "required", to=["title", "id"]))
    assert [one.words(part.pointer) for one in part.differences] == ["required is missing in the file: 'title'"]


def test_what_is_no_operation_is_told_by_its_name() -> None:
    assert [part.subject for part in parts(changed("info", "title", to="Other"))] == ["info"]
    [part] = parts(changed("paths", "/tasks", "parameters", to=[LIMIT]))
    assert part.subject == "path /tasks"
    assert part.operations == ("GET /tasks", "POST /tasks")


def test_the_same_document_has_no_drift() -> None:
    assert drift_of(DOCUMENT, copy.deepcopy(DOCUMENT)) == drift_of({}, {})


def test_odd_documents_are_compared_all_the_same() -> None:
    for odd in ({}, {"paths": []}, {"paths": {"/a": None}}, {"components": 3}, {"paths": {"/a": {"get": 1}}}):
        assert parts(odd, DOCUMENT)
        assert parts(DOCUMENT, odd)
