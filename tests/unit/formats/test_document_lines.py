"""Where in a JSON or YAML text its parts begin."""

import json

import pytest

from gate.formats.document_lines import joined, lines_of

JSON = """{
  "openapi": "3.1.0",
  "paths": {
    "/tasks": {
      "get": {
        "parameters": [
          {"name": "a", "in": "query"},
          {"name": "b",
           "in": "query"}
        ]
      }
    },
    "/\\u00e4": {"get": {}}
  }
}
"""
YAML = """# a comment
openapi: 3.1.0
paths:
  /tasks: &shared
    get:
      parameters:
      - name: a
      - name: b
        in: query
  /again: *shared
  "/quoted": {get: {summary: "paths:"}}
"""


@pytest.mark.parametrize(
    ("text", "pointer", "line"),
    [
        (JSON, "", 1),
        (JSON, "/paths", 3),
        (JSON, "/paths/~1tasks/get", 5),
        (JSON, "/paths/~1tasks/get/parameters/0", 7),
        (JSON, "/paths/~1tasks/get/parameters/1/in", 9),
        (JSON, "/paths/~1ä/get", 13),
        (YAML, "/openapi", 2),
        (YAML, "/paths/~1tasks/get/parameters/1/in", 9),
        (YAML, "/paths/~1again", 10),
        (YAML, "/paths/~1quoted/get/summary", 11),
    ],
)
def test_a_part_begins_on_the_line_of_its_name(text: str, pointer: str, line: int) -> None:
    assert lines_of(text, {pointer}) == {pointer: line}


@pytest.mark.parametrize(
    ("pointer", "line"), [("/paths/~1tasks/post/responses", 4), ("/paths/~1none", 3), ("/components/schemas/A", 1)]
)
def test_what_is_not_there_has_the_line_of_what_would_be_around_it(pointer: str, line: int) -> None:
    assert lines_of(JSON, {pointer}) == {pointer: line}


@pytest.mark.parametrize("text", ["", "{", '{"a": [}', "a: [", "\t- x: {", "]]]", "&a [*a]", "{" * 5_000, "a: b: c"])
def test_what_cannot_be_read_is_told_as_far_as_it_goes(text: str) -> None:
    assert lines_of(text, {"", "/a/b"}) == {"": 1, "/a/b": 1}


def test_tabs_and_one_line_are_json_like_any_other() -> None:
    assert lines_of('{\n\t"a":\n\t{"b": 1}}', {"/a/b"}) == {"/a/b": 3}
    assert lines_of(json.dumps(json.loads(JSON)), {"/paths/~1tasks"}) == {"/paths/~1tasks": 1}


def test_names_are_escaped_in_pointers() -> None:
    assert joined("/paths", "/a~b", "get") == "/paths/~1a~0b/get"
