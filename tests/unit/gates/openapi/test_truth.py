"""A description is held against the answers that were seen, and nothing else than what it says is called a lie."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gate.formats.seen_answers import SeenAnswer
from gate.gates.openapi.truth import BODY, GENERAL, MEDIA_TYPE, NOT_COMPARED, STATUS, SUCCESS, lies

TASK = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}


def described(content: Any) -> dict[str, Any]:
    return {"description": "", "content": content}


ROOT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tasks", "version": "1"},
    "servers": [{"url": "https://example.com/api"}],
    "paths": {
        "/tasks/{task_id}": {
            "parameters": [{"name": "task_id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "responses": {
                    "200": described({"application/json": {"schema": {"$ref": "#/components/schemas/Task"}}}),
                    "404": {"$ref": "#/components/responses/Missing"},
                }
            },
            "delete": {"responses": {"204": {"description": ""}, "4XX": described({"application/json": {}})}},
            "head": {"responses": {"200": described({"application/json": {"schema": TASK}})}},
        },
        "/tasks/first": {"get": {"responses": {"default": described({"text/*": {}})}}},
        "/tasks": {"post": {"responses": {"201": described({"application/*": {"schema": TASK}})}}},
    },
    "components": {
        "schemas": {"Task": TASK},
        "responses": {"Missing": described({"application/problem+json": {"schema": {"required": ["title"]}}})},
    },
}
GOOD = SeenAnswer(
    method="GET", path="/tasks/1", status=200, media_type="application/json", body=b'{"id": 1}', source="unit-tests"
)


def found(*answers: SeenAnswer, root: dict[str, Any] = ROOT) -> list[tuple[str, str]]:
    return [(lie.rule_id, lie.pointer) for lie in lies(root, answers)]


def answer(text: str, status: int = 200, body: Any = b"", media_type: str = "application/json") -> SeenAnswer:
    method, _, path = text.partition(" ")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return SeenAnswer(method=method, path=path, status=status, media_type=media_type, body=content)


@pytest.mark.parametrize(
    "one",
    [
        GOOD,
        replace(GOOD, path="/api/tasks/1", media_type="Application/JSON; charset=utf-8"),
        replace(GOOD, path="/tasks/{task_id}"),
        answer("GET /tasks/1", 404, {"title": "Gone"}, "application/problem+json"),
        answer("GET /tasks/first", 418, b"text", "text/plain"),
        answer("DELETE /tasks/1", 204, media_type=""),
        answer("DELETE /tasks/1", 409, {"detail": "in use"}),
        answer("HEAD /tasks/1", 200),
        answer("POST /tasks", 201, {"id": 1}, "application/hal+json"),
        answer("POST /tasks", 201, b"\x00", "application/octet-stream"),
        # Of somebody else.
        answer("GET /elsewhere", 200, {}),
        answer("PUT /tasks/1", 405, {}),
        answer("GET /tasks/1", 500, b"Internal Server Error", "text/plain"),
        answer("GET /tasks/1", 400, b"Invalid HTTP request received.", "text/plain; charset=utf-8"),
        answer("GET /tasks/1", 304, media_type=""),
        # A router that takes integers only has not found its way.
        answer("GET /tasks/one", 404, {"detail": "Not Found"}),
        # Not whole.
        replace(GOOD, body=b'{"id', cut=True),
    ],
)
def test_what_is_described_or_left_open_or_of_somebody_else_is_no_lie(one: SeenAnswer) -> None:
    assert found(one) == []


AT = "/paths/~1tasks~1{task_id}/get/responses"


@pytest.mark.parametrize(
    ("one", "lie"),
    [
        (answer("GET /tasks/1", 409, {"detail": "in use"}), (STATUS, AT)),
        (answer("GET /tasks/1", 400, {"detail": "no"}), (STATUS, AT)),
        (answer("GET /tasks/1", 202, {"id": 1}), (SUCCESS, AT)),
        (answer("GET /tasks/1", 429, {}), (GENERAL, AT)),
        (answer("GET /tasks/1", 503, {}), (GENERAL, AT)),
        (answer("GET /tasks/1", 400, {"detail": "There was an error parsing the body"}), (GENERAL, AT)),
        (answer("GET /tasks/1", 200, b"<p>", "text/html"), (MEDIA_TYPE, f"{AT}/200/content")),
        (answer("GET /tasks/1", 200, b"{}", ""), (MEDIA_TYPE, f"{AT}/200/content")),
        (answer("GET /tasks/1", 404, {"title": ""}), (MEDIA_TYPE, f"{AT}/404/content")),
        (answer("GET /tasks/1", 200, {"id": "1"}), (BODY, f"{AT}/200/content/application~1json/schema")),
        (answer("GET /tasks/1", 200, b""), (BODY, f"{AT}/200/content/application~1json/schema")),
        (answer("GET /tasks/1", 200, b"\xff{"), (BODY, f"{AT}/200/content/application~1json/schema")),
        (
            answer("GET /tasks/1", 404, {"detail": 1}, "application/problem+json"),
            (BODY, f"{AT}/404/content/application~1problem+json/schema"),
        ),
    ],
)
def test_what_is_answered_otherwise_than_it_is_described_is_a_lie(one: SeenAnswer, lie: tuple[str, str]) -> None:
    assert found(one) == [lie]


def test_one_lie_of_a_kind_is_told_with_its_number_and_its_first_words() -> None:
    clash = replace(answer("GET /tasks/1", 409, {"detail": "task is in use"}), source="unit-tests")
    again = replace(answer("GET /tasks/2", 409, {"detail": "other"}), source="access-review")

    (lie,) = lies(ROOT, [clash, again, again, GOOD])

    assert lie.operation == "GET /tasks/{task_id}"
    assert lie.message == (
        "GET /tasks/{task_id} answered 409, which the document does not describe "
        '(3 times, seen by unit-tests, access-review): "task is in use"'
    )


def test_a_body_is_not_quoted_but_its_place_is_told() -> None:
    (lie,) = lies(ROOT, [answer("GET /tasks/1", 200, {"id": "hunter2"})])

    assert lie.message == (
        "GET /tasks/{task_id} answered 200, but `/id` in its body is a string, where integer is described (once)"
    )


def test_what_looks_like_a_secret_is_not_told() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh"

    (lie,) = lies(ROOT, [answer("GET /tasks/1", 409, {"detail": f"token {token} password=hunter2 " + "x" * 5_000})])

    assert "eyJ" not in lie.message
    assert "hunter2" not in lie.message
    assert len(lie.message) < 400


def test_an_application_that_a_test_makes_for_itself_is_told_by_its_title() -> None:
    toy = replace(GOOD, status=409, application="FastAPI")
    own = replace(GOOD, application="Tasks")

    assert found(own, toy) == []
    # Whose title is another than the document's may be the only one that there is.
    assert found(toy) == [(STATUS, AT)]


@pytest.mark.parametrize(
    "root",
    [
        {},
        {"paths": []},
        {"paths": {"/tasks/{task_id}": 7, "x": {}, 3: {}}},
        {"paths": {"/tasks/{task_id}": {"get": {"responses": {"200": {"content": {"application/json": []}}}}}}},
        {"paths": {"/tasks/{task_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": 7}}}}}}}},
        {"info": [], "servers": 7, "paths": {"/tasks/{task_id}": {"get": {"parameters": [1, {"in": []}], "responses": {"200": {"$ref": "#"}}}}}},
    ],
)  # fmt: skip
def test_a_document_of_any_shape_is_read(root: Any) -> None:
    assert found(GOOD, root=root) == []


def test_a_schema_that_takes_too_long_is_said_to_be_left_out() -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(40):
        schema = {"anyOf": [schema, schema]}
    root = json.loads(json.dumps(ROOT))
    root["components"]["schemas"]["Task"] = schema

    (lie,) = lies(root, [replace(GOOD, path=f"/tasks/{at}") for at in range(3)])

    assert (lie.rule_id, lie.message.partition(" ")[0]) == (NOT_COMPARED, "3")
