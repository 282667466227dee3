"""A generated document in the form of the file that it is written to."""

import json
from typing import Any

import pytest
import yaml

from gate.formats import UnreadableError
from gate.formats.openapi_parts import parse_root
from gate.gates.openapi.writing import rendered

GENERATED: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Grüße", "version": "2"},
    "paths": {"/b": {"get": {"responses": {"200": {"description": "fine, " * 30}}}}, "/a": {}},
}
BEFORE: dict[str, Any] = {**GENERATED, "paths": {"/a": {"put": {"tags": ["x", "y"], "summary": "all of " * 30}}}}


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize("sort_keys", [True, False])
@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("end", ["\n", ""])
def test_json_keeps_its_indentation_its_order_and_its_end(
    indent: int | str | None, sort_keys: bool, ensure_ascii: bool, end: str
) -> None:
    def form(value: object) -> str:
        return json.dumps(value, indent=indent, sort_keys=sort_keys, ensure_ascii=ensure_ascii) + end

    assert rendered(GENERATED, form(BEFORE), is_yaml=False) == form(GENERATED)


def test_json_in_one_line_without_spaces_stays_so() -> None:
    before = json.dumps(BEFORE, separators=(",", ":"))
    assert rendered(GENERATED, before, is_yaml=False) == json.dumps(GENERATED, separators=(",", ":"))


@pytest.mark.parametrize("width", [80, 1_000_000])
@pytest.mark.parametrize("sort_keys", [True, False])
@pytest.mark.parametrize("allow_unicode", [True, False])
def test_yaml_keeps_its_order_and_its_width(width: int, sort_keys: bool, allow_unicode: bool) -> None:
    def form(value: object) -> str:
        return str(yaml.safe_dump(value, width=width, sort_keys=sort_keys, allow_unicode=allow_unicode))

    text = rendered(GENERATED, form(BEFORE), is_yaml=True)
    assert yaml.safe_load(text) == GENERATED
    assert text == form(GENERATED)


def test_lists_that_are_indented_in_yaml_stay_so() -> None:
    text = rendered(BEFORE, "openapi: 3.1.0\nx-a:\n  - b\n", is_yaml=True)
    assert "tags:\n        - x\n" in text
    assert "tags:\n      - x\n" in rendered(BEFORE, "openapi: 3.1.0\nx-a:\n- b\n", is_yaml=True)


def test_a_new_file_is_indented_by_two_in_the_order_of_the_application() -> None:
    assert rendered(GENERATED, "", is_yaml=False) == json.dumps(GENERATED, indent=2, ensure_ascii=False) + "\n"
    assert yaml.safe_load(rendered(GENERATED, "", is_yaml=True)) == GENERATED


def test_servers_that_the_application_does_not_name_stay() -> None:
    before = {"openapi": "3.0.0", "info": {}, "servers": [{"url": "https://a.example/v1"}], "paths": {}}
    written = json.loads(rendered(GENERATED, json.dumps(before), is_yaml=False))
    assert written == {**GENERATED, "servers": before["servers"]}
    assert list(written)[:3] == ["openapi", "info", "servers"]
    own = {**GENERATED, "servers": [{"url": "/"}]}
    assert json.loads(rendered(own, json.dumps(before), is_yaml=False)) == own


@pytest.mark.parametrize("before", ["{", "nothing at all", "\0", "[1, 2]", "a: *b"])
@pytest.mark.parametrize("is_yaml", [True, False])
def test_what_cannot_be_read_is_written_as_a_new_file(before: str, is_yaml: bool) -> None:
    assert rendered(GENERATED, before, is_yaml=is_yaml) == rendered(GENERATED, "", is_yaml=is_yaml)


def test_a_document_that_grows_without_end_as_it_is_written_is_refused() -> None:
    bomb = "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 60))
    root = parse_root(f"openapi: 3.1.0\na0: &a0 {{z: 1}}\n{bomb}")
    with pytest.raises(UnreadableError, match="too large"):
        rendered(root, "", is_yaml=False)
    assert json.loads(rendered(GENERATED, f"openapi: 3.1.0\na0: &a0 {{z: 1}}\n{bomb}", is_yaml=False)) == GENERATED
