import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import openapi
from app.main import create_app

PUBLIC = {"read_health", "sign_up", "log_in"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def schemas(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any part of a document
    """Yield every object in the document that has a type."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for part in node.values():
            yield from schemas(part)
    elif isinstance(node, list):
        for part in node:
            yield from schemas(part)


def test_the_committed_document_is_up_to_date() -> None:
    committed = openapi.DOCUMENT.read_text(encoding="utf-8")
    assert committed == openapi.render_document(), "run: python -m app.openapi --write"


def test_the_document_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert openapi.main([]) == 0
    assert json.loads(capsys.readouterr().out)["info"]["title"] == "Sample service"


def test_the_document_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "DOCUMENT", tmp_path / "openapi.json")
    assert openapi.main(["--write"]) == 0
    assert (tmp_path / "openapi.json").read_text(encoding="utf-8").endswith("}\n")


def test_operations_are_named_after_their_functions(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert sorted(names) == [
        "change_password",
        "create_comment",
        "create_task",
        "delete_comment",
        "delete_me",
        "delete_task",
        "delete_user",
        "list_comments",
        "list_tasks",
        "list_users",
        "log_in",
        "read_health",
        "read_me",
        "read_task",
        "sign_up",
        "update_task",
    ]


def test_operations_are_described(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert len(operation["tags"]) == 1


def test_all_but_three_operations_want_a_token(document: dict[str, Any]) -> None:
    without = {
        operation["operationId"]
        for _, operation in operations(document)
        if "security" not in operation
    }
    assert without == PUBLIC


def test_the_errors_of_operations_are_documented(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        documented = set(operation["responses"])
        if operation["operationId"] not in PUBLIC:
            assert "401" in documented
        if path.startswith("/admin/"):
            assert "403" in documented
        if "{" in path:
            assert {"404", "422"} <= documented
        if "requestBody" in operation:
            assert {"400", "413", "422"} <= documented


def test_every_string_and_list_is_bounded(document: dict[str, Any]) -> None:
    found = list(schemas(document))
    assert len(found) > 30
    for schema in found:
        if schema["type"] == "string":
            assert "maxLength" in schema or "enum" in schema or "const" in schema, schema
        if schema["type"] == "array":
            assert "maxItems" in schema, schema


def test_every_number_that_is_sent_is_bounded(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert {"minimum", "maximum"} <= set(parameter["schema"])


def test_bodies_forbid_unknown_fields(document: dict[str, Any]) -> None:
    bodies = 0
    for _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rsplit("/", 1)[1]
            assert document["components"]["schemas"][name]["additionalProperties"] is False
            bodies += 1
    assert bodies == 6
