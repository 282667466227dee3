"""Requests that are valid but for one value."""

import json
from pathlib import Path
from typing import Any

import jsonschema

from gate.formats.openapi_document import Document, Operation, parse_document
from gate.formats.schema_spoiling import MOST_PLACES, Spoilt, spoilt_bodies, spoilt_parameters
from gate.formats.schema_values import value_for

SAMPLE = Path(__file__).parents[3] / "sample_service" / "openapi.json"


def taking(schema: Any, media_type: str = "application/json", parameters: Any = ()) -> tuple[Document, Operation]:
    content = {media_type: {"schema": schema}}
    operation = {"requestBody": {"content": content}, "parameters": parameters}
    read = parse_document(json.dumps({"openapi": "3.1.0", "paths": {"/a": {"post": operation}}}))
    return read, read.operations[0]


def fields(media_type: str = "application/json", **properties: Any) -> dict[tuple[str, str], Spoilt]:
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    read, operation = taking(schema, media_type)
    valid = value_for(read, schema, name="body", unique="k3f9a2")
    return {(one.place, one.kind): one for one in spoilt_bodies(read, operation, valid)}


def parameter(location: str, schema: Any, name: str = "it") -> dict[str, Spoilt]:
    read, operation = taking({}, parameters=[{"name": name, "in": location, "schema": schema}])
    return {one.kind: one for one in spoilt_parameters(read, operation, {name: "valid", "other": 1})}


def test_a_text_is_spoilt_in_every_way_and_the_document_says_which_must_be_refused() -> None:
    found = fields(title={"type": "string", "minLength": 2, "maxLength": 20})
    said = {kind: (len(str(one.value)), one.must_refuse) for (_, kind), one in found.items()}
    assert said == {"over-long": (21, True), "nul": (3, False), "empty": (0, True), "wrong-type": (22, True)}
    assert found["body.title", "nul"].value == "a\0b"
    assert found["body.title", "over-long"].value.startswith("qg title k3f9a2")
    assert found["body.title", "empty"].whole == {"title": ""}


def test_without_a_bound_a_very_long_text_is_tried_that_nothing_forbids() -> None:
    found = fields(
        title={"type": "string"}, born={"type": "string", "format": "date"}, code={"type": "string", "pattern": "^a+$"}
    )
    assert len(found["body.title", "over-long"].value) == 100_000
    assert not found["body.title", "over-long"].must_refuse
    assert not found["body.title", "empty"].must_refuse
    assert ("body.born", "over-long") not in found
    assert ("body.code", "over-long") not in found
    assert found["body.code", "empty"].must_refuse


def test_numbers_leave_their_bounds() -> None:
    found = fields(
        age={"type": "integer", "minimum": 0, "maximum": 150},
        ratio={"type": "number", "exclusiveMaximum": 1},
        id={"type": "integer"},
    )
    assert (found["body.age", "too-large"].value, found["body.age", "too-large"].must_refuse) == (151, True)
    assert (found["body.age", "negative"].value, found["body.age", "negative"].must_refuse) == (-1, True)
    assert found["body.ratio", "too-large"].must_refuse
    assert not found["body.ratio", "negative"].must_refuse
    assert (found["body.id", "too-large"].value, found["body.id", "too-large"].must_refuse) == (2**63, False)


def test_what_another_alternative_allows_need_not_be_refused() -> None:
    short, long = {"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 500}
    assert not fields(a={"anyOf": [short, long]})["body.a", "over-long"].must_refuse
    assert fields(a={"anyOf": [short, {"type": "null"}]})["body.a", "over-long"].must_refuse
    assert ("body.a", "wrong-type") not in fields(a={"anyOf": [short, {"type": "object", "properties": {"b": {}}}]})
    inner = {"type": "object", "properties": {"b": short}, "required": ["b"]}
    assert fields(a=inner)["body.a.b", "over-long"].must_refuse
    assert not fields(a={"anyOf": [inner, {"type": "object"}]})["body.a.b", "over-long"].must_refuse


def test_nested_values_are_spoilt_in_their_place_and_the_rest_stays() -> None:
    line = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 30}}, "required": ["name"]}
    found = fields(lines={"type": "array", "items": line, "minItems": 2, "maxItems": 3}, note={"const": "kept"})
    one = found["body.lines[0].name", "over-long"]
    assert one.whole == {"lines": [{"name": one.value}, {"name": "qg name k3f9a21"}], "note": "kept"}
    assert found["body.lines", "empty"].must_refuse
    assert (len(found["body.lines", "over-long"].value), found["body.lines", "over-long"].must_refuse) == (4, True)


def test_properties_that_the_valid_body_leaves_out_are_spoilt_too_but_never_read_only_ones() -> None:
    schema = {"type": "object", "properties": {
        "bio": {"type": "string", "maxLength": 9}, "id": {"type": "string", "readOnly": True}, "home": {"type": "object"}}}  # fmt: skip
    read, operation = taking(schema)
    found = spoilt_bodies(read, operation, {})
    assert {one.place for one in found} == {"body.bio"}
    assert found[0].whole == {"bio": found[0].value}


def test_a_form_carries_texts_only_and_no_empty_field() -> None:
    form = "application/x-www-form-urlencoded"
    found = fields(form, name={"type": "string", "minLength": 1}, age={"type": "integer"})
    assert ("body.name", "wrong-type") not in found
    assert not found["body.name", "empty"].must_refuse
    assert (found["body.age", "wrong-type"].value, found["body.age", "wrong-type"].must_refuse) == (
        "qg-another-type",
        True,
    )


def test_places_and_wrong_types_are_few_however_many_fields_there_are() -> None:
    texts = {f"text{at}": {"type": "string"} for at in range(50)}
    found = fields(**texts, count={"type": "integer"})
    assert len({place for place, _ in found}) == MOST_PLACES
    assert ("body.count", "too-large") in found
    assert sum(kind == "wrong-type" for _, kind in found) == 4


def test_parameters_in_a_path_are_too_long_or_no_number() -> None:
    texts = parameter("path", {"type": "string"})
    assert {kind: len(one.value) for kind, one in texts.items()} == {"over-long": 300, "nul": 3}
    assert texts["nul"].whole == {"it": "a\0b", "other": 1}
    numbers = parameter("path", {"type": "integer", "maximum": 2**31 - 1})
    assert (numbers["too-large"].value, numbers["too-large"].must_refuse) == (2**31, True)
    assert (numbers["wrong-type"].value, numbers["wrong-type"].must_refuse) == ("qg-another-type", True)
    assert not parameter("path", {"type": "string", "format": "uuid"})["wrong-type"].must_refuse


def test_a_page_size_without_a_bound_is_asked_for_too_much() -> None:
    for name in ("limit", "page_size", "pageSize", "per_page", "first"):
        assert parameter("query", {"type": "integer"}, name)["too-large"].value == 10**9
    bounded = parameter("query", {"type": "integer", "maximum": 50}, "limit")["too-large"]
    assert (bounded.value, bounded.must_refuse) == (51, True)
    assert parameter("query", {"type": "integer"}, "after")["too-large"].value == 2**63


def test_what_must_be_refused_is_invalid_by_the_letter_of_the_samples_document() -> None:
    read = parse_document(SAMPLE.read_text())
    seen = 0
    for operation in read.operations:
        if operation.body is not None:
            valid = value_for(read, operation.body.schema, name="body", unique="k3f9a2")
            validator = jsonschema.Draft202012Validator({**read.root, **operation.body.schema})
            assert validator.is_valid(valid)
            for one in spoilt_bodies(read, operation, valid):
                assert not one.must_refuse or not validator.is_valid(one.whole), one
                seen += one.must_refuse
    assert seen > 20
